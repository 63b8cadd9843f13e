// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from "preact";

type Look = "primary" | "plain" | "quiet" | "danger" | "help";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly look?: Look;
  readonly onPress?: () => void;
  /** Said by the button itself while it works, so that nobody presses twice and everybody hears why. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly submit?: boolean;
  readonly pressed?: boolean;
  readonly wide?: boolean;
  readonly slim?: boolean;
  readonly label?: string;
  readonly id?: string;
}

export function Button(props: ButtonProps) {
  const { look = "plain", busy = false, disabled = false, submit = false, wide = false, slim = false } = props;
  const shape = `button button-${look}${wide ? " button-wide" : ""}${slim ? " button-slim" : ""}`;
  return (
    <button
      type={submit ? "submit" : "button"}
      class={shape}
      id={props.id}
      disabled={disabled}
      aria-disabled={busy ? "true" : undefined}
      aria-busy={busy ? "true" : undefined}
      aria-pressed={props.pressed === undefined ? undefined : props.pressed ? "true" : "false"}
      aria-label={props.label}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else props.onPress?.();
      }}
    >
      {props.children}
    </button>
  );
}
