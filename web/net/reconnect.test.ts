// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { afterClose, waitBefore } from "./reconnect.ts";

test("no wait is shorter than a quarter of a second or longer than half a minute", () => {
  for (let tries = 0; tries < 100; tries++) {
    assert.ok(waitBefore(tries, 0) >= 250);
    assert.ok(waitBefore(tries, 0.999999) <= 30_000);
  }
});

test("waits spread out as tries go on", () => {
  assert.ok(waitBefore(6, 0.9) - waitBefore(6, 0.1) > 10_000);
});

test("a disabled account does not come back, a slow one reads what it missed", () => {
  assert.equal(afterClose(4001), "signed_out");
  assert.equal(afterClose(4002), "read_log_and_again");
  assert.equal(afterClose(4003), "other_tabs");
  assert.equal(afterClose(1001), "again");
  assert.equal(afterClose(1006), "again");
});
