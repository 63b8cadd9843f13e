// SPDX-License-Identifier: AGPL-3.0-or-later
// What a mirror shows of a talk in writing: which words belong to it, which moments are quoted, how the balance is said. Pure. It never
// makes a grade, a share or an order out of what the engine says.
import { looksEnglish, type Said } from "./hint.ts";
import { MOMENTS, STRENGTHS, type Figures, type ListenerCode, type MomentKind, type Turn } from "../../../web/bridge/listening/types.ts";

/** A pause as long as this ends a talk: what comes after it is the next one. */
const TALK_ENDS_AFTER_MS = 4 * 60 * 60_000;
const EARLIER_TALKS = 8;
const MOST_MOMENTS = 3;
/** A quotation is a reminder, not a copy. */
const QUOTE_MAX = 400;

export interface SaidAt extends Said {
  readonly atMs: number;
}

/** One talk: turns that follow each other without a long pause. */
export interface Sitting {
  readonly atMs: number;
  readonly turns: readonly Turn[];
}

/** The talks of a conversation, oldest first. Messages of one person that follow each other are one turn. */
export function sittingsOf(items: readonly SaidAt[]): Sitting[] {
  const sittings: { atMs: number; turns: Turn[] }[] = [];
  let before = -Infinity;
  for (const { kind, mine, text, atMs } of items) {
    if (kind !== "words" || text === undefined || mine === undefined) continue;
    if (atMs - before > TALK_ENDS_AFTER_MS) sittings.push({ atMs, turns: [] });
    before = atMs;
    const turns = sittings.at(-1)?.turns ?? [];
    const who = mine ? "listener" : "speaker";
    const last = turns.at(-1);
    if (last?.who === who) last.text += `\n${text}`;
    else turns.push({ who, text });
  }
  return sittings;
}

/** Those before the last one, for the pair's own history. */
export const earlierOf = (sittings: readonly Sitting[]): readonly Sitting[] => sittings.slice(0, -1).slice(-EARLIER_TALKS);

export function isEnglish(turns: readonly Turn[]): boolean {
  return looksEnglish(turns.map((turn) => turn.text).join(" "));
}

/** The four names a reply can have. */
export const MAINS = ["reflection", "question", "input", "other"] as const;
export type Main = (typeof MAINS)[number];

/** A moment worth a second look, in the words that were said. */
export interface Moment {
  readonly kind: MomentKind;
  readonly before: string;
  readonly words: string;
  readonly main: Main;
  readonly unsure: boolean;
}

/** How a talk leaned, as an interval: never a point alone. */
export interface Band {
  readonly atMs: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Mirror {
  readonly atMs: number;
  readonly moments: readonly Moment[];
  /** What the one thing to try follows from; null: nothing stood out. */
  readonly tries: MomentKind | null;
  /** null: too short to say. */
  readonly band: Band | null;
}

/** What can hurt most comes first: the one thing to try follows from it. */
const BY_WEIGHT: readonly MomentKind[] = ["at_least", "advice_unasked", "feeling_passed", "own_story", "stacked_questions", "closed_run"];

export const isStrength = (kind: MomentKind): boolean => (STRENGTHS as readonly string[]).includes(kind);

export function mirrorOf(sitting: Sitting, figures: Figures): Mirror {
  const found = figures.session.moments.flatMap(({ kind, turn }) => {
    const moment = momentAt(sitting, figures, kind, turn);
    return moment === null ? [] : [moment];
  });
  const strengths = found.filter((m) => isStrength(m.kind));
  const looks = BY_WEIGHT.flatMap((kind) => found.filter((m) => m.kind === kind));
  // One strength first, then what to try follows from; what is left of three is another strength before another second look.
  const chosen = [...strengths.slice(0, 1), ...looks.slice(0, 1), ...strengths.slice(1), ...looks.slice(1)].slice(0, MOST_MOMENTS);
  const moments = [...chosen.filter((m) => isStrength(m.kind)), ...chosen.filter((m) => !isStrength(m.kind))];
  return { atMs: sitting.atMs, moments, tries: looks[0]?.kind ?? null, band: bandOf(sitting.atMs, figures) };
}

function momentAt(sitting: Sitting, figures: Figures, name: string, turn: number): Moment | null {
  const kind = MOMENTS.find((known) => known === name);
  const code = figures.turns[turn];
  const said = sitting.turns[turn];
  if (kind === undefined || code?.who !== "listener" || said === undefined) return null;
  const before = sitting.turns[turn - 1];
  return {
    kind,
    before: before?.who === "speaker" ? shortened(before.text, "end") : "",
    words: shortened(said.text, "start"),
    main: code.main,
    unsure: isUnsure(kind, code),
  };
}

/** The engine's own doubt: about the name of the reply, or about the very thing the moment is quoted for. */
function isUnsure(kind: MomentKind, code: ListenerCode): boolean {
  const between = (p: number): boolean => p > 0.35 && p < 0.65;
  switch (kind) {
    case "reflection":
      return code.unsure || between(code.reflection);
    case "advice_unasked":
      return code.unsure || between(code.input);
    case "validation":
      return between(code.validation);
    case "opening":
    case "stacked_questions":
    case "closed_run":
      return between(code.question);
    case "feeling_passed":
    case "at_least":
    case "own_story":
      return code.unsure || code.reflection > 0.35;
    default:
      return kind satisfies never;
  }
}

/** Whole words; the start of a reply, the end of what it answered. */
export function shortened(text: string, keep: "start" | "end"): string {
  const flat = text.trim();
  if (flat.length <= QUOTE_MAX) return flat;
  if (keep === "start") return `${flat.slice(0, QUOTE_MAX).replace(/\s+\S*$/u, "")} …`;
  return `… ${flat.slice(-QUOTE_MAX).replace(/^\S*\s+/u, "")}`;
}

export function bandOf(atMs: number, { session }: Figures): Band | null {
  if (session.too_short) return null;
  return { atMs, low: session.listening_balance_low, middle: session.listening_balance, high: session.listening_balance_high };
}

/** Where a band leans: said only when the whole of it lies on one side. */
export type Leans = "giving_back" | "bringing_in" | "open";
export function leans(band: Band): Leans {
  return band.low > 0 ? "giving_back" : band.high < 0 ? "bringing_in" : "open";
}

/** Beside the pair's earlier talks: different only from all of them, and only when the bands do not touch. */
export type Beside = "first" | "alike" | "more_giving_back" | "more_bringing_in";
export function beside(band: Band, earlier: readonly Band[]): Beside {
  if (earlier.length === 0) return "first";
  if (earlier.every((one) => band.low > one.high)) return "more_giving_back";
  if (earlier.every((one) => band.high < one.low)) return "more_bringing_in";
  return "alike";
}
