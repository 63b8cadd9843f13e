// SPDX-License-Identifier: AGPL-3.0-or-later
// What a thread shows, decided without a page: the order, the days, who said what, and how far each of one's own words
// has come. Order is by position; what has none yet stands last, in the order it was written.
import type { FileDescriptor } from "../../../web/bridge/vault/types.ts";
import { dayOf } from "../../../web/words/when.ts";

/** How far one's own words have come. Never more than is known. */
export type Reach = "device" | "way" | "kept" | "read";

interface Common {
  readonly key: string;
  /** null until the place has kept it. */
  readonly position: number | null;
  readonly atMs: number;
}
export interface Words extends Common {
  readonly kind: "words";
  readonly from: string;
  readonly mine: boolean;
  readonly text: string;
  readonly reach: Reach;
  readonly doubt: Doubt | null;
}
export interface FileShown extends Common {
  readonly kind: "file";
  readonly from: string;
  readonly mine: boolean;
  readonly reach: Reach;
  readonly file: FileWords;
  readonly doubt: Doubt | null;
}
export interface Line extends Common {
  readonly kind: "line";
  readonly says: "unverified" | "gone" | "opened" | "changed" | "left" | "too_new" | "replaced" | "resumed";
  /** Who committed what this line says, and about whom: for a key that somebody confirmed. */
  readonly by?: string;
  readonly about?: string;
}
export type Item = Words | FileShown | Line;

/** What is said beside words that could be opened although something around them is not right. */
export type Doubt = "gap" | "histories_differ" | "passed_on";

export interface FileWords {
  readonly blob: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** What the vault needs to open it. */
  readonly descriptor: FileDescriptor;
}

export type Row = { readonly row: "day"; readonly key: string; readonly atMs: number } | { readonly row: "item"; readonly key: string; readonly item: Item; readonly continues: boolean; /** Of a run of words that were passed on only the first says so. */ readonly says_passed_on: boolean };

const TOGETHER_MS = 5 * 60_000;

export function inOrder(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => {
    if (a.position !== null && b.position !== null) return a.position - b.position;
    if (a.position !== null) return -1;
    if (b.position !== null) return 1;
    return a.atMs - b.atMs;
  });
}

/** Rows of an ordered list: a heading where the day changes, and whether an item goes on from the one before. */
export function rowsOf(items: readonly Item[]): readonly Row[] {
  const rows: Row[] = [];
  let before: Item | null = null;
  for (const item of items) {
    if (before === null || dayOf(before.atMs) !== dayOf(item.atMs)) {
      rows.push({ row: "day", key: `day-${item.key}`, atMs: item.atMs });
      before = null;
    }
    const says_passed_on = passedOn(item) && (before === null || !passedOn(before));
    rows.push({ row: "item", key: item.key, item, continues: before !== null && goesOn(before, item), says_passed_on });
    before = item;
  }
  return rows;
}

function passedOn(item: Item): boolean {
  return item.kind !== "line" && item.doubt === "passed_on";
}

function goesOn(before: Item, item: Item): boolean {
  if (before.kind === "line" || item.kind === "line") return false;
  return before.from === item.from && item.atMs - before.atMs < TOGETHER_MS;
}

/** The reach of one's own kept words, from how far everybody else has read. Read means: everybody read. */
export function reachOf(position: number | null, onItsWay: boolean, othersRead: readonly number[]): Reach {
  if (position === null) return onItsWay ? "way" : "device";
  if (othersRead.length > 0 && othersRead.every((read) => read >= position)) return "read";
  return "kept";
}

/** Where to say the reach: under the last of one's own words, and wherever it differs from the next of one's own. */
export function saysReach(items: readonly Item[]): ReadonlySet<string> {
  const keys = new Set<string>();
  let next: Reach | null = null;
  for (const item of [...items].reverse()) {
    if (item.kind === "line" || !item.mine) continue;
    if (item.reach !== next) keys.add(item.key);
    next = item.reach;
  }
  return keys;
}

/** Parts of a long thread, each a stable list, so that a new message draws one part again and not two thousand rows. */
export function partsOf<T>(rows: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let at = 0; at < rows.length; at += size) parts.push(rows.slice(at, at + size));
  return parts;
}

/** Search on the device: every word must be there, whatever its case or accents. Newest first. */
export function found(items: readonly Item[], query: string): readonly (Words | FileShown)[] {
  const wanted = fold(query).split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return [];
  const hits: (Words | FileShown)[] = [];
  for (const item of items) {
    if (item.kind === "line") continue;
    const said = fold(item.kind === "words" ? item.text : item.file.name);
    if (wanted.every((word) => said.includes(word))) hits.push(item);
  }
  return hits.reverse();
}

function fold(words: string): string {
  return words.normalize("NFD").replace(/\p{Mark}/gu, "").toLocaleLowerCase();
}

/** The newest position that a person has really seen, for "read": only of others' words, and only if the page is looked at. */
export function newestOfOthers(items: readonly Item[]): number {
  let newest = 0;
  for (const item of items) {
    if (item.position !== null && (item.kind === "line" || !item.mine)) newest = Math.max(newest, item.position);
  }
  return newest;
}

/** Words of somebody else beyond what was seen. One's own words, and lines about the talk itself, are no news. */
export function hasNews(items: readonly Item[], seen: number): boolean {
  return items.some((item) => item.kind !== "line" && !item.mine && item.position !== null && item.position > seen);
}
