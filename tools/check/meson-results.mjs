// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Counts what `meson test` ran, case by case: node tools/check/meson-results.mjs build-test/meson-logs/unit.json
// A cmocka group counts its cases; any other test counts as one; a test that is meant to fail counts as one passed
// when it does. Prints the output of what failed, then "N passed, N failed".
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((all, found) => all + Number(found[1]), 0);

/** One line of Meson's log to {passed, failed}. */
export function count({ result, stdout = "", stderr = "" }) {
  if (result === "SKIP") return { passed: 0, failed: 0 };
  if (result === "EXPECTEDFAIL") return { passed: 1, failed: 0 };
  const said = `${stdout}\n${stderr}`;
  const passed = sum(said, /^\[ {2}PASSED {2}\] (\d+) test/gm) + sum(said, /^(?:# pass |(?=\d+ passed, \d+ failed))(\d+)/gm);
  if (result === "OK") return { passed: Math.max(1, passed), failed: 0 };
  const failed = sum(said, /^\[ {2}FAILED {2}\] (\d+) test/gm) || sum(said, /^# fail (\d+)/gm);
  return { passed, failed: Math.max(1, failed) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let passed = 0;
  let failed = 0;
  for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
    const test = JSON.parse(line);
    const counted = count(test);
    passed += counted.passed;
    failed += counted.failed;
    const quoted = (text = "") => text.replace(/^/gm, "| "); // so that nobody counts it again
    if (counted.failed > 0) console.log(`${test.name}: ${test.result}\n${quoted(test.stdout)}\n${quoted(test.stderr)}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
}
