// SPDX-License-Identifier: AGPL-3.0-or-later
// An exchange as people write or paste it, "Name: words" line by line, as turns for the engine. Pure. What cannot be read is said with the line
// and what was expected; nothing is guessed that a person could choose.
import type { ListenerCode, Turn } from "../../../web/bridge/listening/types.ts";

const LONGEST = 40_000;
const MOST_TURNS = 400;
const MARKER = /^[\s>*_]*(?:[[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?[\])]?[\s,–-]*)?/iu;
const NAMED = /^([\p{L}\p{N}][\p{L}\p{N}\p{M} .'’_-]{0,30}?)[\s*_]*:(?:[\s*_]+|$)(.*)$/u;
const NAME_WORDS = 3;
const LISTENS = /listen|therap|counsel|helper|support|coach|zuhör|berat|^me$|^ich$|^b$/iu;

export interface Exchange {
  readonly names: readonly [string, string];
  readonly said: readonly { readonly name: string; readonly text: string }[];
}
export type Unread =
  | { readonly is: "empty" }
  | { readonly is: "too_long" }
  | { readonly is: "no_name"; readonly line: number }
  | { readonly is: "one_name"; readonly name: string }
  | { readonly is: "many_names"; readonly names: readonly string[] };
export type ReadExchange = { readonly is: "read"; readonly exchange: Exchange } | Unread;

export function readExchange(text: string): ReadExchange {
  if (text.trim() === "") return { is: "empty" };
  if (text.length > LONGEST) return { is: "too_long" };
  const lines = text.split(/\r\n?|\n/u).map((line) => line.replace(MARKER, "").trim());
  const names = namesIn(lines);
  if (names.length > 2) return { is: "many_names", names };
  const said: { name: string; text: string }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const named = nameOf(line);
    const name = named === null ? undefined : names.find((known) => same(known, named.name));
    const last = said.at(-1);
    if (named !== null && name !== undefined) {
      if (last?.name === name) last.text = `${last.text}\n${named.words}`.trim();
      else said.push({ name, text: named.words });
    } else if (last === undefined) return { is: "no_name", line: index + 1 };
    else last.text = `${last.text}\n${line}`.trim();
  }
  const [first, second] = names;
  if (first === undefined) return { is: "no_name", line: 1 };
  if (second === undefined) return { is: "one_name", name: first };
  if (said.length > MOST_TURNS) return { is: "too_long" };
  return { is: "read", exchange: { names: [first, second], said } };
}

function nameOf(line: string): { name: string; words: string } | null {
  const [, name, words] = NAMED.exec(line) ?? [];
  if (name === undefined || words === undefined || name.trim().split(/\s+/u).length > NAME_WORDS) return null;
  return { name: name.trim(), words: words.trim() };
}

const same = (a: string, b: string): boolean => a.toLocaleLowerCase() === b.toLocaleLowerCase();

/** Who speaks here. "One thing: ..." in the middle of a sentence looks like a name; of more than two only those who come again are. */
function namesIn(lines: readonly string[]): string[] {
  const times = new Map<string, { name: string; n: number }>();
  for (const line of lines) {
    const name = nameOf(line)?.name;
    if (name === undefined) continue;
    const known = times.get(name.toLocaleLowerCase());
    if (known === undefined) times.set(name.toLocaleLowerCase(), { name, n: 1 });
    else known.n += 1;
  }
  const all = [...times.values()];
  const again = all.filter((one) => one.n > 1);
  return (all.length > 2 && again.length >= 2 ? again : all).map((one) => one.name);
}

/** Who seems to listen: whose name says so, else who speaks second. */
export function likelyListener({ names }: Exchange): string {
  return names.find((name) => LISTENS.test(name)) ?? names[1];
}

export function turnsOfExchange({ said }: Exchange, listener: string): Turn[] {
  return said.map(({ name, text }) => ({ who: name === listener ? "listener" : "speaker", text }));
}

/** What is said of one reply beside its name, only where the engine is fairly sure (EVIDENCE.md). */
export type Remark = "open" | "closed" | "unasked" | "validation" | "unsure";
const SURE = 0.65;
const OPEN_SURE = 0.8;

export function remarksOf(code: ListenerCode): readonly Remark[] {
  const remarks: Remark[] = [];
  if (code.question >= SURE && code.open >= OPEN_SURE) remarks.push("open");
  if (code.question >= SURE && code.open <= 1 - OPEN_SURE) remarks.push("closed");
  if (code.unasked >= SURE) remarks.push("unasked");
  if (code.validation >= SURE) remarks.push("validation");
  if (code.unsure) remarks.push("unsure");
  return remarks;
}
