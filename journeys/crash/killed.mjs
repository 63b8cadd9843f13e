// SPDX-License-Identifier: AGPL-3.0-or-later
//
// kill -9 of a whole place, under load: clients and listeners talk through `hearken replay`, which seals on one
// side, opens on the other and compares, while `hearkend` is killed and started again and again. Every message
// that was acknowledged, and every one sent again because it was not, must arrive once, in order, with its words.
// Between some kills, and after the last one, new devices of both people sign in and read everything from the first
// entry (new_device). Afterwards the database itself is looked at (log_check).
//
//   node journeys/crash/killed.mjs --build build [--daemon hearkend] [--cycles 15] [--seed 1] [--expect-faults]
//
// Prints one line of JSON. Exit 0: as expected; 1: not. A run that carried too little is a failure either way. A place
// that is broken on purpose must be caught by both: by those who talk, and by the new devices alone.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ended, freePort, seedPlace, servePlace, sleep, startReplay, stopPlace, writeTalks } from "./demo_place.mjs";

const PAIRS = 12;
const TURNS_MAX = 1500; // as fast as they go: a replay lives through many kills
const TURNS_A_CYCLE = 60; // and a short run does not talk on for long after its last one
const ACKED_MAX = 800; // a server dies after 1 to so many acknowledgements since everybody was back, however slow it all is
const EARLY = 0.2; // and this share of them dies while people are still coming back,
const EARLY_MS = [5, 250]; // so long after it was ready
const ALL_BACK_MS = { first: 600000, again: 30000 }; // coming in takes its time on a busy machine, and is not cut off
const WORK_MS = 10000; // for those acknowledgements, when nothing moves any more
const NEW_DEVICE_EVERY = 8; // kills: then new devices read one conversation while it goes on and is killed on
const PATIENCE_MS = { whole: 120000, broken: 20000 }; // after the last kill: what has not arrived by then is lost
const MESSAGES_A_CYCLE = 200; // the least a meaningful run carries on average

const { values: flags } = parseArgs({
  options: {
    build: { type: "string", default: "build" },
    daemon: { type: "string", default: "server/hearkend" },
    cycles: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
    "expect-faults": { type: "boolean", default: false },
  },
});
const build = resolve(flags.build);
const daemon = join(build, flags.daemon);
const wanted = Number(flags.cycles);

let random_state = (Number(flags.seed) * 2654435761 + 1) >>> 0;
const random = () => {
  random_state ^= random_state << 13;
  random_state ^= random_state >>> 17;
  random_state = (random_state ^ (random_state << 5)) >>> 0;
  return random_state / 2 ** 32;
};

const tally = {
  cycles: 0, replays: 0, sent: 0, opened_by_other: 0, lost: 0, duplicated: 0, reordered: 0, altered: 0, unverified: 0,
  stopped: 0, slowest_start_ms: 0,
};
/** What new devices of the same people found (new_device.c prints it). */
const fresh = {
  new_devices: 0, read: 0, acknowledged: 0, missing: 0, doubled: 0, out_of_order: 0, altered: 0, unverified: 0,
  gave_up: 0,
};
const fresh_faults = () =>
  fresh.missing + fresh.doubled + fresh.out_of_order + fresh.altered + fresh.unverified + fresh.gave_up;

/** New devices of everybody in a replay's ledger, or of the two in its Nth conversation. */
async function read_on_new_devices(listen, ledger, file, only = 0) {
  const child = spawn(
    join(build, "journeys/crash/new_device"),
    ["--url", `http://${listen}`, "--ledger", ledger, "--talks", file, "--only", String(only)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let out = "";
  let said = "";
  child.stdout.on("data", (bytes) => (out += bytes));
  child.stderr.on("data", (bytes) => (said += bytes));
  await ended(child);
  const figures = out.startsWith("{") ? JSON.parse(out) : {};
  for (const name of Object.keys(figures)) fresh[name] += figures[name];
  if (said || !out) {
    fresh.gave_up++;
    fresh.why ??= said.trim().split("\n").at(-1);
  }
}

/** Whether every client and listener is on its line: only then is there something to cut off. */
async function all_are_talking(metrics, replay, patience_ms) {
  for (const until = performance.now() + patience_ms; performance.now() < until && !replay.over(); ) {
    const text = await fetch(`http://${metrics}/metrics`).then((r) => r.text(), () => "");
    const sockets = Number(/^hearken_sockets (\d+)/m.exec(text)?.[1] ?? 0);
    if (sockets >= PAIRS + listeners) return;
    await sleep(10);
  }
}

/** Acknowledgements so far, by the size of the ledger: "kept CONVERSATION TURN" and its end. */
const acknowledged = (ledger) => (statSync(ledger, { throwIfNoEntry: false })?.size ?? 0) / 32;

/** How long a server lives. */
async function live(metrics, replay, ledger) {
  if (random() < EARLY) return sleep(EARLY_MS[0] + random() * (EARLY_MS[1] - EARLY_MS[0]));
  await all_are_talking(metrics, replay, ALL_BACK_MS.again);
  const enough = acknowledged(ledger) + 1 + random() * ACKED_MAX;
  for (const until = performance.now() + WORK_MS; performance.now() < until && !replay.over(); await sleep(1))
    if (acknowledged(ledger) >= enough) return;
}

function add(answer) {
  tally.replays++;
  for (const name of ["sent", "opened_by_other", "lost", "duplicated", "reordered", "altered", "unverified"])
    tally[name] += answer.figures?.[name] ?? 0;
  if (answer.code !== 0) {
    tally.stopped++;
    tally.why ??= answer.in_time ? answer.said.split("\n").at(-1) : "words did not arrive in time";
  }
}

let listeners = 0; // of the demo: each has one line for all the pairs
const folder = mkdtempSync(join(tmpdir(), "hearken-crash-"));
const state = join(folder, "place");
let server;
try {
  await seedPlace(build, state);
  const { people } = JSON.parse(readFileSync(join(state, "demo-people.json"), "utf8"));
  listeners = people.filter(({ role }) => role === "therapist" || role === "peer").length;
  const listen = `127.0.0.1:${await freePort()}`;
  const metrics = `127.0.0.1:${await freePort()}`;
  const start = async () => {
    const started = await servePlace(daemon, state, listen, ["--metrics", metrics]);
    tally.slowest_start_ms = Math.max(tally.slowest_start_ms, Math.round(started.ready_ms));
    return started.server;
  };
  const file = writeTalks(join(folder, "talks.jsonl"), PAIRS, Math.min(TURNS_MAX, wanted * TURNS_A_CYCLE));
  server = await start();
  const caught = () =>
    flags["expect-faults"] ? tally.stopped > 0 && fresh_faults() > 0 : tally.stopped + fresh_faults() > 0;
  while (tally.cycles < wanted && !caught()) {
    const ledger = join(folder, `ledger-${tally.replays}`);
    const replay = startReplay(build, listen, file, ["--pairs", String(PAIRS), "--window", "4", "--ledger", ledger]);
    let reading = Promise.resolve();
    await all_are_talking(metrics, replay, ALL_BACK_MS.first);
    while (!replay.over() && tally.cycles < wanted) {
      await live(metrics, replay, ledger);
      if (replay.over()) break;
      await stopPlace(server, "SIGKILL");
      tally.cycles++;
      server = await start();
      if (tally.cycles % NEW_DEVICE_EVERY === 0) {
        await reading;
        reading = read_on_new_devices(listen, ledger, file, 1 + Math.floor(random() * PAIRS));
      }
    }
    add(await replay.figures(PATIENCE_MS[flags["expect-faults"] ? "broken" : "whole"]));
    await reading;
    await stopPlace(server, "SIGKILL"); // nothing is asked of it any more: whatever it promised must be on disk
    server = await start();
    await read_on_new_devices(listen, ledger, file);
  }
  await stopPlace(server);
  const checked = spawnSync(join(build, "journeys/crash/log_check"), [join(state, "place.db")], { encoding: "utf8" });
  const log = checked.stdout.startsWith("{") ? JSON.parse(checked.stdout) : { failed: checked.stderr };
  const talkers = tally.cycles > 0 && (tally.stopped > 0 || checked.status !== 0); // before the first kill: no news
  const new_devices = tally.cycles > 0 && fresh_faults() > 0;
  const carried = tally.cycles >= wanted && tally.opened_by_other >= wanted * MESSAGES_A_CYCLE;
  const enough = talkers || new_devices || (carried && fresh.acknowledged >= 2 * tally.sent); // by both people's
  console.log(JSON.stringify({ ...tally, fresh, ...log, seed: Number(flags.seed) }));
  if (!enough) console.error("killed: too little was carried to mean anything");
  process.exitCode = enough && (flags["expect-faults"] ? talkers && new_devices : !talkers && !new_devices) ? 0 : 1;
  if (process.exitCode && process.env.HEARKEN_KEEP) cpSync(state, process.env.HEARKEN_KEEP, { recursive: true });
} finally {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
