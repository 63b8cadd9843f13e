// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs one suite of TypeScript tests with node's own test runner: node tools/web/test.mjs SUITE [PART-OF-A-PATH...]
//
//   unit      *.test.ts(x): pure, no WASM, no browser
//   wasm      *.wasm.test.ts: our WASM builds inside node
//   browser   *.browser.test.ts: our WASM and workers in real Chromium
//   figures   *.figures.ts: no tests, prints measurements
//   journeys  *.journey.ts: whole stories against a real server
//
// The tests are bundled first (node 18 and 20 read no TypeScript); HEARKEN_ROOT tells them where the tree is.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { wordsInPieces } from "./words.mjs";

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const ROOMS = ["web", "client", "features", "vault", "listening", "tools", "journeys"];
const SUITES = {
  unit: (name) => /\.test\.tsx?$/.test(name) && !/\.(wasm|browser)\.test\.ts$/.test(name),
  wasm: (name) => name.endsWith(".wasm.test.ts"),
  browser: (name) => name.endsWith(".browser.test.ts"),
  figures: (name) => name.endsWith(".figures.ts"),
  journeys: (name) => name.endsWith(".journey.ts"),
};

const [suite, ...parts] = process.argv.slice(2);
const wanted = SUITES[suite];
if (wanted === undefined) {
  console.error(`usage: node tools/web/test.mjs ${Object.keys(SUITES).join("|")} [PART-OF-A-PATH...]`);
  process.exit(2);
}

function* walk(dir) {
  for (const entry of fs.existsSync(dir) ? fs.readdirSync(dir, { withFileTypes: true }) : []) {
    const at = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      yield* walk(at);
    } else if (wanted(entry.name)) {
      yield path.relative(ROOT, at);
    }
  }
}

const files = ROOMS.flatMap((room) => [...walk(path.join(ROOT, room))])
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no ${suite} tests${parts.length > 0 ? ` with ${parts.join(" or ")} in their path` : ""}`);
  process.exit(1);
}

if (suite === "wasm" || suite === "browser" || suite === "figures") {
  const wasm = spawnSync(path.join(ROOT, "tools/wasm/build.sh"), { stdio: "inherit" });
  if (wasm.status !== 0) process.exit(wasm.status ?? 1);
}

const outdir = path.join(ROOT, "build-web-tests", suite);
fs.rmSync(outdir, { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: ROOT,
  entryPoints: files,
  outdir,
  outbase: ROOT,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
  packages: "external",
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: "inline",
  loader: { ".css": "empty" },
  plugins: [wordsInPieces],
  define: { HK_ASSETS: "{}", HK_DEV: "false" },
  logLevel: "warning",
});
const built = files.map((file) => path.join(outdir, file.replace(/\.tsx?$/, ".mjs")));
// One file at a time: browsers and Argon2 on two cores would only time each other out.
const together = suite === "unit" ? [] : ["--test-concurrency=1"];
const how = suite === "figures" ? [] : ["--test", ...together];
const run = spawnSync(process.execPath, ["--enable-source-maps", ...how, ...built], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, HEARKEN_ROOT: ROOT },
});
process.exit(run.status ?? 1);
