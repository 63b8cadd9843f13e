// SPDX-License-Identifier: AGPL-3.0-or-later
// When somebody is scheduled, and what may be promised because of it. The hours are the place's, in its own time zone; what comes out
// are instants, so that each person reads them in their own. Pure.
import type { Place } from "../../../web/net/answers.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

export interface PlaceHours {
  readonly hours: Place["hours"];
  readonly time_zone: string;
}

/** Weekday (0 is Monday) and minute of the day at the place, whatever the zone of this device. */
export function placeClock(nowMs: number, timeZone: string): { readonly weekday: number; readonly minute: number } {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(nowMs);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
  return {
    weekday: Math.max(0, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday"))),
    minute: Number(part("hour")) * 60 + Number(part("minute")),
  };
}

/** Open until an instant, or closed until one; null when the place named no hours at all. */
export function opening({ hours, time_zone }: PlaceHours, nowMs: number): { readonly open: boolean; readonly thenMs: number } | null {
  const now = placeClock(nowMs, time_zone);
  const current = hours.find((h) => h.weekday === now.weekday && h.from_minute <= now.minute && now.minute < h.to_minute);
  if (current !== undefined) return { open: true, thenMs: later(nowMs, time_zone, current.weekday, current.to_minute) };
  const starts = hours.map((h) => later(nowMs, time_zone, h.weekday, h.from_minute));
  return starts.length === 0 ? null : { open: false, thenMs: Math.min(...starts) };
}

/** By when somebody answers. A promise that was given while nobody is scheduled counts from the next opening: nobody is sent to bed waiting. */
export function answerBy(request: { readonly made_ms: number; readonly promise_by_ms: number }, place: PlaceHours): number {
  const then = opening(place, request.made_ms);
  if (then === null || then.open) return request.promise_by_ms;
  return then.thenMs + (request.promise_by_ms - request.made_ms);
}

/** The next instant at which the place's clock shows this minute of this weekday. A night in which clocks change is an hour shorter or longer. */
function later(nowMs: number, timeZone: string, weekday: number, minute: number): number {
  const now = placeClock(nowMs, timeZone);
  const ahead = (weekday - now.weekday) * DAY_MINUTES + minute - now.minute;
  const minutes = ahead > 0 ? ahead : ahead + 7 * DAY_MINUTES;
  const guess = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + minutes * MINUTE_MS;
  const there = placeClock(guess, timeZone);
  const off = (weekday - there.weekday) * DAY_MINUTES + minute - there.minute;
  const days = Math.round(off / (7 * DAY_MINUTES)) * 7 * DAY_MINUTES;
  return guess + (off - days) * MINUTE_MS;
}
