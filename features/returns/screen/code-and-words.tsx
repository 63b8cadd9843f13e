// SPDX-License-Identifier: AGPL-3.0-or-later
// The side of whoever comes back: a code from their listener, then four words read to each other. What the code opens and what
// happens in the end is the caller's.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Member, SpokenWords, Vault } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { FourWords } from "../../../web/kit/four-words.tsx";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { useAttempts } from "./attempt.ts";
import { codeFrom, comerMove, type Ended } from "./coming.ts";
import { howItGoes, putAnswer, saySame, type ReturnMeeting } from "./wire.ts";
import "./returns.css";

const LOOK_MS = 1500;

/** Who checks, and the vault whose keys are checked. */
export interface Meeting {
  readonly vault: Vault;
  readonly checker: ReturnMeeting;
}

interface CodeAndWordsProps {
  readonly level: "h1" | "h2";
  readonly title: string;
  readonly lead: string;
  readonly meet: (code: string) => Promise<Meeting>;
  /** Both said that the words are the same, and the listener confirmed. */
  readonly enter: (met: Meeting) => Promise<void>;
  /** Below the field for the code, and below how it ended. */
  readonly belowCode?: ComponentChildren;
  readonly belowEnd?: ComponentChildren;
}

type Step =
  | { readonly at: "code" }
  | { readonly at: "waiting" }
  | { readonly at: "words"; readonly words: SpokenWords }
  | { readonly at: "said" }
  | { readonly at: "ended"; readonly why: Ended };

const inWords = (error: unknown): string =>
  refusal(error) === "code_not_good" || troubleOf(error)?.what === "not_there" ? t("come_back.code_not_good") : troubleWords(error);

export function CodeAndWords({ level: Heading, title, lead, meet, enter, belowCode, belowEnd }: CodeAndWordsProps) {
  const step = useSignal<Step>({ at: "code" });
  const met = useSignal<Meeting | null>(null);
  const { busy, trouble, attempt } = useAttempts(inWords);
  const answered = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step.value.at]);

  const begin = async (code: string): Promise<void> => {
    answered.current = false;
    met.value = await meet(code);
    step.value = { at: "waiting" };
  };

  const look = async (): Promise<void> => {
    const now = met.peek();
    if (now === null) return;
    const going = await howItGoes();
    const { conversation } = now.checker;
    const move = comerMove(going, answered.current, step.peek().at !== "waiting");
    switch (move.do) {
      case "wait":
        return;
      case "answer": {
        const asked = await now.vault.ask("spokenStep", { conversation, other: memberOf(now.checker), received: { step: 1, value: going.promise ?? new Uint8Array() } });
        answered.current = true;
        if (asked.send !== undefined) await putAnswer(asked.send.value);
        return;
      }
      case "read": {
        const { words } = await now.vault.ask("spokenStep", { conversation, other: memberOf(now.checker), received: { step: 3, value: going.reveal ?? new Uint8Array() } });
        if (words !== undefined) step.value = { at: "words", words };
        return;
      }
      case "enter":
        return enter(now);
      case "end":
        step.value = { at: "ended", why: move.why };
        return;
      default:
        return move satisfies never;
    }
  };

  const going = step.value.at === "waiting" || step.value.at === "words" || step.value.at === "said";
  useEffect(() => {
    if (!going) return;
    let looking = false;
    const timer = setInterval(() => {
      if (looking) return;
      looking = true;
      look()
        .catch((error: unknown) => {
          if (troubleOf(error)?.what === "not_there" || refusal(error) === "not_there") step.value = { at: "ended", why: "over" };
          else if (troubleOf(error) === null) step.value = { at: "ended", why: "different" }; // the promise was not kept
        })
        .finally(() => (looking = false));
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [going]);
  const say = (same: boolean): Promise<void> =>
    attempt(async () => {
      await saySame(same);
      step.value = same ? { at: "said" } : { at: "ended", why: "different" };
    });

  const now = step.value;
  const name = met.value?.checker.listener_name ?? "";
  const head = (words: string) => (
    <Heading tabIndex={-1} ref={heading}>
      {words}
    </Heading>
  );
  return (
    <>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {now.at === "code" ? (
        <>
          <CodeForm head={head(title)} lead={lead} busy={busy.value} onCode={(code) => void attempt(() => begin(code))} onWrong={() => (trouble.value = t("come_back.code_nine"))} />
          {belowCode}
        </>
      ) : null}
      {now.at === "waiting" ? (
        <>
          {head(t("come_back.waiting_title", { name }))}
          <p role="status">{t("come_back.waiting", { name, role: met.value === null ? "" : roleWords(met.value.checker.listener_role) })}</p>
        </>
      ) : null}
      {now.at === "words" ? (
        <>
          {head(t("come_back.words_title"))}
          <FourWords numbers={now.words} name={name} busy={busy.value} onSame={() => void say(true)} onDifferent={() => void say(false)} />
        </>
      ) : null}
      {now.at === "said" ? (
        <>
          {head(t("come_back.said_title", { name }))}
          <p role="status">{t("come_back.said", { name })}</p>
        </>
      ) : null}
      {now.at === "ended" ? (
        <>
          {head(t("come_back.ended_title"))}
          <p>{t(`come_back.ended_${now.why}`)}</p>
          <Button look="primary" wide onPress={() => (step.value = { at: "code" })}>
            {t("come_back.again")}
          </Button>
          {belowEnd}
        </>
      ) : null}
    </>
  );
}

function memberOf(checker: ReturnMeeting): Member {
  const { listener: account, listener_ik: ik, listener_ek: ek, listener_ek_serial: ek_serial, listener_ek_certificate: ek_certificate } = checker;
  return { account, ik, ek, ek_serial, ek_certificate, role: "listener" };
}

interface CodeFormProps {
  readonly head: preact.JSX.Element;
  readonly lead: string;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
  readonly onWrong: () => void;
}

function CodeForm({ head, lead, busy, onCode, onWrong }: CodeFormProps) {
  const typed = useSignal("");
  const go = (): void => {
    const code = codeFrom(typed.value);
    if (code === null) onWrong();
    else onCode(code);
  };
  return (
    <form class="stack" onSubmit={(e) => (e.preventDefault(), go())}>
      {head}
      <p>{lead}</p>
      <ol class="stack-close come-back-steps">
        <li>{t("come_back.step_call")}</li>
        <li>{t("come_back.step_code")}</li>
        <li>{t("come_back.step_words")}</li>
      </ol>
      <Field label={t("come_back.code")} hint={t("come_back.code_hint")} value={typed.value} onValue={(v) => (typed.value = v)} spellcheck={false} maxLength={20} required />
      <Button look="primary" submit wide busy={busy}>
        {busy ? t("asking.making") : t("kit.continue")}
      </Button>
    </form>
  );
}
