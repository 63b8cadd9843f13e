// SPDX-License-Identifier: AGPL-3.0-or-later
// Catalogues come as pieces of the page, one a language, and only the one that is spoken.
import { speak, localeOf, type Catalogue, type Language } from "./words.ts";

async function catalogues(language: Language): Promise<readonly Catalogue[]> {
  switch (language) {
    case "en":
      return [(await import("./en.json")).default];
    case "de":
      return [(await import("./de.json")).default];
    case "de-formal":
      return [(await import("./de-formal.json")).default, (await import("./de.json")).default];
  }
}

/** Speaks this language from now on; every screen that is open changes with it. */
export async function learn(language: Language): Promise<void> {
  speak(language, await catalogues(language));
  document.documentElement.lang = localeOf(language);
}
