// SPDX-License-Identifier: AGPL-3.0-or-later
// What an invitation says and whether it can be believed. Pure.
import { sameBytes } from "../../../web/bridge/vault/codec.ts";
import type { LookedSaid } from "./wire.ts";

/** Staff come to no conversation: the proof for the inviter is made over sixteen zero bytes in its place. */
export const NO_CONVERSATION = "AAAAAAAAAAAAAAAAAAAAAA";

/** The invitation behind the # of an address, or null. */
export function invitationIn(hash: string): string | null {
  const text = hash.startsWith("#") ? hash.slice(1) : hash;
  return /^1\.[A-Za-z0-9_-]{107}$/.test(text) ? text : null;
}

export type Believed = "yes" | "first" | "another_place" | "another_inviter";

interface Fingerprints {
  readonly place: Uint8Array;
  readonly inviter: Uint8Array;
}

/**
 * The fingerprints in the link against what the place says. All zero: made with the place itself, before there was a key; whoever holds
 * it becomes the first administrator, and only then may the inviter be missing.
 */
export function believed(link: Fingerprints, said: { readonly place: Uint8Array | null; readonly inviter: Uint8Array | null }): Believed {
  const none = (bytes: Uint8Array): boolean => bytes.every((b) => b === 0);
  if (none(link.place) && none(link.inviter)) return said.inviter === null ? "first" : "another_inviter";
  if (!none(link.place) && (said.place === null || !sameBytes(link.place, said.place))) return "another_place";
  return said.inviter !== null && sameBytes(link.inviter, said.inviter) ? "yes" : "another_inviter";
}

export function inviterName(looked: LookedSaid, otherwise: string): string {
  return looked.inviter_name ?? otherwise;
}
