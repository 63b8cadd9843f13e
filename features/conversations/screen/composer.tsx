// SPDX-License-Identifier: AGPL-3.0-or-later
// Where one writes. The words in it are a sealed draft until they are sent, and sending only ever moves them to a safer place.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Draft } from "../../../web/net/draft.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { Attach } from "./attach.tsx";
import { draftLabel } from "./sending.ts";
import type { Open } from "./talks.ts";
import { LONGEST_WORDS, fits, sendsOn } from "./writing.ts";
import "./composer.css";

interface ComposerProps {
  readonly open: Open;
  readonly disabled: boolean;
  /** What stands beside the words while they are written. It can neither change nor hold them. */
  readonly beside?: ((draft: string) => ComponentChildren) | undefined;
}

export function Composer({ open, disabled, beside }: ComposerProps) {
  const { talk, outbox } = open;
  const draft = useMemo(() => new Draft(talk.me.vault, draftLabel(talk.id)), [talk]);
  const box = useRef<HTMLTextAreaElement>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    void draft.load();
    return () => draft.end();
  }, [draft]);
  const text = draft.text.value;
  useEffect(() => {
    if (!GROWS_BY_ITSELF) grow(box.current);
  }, [text]);

  const send = async (): Promise<void> => {
    const words = draft.text.peek().trim();
    if (words === "" || !fits(words)) return;
    talk.sayTyping(false);
    trouble.value = null;
    draft.text.value = "";
    try {
      await outbox.put({ kind: "text", text: words });
      // Only what is in the box now: somebody may have gone on writing while the words were put away.
      await draft.keep();
    } catch (error) {
      if (draft.text.peek() === "") draft.write(words);
      trouble.value = troubleWords(error);
    }
    box.current?.focus();
  };

  return (
    <form class="composer" onSubmit={(e) => (e.preventDefault(), void send())}>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {draft.kept.value ? null : <Banner look="warm">{t("draft.not_kept")}</Banner>}
      {fits(text) ? null : <Banner look="warm">{t("room.too_long")}</Banner>}
      <label class="only-heard" for="composer">
        {t("room.write")}
      </label>
      <div class="composer-row">
        <textarea
          id="composer"
          class="input composer-box"
          ref={box}
          rows={1}
          dir="auto"
          maxLength={LONGEST_WORDS}
          placeholder={t("room.write")}
          value={text}
          disabled={disabled}
          autocomplete="off"
          enterkeyhint="enter"
          onInput={(e) => {
            draft.write(e.currentTarget.value);
            talk.sayTyping(e.currentTarget.value !== "");
          }}
          onBlur={() => talk.sayTyping(false)}
          onKeyDown={(e) => {
            if (!sendsOn(e)) return;
            e.preventDefault();
            void send();
          }}
        />
        <Button look="primary" submit disabled={disabled}>
          {t("room.send")}
        </Button>
      </div>
      {beside?.(text)}
      <Attach open={open} words={t("file.choose")} look="quiet" disabled={disabled} onTrouble={(words) => (trouble.value = words)} />
    </form>
  );
}

/** What somebody had begun to write when the last one who would have read it was gone. It stays theirs, to read and to copy. */
export function Unsent({ open }: { readonly open: Open }) {
  const { talk } = open;
  const draft = useMemo(() => new Draft(talk.me.vault, draftLabel(talk.id)), [talk]);
  useEffect(() => {
    void draft.load();
    return () => draft.end();
  }, [draft]);
  if (draft.text.value.trim() === "") return null;
  return (
    <section class="card">
      <p class="small muted">{t("room.unsent")}</p>
      <p class="said-text" dir="auto">
        {draft.text.value}
      </p>
    </section>
  );
}

/** Where the browser sizes the box itself, measuring it would lay out two thousand words again at every key. */
const GROWS_BY_ITSELF = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

function grow(box: HTMLTextAreaElement | null): void {
  if (box === null) return;
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight + 2}px`;
}
