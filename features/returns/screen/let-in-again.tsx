// SPDX-License-Identifier: AGPL-3.0-or-later
// The listener's side: somebody I know has neither password nor sheet. I say a code, we read four words to each other, and when both
// of us say they are the same, their new keys come in and I pass the older words on.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Member, SpokenWords } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { FourWords } from "../../../web/kit/four-words.tsx";
import { onTold, trust, type Me } from "../../../web/net/me.ts";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { byWhen } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { useAttempts } from "./attempt.ts";
import { groupsOfThree, listenerMove, type Ended } from "./coming.ts";
import { confirmReturn, offerCode, putStep, sayDifferent, seeReturn, stopReturn, type ReturnSeen } from "./wire.ts";
import "./returns.css";

const LOOK_MS = 2000;

interface LetInProps {
  readonly me: Me;
  readonly conversation: string;
  readonly name: string;
  /** Reads the conversation on: after the commit, and before it. */
  readonly onCommitted: () => Promise<void>;
}

type Step =
  | { readonly at: "nothing" }
  | { readonly at: "code"; readonly code: string; readonly untilMs: number }
  | { readonly at: "checking" }
  | { readonly at: "words"; readonly words: SpokenWords }
  | { readonly at: "said" }
  | { readonly at: "done" }
  | { readonly at: "ended"; readonly why: Ended };

const inWords = (error: unknown): string => (refusal(error) === "opened_meanwhile" ? t("let_in.opened_meanwhile") : troubleWords(error));

export function LetInAgain({ me, conversation, name, onCommitted }: LetInProps) {
  const step = useSignal<Step>({ at: "nothing" });
  const { busy, trouble, attempt } = useAttempts(inWords);
  const they = useRef<Member | null>(null);
  const done = useRef({ promised: false, revealed: false });

  const begin = (): Promise<void> =>
    attempt(async () => {
      done.current = { promised: false, revealed: false };
      const { code, expires_ms } = await offerCode(conversation);
      step.value = { at: "code", code, untilMs: expires_ms };
    });

  const look = async (): Promise<void> => {
    if (busy.peek()) return; // one hand at a time: two commits would be made of one word
    const seen = await seeReturn(conversation);
    const move = listenerMove(seen, done.current.promised, done.current.revealed);
    switch (move.do) {
      case "wait":
        if (step.peek().at === "said" && seen.same) await confirm();
        return;
      case "promise":
        return promise(seen);
      case "reveal":
        return reveal(seen);
      case "lost_thread":
        await stopReturn(conversation);
        step.value = { at: "ended", why: "stopped" };
        return;
      case "end":
        step.value = { at: "ended", why: move.why };
        return;
      case "done":
        step.value = { at: "done" };
        return;
      default:
        return move satisfies never;
    }
  };

  const promise = async (seen: ReturnSeen): Promise<void> => {
    const { client: account, ik, ek, ek_serial, ek_certificate } = seen;
    if (ik === undefined || ek === undefined || ek_serial === undefined || ek_certificate === undefined) return;
    const member: Member = { account, ik, ek, ek_serial, ek_certificate, role: "client" };
    they.current = member;
    const { send } = await me.vault.ask("spokenStep", { conversation, other: member });
    if (send === undefined) return;
    done.current.promised = true;
    await putStep(conversation, { promise: send.value });
    step.value = { at: "checking" };
  };

  const reveal = async (seen: ReturnSeen): Promise<void> => {
    const member = they.current;
    if (member === null || seen.answer === undefined) return;
    done.current.revealed = true;
    const { send, words } = await me.vault.ask("spokenStep", { conversation, other: member, received: { step: 2, value: seen.answer } });
    if (send !== undefined) await putStep(conversation, { reveal: send.value });
    if (words !== undefined) step.value = { at: "words", words };
  };

  /** Both have said it: the commit, the older keys, and from now on this is their key for me. */
  const confirm = async (): Promise<void> => {
    const member = they.current;
    if (member === null) return;
    await onCommitted();
    const { commit, wraps } = await me.vault.ask("commit", { conversation, kind: "replace", changes: [{ do: "put", member }] });
    const older = await me.vault.ask("passOn", { conversation, to: member });
    await confirmReturn(conversation, { commit, wraps, older });
    await trust(me, member.account, member.ik, "spoken");
    await onCommitted();
    step.value = { at: "done" };
  };

  const same = (): Promise<void> =>
    attempt(async () => {
      step.value = { at: "said" };
      if ((await seeReturn(conversation)).same) await confirm();
    });
  const end = (how: (conversation: string) => Promise<void>, why: Ended): Promise<void> =>
    attempt(async () => {
      await how(conversation);
      step.value = { at: "ended", why };
    });

  const at = step.value.at;
  const watching = at === "code" || at === "checking" || at === "words" || at === "said";
  useEffect(() => {
    if (!watching) return;
    let looking = false;
    const again = (): void => {
      if (looking) return;
      looking = true;
      look()
        .catch((error: unknown) => {
          if (troubleOf(error)?.what === "not_there") step.value = { at: "ended", why: "over" };
          else trouble.value = inWords(error);
        })
        .finally(() => (looking = false));
    };
    const timer = setInterval(again, LOOK_MS);
    const stop = onTold((told) => {
      if (told.t === "return") again();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [watching]);

  const now = step.value;
  return (
    <section class="card" aria-labelledby="let-in">
      <h3 id="let-in">{t("let_in.title")}</h3>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {now.at === "nothing" ? (
        <>
          <p>{t("let_in.lead", { name })}</p>
          <Button wide busy={busy.value} onPress={() => void begin()}>
            {t("let_in.code")}
          </Button>
        </>
      ) : null}
      {now.at === "code" ? (
        <>
          <p>{t("let_in.say_code", { name, time: byWhen(now.untilMs, Date.now()) })}</p>
          <p class="let-in-code figures" aria-label={[...now.code].join(" ")}>
            {groupsOfThree(now.code)}
          </p>
          <p role="status" class="small muted">
            {t("let_in.waiting_code")}
          </p>
        </>
      ) : null}
      {now.at === "checking" ? <p role="status">{t("let_in.checking")}</p> : null}
      {now.at === "words" ? (
        <FourWords numbers={now.words} name={name} busy={busy.value} onSame={() => void same()} onDifferent={() => void end(sayDifferent, "different")} />
      ) : null}
      {now.at === "said" ? <p role="status">{t("let_in.said", { name })}</p> : null}
      {now.at === "done" ? <Banner>{t("let_in.done", { name })}</Banner> : null}
      {now.at === "ended" ? (
        <Banner look="warm" action={<Button onPress={() => void begin()}>{t("let_in.again")}</Button>}>
          {t(`let_in.ended_${now.why}`)}
        </Banner>
      ) : null}
      {now.at === "code" || now.at === "checking" || now.at === "said" ? (
        <Button look="quiet" disabled={busy.value} onPress={() => void end(stopReturn, "stopped")}>
          {t("let_in.stop")}
        </Button>
      ) : null}
    </section>
  );
}
