// SPDX-License-Identifier: AGPL-3.0-or-later
// The numbers of a spoken check as people read them aloud. Pure.

export const READ_AS = ["en", "de", "numbers"] as const;
export type ReadAs = (typeof READ_AS)[number];

/** Where both begin: a place speaks one language, and both sides know which. */
export function readAs(placeLanguage: string): ReadAs {
  return placeLanguage.split("-")[0]?.toLowerCase() === "de" ? "de" : "en";
}

/** The words behind the numbers: line by line, the first one is 0. */
export function wordsAt(list: string, numbers: readonly number[]): readonly string[] {
  const all = list.split("\n");
  return numbers.map((number) => all[number] ?? "");
}
