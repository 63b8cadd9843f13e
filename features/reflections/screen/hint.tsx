// SPDX-License-Identifier: AGPL-3.0-or-later
// One quiet mark beside what a listener writes. It says why, and one other way, only to somebody who presses it.
import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect } from "preact/hooks";
import { assets } from "../../../web/bridge/assets.ts";
import type { Hint } from "../../../web/bridge/listening/listening.ts";
import { announce } from "../../../web/kit/announce.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { prefer, preferences } from "../../../web/kit/preferences.ts";
import { t } from "../../../web/words/words.ts";
import { listening } from "./engine.ts";
import { PAUSE_MS, mayAsk, turnsOf, type Said } from "./hint.ts";
import "./hint.css";

interface HintMarkProps {
  readonly draft: string;
  readonly said: readonly Said[];
  readonly listens: boolean;
  readonly helpOpened: boolean;
}

export function HintMark({ draft, said, listens, helpOpened }: HintMarkProps) {
  const hint = useSignal<Hint | null>(null);
  const open = useSignal(false);
  const id = useId();
  const wanted = preferences.value.hints === "on" && assets.listeningWorker !== "";
  const ask = mayAsk({ listens, wanted, helpOpened, draft });
  useEffect(() => {
    hint.value = null;
    open.value = false;
    if (!ask) return;
    listening().wake(); // while they still write: the first hint is to come as quickly as the others
    const stop = new AbortController();
    const later = setTimeout(() => {
      listening()
        .hint(turnsOf(said), draft, stop.signal)
        .then((found) => {
          if (stop.signal.aborted || found === null) return;
          hint.value = found;
          announce(t("hint.there"));
        })
        .catch(() => undefined); // without an engine one writes as everywhere else
    }, PAUSE_MS);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [draft, ask]);

  // The box grows: what was asked for must not stand below the edge, nor the newest words behind the box.
  useLayoutEffect(() => {
    if (open.value) scrollTo({ top: document.documentElement.scrollHeight });
  }, [open.value]);

  const now = hint.value;
  if (now === null || !ask) return null;
  return (
    <>
      <button type="button" class="hint-mark" aria-expanded={open.value} aria-controls={id} onClick={() => (open.value = !open.value)}>
        <span class="hint-dot" aria-hidden="true" />
        <span>{t("hint.mark")}</span>
      </button>
      <div id={id} class="hint-words small" hidden={!open.value}>
        <p class="hint-about" dir="auto">{t("hint.about", { words: draft.slice(now.from, now.to).trim() })}</p>
        <p>{t(`hint.why_${now.kind}`)}</p>
        <p>{t(`hint.way_${now.kind}`)}</p>
        <p class="muted">{t("hint.limits")}</p>
        <Button look="quiet" slim onPress={() => prefer({ hints: "off" })}>
          {t("hint.off")}
        </Button>
      </div>
    </>
  );
}
