// SPDX-License-Identifier: AGPL-3.0-or-later
// What is sealed about mirrors (body kind 11, the page's own form). In the two people's conversation: what each said about it. In the
// listener's private one: a mirror that was kept. Pure; whatever was not made as agreed is passed over.
import { MOMENTS } from "../../../web/bridge/listening/types.ts";
import { MAINS, type Band, type Main, type Mirror, type Moment } from "./mirror.ts";

/** Raised when a mirror begins to show something else: it is new to both then, and a yes to the old one does not count. */
export const MIRROR_VERSION = 1;

/** An authentic sealed word about the mirror, as the conversation hands it on. */
export interface Spoken {
  readonly position: number;
  readonly from: string;
  readonly atMs: number;
  readonly text: string;
}

export type Answer = "yes" | "no" | "unasked";
export interface Consent {
  readonly mine: Answer;
  readonly theirs: Answer;
}

export function consentWords(answer: "yes" | "no"): string {
  return JSON.stringify({ is: "consent", version: MIRROR_VERSION, answer });
}

/** Each one's last word. A yes counts for the mirror it was said to; a no stays a no. Everybody else has to say yes. */
export function consentOf(spoken: readonly Spoken[], own: string, others: readonly string[]): Consent {
  const last = new Map<string, Answer>();
  for (const { from, text } of spoken) {
    const said = parsed(text);
    if (said === null || said["is"] !== "consent") continue;
    if (said["answer"] === "no") last.set(from, "no");
    else if (said["answer"] === "yes") last.set(from, said["version"] === MIRROR_VERSION ? "yes" : "unasked");
  }
  const of = (account: string): Answer => last.get(account) ?? "unasked";
  const all = others.map(of);
  const theirs = all.includes("no") ? "no" : all.length === 0 || all.includes("unasked") ? "unasked" : "yes";
  return { mine: of(own), theirs };
}

/** A mirror as it is kept. heard: what the listener said a reply really was, by the moment's place. */
export interface KeptMirror extends Mirror {
  readonly conversation: string;
  readonly heard: readonly (Main | null)[];
}
export interface Kept extends KeptMirror {
  readonly position: number;
  readonly keptMs: number;
}

export function keptWords(mirror: KeptMirror): string {
  return JSON.stringify({ is: "kept", version: MIRROR_VERSION, ...mirror });
}

/** The kept mirrors of one conversation, newest first. */
export function keptOf(spoken: readonly Spoken[], conversation: string): Kept[] {
  return allKept(spoken).filter((one) => one.conversation === conversation).reverse();
}

/** All that were kept, as they were kept. */
export function allKept(spoken: readonly Spoken[]): Kept[] {
  const kept: Kept[] = [];
  for (const { text, position, atMs } of spoken) {
    const said = parsed(text);
    if (said === null || said["is"] !== "kept" || typeof said["conversation"] !== "string" || typeof said["atMs"] !== "number") continue;
    const moments = listOf(said["moments"]).flatMap(momentFrom);
    const heard = moments.map((_, i) => MAINS.find((main) => main === listOf(said["heard"])[i]) ?? null);
    const tries = MOMENTS.find((kind) => kind === said["tries"]) ?? null;
    kept.push({ conversation: said["conversation"], atMs: said["atMs"], moments, tries, band: bandFrom(said["band"]), heard, position, keptMs: atMs });
  }
  return kept;
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function parsed(text: string): Fields | null {
  try {
    return fields(JSON.parse(text));
  } catch {
    return null;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function momentFrom(value: unknown): Moment[] {
  const m = fields(value);
  if (m === null) return [];
  const kind = MOMENTS.find((known) => known === m["kind"]);
  const main = MAINS.find((known) => known === m["main"]);
  const { before, words, unsure } = m;
  if (kind === undefined || main === undefined || typeof before !== "string" || typeof words !== "string") return [];
  return [{ kind, main, before, words, unsure: unsure === true }];
}

function bandFrom(value: unknown): Band | null {
  const b = fields(value);
  if (b === null) return null;
  const { atMs, low, middle, high } = b;
  if (typeof atMs !== "number" || typeof low !== "number" || typeof middle !== "number" || typeof high !== "number") return null;
  return { atMs, low, middle, high };
}
