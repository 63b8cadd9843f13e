// SPDX-License-Identifier: AGPL-3.0-or-later
// Asking to be heard, and answering: docs/interface.md, "Waiting and being heard". Also the team's key, which opens first words.
import type * as contract from "../../../web/net/contract.ts";
import { bytes, list, maybe, oneOf, shape, text, whole, yesNo, type Decoded } from "../../../web/net/decode.ts";
import { ask, askNothing, type Decoder } from "../../../web/net/http.ts";

const requestAnswer = shape({
  conversation: text,
  state: oneOf("waiting", "accepted", "withdrawn", "expired"),
  made_ms: whole,
  promise_by_ms: whole,
  ahead: whole,
  owner: maybe(text),
  owner_name: maybe(text),
  offered_ms: whole,
  expires_ms: whole,
}) satisfies Decoder<contract.Request>;
export type RequestSaid = Decoded<typeof requestAnswer>;

const waitingAnswer = shape({
  conversation: text,
  client: text,
  ik: bytes,
  ek: bytes,
  first_words: bytes,
  made_ms: whole,
  promise_by_ms: whole,
  owner: maybe(text),
  offered_ms: whole,
  passed: whole,
  for_me: yesNo,
}) satisfies Decoder<contract.WaitingRequest>;
export type WaitingSaid = Decoded<typeof waitingAnswer>;

const teamKeyAnswer = shape({
  team: maybe(text),
  serial: whole,
  certificate: maybe(bytes),
  wrap: maybe(bytes),
  missing: list(text),
}) satisfies Decoder<contract.TeamKey>;
export type TeamKeySaid = Decoded<typeof teamKeyAnswer>;

const acceptedAnswer = shape({ position: whole, at_ms: whole }) satisfies Decoder<contract.Accepted>;

const staffAnswer = shape({
  staff: list(
    shape({ account: text, name: text, role: text, ik: bytes, ek: bytes, certified: yesNo, disabled: yesNo, here_until_ms: whole }),
  ),
});
export type ColleagueSaid = Decoded<typeof staffAnswer>["staff"][number];

export function askToBeHeard(body: contract.Ask): Promise<RequestSaid> {
  return ask({ method: "POST", path: "/api/requests", body }, requestAnswer);
}

export async function myRequests(): Promise<readonly RequestSaid[]> {
  return (await ask({ method: "GET", path: "/api/requests/mine" }, shape({ requests: list(requestAnswer) }))).requests;
}

export function withdraw(conversation: string): Promise<void> {
  return askNothing({ method: "DELETE", path: `/api/requests/${conversation}` });
}

export async function whoWaits(): Promise<readonly WaitingSaid[]> {
  return (await ask({ method: "GET", path: "/api/requests" }, shape({ requests: list(waitingAnswer) }))).requests;
}

export function postAccept(conversation: string, body: contract.Accept): Promise<Decoded<typeof acceptedAnswer>> {
  return ask({ method: "POST", path: `/api/requests/${conversation}/accept`, body }, acceptedAnswer);
}

export function passOn(conversation: string): Promise<void> {
  return askNothing({ method: "POST", path: `/api/requests/${conversation}/pass`, body: {} });
}

export function putDuty(hereUntilMs: number): Promise<void> {
  return askNothing({ method: "PUT", path: "/api/duty", body: { here_until_ms: hereUntilMs } satisfies contract.Duty });
}

export function teamKey(): Promise<TeamKeySaid> {
  return ask({ method: "GET", path: "/api/team/key" }, teamKeyAnswer);
}

export function postTeamKey(body: contract.NewTeamKey): Promise<void> {
  return askNothing({ method: "POST", path: "/api/team/key", body });
}

export function putTeamWraps(body: contract.TeamWraps): Promise<void> {
  return askNothing({ method: "PUT", path: "/api/team/key/wraps", body });
}

export async function colleagues(): Promise<readonly ColleagueSaid[]> {
  return (await ask({ method: "GET", path: "/api/staff" }, staffAnswer)).staff;
}
