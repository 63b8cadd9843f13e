// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../words/words.ts";
import { Button } from "./button.tsx";
import { HelpButton } from "./help.tsx";
import { LeaveButton } from "./leave.tsx";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** false where the numbers to call stand already. */
  readonly help?: boolean;
}

/** A dialog over the page. The browser keeps focus inside and gives it back where it was; help and leaving stay one press away. */
export function Dialog({ title, onClose, children, help = true }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <Button slim onPress={onClose}>
          {t("kit.close")}
        </Button>
      </div>
      <div class="dialog-doors">
        {help ? <HelpButton /> : null}
        <LeaveButton />
      </div>
      <div class="stack">{children}</div>
    </dialog>
  );
}
