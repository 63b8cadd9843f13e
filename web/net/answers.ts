// SPDX-License-Identifier: AGPL-3.0-or-later
// Decoders of the answers that more than one screen needs. Each `satisfies` what is printed from the place's own tables
// (contract.ts), so that a member which is renamed there does not compile here.
import type * as contract from "./contract.ts";
import { bytes, list, maybe, oneOf, shape, text, whole, yesNo, type Decoded } from "./decode.ts";
import type { Decoder } from "./http.ts";

export const ROLES = ["client", "therapist", "peer", "supervisor", "admin"] as const;
export type Role = (typeof ROLES)[number];
const role = oneOf(...ROLES);
const recordKind = oneOf("password", "recovery", "passkey", "device");

export const placeAnswer = shape({
  name: text,
  language: text,
  country: text,
  promise_minutes: whole,
  retention_days: whole,
  hours: list(shape({ weekday: whole, from_minute: whole, to_minute: whole })),
  time_zone: text,
  place_key: maybe(bytes),
  demo: yesNo,
  epoch: whole,
  now_ms: whole,
  listeners_here: whole,
  waiting: whole,
  team: maybe(shape({ team: text, serial: whole, certificate: bytes, lead: text, lead_ik: bytes, lead_certificate: bytes })),
}) satisfies Decoder<contract.Place>;
export type Place = Decoded<typeof placeAnswer>;

export const arrivalAnswer = shape({ account: text, handle: text, challenge: bytes }) satisfies Decoder<contract.Arrival>;
export const startedAnswer = shape({ salt: bytes, t: whole, m: whole, challenge: bytes }) satisfies Decoder<contract.SignInStarted>;
export const challengeAnswer = shape({ challenge: bytes }) satisfies Decoder<contract.Challenge>;
export const stateAnswer = shape({ serial: whole, state: bytes }) satisfies Decoder<contract.AccountState>;
// The ticket goes into the socket's protocol as it came: text.
export const ticketAnswer = shape({ ticket: text });

export const sessionAnswer = shape({
  account: text,
  handle: text,
  role,
  certified: yesNo,
  lead: yesNo,
  recovering: yesNo,
  record: bytes,
  record_kind: recordKind,
  identity: bytes,
  ik: bytes,
  ek: bytes,
  ek_serial: whole,
  ek_certificate: bytes,
  state_serial: whole,
  state: bytes,
  audit: maybe(shape({ count: whole, head: bytes })),
  place_epoch: whole,
  idle_lock_s: whole,
  ends_ms: whole,
}) satisfies Decoder<contract.Session>;
export type Session = Decoded<typeof sessionAnswer>;

export const erasedAnswer = shape({
  erased_at_ms: whole,
  keys_in_backups_until_ms: whole,
  conversations: whole,
  remains: list(text),
}) satisfies Decoder<contract.Erased>;
export type Erased = Decoded<typeof erasedAnswer>;

export function listens(r: Role): boolean {
  return r === "therapist" || r === "peer";
}
