// SPDX-License-Identifier: AGPL-3.0-or-later
// Keep this place: a password, then a sheet to print or write down, then two of its groups typed back. Also the way in after
// recovery, and the change of a password: the same three steps.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { listens } from "../../../web/net/answers.ts";
import type { Me } from "../../../web/net/me.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { accepted, adviceFor, askedGroups, groupsOf, sameGroup, type Advice } from "./password.ts";
import { RecoverySheet } from "./recovery-sheet.tsx";
import { change, newPassword } from "./wire.ts";

interface KeepProps {
  readonly me: Me;
  readonly placeName: string;
  readonly why: "keep" | "recovering" | "change" | "renew";
  /** All keys are new: a new epoch in every conversation. */
  readonly onRenewed?: () => Promise<void>;
  readonly onDone: () => void;
  readonly onBack: (() => void) | null;
}

type Step = { readonly at: "password" } | { readonly at: "sheet"; readonly code: string; readonly secretKey: string | null } | { readonly at: "check"; readonly code: string; readonly secretKey: string | null };

export function Keep({ me, placeName, why, onRenewed, onDone, onBack }: KeepProps) {
  const step = useSignal<Step>({ at: "password" });
  const password = useSignal("");
  const again = useSignal("");
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step.value.at]);
  const staff = me.session.role !== "client";

  const set = async (): Promise<void> => {
    if (busy.value) return;
    if (!accepted(adviceFor(password.value))) return void (trouble.value = t("keep.choose_again"));
    if (password.value !== again.value) return void (trouble.value = t("keep.not_same"));
    busy.value = true;
    trouble.value = null;
    try {
      const wanted = () => ({ password: newPassword(password.value, staff ? "make" : "none"), recovery: true, ...(why === "renew" ? { renew: true } : {}) });
      const made = await change(me, wanted, () => (trouble.value = t("keep.silence")));
      trouble.value = null;
      password.value = "";
      again.value = "";
      if (why === "renew") void onRenewed?.();
      step.value = { at: "sheet", code: made.recovery_code ?? "", secretKey: made.secret_key ?? null };
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };

  const now = step.value;
  return (
    <div class="sheet">
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {now.at === "password" ? (
        <form class="stack" onSubmit={(e) => (e.preventDefault(), void set())}>
          <h1 tabIndex={-1} ref={heading}>
            {why === "recovering" ? t("keep.title_recovering") : why === "change" ? t("keep.title_change") : why === "renew" ? t("renew.title") : t("keep.title")}
          </h1>
          {why === "renew" ? <p>{t("renew.lead")}</p> : null}
          <p>{t(why === "keep" ? "keep.lead" : "keep.lead_new")}</p>
          <p>
            {t("sign_in.as")} <strong>{me.session.handle}</strong>
          </p>
          <Field label={t("keep.password")} hint={adviceWords(adviceFor(password.value))} type="password" value={password.value} onValue={(v) => (password.value = v)} autocomplete="new-password" required />
          <Field label={t("keep.again")} type="password" value={again.value} onValue={(v) => (again.value = v)} autocomplete="new-password" required />
          <Button look="primary" submit wide busy={busy.value}>
            {busy.value ? t("keep.working") : t("kit.continue")}
          </Button>
          {onBack === null || busy.value ? null : (
            <Button look="quiet" onPress={onBack}>
              {t("kit.back")}
            </Button>
          )}
          <WhoHears>{t("keep.who")}</WhoHears>
        </form>
      ) : null}
      {now.at === "sheet" ? (
        <div class="stack">
          <h1 tabIndex={-1} ref={heading}>
            {t("keep.sheet_title")}
          </h1>
          <p class="no-print">{t("keep.sheet_lead")}</p>
          <RecoverySheet placeName={placeName} handle={me.session.handle} code={now.code} secretKey={now.secretKey} listens={listens(me.session.role)} />
          <div class="row no-print">
            <Button onPress={() => print()}>{t("keep.print")}</Button>
            <Button look="primary" onPress={() => (step.value = { ...now, at: "check" })}>
              {t("keep.have_it")}
            </Button>
          </div>
          <div class="no-print">
            <WhoHears>{t("keep.who_sheet")}</WhoHears>
          </div>
        </div>
      ) : null}
      {now.at === "check" ? <Check code={now.code} onRight={onDone} onBack={() => (step.value = { ...now, at: "sheet" })} /> : null}
    </div>
  );
}

interface CheckProps {
  readonly code: string;
  readonly onRight: () => void;
  readonly onBack: () => void;
}

/** Two groups typed back: proof that the sheet exists outside this screen. */
function Check({ code, onRight, onBack }: CheckProps) {
  const groups = groupsOf(code);
  const [first, second] = useMemo(() => askedGroups(groups.length, Math.random), [code]);
  const one = useSignal("");
  const two = useSignal("");
  const wrong = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const check = (): void => {
    if (sameGroup(one.value, groups[first] ?? "") && sameGroup(two.value, groups[second] ?? "")) onRight();
    else wrong.value = true;
  };
  return (
    <form class="stack" onSubmit={(e) => (e.preventDefault(), check())}>
      <h1 tabIndex={-1} ref={heading}>
        {t("keep.check_title")}
      </h1>
      <p>{t("keep.check_lead")}</p>
      {wrong.value ? <Banner look="warm">{t("keep.check_wrong")}</Banner> : null}
      <Field label={t("keep.group", { n: first + 1 })} value={one.value} onValue={(v) => (one.value = v)} spellcheck={false} maxLength={8} />
      <Field label={t("keep.group", { n: second + 1 })} value={two.value} onValue={(v) => (two.value = v)} spellcheck={false} maxLength={8} />
      <Button look="primary" submit wide>
        {t("keep.done")}
      </Button>
      <Button look="quiet" onPress={onBack}>
        {t("keep.sheet_again")}
      </Button>
      <WhoHears>{t("keep.who_sheet")}</WhoHears>
    </form>
  );
}

function adviceWords(advice: Advice): string {
  switch (advice) {
    case "empty":
      return t("keep.advice_empty");
    case "too_short":
      return t("keep.advice_too_short");
    case "common":
      return t("keep.advice_common");
    case "not_typeable":
      return t("keep.advice_not_typeable");
    case "could_be_longer":
      return t("keep.advice_longer");
    case "good":
      return t("keep.advice_good");
    default:
      return advice satisfies never;
  }
}
