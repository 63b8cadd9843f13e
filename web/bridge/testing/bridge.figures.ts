// SPDX-License-Identifier: AGPL-3.0-or-later
// Figures of the vault and the listening engine in the browser: what is carried to sign in, how long a password, sealing and opening take; how long
// a turn and a hint take. Prints one line of JSON: npm run --silent figures
import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { openPage, openStage } from "./browser.ts";
import type { Turn } from "../listening/types.ts";
import type { TestPage } from "./page.ts";

declare const hearken: TestPage;

const root = process.env["HEARKEN_ROOT"] ?? ".";
const SEALED = 2000;
const TURNS = 200;

function median(values: number[]): number {
  const sorted = [...values].sort((one, two) => one - two);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** As long as a talk in writing gets, sentences as people write them. */
function exchange(n: number): Turn[] {
  const spoken = "I lie awake until four, and then it gets light and I am so ashamed that I have not slept again, and nobody at work has any idea.";
  const answered = "You lie there until it gets light, and on top of being tired there is this shame, and nobody who would see it.";
  return Array.from({ length: n }, (_, i) => (i % 2 === 0 ? { who: "speaker", text: `${spoken} ${i}` } : { who: "listener", text: `${answered} ${i}` }));
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
  const listening = await page.evaluate(async (turns) => {
    const engine = hearken.startListening();
    const begun = performance.now();
    await engine.hint(turns, "You should just go to bed earlier.");
    const fromNothing = performance.now() - begun;
    const hints: number[] = [];
    for (let round = 0; round < 41; round++) {
      const started = performance.now();
      await engine.hint(turns, `You should just go to bed earlier, ${round}.`);
      hints.push(performance.now() - started);
    }
    const wholes: number[] = [];
    for (let round = 0; round < 11; round++) {
      const started = performance.now();
      await engine.figures(turns);
      wholes.push((performance.now() - started) / (turns.length / 2));
    }
    engine.rest();
    return { fromNothing, hints, wholes };
  }, exchange(TURNS));
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
    listening_turn_ms: Number(median(listening.wholes).toFixed(3)),
    hint_ms: Number(median(listening.hints).toFixed(1)),
    hint_with_engine_asleep_ms: Math.round(listening.fromNothing),
  };
  console.log(JSON.stringify(figures));
} finally {
  await stage.close();
}
