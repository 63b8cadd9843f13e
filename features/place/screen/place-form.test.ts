// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { changeFrom, minutesText, type PlaceFormValues } from "./place-form.ts";

const closed = Array.from({ length: 7 }, () => ({ open: false, from: 540, to: 1020 }));
const good: PlaceFormValues = { name: "A quiet place", language: "en", country: "de", timeZone: "Europe/Berlin", promise: "30", retention: "30", days: closed };

test("what is not right is named, one thing at a time", () => {
  assert.equal(changeFrom({ ...good, name: "  " }), "name");
  assert.equal(changeFrom({ ...good, country: "Germany" }), "country");
  assert.equal(changeFrom({ ...good, timeZone: "Berlin" }), "zone");
  assert.equal(changeFrom({ ...good, promise: "0" }), "promise");
  assert.equal(changeFrom({ ...good, promise: "1.5" }), "promise");
  assert.equal(changeFrom({ ...good, days: closed.map((d, i) => (i === 2 ? { open: true, from: 600, to: 600 } : d)) }), "hours");
});

test("open days become hours, closed ones nothing", () => {
  const change = changeFrom({ ...good, days: closed.map((d, i) => ({ ...d, open: i === 0 })) });
  assert.ok(typeof change !== "string");
  assert.deepEqual(change.hours, [{ weekday: 0, from_minute: 540, to_minute: 1020 }]);
  assert.equal(change.country, "DE");
});

test("minutes are shown as a clock shows them", () => assert.equal(minutesText(9 * 60 + 5), "09:05"));
