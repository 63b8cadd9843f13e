// SPDX-License-Identifier: AGPL-3.0-or-later
// The page's own bytes in the account state, as JSON; members that somebody else wrote stay. Here: which first words of ours are waiting,
// so that every device of this account, not only the one that asked, knows the conversation that answers them. Pure.
import { fromText, toText } from "./codec.ts";
import type { Bytes, Id } from "./types.ts";

/** More than can wait at once; the oldest make room. */
const MOST_FIRST = 8;
type Members = Readonly<Record<string, unknown>>;

function members(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function read(choices: Uint8Array): Members {
  try {
    return members(JSON.parse(new TextDecoder().decode(choices)));
  } catch {
    return {};
  }
}

function written(all: Members, first: Members): Bytes {
  const newest = Object.fromEntries(Object.entries(first).slice(-MOST_FIRST));
  return new TextEncoder().encode(JSON.stringify({ ...all, first: newest })) as Bytes;
}

/** The hash that the first commit of this conversation must name, or null. */
export function firstOf(choices: Uint8Array, conversation: Id): Bytes | null {
  const hash = members(read(choices)["first"])[conversation];
  return typeof hash === "string" ? fromText(hash) : null;
}

export function withFirst(choices: Uint8Array, conversation: Id, hash: Uint8Array): Bytes {
  const all = read(choices);
  return written(all, { ...members(all["first"]), [conversation]: toText(hash) });
}

/** Two devices asked at the same time: what both wait for. null where theirs has all of ours. */
export function joined(ours: Uint8Array, theirs: Uint8Array): Bytes | null {
  const all = read(theirs);
  const there = members(all["first"]);
  const first = { ...members(read(ours)["first"]), ...there };
  return Object.keys(first).length === Object.keys(there).length ? null : written(all, first);
}
