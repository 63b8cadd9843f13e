// SPDX-License-Identifier: AGPL-3.0-or-later
// What the person who is heard sees of the mirror, in the room: the question, once, in plain words and only when they open it; afterwards one
// line that says how it stands and takes the answer back. The mirror itself is never shown here.
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { t } from "../../../web/words/words.ts";
import type { Consent } from "./mirror-sealed.ts";
import "./mirror.css";

interface MirrorWordProps {
  /** As the person who is heard: mine is theirs. */
  readonly consent: Consent;
  /** What the listener is called. */
  readonly name: string;
  readonly onConsent: (answer: "yes" | "no") => void;
}

/** The question waits below the words: where somebody who reads the newest of them finds it, and out of the way of what they write. */
export function MirrorAsk({ consent, name, onConsent, quiet }: MirrorWordProps & { /** Help was opened in this room: nothing is asked now. */ readonly quiet: boolean }) {
  const open = useSignal(false);
  // What was pressed holds at once; the place hears of it when it can.
  const answered = useSignal(false);
  const id = useId();
  const asked = consent.theirs === "yes" && consent.mine === "unasked" && !quiet && !answered.value;
  useEffect(() => {
    if (asked) announce(t("mirror.ask_there", { name }));
  }, [asked]);
  if (!asked) return null;
  const say = (answer: "yes" | "no"): void => {
    answered.value = true;
    onConsent(answer);
  };
  return (
    <section class="mirror-ask" aria-label={t("mirror.ask_there", { name })}>
      <div class="mirror-word small">
        <span>{t("mirror.ask_there", { name })}</span>
        <button type="button" class="button button-quiet button-slim" aria-expanded={open.value} aria-controls={id} onClick={() => (open.value = !open.value)}>
          {t("mirror.ask_open")}
        </button>
      </div>
      <div class="card" id={id} hidden={!open.value}>
        <h2>{t("mirror.ask_title", { name })}</h2>
        <p>{t("mirror.ask_what", { name })}</p>
        <p>{t("mirror.ask_free", { name })}</p>
        <div class="row">
          <Button onPress={() => say("yes")}>{t("mirror.ask_yes")}</Button>
          <Button onPress={() => say("no")}>{t("mirror.ask_no")}</Button>
        </div>
      </div>
    </section>
  );
}

/** How it stands, once it was asked and answered. */
export function MirrorWord({ consent, name, onConsent }: MirrorWordProps) {
  const pressed = useSignal<"yes" | "no" | null>(null);
  const answer = pressed.value ?? consent.mine;
  if (consent.theirs !== "yes" || consent.mine === "unasked") return null;
  const other = answer === "yes" ? "no" : "yes";
  return (
    <div class="mirror-word small muted">
      <span>{answer === "yes" ? t("mirror.word_on", { name }) : t("mirror.word_off", { name })}</span>
      <Button
        slim
        look="quiet"
        onPress={() => {
          pressed.value = other;
          onConsent(other);
        }}
      >
        {answer === "yes" ? t("mirror.word_stop") : t("mirror.word_allow")}
      </Button>
    </div>
  );
}

/** For the listener: the way to the mirror at any time, also to switch it off. */
export function LookBackDoor({ consent, onLookBack }: { readonly consent: Consent; readonly onLookBack: () => void }) {
  return (
    <div class="mirror-word small muted">
      <span>{t(doorWords(consent))}</span>
      <Button slim look="quiet" onPress={onLookBack}>
        {t("mirror.title")}
      </Button>
    </div>
  );
}

function doorWords({ mine, theirs }: Consent): "mirror.door_on" | "mirror.door_asked" | "mirror.door_off" {
  if (mine === "yes" && theirs === "yes") return "mirror.door_on";
  return mine === "yes" && theirs === "unasked" ? "mirror.door_asked" : "mirror.door_off";
}
