// SPDX-License-Identifier: AGPL-3.0-or-later
// Which numbers to show, and how old they are. The data is part of the page, so it is there with no network, no account and
// no place behind it.
import data from "../data/crisis.json";

export interface CrisisLine {
  readonly country: string;
  readonly number: string;
  readonly name: string;
  readonly kind: "listening" | "emergency";
  /** In words: where the number comes from. */
  readonly source: string;
  /** Where to look in order to confirm it. */
  readonly lookHere: string;
  /** The month in which the number was looked up or, while it is not confirmed, written down. */
  readonly checkedOn: string;
  readonly confirmed: boolean;
}

/** What may be said of a number today. A place that was not brought up to date for long says so itself. */
export type LineStanding = "seen" | "old" | "unconfirmed";

export const OLDEST_DAYS = 180;
export const ELSEWHERE = data.elsewhere;

export const LINES: readonly CrisisLine[] = data.lines.map((line) => ({
  country: line.country,
  number: line.number,
  name: line.name,
  kind: line.kind === "emergency" ? "emergency" : "listening",
  source: line.source,
  lookHere: line.look_here,
  checkedOn: line.checked_on,
  confirmed: line.confirmed,
}));

/** Listening lines first, then the emergency number. Empty for a country we know nothing of. */
export function linesFor(country: string): readonly CrisisLine[] {
  const here = LINES.filter((line) => line.country === country);
  return [...here.filter((line) => line.kind === "listening"), ...here.filter((line) => line.kind === "emergency")];
}

export function countries(): readonly string[] {
  return [...new Set(LINES.map((line) => line.country))];
}

/** The country to show first: the person's own choice, the place's, what the browser's language says, else none. */
export function likelyCountry(chosen: string | null, place: string | null, languages: readonly string[]): string {
  const known = countries();
  for (const candidate of [chosen, place, ...languages.map((tag) => tag.split("-")[1] ?? null)]) {
    if (candidate !== null && known.includes(candidate.toUpperCase())) return candidate.toUpperCase();
  }
  return "";
}

/** Digits only, as a telephone dials them. */
export function dialled(number: string): string {
  return `tel:${number.replace(/[^0-9+]/g, "")}`;
}

/** Full days since the first day of the month in which somebody last looked. */
export function ageInDays(line: CrisisLine, nowMs: number): number {
  return Math.floor((nowMs - Date.parse(`${line.checkedOn}-01T00:00:00Z`)) / 86_400_000);
}

export function standingOf(line: CrisisLine, nowMs: number): LineStanding {
  if (!line.confirmed) return "unconfirmed";
  return ageInDays(line, nowMs) > OLDEST_DAYS ? "old" : "seen";
}

/** The month of the last look, as an instant inside it, for words. */
export function checkedMonth(line: CrisisLine): number {
  return Date.parse(`${line.checkedOn}-15T12:00:00Z`);
}
