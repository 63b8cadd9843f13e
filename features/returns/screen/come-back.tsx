// SPDX-License-Identifier: AGPL-3.0-or-later
// I have neither password nor sheet: a code from my listener, four words read to each other, and the place is mine again under new keys.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { startVault, type Member, type SpokenWords, type Vault } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { FourWords } from "../../../web/kit/four-words.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { takeUp, trust } from "../../../web/net/me.ts";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { codeFrom, comerMove, type Ended } from "./coming.ts";
import { bringKeys, comeWith, howItGoes, putAnswer, saySame, type ReturnDoor } from "./wire.ts";
import "./returns.css";

const LOOK_MS = 1500;

interface ComeBackProps {
  readonly onBack: () => void;
  readonly onNew: () => void;
}

type Step =
  | { readonly at: "code" }
  | { readonly at: "waiting" }
  | { readonly at: "words"; readonly words: SpokenWords }
  | { readonly at: "said" }
  | { readonly at: "ended"; readonly why: Ended };

export function ComeBack({ onBack, onNew }: ComeBackProps) {
  const step = useSignal<Step>({ at: "code" });
  const door = useSignal<ReturnDoor | null>(null);
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const vault = useRef<Vault | null>(null);
  const answered = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step.value.at]);
  useEffect(() => () => void vault.current?.lock(), []);

  const meet = async (code: string): Promise<void> => {
    await vault.current?.lock();
    answered.current = false;
    const mine = (vault.current = startVault());
    const opened = (door.value = await comeWith(code));
    const { account, handle, challenge, ek_serial, record_serial } = opened;
    await bringKeys(await mine.ask("makeAccountAgain", { account, handle, host: location.host, challenge, ek_serial, record_serial }));
    step.value = { at: "waiting" };
  };

  const look = async (): Promise<void> => {
    const mine = vault.current;
    const opened = door.peek();
    if (mine === null || opened === null) return;
    const going = await howItGoes();
    const { conversation } = opened;
    const move = comerMove(going, answered.current, step.peek().at !== "waiting");
    switch (move.do) {
      case "wait":
        return;
      case "answer": {
        const asked = await mine.ask("spokenStep", { conversation, other: listenerOf(opened), received: { step: 1, value: going.promise ?? new Uint8Array() } });
        answered.current = true;
        if (asked.send !== undefined) await putAnswer(asked.send.value);
        return;
      }
      case "read": {
        const { words } = await mine.ask("spokenStep", { conversation, other: listenerOf(opened), received: { step: 3, value: going.reveal ?? new Uint8Array() } });
        if (words !== undefined) step.value = { at: "words", words };
        return;
      }
      case "enter":
        return enter(mine, opened);
      case "end":
        step.value = { at: "ended", why: move.why };
        return;
      default:
        return move satisfies never;
    }
  };

  const enter = async (mine: Vault, opened: ReturnDoor): Promise<void> => {
    vault.current = null; // it is ours now: leaving this screen does not put its keys away
    const me = await takeUp(mine, opened.handle);
    await trust(me, opened.listener, opened.listener_ik, "spoken");
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

  const attempt = async (what: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      await what();
    } catch (error) {
      trouble.value = refusal(error) === "code_not_good" || troubleOf(error)?.what === "not_there" ? t("come_back.code_not_good") : troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  const say = (same: boolean): Promise<void> =>
    attempt(async () => {
      await saySame(same);
      step.value = same ? { at: "said" } : { at: "ended", why: "different" };
    });

  const now = step.value;
  const name = door.value?.listener_name ?? "";
  const head = (words: string) => (
    <h1 tabIndex={-1} ref={heading}>
      {words}
    </h1>
  );
  return (
    <div class="sheet">
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {now.at === "code" ? (
        <CodeForm head={head(t("come_back.title"))} busy={busy.value} onCode={(code) => void attempt(() => meet(code))} onWrong={() => (trouble.value = t("come_back.code_nine"))} onBack={onBack} onNew={onNew} />
      ) : null}
      {now.at === "waiting" ? (
        <>
          {head(t("come_back.waiting_title", { name }))}
          <p role="status">{t("come_back.waiting", { name, role: door.value === null ? "" : roleWords(door.value.listener_role) })}</p>
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
          <Button wide onPress={onNew}>
            {t("sign_in.start_over")}
          </Button>
        </>
      ) : null}
      <WhoHears>{t("come_back.who")}</WhoHears>
    </div>
  );
}

function listenerOf(door: ReturnDoor): Member {
  const { listener: account, listener_ik: ik, listener_ek: ek, listener_ek_serial: ek_serial, listener_ek_certificate: ek_certificate } = door;
  return { account, ik, ek, ek_serial, ek_certificate, role: "listener" };
}

interface CodeFormProps {
  readonly head: preact.JSX.Element;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
  readonly onWrong: () => void;
  readonly onBack: () => void;
  readonly onNew: () => void;
}

function CodeForm({ head, busy, onCode, onWrong, onBack, onNew }: CodeFormProps) {
  const typed = useSignal("");
  const go = (): void => {
    const code = codeFrom(typed.value);
    if (code === null) onWrong();
    else onCode(code);
  };
  return (
    <form class="stack" onSubmit={(e) => (e.preventDefault(), go())}>
      {head}
      <p>{t("come_back.lead")}</p>
      <ol class="stack-close come-back-steps">
        <li>{t("come_back.step_call")}</li>
        <li>{t("come_back.step_code")}</li>
        <li>{t("come_back.step_words")}</li>
      </ol>
      <Field label={t("come_back.code")} hint={t("come_back.code_hint")} value={typed.value} onValue={(v) => (typed.value = v)} spellcheck={false} maxLength={20} required />
      <Button look="primary" submit wide busy={busy}>
        {busy ? t("asking.making") : t("kit.continue")}
      </Button>
      <p class="small muted">{t("come_back.no_way")}</p>
      <div class="row">
        <Button look="quiet" onPress={onBack}>
          {t("kit.back")}
        </Button>
        <Button look="quiet" onPress={onNew}>
          {t("sign_in.start_over")}
        </Button>
      </div>
    </form>
  );
}
