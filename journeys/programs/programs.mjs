// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `hearkend` and `hearken` as a person at a terminal meets them: what they are given, what they say, how they end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after } from "node:test";
import { ended } from "../crash/demo_place.mjs";

export const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
export const BUILD = path.resolve(process.env.HEARKEN_BUILD ?? path.join(ROOT, "build"));
export const HEARKEN = path.join(BUILD, "cli/hearken");
export const HEARKEND = path.join(BUILD, "server/hearkend");
const SQL = path.join(BUILD, "journeys/programs/sql");

/** What is in the environment of the tests must not reach the programs. */
const QUIET = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HEARKEN")));

const served = new Set();
after(() => served.forEach((child) => child.kill("SIGKILL")));

/** A folder of this test file's own; it goes when the file is done. */
export function folder(name) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `hearken-${name}-`));
  after(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs a program to its end: { code, out, err }. A program that does not end within `patience_ms` fails the test. */
export function run(program, words, { env = {}, input = "", patience_ms = 60_000, cwd } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, words, { env: { ...QUIET, ...env }, cwd, stdio: ["pipe", "pipe", "pipe"] });
    const said = { out: "", err: "" };
    child.stdout.on("data", (bytes) => (said.out += bytes));
    child.stderr.on("data", (bytes) => (said.err += bytes));
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`${path.basename(program)} ${words.join(" ")} did not end: ${said.out}${said.err}`));
    }, patience_ms);
    child.on("error", fail);
    child.on("close", (code, signal) => {
      clearTimeout(late);
      done({ code, signal, ...said });
    });
    child.stdin.on("error", () => undefined); // it ended without reading
    child.stdin.end(input);
  });
}

export const hearken = (words, options) => run(HEARKEN, words, options);
export const hearkend = (words, options) => run(HEARKEND, words, options);

/** Serves a place until `stop()`, which gives the exit code; killed at the latest when the test file is over. */
export async function serve(words, { env = {} } = {}) {
  const child = spawn(HEARKEND, ["serve", ...words], { env: { ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  served.add(child);
  const gone = ended(child);
  let said = "";
  const serving = new Promise((ready) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        said += bytes;
        if (said.includes("serving on")) ready();
      });
  });
  await Promise.race([serving, gone.then((code) => assert.fail(`hearkend left with ${code}: ${said}`))]);
  return {
    pid: child.pid,
    said: () => said,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return gone;
    },
  };
}

/** Ended with this code and said something of this kind on standard error. */
export function refused(result, code, words) {
  assert.equal(result.code, code, `${result.out}${result.err}`);
  assert.match(result.err, words);
  assert.doesNotMatch(result.err, /Sanitizer|runtime error/);
}

export function done(result) {
  assert.equal(result.code, 0, `${result.out}${result.err}`);
  return result.out;
}

/** What `--help` lists and the man page does not name: commands at the beginning of a line, options. */
export function leftOutOfManPage(page, help) {
  const man = fs.readFileSync(path.join(ROOT, "docs/man", page), "utf8");
  const named = (option) => new RegExp(`(Fl|,) -${option}\\b(?!-)`).test(man);
  return [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map((found) => found[1]).filter((option) => !named(option));
}

/** One statement on a database of a place that is not served; its rows, columns joined by |. */
export async function sql(file, statement) {
  const result = await run(SQL, [file, statement]);
  assert.equal(result.code, 0, result.err);
  return result.out.split("\n").slice(0, -1);
}
