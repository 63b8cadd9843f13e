// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The server cannot read what people say. A thousand words that exist nowhere else travel along every path a sealed
// thing can take; afterwards nothing the place keeps, prints, backs up or holds in memory has one of them.
//
// Meant to be plain, and therefore no canaries (PROMISES.md, "What is not protected"): handles, the public names and
// licences of staff, the place's own name, account and conversation ids, roles, times and sizes.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { ended, freePort, seedPlace, servePlace, sleep, stopPlace } from "../crash/demo_place.mjs";
import { findCanaries, makeCanaries, searchFolder, searchMemory } from "./search.mjs";

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const BUILD = path.resolve(process.env.HEARKEN_BUILD ?? path.join(ROOT, "build"));
const HEARKEN = path.join(BUILD, "cli/hearken");
const HEARKEND = path.join(BUILD, "server/hearkend");

const CANARIES = 1000;
const CARRIED_BY_HAND = 100; // the paths of carry.c; the others are spoken by `hearken replay`
const CONVERSATIONS = 30;

const flock = makeCanaries(CANARIES);
const decoys = makeCanaries(3); // these are sent in the clear on purpose: the search must find them
const texts = flock.words.map((word) => `${word} ${word} ${word}`);

const top = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-birds-"));
const state = path.join(top, "state");
const backup = path.join(top, "backups", "place.db");
const place = { listen: "", metrics: "", server: null, said: () => "" };
const printed = []; // what programs said and answered on the way

before(async () => {
  await seedPlace(BUILD, state);
  place.listen = `127.0.0.1:${await freePort()}`;
  place.metrics = `127.0.0.1:${await freePort()}`;
  Object.assign(place, await servePlace(HEARKEND, state, place.listen, ["--metrics", place.metrics]));
});

after(async () => {
  if (place.server !== null) await stopPlace(place.server, "SIGKILL");
  fs.rmSync(top, { recursive: true, force: true });
});

/** Memory of others may be out of bounds here: then the test says so instead of passing. */
function lookInto(t, pid, flocks) {
  try {
    return searchMemory(pid, flocks);
  } catch (error) {
    if (error.code !== "EACCES" && error.code !== "EPERM") throw error;
    t.skip(`this system does not let us read another process's memory (${error.code}); run the tests as root`);
    return null;
  }
}

// ---- the search itself

test("the search finds a canary in each form, wherever it begins", () => {
  const [word] = decoys.words;
  for (const before_it of ["", "x", "xy", "xyz"]) {
    const text = `${before_it}${word} and more`;
    const forms = {
      "utf-8": Buffer.from(text),
      "utf-16le": Buffer.from(text, "utf16le"),
      "utf-16be": Buffer.from(text, "utf16le").swap16(),
      hex: Buffer.from(Buffer.from(text).toString("hex")),
      HEX: Buffer.from(Buffer.from(text).toString("hex").toUpperCase()),
      base64: Buffer.from(Buffer.from(text).toString("base64")),
      base64url: Buffer.from(Buffer.from(text).toString("base64url")),
    };
    for (const [form, bytes] of Object.entries(forms)) {
      const hits = findCanaries(decoys, bytes);
      assert.ok(hits.some((hit) => hit.word === word), `${form} after ${before_it.length} bytes was not found`);
      assert.deepEqual(findCanaries(flock, bytes), []);
    }
  }
});

test("the search finds a canary that was planted in a log file", () => {
  const folder = fs.mkdtempSync(path.join(top, "planted-"));
  fs.writeFileSync(path.join(folder, "hearkend.log"), `hearkend: 1 request, ${decoys.words[1]}\n`);
  assert.deepEqual(searchFolder(folder, decoys).map((hit) => hit.word), [decoys.words[1]]);
});

test("the search finds a word of which only the beginning is left", () => {
  const hits = findCanaries(decoys, Buffer.from(decoys.words[0].slice(0, 10)));
  assert.equal(hits.length, 1);
});

// ---- the thousand

test("passwords, names, first words, every kind of body, a file and the account's state are carried and opened", () => {
  const people = JSON.parse(fs.readFileSync(path.join(state, "demo-people.json"), "utf8")).people;
  const ana = people.find((person) => person.role === "therapist");
  const words = ["--url", `http://${place.listen}`, "--handle", ana.handle, "--password", ana.password, "--secret-key", ana.secret_key];
  // a name has at most 64 bytes: here each canary stands alone
  const run = spawnSync(path.join(BUILD, "journeys/canary/canary_carry"), words, {
    input: `${flock.words.slice(0, CARRIED_BY_HAND).join("\n")}\n`, encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
  const counts = JSON.parse(run.stdout.trim().split("\n").at(-1));
  assert.ok(counts.carried >= CARRIED_BY_HAND - 1, run.stdout);
  assert.equal(counts.opened, 22); // 10 kinds both ways, the erased one, the file's descriptor
  printed.push(run.stdout, run.stderr);
});

test("the other canaries are spoken by a client and a listener and arrive as they were written", () => {
  const spoken = texts.slice(CARRIED_BY_HAND);
  const each = Math.ceil(spoken.length / CONVERSATIONS);
  const lines = [];
  for (let i = 0; i < spoken.length; i += each) {
    const turns = spoken.slice(i, i + each).map((text, n) => ({ who: n % 2 ? "listener" : "speaker", text }));
    lines.push(JSON.stringify({ id: flock.words[i], turns }));
  }
  const run = spawnSync(HEARKEN, ["replay", "--url", `http://${place.listen}`, "-", "--json"], { input: lines.join("\n"), encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  const figures = JSON.parse(run.stdout.trim().split("\n").at(-1));
  assert.equal(figures.opened_by_other, CANARIES - CARRIED_BY_HAND);
  assert.equal(figures.altered, 0);
  printed.push(run.stdout, run.stderr);
});

test("the running server's memory holds none of them", async (t) => {
  const seen = lookInto(t, place.server.pid, [flock]);
  if (seen === null) return;
  t.diagnostic(`${(seen.bytes / 2 ** 20).toFixed(0)} MiB were read, ${(seen.unreadable / 2 ** 20).toFixed(1)} MiB could not be`);
  assert.ok(seen.bytes > 2 ** 20, "that is too little to be a running server");
  assert.ok(seen.unreadable < seen.bytes, "most of the memory could not be read");
  assert.deepEqual(seen.found[0], []);
});

test("what is sent to it in the clear is found in that same memory: the search sees the server", async (t) => {
  const [host, port] = place.listen.split(":");
  const open = net.connect(Number(port), host);
  open.on("error", () => undefined);
  open.write(`GET / HTTP/1.1\r\nHost: ${place.listen}\r\nX-Held: ${decoys.words[2]}`); // a head without its end is held
  await sleep(500);
  const seen = lookInto(t, place.server.pid, [decoys]);
  open.destroy();
  if (seen === null) return;
  assert.ok(seen.found[0].some((hit) => hit.word === decoys.words[2]), "the decoy was not found");
});

test("a backup that is written while the place serves holds none of them", () => {
  fs.mkdirSync(path.dirname(backup));
  printed.push(execFileSync(HEARKEND, ["backup", backup, "--db", path.join(state, "place.db")], { encoding: "utf8" }));
  assert.ok(fs.statSync(backup).size > 100000);
  assert.ok(fs.existsSync(`${backup}-wraps`));
  assert.deepEqual(searchFolder(path.dirname(backup), flock), []);
});

test("database, WAL, wraps, key, deletions and audit files hold none of them, while it serves", () => {
  const files = fs.readdirSync(state);
  for (const file of ["place.db", "place.db-wal", "place.db-shm", "place.db-wraps", "place.db-key", "place.db-audit"])
    assert.ok(files.includes(file), `${file} is not there to be searched`);
  assert.deepEqual(searchFolder(state, flock), []);
  const plain = fs.readFileSync(path.join(state, "place.db-wal")).includes("Ana (demo)") ||
    fs.readFileSync(path.join(state, "place.db")).includes("Ana (demo)");
  assert.ok(plain, "a public name is meant to be plain there: what was searched is not the database");
});

test("figures, checks and everything that was printed hold none of them", async () => {
  const metrics = await (await fetch(`http://${place.metrics}/metrics`)).text();
  assert.match(metrics, /^hearken_store_commits_total [1-9]/m);
  const check = spawnSync(HEARKEND, ["check", "--db", path.join(state, "place.db")], { encoding: "utf8" });
  const audit = spawnSync(HEARKEND, ["audit", "verify", "--db", path.join(state, "place.db")], { encoding: "utf8" });
  assert.match(place.said(), /serving on/);
  for (const text of [metrics, check.stdout, check.stderr, audit.stdout, audit.stderr, place.said(), ...printed])
    assert.deepEqual(findCanaries(flock, Buffer.from(text)), []);
});

test("after it has stopped, its files hold none of them", async () => {
  await stopPlace(place.server);
  assert.deepEqual(searchFolder(state, flock), []);
  assert.deepEqual(findCanaries(flock, Buffer.from(place.said())), []);
});

test("the memory of a process that holds a canary is shown to hold it", async (t) => {
  const holder = spawn("sleep", ["60"], { env: { HELD: decoys.words[0] }, stdio: "ignore" });
  await sleep(100);
  try {
    const seen = lookInto(t, holder.pid, [decoys, flock]);
    if (seen === null) return;
    assert.ok(seen.found[0].some((hit) => hit.word === decoys.words[0]));
    assert.deepEqual(seen.found[1], []);
  } finally {
    holder.kill("SIGKILL");
    await ended(holder);
  }
});
