// SPDX-License-Identifier: AGPL-3.0-or-later
import { rotation } from "./sending.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleFrom } from "../../../web/net/problem.ts";
import { afterTrouble, parcelLabel, unwrapped, wrapped, type Parcel } from "./sending.ts";

const parcel: Parcel = { mid: "m", atMs: 7, body: { kind: "text", text: "mir geht es nicht gut" }, envelope: null, readers: null };

test("a lost answer never permits sealing anew", () => {
  for (const trouble of [{ what: "offline" } as const, { what: "slow_down" } as const, troubleFrom(503, null), troubleFrom(500, { code: "x" })]) {
    assert.deepEqual(afterTrouble(trouble), { do: "later" });
  }
});

test("only stale_epoch, history_differs and stream_conflict seal again", () => {
  assert.deepEqual(afterTrouble(troubleFrom(409, { code: "stale_epoch", epoch: 2 })), { do: "read_then_seal_again" });
  assert.deepEqual(afterTrouble(troubleFrom(409, { code: "stream_conflict" })), { do: "seal_again", newStream: true });
  assert.deepEqual(afterTrouble(troubleFrom(400, { code: "bad_envelope" })), { do: "give_up", why: "refused" });
});

test("an expired session keeps the words and asks to sign in", () => {
  assert.deepEqual(afterTrouble(troubleFrom(401, {})), { do: "sign_in" });
});

test("words that wait come back as they were, in the order they were written", () => {
  assert.deepEqual(unwrapped(wrapped(parcel)), parcel);
  const file: Parcel = { ...parcel, body: { kind: "file", file: { blob: "b", size: 3, chunks: 1, name: "n", type: "t", sealed: new Uint8Array([1, 2, 255]) } } };
  assert.deepEqual(unwrapped(wrapped(file)), file);
  const labels = [10, 9, 100].map((atMs) => parcelLabel("c", { ...parcel, atMs })).sort();
  assert.deepEqual(labels.map((l) => Number(l.split("/")[2]?.split("-")[0])), [9, 10, 100]);
});

test("what is no parcel is left alone", () => {
  for (const bad of ["", "{}", "null", '{"mid":1}', '{"mid":"a","atMs":1,"body":"x"}']) {
    assert.equal(unwrapped(new TextEncoder().encode(bad)), null, bad);
  }
});

test("a new epoch is made after 30 days, with a new key of one's own, and when the vault insists", () => {
  const day = 86_400_000;
  const now = { stops: [], sinceMs: 1_000_000 * day, ekHere: 2, ekNow: 2 };
  const at = (days: number): number => now.sinceMs + days * day;
  assert.equal(rotation(now, at(29), 0), "no");
  assert.equal(rotation(now, at(31), 0), "due");
  assert.equal(rotation(now, at(31), 2 * day), "no", "two devices do not do it in the same minute");
  assert.equal(rotation(now, at(33), 2 * day), "due");
  assert.equal(rotation({ ...now, sinceMs: 0 }, at(400), 0), "no", "an unknown beginning is no reason");
  assert.equal(rotation({ ...now, ekNow: 3 }, at(1), 0), "due");
  assert.equal(rotation({ ...now, stops: ["rotate"] }, at(1), 0), "must");
});
