// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The figures of the place and its pages, with the machine's own limits from the same run. Prints a table and, last,
// one line of JSON. Nothing here is a test: figures are looked at by people.
//
//   node bench/bench.mjs [--build build] [--web build-web] [--messages 40000] [--connections 10000] [--stored 1000000]
//
// Place, load generator and database share the cores of one machine: what a message costs each of them in processor time is
// printed beside the messages/s, because their sum, and not the disk, is what bounds it on a small machine.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { firstWords } from "./first_words.mjs";
import { longThread } from "./long_thread.mjs";

const { values: flags } = parseArgs({
  options: {
    build: { type: "string", default: "build" },
    web: { type: "string", default: "build-web" },
    messages: { type: "string", default: "40000" },
    connections: { type: "string", default: "10000" },
    stored: { type: "string", default: "1000000" },
  },
});
const build = resolve(flags.build);
const web = resolve(flags.web);
const tool = join(build, "cli/hearken");
const daemon = join(build, "server/hearkend");
const folder = mkdtempSync(join(tmpdir(), "hearken-bench-"));
const figures = {};

const freePort = () =>
  new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function answers(url) {
  for (let i = 0; i < 1200; i++) {
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // not yet
    }
    await sleep(5);
  }
  throw new Error("the place did not become ready");
}

/** A seeded place, then stopped: `hearken demo` until it has printed where to click. */
async function seed(state, listen) {
  const demo = spawn(tool, ["demo", "--state", state, "--listen", listen], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: demo.stdout })) if (line.includes("Ctrl-C")) break;
  demo.kill("SIGTERM");
  await new Promise((done) => demo.on("exit", done));
}

async function serve(state, listen, extra = []) {
  const began = performance.now();
  const server = spawn(
    daemon,
    ["serve", "--db", `${state}/place.db`, "--listen", listen, "--origin", `http://${listen}`, "--rate-factor",
      "1000000", "--demo-people", `${state}/demo-people.json`, ...extra],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  await answers(`http://${listen}`);
  return { server, ready_ms: performance.now() - began };
}

async function stop(server) {
  server.kill("SIGTERM");
  await new Promise((done) => server.on("exit", done));
}

/** Processor time of a process so far, in ms: Linux counts it in ticks of 10. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Conversations of so many turns, 200 bytes each. */
function writeTalks(file, conversations, turns) {
  const text = "I do not know how to say this, so I will just say it. ".repeat(4).slice(0, 200);
  const lines = [];
  for (let c = 0; c < conversations; c++) {
    const all = Array.from({ length: turns }, (_, t) => ({ who: t % 2 ? "listener" : "speaker", text }));
    lines.push(JSON.stringify({ id: `bench-${c}`, turns: all }));
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

async function replay(listen, file, words) {
  const child = spawn(tool, ["replay", "--url", `http://${listen}`, file, "--json", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) last = line;
  return JSON.parse(last);
}

async function people(listen, pid, connections, restart) {
  const words = ["--url", `http://${listen}`, "--connections", String(connections), "--pid", String(pid)];
  const child = spawn(join(build, "bench/bench_people"), restart ? [...words, "--restart"] : words, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "ready") await restart();
    else Object.assign(said, JSON.parse(line));
  }
  return said;
}

let above = "";

/** One figure. An indented name belongs to the last one that was not, and is called after it in the JSON. */
function note(name, value, goal = "") {
  if (!name.startsWith(" ")) above = name;
  figures[name === above ? name : `${above}: ${name.trim()}`] = Number.isNaN(Number(value)) ? value : Number(value);
  console.log(`${name.padEnd(44)} ${String(value).padStart(12)}  ${goal}`);
}

async function talkFigures() {
  const state = join(folder, "talk");
  const listen = `127.0.0.1:${await freePort()}`;
  await seed(state, listen);
  const { server } = await serve(state, listen);
  const pairs = ["--pairs", "50", "--window", "4"];
  const turns = Math.ceil(Number(flags.messages) / 50);
  const before = cpuMs(server.pid);
  await replay(listen, writeTalks(join(folder, "first.jsonl"), 50, 2), pairs);
  const meeting = cpuMs(server.pid) - before; // fifty arrivals and acceptances, no talk to speak of
  const fast = await replay(listen, writeTalks(join(folder, "fast.jsonl"), 50, turns), pairs);
  const talk_us = ((cpuMs(server.pid) - before - 2 * meeting) * 1000) / fast.sent;
  note("durable messages/s, 50 pairs, window 4", Math.round(fast.messages_per_s));
  note("  as a share of the SQLite floor", (fast.messages_per_s / figures["SQLite WAL FULL rows/s, batches of 128"]).toFixed(2), "goal 0.5");
  note("  CPU us a message, hearkend", Math.round(talk_us));
  note("  CPU us a message, load generator", Math.round(fast.cpu_us_per_message), "seals once, opens twice");
  note("  cores that both share", cpus().length);
  note("  messages/s that these cores bound", Math.round((cpus().length * 1e6) / (talk_us + fast.cpu_us_per_message)));
  note("  lost, doubled, out of order", `${fast.lost}, ${fast.duplicated}, ${fast.reordered}`, "goal 0, 0, 0");
  const calm = await replay(listen, writeTalks(join(folder, "calm.jsonl"), 50, 40), ["--pairs", "50", "--rate", "100"]);
  note("p50 ms to the other side, 100 messages/s", calm.p50_ms, "goal 2");
  note("p99 ms to the other side, 100 messages/s", calm.p99_ms, "goal 10");
  await stop(server);
}

async function crowdFigures() {
  const state = join(folder, "crowd");
  const listen = `127.0.0.1:${await freePort()}`;
  await seed(state, listen);
  let { server } = await serve(state, listen);
  const idle = await people(listen, server.pid, Number(flags.connections), null);
  note("idle signed-in connections held", idle.connections, "goal 10000");
  note("server bytes per idle connection", idle.bytes_per_connection, "goal 4096");
  const back = await people(listen, server.pid, 1000, async () => {
    await stop(server);
    ({ server } = await serve(state, listen));
  });
  note("1,000 clients back after a restart, s", back.resume_s, "goal 2");
  await stop(server);
}

async function recoveryFigures() {
  const state = join(folder, "stored");
  const listen = `127.0.0.1:${await freePort()}`;
  await seed(state, listen);
  let { server } = await serve(state, listen);
  const stored = Number(flags.stored);
  await replay(listen, writeTalks(join(folder, "stored.jsonl"), 100, Math.ceil(stored / 100)), ["--pairs", "100", "--window", "16"]);
  server.kill("SIGKILL");
  await new Promise((done) => server.on("exit", done));
  const again = await serve(state, listen);
  ({ server } = again);
  note(`ready after kill -9 with ${stored.toLocaleString("en")} messages, s`, (again.ready_ms / 1000).toFixed(3), "goal 2");
  await stop(server);
}

function pageFigures() {
  const file = join(web, "manifest.json");
  if (!existsSync(file)) return;
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const weight = (wanted) =>
    manifest.files.filter(wanted).reduce((sum, one) => sum + (one.brotli_size || one.size), 0);
  const { first_screen, first_words } = JSON.parse(readFileSync(join(web, "build.json"), "utf8"));
  const addresses = (names) => new Set(names.map((name) => `/${name.replace(/^\//, "")}`));
  const first = addresses(first_screen);
  const page = manifest.files.find((one) => one.path === "/");
  if (page) note("front page, bytes without script", page.size, "goal 51200");
  const code = weight((one) => first.has(one.path)) + (page?.brotli_size ?? 0);
  const vault = weight((one) => /vault|kdf/.test(one.path));
  for (const [language, names] of Object.entries(first_words)) {
    const words = addresses(names);
    const all = code + weight((one) => words.has(one.path));
    note(`first screen (${language}), kB brotli`, (all / 1000).toFixed(1), "goal 60");
    note("  with signing in and crypto", ((all + vault) / 1000).toFixed(1), "goal 130");
  }
}

async function longThreadFigures() {
  if (!existsSync(join(web, "manifest.json")) || !existsSync("/usr/bin/chromium")) return;
  const state = join(folder, "long");
  const listen = `127.0.0.1:${await freePort()}`;
  await seed(state, listen);
  const { server } = await serve(state, listen, ["--web", web]);
  const turns = Array.from({ length: 2000 }, (_, t) => ({ who: t % 2 ? "listener" : "speaker", text: `${t + 1}: ${"I do not know how to say this. ".repeat(1 + ((t * 7) % 8))}` }));
  const file = join(folder, "long.jsonl");
  writeFileSync(file, `${JSON.stringify({ id: "long", turns })}\n`);
  await replay(listen, file, ["--pairs", "1", "--window", "16"]);
  const people = JSON.parse(readFileSync(`${state}/demo-people.json`, "utf8"));
  const ana = (people.people ?? people).find((one) => one.name.startsWith("Ana"));
  const said = await longThread(`http://${listen}`, ana, "2000: I do not know");
  for (const rate of [1, 4]) {
    const { typing, scrolling } = said[rate];
    note(`typing in 2,000 messages, CPU 1/${rate}: longest task, ms`, typing.task.toFixed(0), "goal 50");
    note("  slowest key to its frame by the clock, ms", typing.key.toFixed(0), "goal 50");
    note(`scrolling back, CPU 1/${rate}: longest task, ms`, scrolling.task.toFixed(0), "goal 50");
    note("  frames over 50 ms by the clock", `${scrolling.late} of ${scrolling.frames}`, "goal 0");
  }
  note("2,000 messages from the place, s after pressing on the talk", (said.first.ms / 1000).toFixed(1));
  note("  bytes of the log fetched", said.first.bytes);
  note("2,000 messages after a reload, s after pressing on the talk", (said.again.ms / 1000).toFixed(1));
  note("  bytes of the log fetched", said.again.bytes);
  await stop(server);
}

/** The engine as a page uses it, in real Chromium. */
function listeningFigures() {
  if (!existsSync("/usr/bin/chromium")) return;
  const out = execFileSync(process.execPath, ["tools/web/test.mjs", "figures"], { encoding: "utf8" });
  const said = JSON.parse(out.trim().split("\n").at(-1));
  note("listening in Chromium, ms a listener turn", said.listening_turn_ms, "goal 5");
  note("hint after the pause, ms", said.hint_ms, "goal 50");
  note("  with the engine still to be fetched, ms", said.hint_with_engine_asleep_ms);
}

async function firstWordsFigures() {
  if (!existsSync(join(web, "manifest.json")) || !existsSync("/usr/bin/chromium")) return;
  const state = join(folder, "phone");
  const listen = `127.0.0.1:${await freePort()}`;
  await seed(state, listen);
  const { server } = await serve(state, listen, ["--web", web]);
  const { seconds, foreign } = await firstWords(`http://${listen}`);
  note("front page to first words, slow phone, s", seconds.toFixed(1), "goal 10");
  note("  requests to anybody else", foreign, "goal 0");
  await stop(server);
}

function storeFigures() {
  const out = execFileSync(join(build, "bench/bench_store"), ["--folder", folder], { encoding: "utf8" });
  const said = JSON.parse(out.trim().split("\n").at(-1));
  note("fsync/s on this disk", Math.round(said.disk?.fsync_per_s ?? said["disk.fsync_per_s"]));
  note("SQLite WAL FULL rows/s, batches of 128", Math.round(said.sqlite?.rows_per_s ?? said["sqlite.rows_per_s"]));
  note("store kit rows/s, 50 producers", Math.round(said.store?.rows_per_s ?? said["store.rows_per_s"]));
}

try {
  storeFigures();
  await talkFigures();
  await crowdFigures();
  if (Number(flags.stored) > 0) await recoveryFigures();
  pageFigures();
  listeningFigures();
  await firstWordsFigures();
  await longThreadFigures();
  console.log(JSON.stringify(figures));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
