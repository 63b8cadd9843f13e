// SPDX-License-Identifier: AGPL-3.0-or-later
// Catalogues come as pieces of the page: only the language that is spoken, first what the first screen can say, and the rest with
// whatever comes later.
import { localeOf, speak, type Catalogue, type Language } from "./words.ts";

type Piece = Promise<{ readonly default: Catalogue }>;
interface Pieces {
  readonly start: () => readonly Piece[];
  readonly rest: () => readonly Piece[];
}

const PIECES: Readonly<Record<Language, Pieces>> = {
  en: { start: () => [import("./en.json?start")], rest: () => [import("./en.json?rest")] },
  de: { start: () => [import("./de.json?start")], rest: () => [import("./de.json?rest")] },
  // The formal words first, what they do not say otherwise after them.
  "de-formal": {
    start: () => [import("./de-formal.json?start"), import("./de.json?start")],
    rest: () => [import("./de-formal.json?rest"), import("./de.json?rest")],
  },
};

let spoken: Language | null = null;
let whole = false;
let coming: Promise<void> | null = null;

/** Speaks this language from now on; every screen that is open changes with it. */
export async function learn(language: Language): Promise<void> {
  spoken = language;
  const { start, rest } = PIECES[language];
  const pieces = await Promise.all(whole ? [...start(), ...rest()] : start());
  if (spoken !== language) return; // another was chosen meanwhile
  speak(language, pieces.map((piece) => piece.default));
  document.documentElement.lang = localeOf(language);
}

/** Everything there is to say, for parts of the page that come after the first screen. */
export function learnAll(): Promise<void> {
  coming ??= learnWhole().catch((error: unknown) => {
    coming = null;
    whole = false;
    throw error;
  });
  return coming;
}

async function learnWhole(): Promise<void> {
  whole = true;
  if (spoken !== null) await learn(spoken);
}
