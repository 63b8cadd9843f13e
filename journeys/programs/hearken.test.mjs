// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `hearken` at a terminal: demo, replay and verify, with what can go wrong around them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { once } from "node:events";
import { afterEach, before, test } from "node:test";
import { ended, freePort, servePlace, sleep, startReplay, stopPlace, writeTalks } from "../crash/demo_place.mjs";
import { BUILD, HEARKEN, HEARKEND, ROOT, done, folder, hearken, leftOutOfManPage, refused, sql } from "./programs.mjs";

const WEB = path.resolve(process.env.HEARKEN_WEB ?? path.join(ROOT, "build-web"));
const top = folder("tool");
const state = path.join(top, "demo");
const TALK = '{"id":"a","turns":[{"who":"speaker","text":"I cannot sleep."},{"who":"listener","text":"I am here."}]}\n';

let listen;
const running = new Set();
before(async () => (listen = `127.0.0.1:${await freePort()}`));
const kill_all = () => Promise.all([...running].map((child) => (child.kill("SIGKILL"), ended(child))));
afterEach(kill_all); // what a test that failed left running would answer for the next one

/** `hearken demo`: says all it has printed when it has printed where to click. */
async function demo(...words) {
  const child = spawn(HEARKEN, ["demo", "--state", state, "--listen", listen, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  await new Promise((ready, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        said += bytes;
        if (said.includes("Ctrl-C ends it")) ready();
      });
    child.on("exit", (code) => fail(new Error(`hearken demo left with ${code}: ${said}`)));
  });
  return { child, said };
}

const is_answered = () => fetch(`http://${listen}/readyz`).then((answer) => answer.ok, () => false);
const childrenOf = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").filter(Boolean);
const is_there = (pid) => fs.existsSync(`/proc/${pid}`);

// ---- asked for wrongly

test("a command nobody knows and wrong options are named in words", async () => {
  refused(await hearken([]), 2, /hearken COMMAND/);
  refused(await hearken(["fly"]), 2, /no command with this name/);
  refused(await hearken(["replay"]), 2, /name one file/);
  refused(await hearken(["replay", "--window", "0", "x"]), 2, /window is a whole number from 1 to/);
  refused(await hearken(["replay", "--speed", "9", "x"]), 2, /no option --speed/);
  refused(await hearken(["replay", "--url", "place.example.org", "-"], { input: TALK }), 2, /--url is http/);
  refused(await hearken(["replay", "--url", "http://x.example/with/path", "-"], { input: TALK }), 2, /--url is http/);
  refused(await hearken(["verify", "me"]), 2, /takes options only/);
  refused(await hearken(["verify", "--web", path.join(top, "nothing")]), 2, /no manifest\.json/);
  refused(await hearken(["demo", "now"]), 2, /takes options only/);
});

test("help and version are answers, and each command has its own help", async () => {
  assert.match(done(await hearken(["--version"])), /^hearken \d+\.\d+\.\d+\n$/);
  const help = done(await hearken(["--help"]));
  for (const command of ["demo", "replay", "listen", "place", "verify"]) {
    assert.match(help, new RegExp(`^ +${command} `, "m"));
    assert.match(done(await hearken([command, "--help"])), new RegExp(`^hearken ${command}`));
  }
});

test("the man page names every option of every command", async () => {
  for (const command of ["demo", "replay", "listen", "place", "verify"]) {
    const help = done(await hearken([command, "--help"]));
    assert.match(help, /^ {2}--[a-z]/m);
    assert.deepEqual(leftOutOfManPage("hearken.1", help), [], command);
  }
});

test("settings come from the file, the environment and flags, in this order", async () => {
  const file = path.join(top, "hearken.conf");
  fs.writeFileSync(file, "url = http://127.0.0.1:1\n");
  const unreachable = async (port, words, env = {}) =>
    refused(await hearken(["replay", "-", ...words], { input: TALK, env }), 1, new RegExp(`127\\.0\\.0\\.1 port ${port}\\b`));
  await unreachable(1, ["--config", file]);
  await unreachable(1, [], { HEARKEN_CONFIG: file });
  await unreachable(2, ["--config", file], { HEARKEN_URL: "http://127.0.0.1:2" });
  await unreachable(3, ["--config", file, "--url", "http://127.0.0.1:3"], { HEARKEN_URL: "http://127.0.0.1:2" });
  fs.writeFileSync(file, "url = http://127.0.0.1:1\nspeed = 9\n");
  refused(await hearken(["replay", "-", "--config", file], { input: TALK }), 2, /line 2 of the configuration/);
});

test("a file of conversations that is wrong is refused with its line, whole, before anything is sent", async () => {
  const cases = [
    ["\n\n{\n", 3, /one whole JSON object/],
    ["[]\n", 1, /one JSON object a line/],
    [`${TALK}{"id":1,"turns":[{"who":"speaker","text":"x"}]}\n`, 2, /"id" is text/],
    [`${TALK}\n{"id":"b","turns":[]}\n`, 3, /at least one turn/],
    ['{"id":"b"}\n', 1, /"turns" is a list/],
    ['{"id":"b","turns":["x"]}\n', 1, /each turn is an object/],
    ['{"id":"b","turns":[{"who":"therapist","text":"x"}]}\n', 1, /"listener" or "speaker"/],
    ['{"id":"b","turns":[{"who":"speaker","text":7}]}\n', 1, /"text" of each turn is text/],
    ['{"id":"b","id":"c","turns":[{"who":"speaker","text":"x"}]}\n', 1, /one whole JSON object/],
    [`{"id":"b","turns":[{"who":"speaker","text":"${"x".repeat(16_001)}"}]}\n`, 1, /16,000 bytes/],
    [Buffer.concat([Buffer.from('{"id":"b","turns":[{"who":"speaker","text":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}]}\n')]), 1, /UTF-8/],
  ];
  for (const [input, line, words] of cases) {
    const result = await hearken(["replay", "-", "--url", "http://127.0.0.1:1"], { input });
    refused(result, 2, words);
    assert.match(result.err, new RegExp(`line ${line}: .*Nothing was sent`));
    assert.doesNotMatch(result.err, /I cannot sleep|therapist"/); // the file's own words are not printed
  }
  refused(await hearken(["replay", "-"], { input: "\n \n" }), 2, /at least one conversation/);
  refused(await hearken(["replay", path.join(top, "none.jsonl")]), 2, /cannot be opened: No such file/);
});

test("a place that is down is said to be down", async () => {
  refused(await hearken(["replay", "-", "--url", `http://${listen}`], { input: TALK }), 1, /does not answer/);
});

test("a demo on a port where somebody answers already says so, and leaves its folder alone", async () => {
  const other = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const words = ["demo", "--state", path.join(top, "other"), "--listen", `127.0.0.1:${other.address().port}`];
  refused(await hearken(words), 1, /somebody answers there already/);
  other.close();
  assert.deepEqual(fs.readdirSync(path.join(top, "other")), []);
});

// ---- a demo place

test("a demo seeds its people once, says where to click, and ends both programs on SIGTERM", async () => {
  const first = await demo();
  assert.match(first.said, new RegExp(`Hearken is here: +http://${listen}`));
  assert.match(first.said, /Making the demo people/);
  const server = childrenOf(first.child.pid);
  assert.equal(server.length, 1);
  refused(await hearken(["demo", "--state", state, "--listen", `127.0.0.1:${await freePort()}`]), 1, /another one runs in this folder/);
  first.child.kill("SIGTERM");
  assert.equal(await ended(first.child), 0);
  assert.equal(is_there(server[0]), false);
  assert.equal(await is_answered(), false);

  const accounts = await sql(path.join(state, "place.db"), "SELECT count(*), min(account), max(account) FROM accounts");
  const second = await demo();
  assert.doesNotMatch(second.said, /Making the demo people/);
  const table = (said) => said.split("\n").filter((line) => line.includes("(demo)"));
  assert.deepEqual(table(second.said), table(first.said));
  assert.deepEqual(await sql(path.join(state, "place.db"), "SELECT count(*), min(account), max(account) FROM accounts"), accounts);
  const both = childrenOf(second.child.pid);
  second.child.kill("SIGINT");
  assert.equal(await ended(second.child), 0);
  assert.equal(is_there(both[0]), false);
});

test("a demo that was cut off while it made its people begins again", async () => {
  const half = path.join(top, "half");
  fs.mkdirSync(half);
  fs.writeFileSync(path.join(half, "place.db"), "half of something");
  const child = spawn(HEARKEN, ["demo", "--state", half, "--listen", listen], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  for (let i = 0; i < 6000 && !said.includes("Ctrl-C ends it") && child.exitCode === null; i++) await sleep(50);
  assert.match(said, /Making the demo people[^]*Ctrl-C ends it/);
  child.kill("SIGTERM");
  assert.equal(await ended(child), 0);
});

test("replay says in words and figures what arrived", async () => {
  const { server } = await servePlace(HEARKEND, state, listen);
  running.add(server);
  const words = done(await hearken(["replay", "-", "--url", `http://${listen}`], { input: TALK }));
  assert.match(words, /1 conversations: 2 messages sent, 2 opened by the other side/);
  const file = path.join(top, "talk.jsonl");
  fs.writeFileSync(file, TALK.repeat(3));
  const json = done(await hearken(["replay", file, "--url", `http://${listen}/`, "--json", "--pairs", "2", "--window", "2"]));
  const figures = JSON.parse(json.trim().split("\n").at(-1));
  const { p50_ms, p99_ms, messages_per_s, cpu_us_per_message, ...counts } = figures;
  assert.deepEqual(counts, { conversations: 3, sent: 6, opened_by_other: 6, lost: 0, duplicated: 0, reordered: 0, altered: 0, unverified: 0 });
  assert.ok(p50_ms > 0 && p99_ms >= p50_ms && messages_per_s > 0 && cpu_us_per_message > 0);
  await stopPlace(server);
});

test("a place that is killed and started again in the middle of a replay loses, doubles and reorders nothing", async () => {
  let { server } = await servePlace(HEARKEND, state, listen);
  running.add(server);
  const file = writeTalks(path.join(top, "long.jsonl"), 4, 300);
  const ledger = path.join(top, "long.ledger");
  const replay = startReplay(BUILD, listen, file, ["--pairs", "4", "--window", "2", "--rate", "100", "--ledger", ledger]); // twelve seconds and more
  running.add(replay.child);
  const acknowledged = () => (fs.existsSync(ledger) ? fs.readFileSync(ledger, "utf8").split("\n").length - 1 : 0);
  for (let kills = 0; kills < 2; kills++) {
    // killed by what was acknowledged, not by the clock: coming in takes its time
    for (const enough = acknowledged() + 40; acknowledged() < enough && !replay.over(); ) await sleep(20);
    assert.equal(replay.over(), false, "it was over before the place was killed");
    await stopPlace(server, "SIGKILL");
    await sleep(200);
    ({ server } = await servePlace(HEARKEND, state, listen));
    running.add(server);
  }
  const result = await replay.figures(60_000);
  assert.equal(result.in_time, true);
  assert.equal(result.code, 0, `${result.said} ${JSON.stringify(result.figures)}`);
  const { conversations, sent, opened_by_other, lost, duplicated, reordered, altered, unverified } = result.figures;
  assert.deepEqual([conversations, sent, opened_by_other], [4, 1200, 1200]);
  assert.deepEqual([lost, duplicated, reordered, altered, unverified], [0, 0, 0, 0, 0]);
  await stopPlace(server);
});

// ---- the pages

test("verify finds the built pages the same, and names a file that was changed or is missing", async (t) => {
  if (!fs.existsSync(path.join(WEB, "manifest.json"))) return t.skip("the pages are not built here: make web");
  const served = path.join(top, "served");
  const words = ["verify", "--url", `http://${listen}`, "--web", WEB];
  fs.cpSync(WEB, served, { recursive: true });
  let { server } = await servePlace(HEARKEND, state, listen, ["--web", served]);
  running.add(server);
  assert.match(done(await hearken(words)), /serves the \d+ files that were built here, byte for byte/);
  const same = JSON.parse(done(await hearken([...words, "--json"])));
  assert.ok(same.same > 5 && same.different === 0 && same.missing === 0, JSON.stringify(same));
  await stopPlace(server);

  // The place is altered by whoever has its disk: what was built here is compared with what is served there.
  const manifest = JSON.parse(fs.readFileSync(path.join(WEB, "manifest.json"), "utf8"));
  const victim = manifest.files.find((file) => file.path.endsWith(".js")).path;
  const expected = path.join(top, "expected");
  fs.mkdirSync(expected);
  manifest.files.find((file) => file.path === victim).sha384 = Buffer.alloc(48, 7).toString("base64");
  manifest.files.push({ ...manifest.files[0], path: "/a/never-served.js" });
  fs.writeFileSync(path.join(expected, "manifest.json"), JSON.stringify(manifest));
  ({ server } = await servePlace(HEARKEND, state, listen, ["--web", served]));
  running.add(server);
  const differs = await hearken(["verify", "--url", `http://${listen}`, "--web", expected]);
  assert.equal(differs.code, 1);
  assert.match(differs.out, new RegExp(`^DIFFERENT +${victim.replaceAll(".", "\\.")}$`, "m"));
  assert.match(differs.out, /^not served +\/a\/never-served\.js$/m);
  assert.match(differs.out, /1 different, 1 not served/);
  const json = JSON.parse((await hearken(["verify", "--url", `http://${listen}`, "--web", expected, "--json"])).out);
  assert.deepEqual([json.different, json.missing], [1, 1]);
  await stopPlace(server);
});
