// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { count } from "./meson-results.mjs";

test("a group counts its cases, a plain test counts once", () => {
  assert.deepEqual(count({ result: "OK", stderr: "[  PASSED  ] 7 test(s).\n" }), { passed: 7, failed: 0 });
  assert.deepEqual(count({ result: "OK", stdout: "fine\n" }), { passed: 1, failed: 0 });
  assert.deepEqual(count({ result: "OK", stdout: "12 passed, 0 failed\n" }), { passed: 12, failed: 0 });
});

test("what fails is counted, also when it died without a word", () => {
  assert.deepEqual(count({ result: "FAIL", stderr: "[  PASSED  ] 3 test(s).\n[  FAILED  ] 2 test(s), listed below:\n" }), { passed: 3, failed: 2 });
  assert.deepEqual(count({ result: "TIMEOUT" }), { passed: 0, failed: 1 });
  assert.deepEqual(count({ result: "UNEXPECTEDPASS", stderr: "[  PASSED  ] 1 test(s).\n" }), { passed: 1, failed: 1 });
});

test("a test that is meant to fail passes when it does", () => {
  assert.deepEqual(count({ result: "EXPECTEDFAIL", stderr: "[  FAILED  ] 1 test(s), listed below:\n" }), { passed: 1, failed: 0 });
});
