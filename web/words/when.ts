// SPDX-License-Identifier: AGPL-3.0-or-later
// Times in words. The instant is the server's, the words are this device's zone and language.
import { locale, t } from "./words.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

// Each is made once: making one costs as much as drawing a message, and taking two thousand of them back again stops a page that
// somebody writes in for as long as a breath.
const SHAPES = {
  clock: { hour: "numeric", minute: "2-digit" },
  date: { dateStyle: "long" },
  dateAndTime: { dateStyle: "long", timeStyle: "short" },
  weekday: { weekday: "long" },
  weekdayAndClock: { weekday: "long", hour: "numeric", minute: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
const made = new Map<string, Intl.DateTimeFormat>();

function written(shape: keyof typeof SHAPES, ms: number): string {
  const name = `${shape} ${locale()}`;
  let format = made.get(name);
  if (format === undefined) made.set(name, (format = new Intl.DateTimeFormat(locale(), SHAPES[shape])));
  return format.format(ms);
}

export function clockTime(ms: number): string {
  return written("clock", ms);
}

export function date(ms: number): string {
  return written("date", ms);
}

export function dateAndTime(ms: number): string {
  return written("dateAndTime", ms);
}

/** A stable name of the local day: for grouping, never shown. Summer time makes some days 23 hours long. */
export function dayOf(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`;
}

/** "Today", "Yesterday", "Wednesday" within the week, else the date. */
export function dayName(ms: number, nowMs: number): string {
  const today = startOfDay(nowMs);
  const that = startOfDay(ms);
  const days = Math.round((today - that) / DAY);
  if (days === 0) return t("when.today");
  if (days === 1) return t("when.yesterday");
  if (days > 1 && days < 7) return written("weekday", ms);
  return date(ms);
}

/** By when, said the way one says it: "by 4:10 pm", "by Wednesday 9:00 am". */
export function byWhen(ms: number, nowMs: number): string {
  if (dayOf(ms) === dayOf(nowMs)) return clockTime(ms);
  return written("weekdayAndClock", ms);
}

/** How long somebody has waited: minutes, then hours, then days. */
export function howLong(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (minutes < 1) return t("when.moment");
  if (minutes < 60) return t("when.minutes", { count: minutes });
  if (minutes < 48 * 60) return t("when.hours", { count: Math.floor(minutes / 60) });
  return t("when.days", { count: Math.floor(minutes / (24 * 60)) });
}

function startOfDay(ms: number): number {
  const d = new Date(ms);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}
