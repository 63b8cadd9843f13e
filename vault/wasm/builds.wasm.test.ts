// SPDX-License-Identifier: AGPL-3.0-or-later
// The modules themselves: the same bytes from two builds, and one list of operations on both sides.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { OPS } from "../../web/bridge/vault/ops.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";

test("ops.h and ops.ts number the same operations alike", () => {
  const header = fs.readFileSync(path.join(root, "vault/wasm/ops.h"), "utf8");
  const listed = [...header.matchAll(/^OP\((\d+), (\w+)\)$/gm)].map(([, number, name]) => [name, Number(number)]);
  assert.deepEqual(listed, Object.entries(OPS));
  assert.equal(new Set(Object.values(OPS)).size, listed.length);
});

test("two builds of this tree give the same bytes", () => {
  const again = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-wasm-"));
  try {
    execFileSync(path.join(root, "tools/wasm/build-vault.sh"), [again], { stdio: ["ignore", "ignore", "inherit"] });
    for (const name of ["vault.wasm", "kdf.wasm"]) {
      const hash = (dir: string): string =>
        createHash("sha256").update(fs.readFileSync(path.join(dir, name))).digest("hex");
      assert.equal(hash(again), hash(path.join(root, "build-wasm")), name);
    }
  } finally {
    fs.rmSync(again, { recursive: true, force: true });
  }
});
