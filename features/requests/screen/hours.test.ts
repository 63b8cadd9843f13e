// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerBy, opening, placeClock } from "./hours.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const mondayMornings = { hours: [{ weekday: 0, from_minute: 540, to_minute: 600 }], time_zone: "Europe/Berlin" };
/** Monday, 9:30 in Berlin. */
const monday = Date.UTC(2026, 10, 23, 8, 30);

test("the place's clock is in the place's zone, also in the night when clocks change", () => {
  assert.deepEqual(placeClock(Date.UTC(2026, 10, 23, 23, 30), "Europe/Berlin"), { weekday: 1, minute: 30 });
  assert.deepEqual(placeClock(Date.UTC(2026, 9, 25, 1, 30), "Europe/Berlin"), { weekday: 6, minute: 150 });
  assert.deepEqual(placeClock(Date.UTC(2026, 2, 29, 1, 30), "Europe/Berlin"), { weekday: 6, minute: 210 });
});

test("open now means until the end, and to the minute", () => {
  assert.deepEqual(opening(mondayMornings, monday), { open: true, thenMs: monday + 30 * MINUTE });
  assert.deepEqual(opening(mondayMornings, monday + 17_000), { open: true, thenMs: monday + 30 * MINUTE });
});

test("closed now means the next opening, also over the end of the week", () => {
  const week = 7 * 24 * HOUR;
  assert.deepEqual(opening(mondayMornings, monday + HOUR), { open: false, thenMs: monday + week - 30 * MINUTE });
  assert.equal(opening({ ...mondayMornings, hours: [] }, monday), null);
});

test("the next opening is right over the nights in which clocks change", () => {
  const sundays = { hours: [{ weekday: 6, from_minute: 540, to_minute: 600 }], time_zone: "Europe/Berlin" };
  // Saturday evening at ten; Sunday at nine is ten hours away in March, twelve in October.
  assert.equal(opening(sundays, Date.UTC(2026, 2, 28, 21))?.thenMs, Date.UTC(2026, 2, 29, 7));
  assert.equal(opening(sundays, Date.UTC(2026, 9, 24, 20))?.thenMs, Date.UTC(2026, 9, 25, 8));
});

test("what is asked at night is promised from the morning on", () => {
  const asked = { made_ms: monday - 6 * HOUR, promise_by_ms: monday - 6 * HOUR + 30 * MINUTE };
  assert.equal(answerBy(asked, mondayMornings), monday);
});

test("what is asked while somebody is there, or where no hours are named, is promised at once", () => {
  const asked = { made_ms: monday, promise_by_ms: monday + 30 * MINUTE };
  assert.equal(answerBy(asked, mondayMornings), asked.promise_by_ms);
  assert.equal(answerBy(asked, { ...mondayMornings, hours: [] }), asked.promise_by_ms);
});
