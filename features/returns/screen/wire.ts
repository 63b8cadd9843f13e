// SPDX-License-Identifier: AGPL-3.0-or-later
// Coming back without password and sheet, over the wire: docs/interface.md, "Coming back".
import { ROLES } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";
import { bytes, maybe, oneOf, shape, text, whole, yesNo, type Decoded } from "../../../web/net/decode.ts";
import { ask, askNothing, type Decoder } from "../../../web/net/http.ts";
import { troubleOf } from "../../../web/net/problem.ts";

const state = oneOf("offered", "met", "different", "stopped", "done");

const codeAnswer = shape({ code: text, expires_ms: whole }) satisfies Decoder<contract.ReturnCode>;

const seenAnswer = shape({
  state,
  expires_ms: whole,
  client: text,
  ik: maybe(bytes),
  ek: maybe(bytes),
  ek_serial: maybe(whole),
  ek_certificate: maybe(bytes),
  promise: maybe(bytes),
  answer: maybe(bytes),
  same: yesNo,
}) satisfies Decoder<contract.ReturnSeen>;
export type ReturnSeen = Decoded<typeof seenAnswer>;

const checker = {
  conversation: text,
  listener: text,
  listener_name: text,
  listener_role: oneOf(...ROLES),
  listener_ik: bytes,
  listener_ek: bytes,
  listener_ek_serial: whole,
  listener_ek_certificate: bytes,
};
const meetingAnswer = shape(checker) satisfies Decoder<contract.ReturnMeeting>;
export type ReturnMeeting = Decoded<typeof meetingAnswer>;

const doorAnswer = shape({
  account: text,
  handle: text,
  challenge: bytes,
  ek_serial: whole,
  record_serial: whole,
  ...checker,
}) satisfies Decoder<contract.ReturnDoor>;

const goingAnswer = shape({ state, promise: maybe(bytes), reveal: maybe(bytes) }) satisfies Decoder<contract.ReturnGoing>;
export type ReturnGoing = Decoded<typeof goingAnswer>;

const ofMeAnswer = shape({ going_on: yesNo, listener_name: maybe(text), made_ms: maybe(whole) }) satisfies Decoder<contract.ReturnOfMe>;
export type ReturnOfMe = Decoded<typeof ofMeAnswer>;

export const returnTold = shape({ conversation: text, state }) satisfies Decoder<contract.ReturnNews>;

// ---- The listener

const of = (conversation: string, rest = ""): string => `/api/conversations/${conversation}/return${rest}`;

export function offerCode(conversation: string): Promise<Decoded<typeof codeAnswer>> {
  return ask({ method: "POST", path: of(conversation), body: {} }, codeAnswer);
}

export function seeReturn(conversation: string): Promise<ReturnSeen> {
  return ask({ method: "GET", path: of(conversation) }, seenAnswer);
}

/** A step for something that was ended meanwhile comes too late, and is no trouble of its own: the next look says who ended it, and why. */
function unlessEnded(put: Promise<void>): Promise<void> {
  return put.catch((error: unknown) => {
    if (troubleOf(error)?.what !== "not_there") throw error;
  });
}

export function putStep(conversation: string, step: contract.ReturnStep): Promise<void> {
  return unlessEnded(askNothing({ method: "PUT", path: of(conversation), body: step }));
}

export function stopReturn(conversation: string): Promise<void> {
  return askNothing({ method: "DELETE", path: of(conversation) });
}

export function sayDifferent(conversation: string): Promise<void> {
  return askNothing({ method: "POST", path: of(conversation, "/different"), body: {} });
}

export function confirmReturn(conversation: string, body: contract.ReturnConfirm): Promise<void> {
  return askNothing({ method: "POST", path: of(conversation, "/confirm"), body });
}

// ---- Who comes back

export function comeWith(code: string): Promise<Decoded<typeof doorAnswer>> {
  return ask({ method: "POST", path: "/api/returns", body: { code } satisfies contract.ReturnCome }, doorAnswer);
}

export function bringKeys(keys: contract.NewAccount): Promise<void> {
  return askNothing({ method: "POST", path: "/api/returns/keys", body: keys });
}

/** With the keys that this account has: another listener confirmed them before. */
export function comeAgainWith(code: string): Promise<ReturnMeeting> {
  return ask({ method: "POST", path: "/api/account/return", body: { code } satisfies contract.ReturnCome }, meetingAnswer);
}

export function howItGoes(): Promise<ReturnGoing> {
  return ask({ method: "GET", path: "/api/returns" }, goingAnswer);
}

export function putAnswer(answer: Uint8Array): Promise<void> {
  return unlessEnded(askNothing({ method: "PUT", path: "/api/returns", body: { answer } satisfies contract.ReturnStep }));
}

export function saySame(same: boolean): Promise<void> {
  return askNothing({ method: "POST", path: "/api/returns/said", body: { same } satisfies contract.ReturnSaid });
}

// ---- Whoever still has the keys

export function returnOfMe(): Promise<ReturnOfMe> {
  return ask({ method: "GET", path: "/api/account/return" }, ofMeAnswer);
}

export function notMe(): Promise<void> {
  return askNothing({ method: "DELETE", path: "/api/account/return" });
}
