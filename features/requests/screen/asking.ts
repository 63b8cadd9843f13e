// SPDX-License-Identifier: AGPL-3.0-or-later
// The few steps from the door to the first words. Pure.
import type { Place } from "../../../web/net/answers.ts";

export type Step = "wish" | "name" | "words";
export type WishWord = "listen" | "sort_out" | "unknown";
export const WISHES: Readonly<Record<WishWord, 0 | 1 | 2>> = { unknown: 0, listen: 1, sort_out: 2 };
export const CHANNELS = ["write", "speak", "see", "phone"] as const;
export const LONGEST_NAME = 64;
/** Bytes of first words that fit beside a name into one sealed body (VAULT_BODY_MAX). Letters of many scripts take two or three. */
export const LONGEST_WORDS = 16_000;

export function fits(words: string): boolean {
  return new TextEncoder().encode(words.trim()).length <= LONGEST_WORDS;
}

/** Two names to take, different every time; `chance` is in [0, 1). */
export function twoNames(list: string, chance: () => number): readonly [string, string] {
  const names = list.split("|");
  const first = Math.floor(chance() * names.length);
  const second = (first + 1 + Math.floor(chance() * (names.length - 1))) % names.length;
  return [names[first] ?? "", names[second] ?? ""];
}

/** A name as it will be sealed: one line, not too long in bytes, no invisible turning of the reading direction. */
export function nameFrom(typed: string): string {
  const plain = typed.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ").replace(/\s+/gu, " ").trim();
  let name = plain;
  while (new TextEncoder().encode(name).length > LONGEST_NAME) name = [...name].slice(0, -1).join("");
  return name;
}

/** Can somebody be asked now? Without a team's key there is nobody the words could be sealed to. */
export function canAsk(place: Place | null): "yes" | "no_team" | "unknown" {
  if (place === null) return "unknown";
  return place.team === undefined || place.place_key === undefined ? "no_team" : "yes";
}
