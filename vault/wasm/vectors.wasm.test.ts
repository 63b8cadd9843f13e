// SPDX-License-Identifier: AGPL-3.0-or-later
// The vault's own C tests, run as WASM: the same sources, the same vectors, byte for byte.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { runWasi } from "../../web/bridge/testing/wasi.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";
const dir = path.join(root, "build-wasm/vault-tests");
execFileSync(path.join(root, "tools/wasm/vault-tests.sh"), { stdio: ["ignore", "ignore", "inherit"] });

test("WASM makes the vectors byte for byte as they are kept", async () => {
  const ran = await runWasi(fs.readFileSync(path.join(dir, "vectors.wasm")), { arguments: ["--write", "/v1.json"] });
  assert.equal(ran.code, 0, ran.stdout);
  assert.equal(ran.file, fs.readFileSync(path.join(root, "vault/vectors/v1.json"), "latin1"));
});

// A part of the 1,000 schedules: the native tests play them all.
const environment = { SCHEDULE_COUNT: "100" };

for (const name of ["chain", "commit", "epoch", "file", "log", "people", "schedules", "state"]) {
  test(`the vault's test ${name} passes as WASM`, async () => {
    const ran = await runWasi(fs.readFileSync(path.join(dir, `${name}.wasm`)), { environment });
    assert.equal(ran.code, 0, ran.stdout);
    assert.match(ran.stdout, /^ok /m);
  });
}
