// SPDX-License-Identifier: AGPL-3.0-or-later
// Draws the words of a conversation: days as headings, one's own at the other side, each part drawn again only when something in
// it changed. The browser skips what is out of sight (content-visibility), so that search in the page and screen readers still see it all.
import { useEffect, useRef } from "preact/hooks";
import { memo } from "../../../web/kit/memo.ts";
import { clockTime, date, dayName } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { FileItem } from "./file-item.tsx";
import { pieces } from "./links.ts";
import type { Talk } from "./talk.ts";
import { partsOf, rowsOf, saysReach, type Item, type Line, type Reach, type Row, type Words } from "./thread.ts";
import "./thread.css";

const PART = 20;

interface ThreadProps {
  readonly talk: Talk;
  readonly items: readonly Item[];
  readonly names: ReadonlyMap<string, string>;
  /** The thread became longer or shorter, for whatever reason. */
  readonly onResized: () => void;
}

export function Thread({ talk, items, names, onResized }: ThreadProps) {
  const all = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const sizes = new ResizeObserver(onResized);
    if (all.current !== null) sizes.observe(all.current);
    return () => sizes.disconnect();
  }, [onResized]);
  const rows = rowsOf(items);
  const reaches = saysReach(items);
  const parts = partsOf(rows, PART);
  return (
    <div class="thread" ref={all}>
      {parts.map((part, index) => (
        <Part key={index} rows={part} reachKeys={part.filter((r) => reaches.has(r.key)).map((r) => r.key).join(" ")} names={names} talk={talk} />
      ))}
    </div>
  );
}

interface PartProps {
  readonly rows: readonly Row[];
  readonly reachKeys: string;
  readonly names: ReadonlyMap<string, string>;
  readonly talk: Talk;
}

const Part = memo(
  function Part({ rows, reachKeys, names, talk }: PartProps) {
    const reaches = new Set(reachKeys.split(" "));
    const days = daysOf(rows);
    return (
      <div class="thread-part">
        {days.map((day) => (
          <section key={day.key}>
            {day.atMs === null ? null : (
              <h2 class="thread-day">
                <time dateTime={new Date(day.atMs).toISOString()}>{dayName(day.atMs, Date.now())}</time>
              </h2>
            )}
            <ol role="list" class="thread-list">
              {day.rows.map((row) => (
                <ItemRow key={row.key} item={row.item} continues={row.continues} passedOn={row.says_passed_on} says={reaches.has(row.key)} names={names} talk={talk} />
              ))}
            </ol>
          </section>
        ))}
      </div>
    );
  },
  (a, b) => a.reachKeys === b.reachKeys && a.names === b.names && a.talk === b.talk && sameRows(a.rows, b.rows),
);

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, i) => sameRow(row, b[i]));
}

function sameRow(a: Row, b: Row | undefined): boolean {
  if (b === undefined || a.row !== b.row || a.key !== b.key) return false;
  return a.row === "day" || (b.row === "item" && a.item === b.item && a.continues === b.continues && a.says_passed_on === b.says_passed_on);
}

type ItemOf = Extract<Row, { row: "item" }>;
interface Day {
  readonly key: string;
  readonly atMs: number | null;
  readonly rows: ItemOf[];
}

function daysOf(rows: readonly Row[]): readonly Day[] {
  const days: Day[] = [];
  for (const row of rows) {
    if (row.row === "day") days.push({ key: row.key, atMs: row.atMs, rows: [] });
    else {
      const last = days.at(-1);
      if (last === undefined) days.push({ key: `goes-on-${row.key}`, atMs: null, rows: [row] });
      else last.rows.push(row);
    }
  }
  return days;
}

interface ItemRowProps {
  readonly item: Item;
  readonly continues: boolean;
  readonly passedOn: boolean;
  readonly says: boolean;
  readonly names: ReadonlyMap<string, string>;
  readonly talk: Talk;
}

function ItemRow({ item, continues, passedOn, says, names, talk }: ItemRowProps) {
  if (item.kind === "line") return <li class="thread-line">{lineWords(item, names)}</li>;
  const who = item.mine ? t("room.me") : (names.get(item.from) ?? t("room.somebody"));
  return (
    <li class={`said${item.mine ? " said-mine" : ""}${continues ? " said-on" : ""}`}>
      {continues ? <span class="only-heard">{who}</span> : <span class={item.mine ? "only-heard" : "said-who"}>{who}</span>}
      {passedOn ? <span class="said-doubt">{t("room.passed_on", { name: names.get(talk.passedOnBy.value) ?? t("room.somebody") })}</span> : null}
      {item.doubt === null || item.doubt === "passed_on" ? null : <span class="said-doubt">{t(`room.doubt_${item.doubt}`)}</span>}
      <div class="said-bubble">{item.kind === "words" ? <Said item={item} /> : <FileItem item={item} talk={talk} />}</div>
      <span class="said-foot figures">
        <time dateTime={new Date(item.atMs).toISOString()}>{clockTime(item.atMs)}</time>
        {item.mine && says ? <span> · {reachWords(item.reach)}</span> : null}
      </span>
    </li>
  );
}

/** Links are plain: the whole address, opened apart, telling the other page nothing. */
function Said({ item }: { readonly item: Words }) {
  return (
    <p class="said-text" dir="auto">
      {pieces(item.text).map((piece, i) =>
        piece.kind === "text" ? (
          piece.text
        ) : (
          <a key={i} href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

export function reachWords(reach: Reach): string {
  switch (reach) {
    case "device":
      return t("room.reach_device");
    case "way":
      return t("room.reach_way");
    case "kept":
      return t("room.reach_kept");
    case "read":
      return t("room.reach_read");
    default:
      return reach satisfies never;
  }
}

function lineWords(line: Line, names: ReadonlyMap<string, string>): string {
  const { says } = line;
  const name = (account: string | undefined): string => names.get(account ?? "") ?? t("room.somebody");
  switch (says) {
    case "unverified":
      return t("room.line_unverified");
    case "gone":
      return t("room.line_gone");
    case "opened":
      return t("room.line_opened");
    case "changed":
      return t("room.line_changed");
    case "left":
      return t("room.line_left");
    case "replaced":
      return t("room.line_replaced", { name: name(line.about), by: name(line.by), date: date(line.atMs) });
    case "resumed":
      return t("room.line_resumed");
    case "too_new":
      return t("room.line_too_new");
    default:
      return says satisfies never;
  }
}
