// SPDX-License-Identifier: AGPL-3.0-or-later
// Four words that two people read to each other: the same on both devices, or somebody stands between them. What is compared are four
// numbers (FORMAT.md, 10); words are how they are read aloud. Both sides begin with the words of the place's language, whatever
// language either page speaks, and two who would rather read others, or the numbers, choose so on both sides.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { place } from "../net/place.ts";
import { t } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Choice } from "./field.tsx";
import { readAs, wordsAt, type ReadAs } from "./four-words.ts";
import "./four-words.css";

const LISTS = { en: () => import("../words/spoken/en.txt"), de: () => import("../words/spoken/de.txt") };

interface FourWordsProps {
  /** The numbers as the vault gives them. */
  readonly numbers: readonly number[];
  readonly name: string;
  readonly busy: boolean;
  readonly onSame: () => void;
  readonly onDifferent: () => void;
}

export function FourWords({ numbers, name, busy, onSame, onDifferent }: FourWordsProps) {
  const chosen = useSignal<ReadAs | null>(null);
  const list = useSignal<{ readonly of: ReadAs; readonly words: string } | null>(null);
  const now = chosen.value ?? readAs(place.value?.language ?? "en");
  useEffect(() => {
    if (now === "numbers") return;
    LISTS[now]().then(
      (m) => (list.value = { of: now, words: m.default }),
      () => (chosen.value = "numbers"), // out of reach: the numbers are here
    );
  }, [now]);
  const words = now === "numbers" ? numbers.map(String) : list.value?.of === now ? wordsAt(list.value.words, numbers) : null;
  if (words === null) return null;
  return (
    <div class="stack">
      <p>{t("spoken.read", { name })}</p>
      <ol role="list" class="four-words figures" {...(now === "numbers" ? {} : { lang: now })} aria-label={t("spoken.words")}>
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
      <details class="small">
        <summary>{t("spoken.otherwise")}</summary>
        <Choice
          legend={t("spoken.both")}
          name="spoken-list"
          value={now}
          onValue={(as) => (chosen.value = as)}
          options={[
            { value: "en", words: t("spoken.as_en") },
            { value: "de", words: t("spoken.as_de") },
            { value: "numbers", words: t("spoken.as_numbers") },
          ]}
        />
      </details>
    </div>
  );
}
