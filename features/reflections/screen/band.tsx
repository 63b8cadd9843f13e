// SPDX-License-Identifier: AGPL-3.0-or-later
// The balance of a talk as a band beside the pair's own earlier ones: a drawing, one sentence that says the same, and a table for those
// who would rather read. No norm is drawn in: there is none.
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Button } from "../../../web/kit/button.tsx";
import { date } from "../../../web/words/when.ts";
import { locale, t } from "../../../web/words/words.ts";
import { beside, leans, type Band } from "./mirror.ts";
import "./band.css";

interface BandsProps {
  readonly now: Band;
  /** Oldest first; null: nothing is to be put beside it. */
  readonly earlier: readonly Band[] | null;
}

/** The drawing's own measure: the balance runs from -1 to 1. */
const WIDE = 200;
const HIGH = 20;
const across = (balance: number): number => ((balance + 1) / 2) * WIDE;

export function Bands({ now, earlier }: BandsProps) {
  const table = useSignal(false);
  const id = useId();
  const rows = [now, ...[...(earlier ?? [])].reverse()];
  const words = bandWords(now, earlier);
  return (
    <div class="stack-close">
      <p id={id}>{words}</p>
      {table.value ? <BandTable rows={rows} /> : <Drawing rows={rows} describedBy={id} />}
      <div>
        <Button slim look="quiet" pressed={table.value} onPress={() => (table.value = !table.value)}>
          {t("mirror.as_table")}
        </Button>
      </div>
    </div>
  );
}

function bandWords(now: Band, earlier: readonly Band[] | null): string {
  const leaning = t(`mirror.leans_${leans(now)}`);
  return earlier === null ? leaning : `${leaning} ${t(`mirror.beside_${beside(now, earlier)}`)}`;
}

const rowName = (band: Band, index: number): string => (index === 0 ? t("mirror.this_talk") : date(band.atMs));

function Drawing({ rows, describedBy }: { readonly rows: readonly Band[]; readonly describedBy: string }) {
  return (
    <figure class="bands" role="img" aria-label={t("mirror.drawing")} aria-describedby={describedBy}>
      {rows.map((band, i) => (
        <div class="band-row" key={band.atMs}>
          <span class="small muted">{rowName(band, i)}</span>
          <svg class={i === 0 ? "band band-now" : "band"} viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <line class="band-axis" x1="0" y1={HIGH / 2} x2={WIDE} y2={HIGH / 2} />
            <line class="band-middle" x1={WIDE / 2} y1="0" x2={WIDE / 2} y2={HIGH} />
            <rect class="band-reach" x={across(band.low)} y="4" width={Math.max(1, across(band.high) - across(band.low))} height={HIGH - 8} />
            <line class="band-likely" x1={across(band.middle)} y1="1" x2={across(band.middle)} y2={HIGH - 1} />
          </svg>
        </div>
      ))}
      <div class="band-ends small muted">
        <span>{t("mirror.end_bringing_in")}</span>
        <span>{t("mirror.end_giving_back")}</span>
      </div>
    </figure>
  );
}

function BandTable({ rows }: { readonly rows: readonly Band[] }) {
  const number = new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return (
    <div class="band-table">
      <table>
        <caption class="only-heard">{t("mirror.drawing")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("mirror.talk")}</th>
            <th scope="col">{t("mirror.reach")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((band, i) => (
            <tr key={band.atMs}>
              <th scope="row">{rowName(band, i)}</th>
              <td class="figures">{t("mirror.from_to", { low: number.format(band.low), high: number.format(band.high) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small muted">{t("mirror.table_note")}</p>
    </div>
  );
}
