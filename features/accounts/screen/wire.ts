// SPDX-License-Identifier: AGPL-3.0-or-later
// One's own account over the wire: changing what opens it, and erasing it.
import { passwordBytes, type Change, type ChangeAsked } from "../../../web/bridge/vault/vault.ts";
import { sameBytes } from "../../../web/bridge/vault/codec.ts";
import { challengeAnswer, erasedAnswer, sessionAnswer, startedAnswer, type Erased, type Session } from "../../../web/net/answers.ts";
import { ask } from "../../../web/net/http.ts";
import { sessionChanged, whileSessionChanges, type Me } from "../../../web/net/me.ts";
import { passes, refusal, troubleOf } from "../../../web/net/problem.ts";
import { waitBefore } from "../../../web/net/reconnect.ts";
import { takeTheirs } from "../../../web/net/state.ts";

export type Wanted = Omit<ChangeAsked, "challenge">;

const MOST_TRIES = 6;
const MOST_DOUBLINGS = 3; // of the wait between two tries: at most four seconds

/**
 * One change, whole or not at all. When another device was faster with the account state, theirs is taken and it is tried again: nobody can
 * keep somebody from changing their keys by writing all the time. `wanted` is asked before each try, because a password moves into the vault.
 * `onSilence`: the place has not answered, and is asked again until it has.
 */
export async function change(me: Me, wanted: () => Wanted, onSilence?: () => void): Promise<Change> {
  for (let tries = 1; ; tries++) {
    try {
      return await whileSessionChanges(changeOnce(me, wanted(), onSilence));
    } catch (error) {
      if (refusal(error) !== "stale_state" || tries === MOST_TRIES) throw error;
      await takeTheirs(me.vault);
    }
  }
}

/** The place stores it in one transaction, and only then does the vault hold to it. */
async function changeOnce(me: Me, wanted: Wanted, onSilence?: () => void): Promise<Change> {
  const { challenge } = await ask({ method: "POST", path: "/api/challenge", body: {} }, challengeAnswer);
  const made = await me.vault.ask("change", { challenge, ...wanted });
  const { recovery_code, secret_key, ...body } = made;
  const post = (): Promise<Session> =>
    ask({ method: "POST", path: "/api/account/change", body: { challenge, ...body, ...(wanted.renew === true ? { somebody_in: true } : {}) } }, sessionAnswer);
  try {
    const session = await post().catch((error: unknown) => {
      if (!unanswered(error)) throw error;
      onSilence?.();
      return askedAgain(me, made, post);
    });
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
  return made;
}

/** No answer of the place itself: a line that broke, or a proxy that lost it. The change may be stored, or may not. */
function unanswered(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble?.what === "offline" || (trouble?.what === "place_trouble" && (trouble.status === 502 || trouble.status === 504));
}

/** Not a no: a place that is busy, full or starting says nothing of the new secret. */
function tryLater(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble !== null && passes(trouble);
}

/**
 * The same request again, until the place answers. Its challenge counts once, so it cannot be stored twice; and once it is refused, the first
 * one cannot come in late any more. A refusal may also mean that the first one was stored: then the new secret opens the account.
 */
async function askedAgain(me: Me, made: Change, post: () => Promise<Session>): Promise<Session> {
  try {
    return await whileItFails(unanswered, post);
  } catch (refused) {
    const session = await whileItFails(tryLater, () => signInChanged(me, made)).catch(() => null);
    if (session === null || !made.records.some((one) => sameBytes(one.record, session.record))) throw refused;
    return session;
  }
}

async function signInChanged(me: Me, made: Change): Promise<Session> {
  const { handle } = me.session;
  const kind = made.records.some((one) => one.kind === "password") ? "password" : made.by;
  const { challenge } = await ask({ method: "POST", path: "/api/sign-in/start", body: { handle, kind } }, startedAnswer);
  const { signature } = await me.vault.ask("signChanged", { host: location.host, challenge });
  return ask({ method: "POST", path: "/api/sign-in", body: { handle, kind, signature } }, sessionAnswer);
}

async function whileItFails<T>(forNow: (error: unknown) => boolean, asking: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await asking();
    } catch (error) {
      if (!forNow(error)) throw error;
    }
    await new Promise((later) => setTimeout(later, waitBefore(Math.min(tries, MOST_DOUBLINGS), Math.random())));
  }
}

export function newPassword(password: string, secretKey: "none" | "make"): NonNullable<Wanted["password"]> {
  return { password: passwordBytes(password), secret_key: secretKey };
}

/**
 * At the place, then on this device. The place ends the session as it erases, and its socket may say so before the answer is here. Null: the
 * answer was lost on the way, and the place no longer knows the session, which is what erasing does; the receipt went with the answer.
 */
export function erase(me: Me, onSilence?: () => void): Promise<Erased | null> {
  return whileSessionChanges(eraseBoth(me, onSilence));
}

async function eraseBoth(me: Me, onSilence?: () => void): Promise<Erased | null> {
  const { challenge } = await ask({ method: "POST", path: "/api/challenge", body: {} }, challengeAnswer);
  const signed = await me.vault.ask("signErase", { host: location.host, challenge });
  const post = (): Promise<Erased> => ask({ method: "POST", path: "/api/account/erase", body: { challenge, ...signed } }, erasedAnswer);
  const receipt = await post().catch((error: unknown) => {
    if (!unanswered(error)) throw error;
    onSilence?.();
    return whileItFails(tryLater, post).catch((refused: unknown) => {
      if (troubleOf(refused)?.what !== "signed_out") throw refused;
      return null;
    });
  });
  // The place's keys are gone, which is what counts; what lies here is noise without them, and goes as well.
  await me.vault.ask("localForget", {}).catch(() => undefined);
  return receipt;
}
