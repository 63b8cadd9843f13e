// SPDX-License-Identifier: AGPL-3.0-or-later
// Choosing a file, and how far it has come: sealed piece by piece to the place, then its message goes the way of all words.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Button } from "../../../web/kit/button.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { locale, t } from "../../../web/words/words.ts";
import { LARGEST_BYTES, sendFile, sizeWords } from "./files.ts";
import type { Open } from "./talks.ts";

interface AttachProps {
  readonly open: Open;
  /** What the button says. */
  readonly words: string;
  readonly look: "quiet" | "plain";
  readonly disabled: boolean;
  readonly onTrouble: (words: string | null) => void;
  /** The file is sealed at the place, and its message on the way. */
  readonly onSent?: () => void;
}

export function Attach({ open, words, look, disabled, onTrouble, onSent }: AttachProps) {
  const { talk, outbox } = open;
  const part = useSignal<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const chosen = async (file: File): Promise<void> => {
    onTrouble(null);
    if (file.size === 0 || file.size > LARGEST_BYTES) {
      onTrouble(t("file.too_large", { size: sizeWords(LARGEST_BYTES, locale()) }));
      return;
    }
    stop.current = new AbortController();
    part.value = 0;
    try {
      const descriptor = await sendFile(talk.me.vault, talk.id, file, (done) => (part.value = done), stop.current.signal);
      await outbox.put({ kind: "file", file: descriptor });
      onSent?.();
    } catch (error) {
      if (!stop.current.signal.aborted) onTrouble(`${t("file.not_sent")} ${troubleWords(error)}`);
    } finally {
      part.value = null;
    }
  };

  return (
    <div class="row">
      <input
        ref={input}
        type="file"
        class="only-heard"
        tabIndex={-1}
        aria-label={words}
        onChange={(e) => {
          const file = e.currentTarget.files?.[0];
          e.currentTarget.value = "";
          if (file !== undefined) void chosen(file);
        }}
      />
      {part.value === null ? (
        <Button look={look} slim disabled={disabled} onPress={() => input.current?.click()}>
          {words}
        </Button>
      ) : (
        <>
          <progress value={part.value} max={1} aria-label={t("file.sending")} />
          <Button look="quiet" slim onPress={() => stop.current?.abort()}>
            {t("kit.cancel")}
          </Button>
        </>
      )}
    </div>
  );
}
