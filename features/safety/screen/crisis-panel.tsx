// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from "preact/hooks";
import { Button } from "../../../web/kit/button.tsx";
import { Dialog } from "../../../web/kit/dialog.tsx";
import { locale, t } from "../../../web/words/words.ts";
import { ELSEWHERE, checkedMonth, countries, dialled, likelyCountry, linesFor, standingOf, type CrisisLine, type LineStanding } from "./crisis.ts";
import "./crisis.css";

interface CrisisPanelProps {
  readonly placeCountry: string | null;
  readonly onClose: () => void;
}

/** Numbers to call, for the chosen country. It dials only what a person taps. */
export function CrisisPanel({ placeCountry, onClose }: CrisisPanelProps) {
  const [chosen, choose] = useState<string | null>(null);
  const country = chosen ?? likelyCountry(null, placeCountry, navigator.languages);
  const lines = linesFor(country);
  return (
    <Dialog title={t("crisis.title")} onClose={onClose} help={false}>
      <p>{t("crisis.lead")}</p>
      <label class="field">
        <span class="field-label">{t("crisis.country")}</span>
        <select class="input" value={country} onChange={(e) => choose(e.currentTarget.value)}>
          <option value="">{t("crisis.elsewhere")}</option>
          {named(countries()).map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <ul role="list" class="stack">
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
      </ul>
      {lines.length > 0 && !lines.some((line) => line.kind === "emergency") ? <p>{t("crisis.no_emergency")}</p> : null}
      <Elsewhere />
      <p class="muted small">{t("crisis.not_watched")}</p>
    </Dialog>
  );
}

function Line({ line }: { readonly line: CrisisLine }) {
  const month = new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric" }).format(checkedMonth(line));
  return (
    <li class="crisis-line">
      <a class="button button-help button-wide crisis-call" href={dialled(line.number)}>
        {t("crisis.call", { number: line.number })}
      </a>
      <span>{line.kind === "emergency" ? t("crisis.emergency") : line.name}</span>
      <span class="muted small">{standingWords(standingOf(line, Date.now()), month)}</span>
    </li>
  );
}

function standingWords(standing: LineStanding, month: string): string {
  switch (standing) {
    case "seen":
      return t("crisis.seen", { month });
    case "old":
      return t("crisis.old", { month });
    case "unconfirmed":
      return t("crisis.unconfirmed", { month });
    default:
      return standing satisfies never;
  }
}

/** A page of somebody else: said before it opens. */
function Elsewhere() {
  const [asked, ask] = useState(false);
  if (!asked) return <Button look="quiet" onPress={() => ask(true)}>{t("crisis.more")}</Button>;
  return (
    <p>
      {t("crisis.outside")}{" "}
      <a href={ELSEWHERE} rel="noreferrer noopener" target="_blank">
        {t("crisis.open_outside")}
      </a>
    </p>
  );
}

function named(codes: readonly string[]): readonly { readonly code: string; readonly name: string }[] {
  const names = new Intl.DisplayNames(locale(), { type: "region" });
  return codes.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) => a.name.localeCompare(b.name, locale()));
}
