// SPDX-License-Identifier: AGPL-3.0-or-later
// One's own account over the wire: changing what opens it, and erasing it.
import { passwordBytes, type Change, type ChangeAsked } from "../../../web/bridge/vault/vault.ts";
import { challengeAnswer, erasedAnswer, sessionAnswer, type Erased } from "../../../web/net/answers.ts";
import { ask } from "../../../web/net/http.ts";
import { sessionChanged, type Me } from "../../../web/net/me.ts";
import { refusal } from "../../../web/net/problem.ts";
import { takeTheirs } from "../../../web/net/state.ts";

export type Wanted = Omit<ChangeAsked, "challenge">;

const MOST_TRIES = 6;

/**
 * One change, whole or not at all. When another device was faster with the account state, theirs is taken and it is tried again: nobody can
 * keep somebody from changing their keys by writing all the time. `wanted` is asked before each try, because a password moves into the vault.
 */
export async function change(me: Me, wanted: () => Wanted): Promise<Change> {
  for (let tries = 1; ; tries++) {
    try {
      return await changeOnce(me, wanted());
    } catch (error) {
      if (refusal(error) !== "stale_state" || tries === MOST_TRIES) throw error;
      await takeTheirs(me.vault);
    }
  }
}

/** The place stores it in one transaction, and only then does the vault hold to it. */
async function changeOnce(me: Me, wanted: Wanted): Promise<Change> {
  const { challenge } = await ask({ method: "POST", path: "/api/challenge", body: {} }, challengeAnswer);
  const made = await me.vault.ask("change", { challenge, ...wanted });
  const { recovery_code, secret_key, ...body } = made;
  try {
    const session = await ask({ method: "POST", path: "/api/account/change", body: { challenge, ...body, ...(wanted.renew === true ? { somebody_in: true } : {}) } }, sessionAnswer);
    await me.vault.ask("changeDone", {
      stored: true,
      password_set: wanted.password !== undefined,
      ...(made.state_serial === undefined ? {} : { state_serial: made.state_serial }),
    });
    sessionChanged(session);
  } catch (error) {
    await me.vault.ask("changeDone", { stored: false });
    throw error;
  }
  return { ...made, ...(recovery_code === undefined ? {} : { recovery_code }), ...(secret_key === undefined ? {} : { secret_key }) };
}

export function newPassword(password: string, secretKey: "none" | "make"): NonNullable<Wanted["password"]> {
  return { password: passwordBytes(password), secret_key: secretKey };
}

export async function erase(me: Me): Promise<Erased> {
  const { challenge } = await ask({ method: "POST", path: "/api/challenge", body: {} }, challengeAnswer);
  const signed = await me.vault.ask("signErase", { host: location.host, challenge });
  const receipt = await ask({ method: "POST", path: "/api/account/erase", body: { challenge, ...signed } }, erasedAnswer);
  // The place's keys are gone, which is what counts; what lies here is noise without them, and goes as well.
  await me.vault.ask("localForget", {}).catch(() => undefined);
  return receipt;
}
