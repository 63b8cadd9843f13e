// SPDX-License-Identifier: AGPL-3.0-or-later
// What to say when something did not work: what happened, what is safe, what can be done. Never a code, never blame.
import { t } from "../words/words.ts";
import { ShapeError } from "./http.ts";
import { troubleOf, type Trouble } from "./problem.ts";

declare const HK_DEV: boolean;

export function troubleWords(error: unknown): string {
  // Only in a build for developers; a code or a shape's name, never what anybody wrote.
  if (HK_DEV) console.warn(error);
  const trouble = troubleOf(error);
  if (trouble !== null) return wordsOf(trouble);
  if (error instanceof ShapeError) return t("trouble.newer_place");
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "refused":
      return t("trouble.vault_refused");
    case "conflict":
      return t("trouble.other_key");
    case "no_memory":
      return t("trouble.no_memory");
    case "not_stored":
      return t("trouble.not_stored");
    case "locked":
      return t("trouble.locked");
    default:
      return t("trouble.unknown");
  }
}

function wordsOf(trouble: Trouble): string {
  switch (trouble.what) {
    case "offline":
      return t("trouble.offline");
    case "signed_out":
      return t("trouble.signed_out");
    case "not_there":
      return t("trouble.not_there");
    case "slow_down":
      return t("trouble.slow_down");
    case "place_trouble":
      return t("trouble.place");
    case "refused":
      return t("trouble.refused");
    default:
      return trouble satisfies never;
  }
}
