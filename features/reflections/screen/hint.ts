// SPDX-License-Identifier: AGPL-3.0-or-later
// When a draft is looked at, and what the engine is shown. Pure.
import type { Turn } from "../../../web/bridge/listening/types.ts";

/** Nobody is disturbed in the middle of a sentence. */
export const PAUSE_MS = 1000;
/** Turns before the draft that the engine looks at (listening/words/hint.c). */
const TURNS = 20;
const WORDS_ENOUGH = 3;

/** What a conversation shows, as far as it matters here. */
export interface Said {
  readonly kind: string;
  readonly mine?: boolean;
  readonly text?: string;
}

export interface Asking {
  readonly listens: boolean;
  readonly wanted: boolean;
  /** Help was opened since this room was: a moment in which nobody is to be taught. */
  readonly helpOpened: boolean;
  readonly draft: string;
}

export function mayAsk({ listens, wanted, helpOpened, draft }: Asking): boolean {
  return listens && wanted && !helpOpened && wordsOf(draft).length >= WORDS_ENOUGH && looksEnglish(draft);
}

/** The turns so far: messages of one person that follow each other are one turn; files and lines are none. */
export function turnsOf(items: readonly Said[]): Turn[] {
  const turns: Turn[] = [];
  for (const { kind, mine, text } of items) {
    if (kind !== "words" || text === undefined || mine === undefined) continue;
    const who = mine ? "listener" : "speaker";
    const last = turns.at(-1);
    if (last?.who === who) last.text += `\n${text}`;
    else turns.push({ who, text });
  }
  return turns.slice(-TURNS);
}

const ENGLISH = new Set("the a an i you he she it we they is are was be have has had do does did to of and that this not what how with for in on at so your my me if can could would should just am it's i'm you're don't".split(" "));
const GERMAN = new Set("der die das ein eine ich du er sie es wir ihr ist sind war bin bist habe hast hat zu und dass nicht was wie mit für im auf so dein mein mich wenn kann könnte würde sollte einfach".split(" "));

/** The engine knows English. Of another language it would say something, and be wrong. */
export function looksEnglish(draft: string): boolean {
  const words = wordsOf(draft);
  const hits = (of: ReadonlySet<string>): number => words.filter((word) => of.has(word)).length;
  const english = hits(ENGLISH);
  return english * 6 >= words.length && english > hits(GERMAN);
}

function wordsOf(draft: string): string[] {
  return draft.toLowerCase().replaceAll("’", "'").match(/[\p{L}']+/gu) ?? [];
}
