// SPDX-License-Identifier: AGPL-3.0-or-later
// Four words that two people read to each other: the same on both devices, or somebody stands between them.
import { t } from "../words/words.ts";
import { Button } from "./button.tsx";
import "./four-words.css";

interface FourWordsProps {
  readonly words: readonly string[];
  readonly name: string;
  readonly busy: boolean;
  readonly onSame: () => void;
  readonly onDifferent: () => void;
}

export function FourWords({ words, name, busy, onSame, onDifferent }: FourWordsProps) {
  return (
    <div class="stack">
      <p>{t("spoken.read", { name })}</p>
      <ol role="list" class="four-words" lang="en" aria-label={t("spoken.words")}>
        {words.map((word, i) => (
          <li key={i}>{word}</li>
        ))}
      </ol>
      <p class="small muted">{t("spoken.why", { name })}</p>
      <div class="stack-close">
        <Button look="primary" wide busy={busy} onPress={onSame}>
          {t("spoken.same")}
        </Button>
        <Button wide disabled={busy} onPress={onDifferent}>
          {t("spoken.different")}
        </Button>
      </div>
    </div>
  );
}

/** The words behind the numbers that the vault gives: the list of FORMAT.md, one word a line. */
export function wordsAt(list: string, indices: readonly number[]): readonly string[] {
  const all = list.split("\n");
  return indices.map((index) => all[index] ?? "");
}
