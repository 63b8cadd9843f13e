// SPDX-License-Identifier: AGPL-3.0-or-later
// libsodium's own tests, run on our WASM build of it: what they print must be what they print everywhere.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { runWasi } from "../../web/bridge/testing/wasi.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";
const dir = path.join(root, "build-wasm/sodium-tests");
execFileSync(path.join(root, "tools/wasm/sodium-tests.sh"), { stdio: ["ignore", "ignore", "inherit"] });
const names = fs
  .readdirSync(dir)
  .filter((file) => file.endsWith(".wasm"))
  .map((file) => file.slice(0, -".wasm".length));

test("at least 40 of libsodium's tests were built", () => {
  assert.ok(names.length >= 40, `${names.length}`);
});

for (const name of names) {
  test(`libsodium's own test ${name} passes on our build`, async () => {
    const ran = await runWasi(fs.readFileSync(path.join(dir, `${name}.wasm`)));
    const expected = fs.readFileSync(path.join(dir, `${name}.exp`), "latin1");
    assert.equal(ran.stdout, `${expected}--- SUCCESS ---\n`);
    assert.equal(ran.code, 0);
  });
}
