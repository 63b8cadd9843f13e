// SPDX-License-Identifier: AGPL-3.0-or-later
// Coming back: with a password, with the recovery sheet, or, where nothing was set yet, with this device.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { BridgeError, passwordBytes } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { comeBack, type Away } from "../../../web/net/me.ts";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { handleFrom } from "./handle.ts";

interface SignInProps {
  /** Known when somebody is signed in already and only the keys are put away. */
  readonly handle: string | null;
  readonly why: Away;
  /** Nothing was set yet: this device opens it by itself. */
  readonly byDevice: boolean;
  /** People who listen here have a second secret on their sheet. */
  readonly asksSecretKey: boolean;
  readonly onNew: (() => void) | null;
  /** Neither password nor sheet. */
  readonly onNothing: (() => void) | null;
  readonly onSignOut: (() => void) | null;
}

type By = "password" | "recovery";

export function SignIn(props: SignInProps) {
  const by = useSignal<By>("password");
  const handle = useSignal(props.handle ?? "");
  const password = useSignal("");
  const code = useSignal("");
  const secretKey = useSignal("");
  const wantsSecret = useSignal(props.asksSecretKey);
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const come = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      const name = handleFrom(handle.value);
      if (props.byDevice) await comeBack(name, { by: "device" });
      else if (by.value === "recovery") await comeBack(name, { by: "recovery", code: code.value });
      else {
        const secret = secretKey.value.trim();
        await comeBack(name, { by: "password", password: () => passwordBytes(password.value), secretKey: secret === "" ? null : secret });
      }
      password.value = "";
      code.value = "";
      secretKey.value = "";
    } catch (error) {
      trouble.value = signInTrouble(error, by.value);
    } finally {
      busy.value = false;
    }
  };

  return (
    <div class="sheet">
      <form class="stack" onSubmit={(e) => (e.preventDefault(), void come())}>
        <h1 tabIndex={-1} ref={heading}>
          {props.handle === null ? t("sign_in.title") : t("sign_in.title_again")}
        </h1>
        <WhyLine why={props.why} />
        {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
        {props.byDevice ? (
          <p>{t("sign_in.device")}</p>
        ) : (
          <>
            {props.handle === null ? (
              <Field label={t("sign_in.handle")} hint={t("sign_in.handle_hint")} value={handle.value} onValue={(v) => (handle.value = v)} autocomplete="username" name="username" spellcheck={false} required />
            ) : (
              <p>
                {t("sign_in.as")} <strong>{props.handle}</strong>
              </p>
            )}
            {by.value === "password" ? (
              <>
                <Field label={t("sign_in.password")} type="password" value={password.value} onValue={(v) => (password.value = v)} autocomplete="current-password" name="password" required />
                {wantsSecret.value ? (
                  <Field label={t("sign_in.secret_key")} hint={t("sign_in.secret_key_hint")} value={secretKey.value} onValue={(v) => (secretKey.value = v)} spellcheck={false} />
                ) : null}
              </>
            ) : (
              <Field label={t("sign_in.code")} hint={t("sign_in.code_hint")} value={code.value} onValue={(v) => (code.value = v)} spellcheck={false} required />
            )}
          </>
        )}
        <Button look="primary" submit wide busy={busy.value}>
          {busy.value ? t("sign_in.opening") : t("sign_in.open")}
        </Button>
        {props.byDevice ? null : (
          <div class="row">
            <Button look="quiet" onPress={() => (by.value = by.value === "password" ? "recovery" : "password")}>
              {by.value === "password" ? t("sign_in.with_sheet") : t("sign_in.with_password")}
            </Button>
            {by.value === "password" && !wantsSecret.value ? (
              <Button look="quiet" onPress={() => (wantsSecret.value = true)}>
                {t("sign_in.listener")}
              </Button>
            ) : null}
          </div>
        )}
        <WhoHears>{t("sign_in.who")}</WhoHears>
      </form>
      <div class="row">
        {props.onNothing === null || props.byDevice ? null : (
          <Button look="quiet" onPress={props.onNothing}>
            {t("sign_in.nothing")}
          </Button>
        )}
        {props.onNew === null ? null : (
          <Button look="quiet" onPress={props.onNew}>
            {t("sign_in.start_over")}
          </Button>
        )}
        {props.onSignOut === null ? null : (
          <Button look="quiet" onPress={props.onSignOut}>
            {t("sign_in.sign_out")}
          </Button>
        )}
      </div>
    </div>
  );
}

function WhyLine({ why }: { readonly why: Away }) {
  switch (why) {
    case "idle":
      return <p>{t("sign_in.why_idle")}</p>;
    case "ended":
      return <p>{t("sign_in.why_ended")}</p>;
    case "reloaded":
      return <p>{t("sign_in.why_reloaded")}</p>;
    case "changed_elsewhere":
      return <p>{t("sign_in.why_changed")}</p>;
    case "by_hand":
      return <p>{t("sign_in.why_by_hand")}</p>;
    case "nobody":
      return null;
    default:
      return why satisfies never;
  }
}

/** A wrong name and a wrong password are one answer: the place does not say which names exist. */
function signInTrouble(error: unknown, by: By): string {
  const code = error instanceof BridgeError ? error.code : refusal(error);
  if (code === "bad" && by === "recovery") return t("sign_in.code_mistyped");
  const what = troubleOf(error)?.what;
  const wrong = code === "refused" || code === "bad" || code === "wrong_secret" || code === "too_much" || what === "signed_out" || what === "not_there";
  if (wrong || (what === "refused" && code !== "disabled")) return by === "recovery" ? t("sign_in.code_wrong") : t("sign_in.wrong");
  if (code === "disabled") return t("sign_in.disabled");
  return troubleWords(error);
}
