// SPDX-License-Identifier: AGPL-3.0-or-later
// Conversations over the wire: docs/interface.md, "Conversations" and "Inside a message". What is sealed stays sealed here.
import { ROLES } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";
import { bytes, list, maybe, nothing, oneOf, shape, text, whole, yesNo, type Decoded } from "../../../web/net/decode.ts";
import { ask, askBytes, askNothing, type Decoder } from "../../../web/net/http.ts";

const member = shape({
  account: text,
  role: oneOf(...ROLES),
  part: oneOf("client", "listener", "supervisor", "relative", "interpreter"),
  name: maybe(text),
  certificate: maybe(bytes),
  disabled: maybe(yesNo),
  new_key: maybe(yesNo),
}) satisfies Decoder<contract.Member>;
export type MemberSaid = Decoded<typeof member>;

const conversation = shape({
  conversation: text,
  kind: oneOf("pair", "group", "private"),
  epoch: whole,
  position: whole,
  head: bytes,
  at_ms: whole,
  members: list(member),
  read: list(shape({ account: text, position: whole })),
  receipts: list(shape({ account: text, receipt: bytes })),
  mine: shape({ read: whole }),
  here: list(text),
}) satisfies Decoder<contract.Conversation>;
export type ConversationSaid = Decoded<typeof conversation>;

export const entryAnswer = shape({
  conversation: text,
  position: whole,
  kind: oneOf("message", "commit", "gone"),
  at_ms: whole,
  bytes: maybe(bytes),
  wrap: maybe(bytes),
  entry_hash: maybe(bytes),
}) satisfies Decoder<contract.Entry>;
export type EntrySaid = Decoded<typeof entryAnswer>;

const logAnswer = shape({ entries: list(entryAnswer), position: whole, head: bytes, gone: whole }) satisfies Decoder<contract.Log>;
export type LogSaid = Decoded<typeof logAnswer>;
export const keptAnswer = shape({ position: whole, at_ms: whole, again: yesNo }) satisfies Decoder<contract.Kept>;
export type Kept = Decoded<typeof keptAnswer>;

export const readTold = shape({ conversation: text, account: text, position: whole }) satisfies Decoder<contract.ReadNews>;
export const typingTold = shape({ conversation: text, account: text, typing: yesNo }) satisfies Decoder<contract.TypingNews>;
export const outsideTold = shape({ conversation: text }) satisfies Decoder<contract.OutsideNews>;
export const presenceTold = shape({ account: text, here: yesNo }) satisfies Decoder<contract.PresenceNews>;

const ENTRIES_AT_ONCE = 500;
const at = (id: string, rest: string): string => `/api/conversations/${id}${rest}`;

export async function readConversations(): Promise<readonly ConversationSaid[]> {
  return (await ask({ method: "GET", path: "/api/conversations" }, shape({ conversations: list(conversation) }))).conversations;
}

export function readLog(id: string, after: number): Promise<LogSaid> {
  return ask({ method: "GET", path: at(id, `/log?after=${after}&limit=${ENTRIES_AT_ONCE}`) }, logAnswer);
}

export function postMessage(id: string, envelope: Uint8Array): Promise<Kept> {
  return ask({ method: "POST", path: at(id, "/messages"), body: { envelope } satisfies contract.NewMessage }, keptAnswer);
}

export function postCommit(id: string, commit: contract.NewCommit): Promise<Kept> {
  return ask({ method: "POST", path: at(id, "/commits"), body: commit }, keptAnswer);
}

export function putWrap(id: string, again: contract.WrapAgain): Promise<void> {
  return askNothing({ method: "PUT", path: at(id, "/wraps"), body: again });
}

export function postLeave(id: string, leave: Uint8Array): Promise<void> {
  return askNothing({ method: "POST", path: at(id, "/leave"), body: { leave } satisfies contract.Leave });
}

export function putReceipt(id: string, receipt: Uint8Array): Promise<void> {
  return askNothing({ method: "PUT", path: at(id, "/receipt"), body: { receipt } satisfies contract.NewReceipt });
}

export function deleteMessage(id: string, position: number): Promise<void> {
  return askNothing({ method: "DELETE", path: at(id, `/messages/${position}`) });
}

export function putChunk(id: string, blob: string, chunk: number, raw: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  return askNothing({ method: "PUT", path: at(id, `/files/${blob}/${chunk}`), raw, signal });
}

export function closeFile(id: string, blob: string, close: contract.FileClose): Promise<null> {
  return ask({ method: "POST", path: at(id, `/files/${blob}`), body: close }, nothing);
}

export function getChunk(id: string, blob: string, chunk: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  return askBytes({ method: "GET", path: at(id, `/files/${blob}/${chunk}`), signal });
}
