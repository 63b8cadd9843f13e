// SPDX-License-Identifier: AGPL-3.0-or-later
// What to do with words that could not be kept yet. Pure. The rule beneath all: after a lost answer the same bytes go again;
// only the place's word "stale_epoch" or "stream_conflict" permits sealing anew (FORMAT.md, 5).
import type { Body } from "../../../web/bridge/vault/vault.ts";
import { fromText, toText } from "../../../web/net/bytes.ts";
import type { Trouble } from "../../../web/net/problem.ts";

/** Words on their way, as they lie sealed on this device. */
export interface Parcel {
  readonly mid: string;
  readonly atMs: number;
  readonly body: Body;
  readonly envelope: string | null;
  readonly readers: string | null;
}

export type Next =
  | { readonly do: "later" }
  | { readonly do: "sign_in" }
  | { readonly do: "seal_again"; readonly newStream: boolean }
  | { readonly do: "read_then_seal_again" }
  | { readonly do: "rotate" }
  | { readonly do: "give_up"; readonly why: "not_there" | "refused" };

export function afterTrouble(trouble: Trouble): Next {
  switch (trouble.what) {
    case "offline":
    case "slow_down":
    case "place_trouble":
      return { do: "later" };
    case "signed_out":
      return { do: "sign_in" };
    case "not_there":
      return { do: "give_up", why: "not_there" };
    case "refused":
      return afterRefusal(trouble.code);
    default:
      return trouble satisfies never;
  }
}

function afterRefusal(code: string): Next {
  switch (code) {
    case "stale_epoch":
    case "history_differs":
      return { do: "read_then_seal_again" };
    case "stream_conflict":
      return { do: "seal_again", newStream: true };
    case "too_many_streams":
      return { do: "rotate" };
    case "busy":
    case "slow_down":
    case "disk_full":
      return { do: "later" };
    case "not_there":
      return { do: "give_up", why: "not_there" };
    default:
      return { do: "give_up", why: "refused" };
  }
}

const EPOCH_DAYS = 30;

export interface EpochNow {
  readonly stops: readonly string[];
  /** When the epoch began, by the place's clock; 0: not known. */
  readonly sinceMs: number;
  /** The serial of one's own key as it stands in the conversation, and as the account has it. */
  readonly ekHere: number;
  readonly ekNow: number;
}

/**
 * Whoever sends next makes the new epoch (FORMAT.md, 13): after 10,000 messages the vault insists, after 30 days or with a new
 * key of one's own it is time. late: 0 to 2 days that differ from device to device, so that two do not do it at once.
 */
export function rotation(now: EpochNow, nowMs: number, lateMs: number): "must" | "due" | "no" {
  if (now.stops.includes("rotate")) return "must";
  const old = now.sinceMs > 0 && nowMs - now.sinceMs > EPOCH_DAYS * 86_400_000 + lateMs;
  return old || now.ekHere < now.ekNow ? "due" : "no";
}

/** Labels of the local store: what it is, where it belongs, and the order in which it was written. */
export const outboxOf = (conversation: string): string => `outbox/${conversation}/`;
export function parcelLabel(conversation: string, parcel: Parcel): string {
  return `${outboxOf(conversation)}${String(parcel.atMs).padStart(15, "0")}-${parcel.mid}`;
}
/** What the place has acknowledged stays here until its backups are gone: a restored place may have lost it. */
export const sentOf = (conversation: string): string => `sent/${conversation}/`;
export function sentLabel(conversation: string, parcel: Parcel): string {
  return `${sentOf(conversation)}${String(parcel.atMs).padStart(15, "0")}-${parcel.mid}`;
}
/** When what lies under a label was written. */
export const writtenAt = (label: string): number => Number(/\/(\d{15})-[^/]*$/.exec(label)?.[1] ?? 0);
/** Words can be said again. A file lies at the place: when it is lost there, its owner is told which one, and chooses it anew. */
export const canBeSaidAgain = (body: Body): boolean => body.kind === "text" || body.kind === "file" || (body.kind === "opening" && body.text !== "");
export const draftLabel = (where: string): string => `draft/${where}`;
export const firstWordsLabel = (conversation: string): string => `opening/${conversation}`;

export function wrapped(parcel: Parcel): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(parcel, (_, value: unknown) => (value instanceof Uint8Array ? { bytes64: toText(value) } : value)));
}

function revived(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("bytes64" in value) || typeof value.bytes64 !== "string") return value;
  return fromText(value.bytes64) ?? value;
}

/** null for what is no parcel of ours: a newer page may have written it. */
export function unwrapped(bytes: Uint8Array): Parcel | null {
  try {
    const from: unknown = JSON.parse(new TextDecoder().decode(bytes), revived);
    if (typeof from !== "object" || from === null) return null;
    const p: Record<string, unknown> = { ...from };
    const { mid, atMs, body, envelope, readers } = p;
    if (typeof mid !== "string" || typeof atMs !== "number" || !isBody(body)) return null;
    return { mid, atMs, body, envelope: typeof envelope === "string" ? envelope : null, readers: typeof readers === "string" ? readers : null };
  } catch {
    return null;
  }
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
