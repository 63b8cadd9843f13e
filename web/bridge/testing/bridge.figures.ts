// SPDX-License-Identifier: AGPL-3.0-or-later
// Figures of the vault in the browser: what is carried to sign in, how long a password, sealing and opening take. Prints one
// line of JSON: npm run --silent figures
import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { openPage, openStage } from "./browser.ts";
import type { TestPage } from "./page.ts";

declare const hearken: TestPage;

const root = process.env["HEARKEN_ROOT"] ?? ".";
const SEALED = 2000;

function median(values: number[]): number {
  const sorted = [...values].sort((one, two) => one - two);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const stage = await openStage();
try {
  const { page } = await openPage(stage, "vault");
  const speeds: { seal_us: number; open_us: number }[] = [];
  for (let round = 0; round < 5; round++) speeds.push(await page.evaluate((n) => hearken.looks.speed(n), SEALED));
  const passwords = await page.evaluate(async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const vault = hearken.startVault();
      const password = hearken.passwordBytes("a heron stands in cold water 88");
      const by = { by: "password" as const, password, handle: "quiet-heron-4821", salt: new Uint8Array(16), t: 3, m: 64 << 20 };
      const started = performance.now();
      await vault.ask("signIn", { host: location.host, challenge: new Uint8Array(32), with: by });
      times.push(performance.now() - started);
      await vault.lock();
    }
    return times;
  });
  const out = path.join(root, "build-web-tests/bridge-page");
  const brotli = (file: string): number => zlib.brotliCompressSync(fs.readFileSync(file)).length;
  const { assets } = JSON.parse(fs.readFileSync(path.join(out, "build.json"), "utf8")) as { assets: Record<string, string> };
  const sizes = Object.fromEntries(
    ["vaultWasm", "kdfWasm", "vaultWorker", "kdfWorker"].map((name) => [`${name}_br`, brotli(path.join(out, assets[name] ?? ""))]),
  );
  const figures = {
    ...sizes,
    vault_in_all_br: Object.values(sizes).reduce((sum, size) => sum + size, 0),
    seal_us: Number(median(speeds.map((one) => one.seal_us)).toFixed(1)),
    open_us: Number(median(speeds.map((one) => one.open_us)).toFixed(1)),
    password_64MiB_t3_ms: Math.round(median(passwords)),
  };
  console.log(JSON.stringify(figures));
} finally {
  await stage.close();
}
