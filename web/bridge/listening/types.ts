// SPDX-License-Identifier: AGPL-3.0-or-later
// What the page may ask of the listening engine. The figures are those of `hearken listen --json`; what they mean, and
// what they may not be used for, stands in listening/MODEL_CARD.md.

export type Turn = {
  who: "listener" | "speaker";
  text: string;
  /** From the start of the conversation; missing in written talk. */
  start_ms?: number;
};

export type ListenerCode = {
  who: "listener";
  main: "reflection" | "question" | "input" | "other";
  reflection: number;
  question: number;
  open: number;
  input: number;
  advice: number;
  unasked: number;
  validation: number;
  emotional_reaction: number;
  interpretation: number;
  exploration: number;
  grounding: number;
  unsure: boolean;
};
export type TurnCode = { who: "speaker" } | ListenerCode;

/** What a moment can show: strengths first (listening/words/names.c). */
export const STRENGTHS = ["reflection", "opening", "validation"] as const;
export const MOMENTS = [...STRENGTHS, "advice_unasked", "closed_run", "stacked_questions", "feeling_passed", "at_least", "own_story"] as const;
export type MomentKind = (typeof MOMENTS)[number];
/** kind: one of MOMENTS, or of an engine newer than this page. */
export type Moment = { turn: number; kind: string; why: string };
export type SessionFigures = {
  listener_turns: number;
  too_short: boolean;
  listening_balance: number;
  listening_balance_low: number;
  listening_balance_high: number;
  talk_share: number | null;
  moments: Moment[];
};
export type Figures = { turns: TurnCode[]; session: SessionFigures };

export const HINTS = [
  "none",
  "advice_unasked",
  "many_questions",
  "closed_run",
  "judging",
  "parroting",
  "feeling_passed",
  "at_least",
  "own_story",
] as const;
export type HintKind = Exclude<(typeof HINTS)[number], "none">;
/** from and to: places in the draft as JavaScript counts them. */
export type Hint = { kind: HintKind; from: number; to: number; sureness: number };

export type ListeningOperations = {
  open: (asked: { module: WebAssembly.Module; weights: ArrayBuffer | null }) => null;
  figures: (asked: { turns: Turn[] }) => Figures;
  hint: (asked: { turns: Turn[]; draft: string }) => Hint | null;
};
