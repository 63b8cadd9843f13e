// SPDX-License-Identifier: AGPL-3.0-or-later
// What the vault found in an entry, as something a thread can show. Pure: the vault has already decided what is true.
import type { Body, Taken } from "../../../web/bridge/vault/vault.ts";
import type { Doubt, FileWords, Item, Line } from "./thread.ts";

export type Wish = 0 | 1 | 2;
export interface Opening {
  readonly wish: Wish;
  readonly name: string;
}
export interface Felt {
  readonly atMs: number;
  readonly answer: 0 | 1 | 2;
  readonly text: string;
}

/** A sealed word about the mirror: what it says is the business of features/reflections. */
export interface MirrorSaid {
  readonly position: number;
  readonly from: string;
  readonly atMs: number;
  readonly text: string;
}

/** What an entry adds to a conversation. */
export interface Added {
  readonly item: Item | null;
  readonly name: { readonly account: string; readonly name: string } | null;
  readonly opening: Opening | null;
  readonly felt: Felt | null;
  readonly mirror: MirrorSaid | null;
}

const NOTHING: Added = { item: null, name: null, opening: null, felt: null, mirror: null };

export function addedBy(taken: Taken, atMs: number): Added {
  const key = taken.mid ?? `at-${taken.position}`;
  const line = (says: Line["says"], who: Pick<Line, "by" | "about"> = {}): Added => ({
    ...NOTHING,
    item: { kind: "line", key: `at-${taken.position}`, position: taken.position, atMs, says, ...who },
  });
  switch (taken.finding) {
    case "duplicate":
      return NOTHING;
    case "bad":
      return line("unverified");
    case "gone":
      return line("gone");
    case "committed":
      return taken.commit === undefined ? NOTHING : committed(taken.commit, taken.sender, line);
    case "shown":
      return shown(taken, key, atMs, null);
    case "shown_gap":
      return shown(taken, key, atMs, "gap");
    case "shown_passed_on":
      return shown(taken, key, atMs, "passed_on");
    case "shown_forked":
      return shown(taken, key, atMs, "histories_differ");
    default:
      return taken.finding satisfies never;
  }
}

type LineOf = (says: Line["says"], who?: Pick<Line, "by" | "about">) => Added;

function committed(commit: NonNullable<Taken["commit"]>, by: string | undefined, line: LineOf): Added {
  if (commit.epoch === 1) return line("opened");
  if (commit.replaced !== undefined && by !== undefined) return line("replaced", { by, about: commit.replaced });
  if (commit.resumed) return line("resumed");
  if (commit.left.length > 0) return line("left");
  if (commit.joined.length > 0) return line("changed");
  return NOTHING;
}

function shown(taken: Taken, key: string, atMs: number, doubt: Doubt | null): Added {
  const { sender, body, mine = false, position } = taken;
  if (sender === undefined || body === undefined) return NOTHING;
  const words = (text: string): Item => ({ kind: "words", key, position, atMs, from: sender, mine, text, reach: "kept", doubt });
  switch (body.kind) {
    case "text":
      return { ...NOTHING, item: words(body.text) };
    case "opening":
      return {
        ...NOTHING,
        item: body.text === "" ? null : words(body.text),
        name: body.name === "" ? null : { account: sender, name: body.name },
        opening: { wish: body.wish, name: body.name },
      };
    case "name":
      return { ...NOTHING, name: { account: sender, name: body.text } };
    case "file":
      return { ...NOTHING, item: { kind: "file", key, position, atMs, from: sender, mine, reach: "kept", file: fileWords(body.file), doubt } };
    case "feedback":
      return { ...NOTHING, felt: { atMs, answer: body.answer, text: body.text } };
    case "mirror":
      return { ...NOTHING, mirror: { position, from: sender, atMs, text: body.text } };
    case "unknown":
      return { ...NOTHING, item: { kind: "line", key, position, atMs, says: "too_new" } };
    case "spoken":
    case "excerpt":
    case "journal":
    case "measure":
    case "note":
    case "plan":
    case "why":
      return NOTHING;
    default:
      return body satisfies never;
  }
}

export function fileWords(file: Extract<Body, { kind: "file" }>["file"]): FileWords {
  return { blob: file.blob, name: safeName(file.name), type: file.type, size: file.size, descriptor: file };
}

/** A name somebody else chose: no way to hide what it really ends in, no path, not endless. */
export function safeName(name: string): string {
  const plain = name.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/gu, "").trim();
  return plain.length > 120 ? `${plain.slice(0, 100)}…${plain.slice(-16)}` : plain;
}
