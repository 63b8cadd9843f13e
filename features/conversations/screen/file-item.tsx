// SPDX-License-Identifier: AGPL-3.0-or-later
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button } from "../../../web/kit/button.tsx";
import { troubleOf } from "../../../web/net/problem.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { locale, t } from "../../../web/words/words.ts";
import { isImage, openFile, savedAs, sizeWords } from "./files.ts";
import type { Talk } from "./talk.ts";
import type { FileShown } from "./thread.ts";

type State = { readonly is: "closed" } | { readonly is: "opening"; readonly part: number } | { readonly is: "open"; readonly url: string } | { readonly is: "gone" } | { readonly is: "failed"; readonly why: string };

/** A file somebody sent: its name and size at once, its content when it is asked for. */
export function FileItem({ item, talk }: { readonly item: FileShown; readonly talk: Talk }) {
  const state = useSignal<State>({ is: "closed" });
  const { file } = item;
  useEffect(
    () => () => {
      if (state.peek().is === "open") URL.revokeObjectURL((state.peek() as { url: string }).url);
    },
    [],
  );

  const open = async (): Promise<void> => {
    const stop = new AbortController();
    state.value = { is: "opening", part: 0 };
    try {
      const blob = await openFile(talk.me.vault, talk.id, file.descriptor, (part) => (state.value = { is: "opening", part }), stop.signal);
      state.value = { is: "open", url: URL.createObjectURL(blob) };
    } catch (error) {
      const trouble = troubleOf(error);
      // A place that cannot be reached says nothing of the file; only the vault says that it is broken.
      state.value = trouble?.what === "not_there" ? { is: "gone" } : { is: "failed", why: trouble === null ? t("file.broken") : troubleWords(error) };
    }
  };

  const now = state.value;
  return (
    <div class="file-item">
      <span dir="auto">
        {file.name} <span class="muted small figures">{sizeWords(file.size, locale())}</span>
      </span>
      {now.is === "closed" && item.position !== null ? (
        <Button slim onPress={() => void open()}>
          {isImage(file.type) ? t("file.show") : t("file.open")}
        </Button>
      ) : null}
      {now.is === "opening" ? <progress value={now.part} max={1} aria-label={t("file.opening")} /> : null}
      {now.is === "gone" ? <span class="field-error">{t(item.mine ? "file.gone_mine" : "file.gone")}</span> : null}
      {now.is === "failed" ? (
        <>
          <span class="field-error">{now.why}</span>
          <Button slim onPress={() => void open()}>
            {t("kit.retry")}
          </Button>
        </>
      ) : null}
      {now.is === "open" && isImage(file.type) ? <img src={now.url} alt={t("file.photo", { name: file.name })} /> : null}
      {now.is === "open" ? (
        <a class="button button-slim" href={now.url} download={file.name} type={savedAs(file.type)}>
          {t("file.save")}
        </a>
      ) : null}
    </div>
  );
}
