// SPDX-License-Identifier: AGPL-3.0-or-later
// One moment of a talk: what was said, what the engine saw in it, its doubt, and one tap to correct it. What is corrected goes nowhere.
import { useId } from "preact/hooks";
import type { MomentKind } from "../../../web/bridge/listening/types.ts";
import { announce } from "../../../web/kit/announce.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { t } from "../../../web/words/words.ts";
import { MAINS, isStrength, type Main, type Moment } from "./mirror.ts";

interface MomentCardProps {
  readonly moment: Moment;
  /** The name of the one who speaks. */
  readonly name: string;
  /** What the listener said it really was; null: nothing. */
  readonly heard: Main | null;
  /** null: to be read only. */
  readonly onHeard: ((main: Main | null) => void) | null;
}

export function MomentCard({ moment, name, heard, onHeard }: MomentCardProps) {
  const id = useId();
  const corrected = heard !== null && heard !== moment.main;
  const choose = (main: Main): void => {
    onHeard?.(heard === main ? null : main);
    announce(heard === main ? t("mirror.correct_back") : t("mirror.corrected"));
  };
  return (
    <article class="card moment" aria-labelledby={id}>
      <h3 id={id}>{t(`mirror.moment_${moment.kind}`)}</h3>
      {moment.before === "" ? null : (
        <p class="moment-before small muted" dir="auto">
          {t("mirror.they_said", { name })} <q>{moment.before}</q>
        </p>
      )}
      <blockquote class="moment-words keep-lines" dir="auto">
        {moment.words}
      </blockquote>
      {corrected ? <p>{t("mirror.corrected_words", { main: mainWords(heard) })}</p> : <p>{t(`mirror.why_${moment.kind}`)}</p>}
      {moment.unsure && !corrected ? <p class="moment-unsure small">{t("mirror.unsure")}</p> : null}
      {onHeard === null ? null : (
        <fieldset class="moment-heard">
          <legend class="small muted">{t("mirror.heard_as", { main: mainWords(moment.main) })}</legend>
          <div class="row">
            {MAINS.filter((main) => main !== moment.main).map((main) => (
              <Button key={main} slim pressed={heard === main} onPress={() => choose(main)}>
                {mainWords(main)}
              </Button>
            ))}
          </div>
        </fieldset>
      )}
    </article>
  );
}

/** What a list of moments is called: a strength stands first. */
export function momentsTitle(moments: readonly Moment[]): string {
  return moments.some((m) => isStrength(m.kind)) ? t("mirror.moments") : t("mirror.moments_no_strength");
}

export function tryWords(tries: MomentKind | null): string {
  switch (tries) {
    case "advice_unasked":
      return t("hint.way_advice_unasked");
    case "closed_run":
      return t("hint.way_closed_run");
    case "stacked_questions":
      return t("hint.way_many_questions");
    case "feeling_passed":
      return t("hint.way_feeling_passed");
    case "at_least":
      return t("hint.way_at_least");
    case "own_story":
      return t("hint.way_own_story");
    case "reflection":
    case "opening":
    case "validation":
    case null:
      return t("mirror.try_any");
    default:
      return tries satisfies never;
  }
}

export function mainWords(main: Main): string {
  switch (main) {
    case "reflection":
      return t("mirror.as_reflection");
    case "question":
      return t("mirror.as_question");
    case "input":
      return t("mirror.as_input");
    case "other":
      return t("mirror.as_something");
    default:
      return main satisfies never;
  }
}
