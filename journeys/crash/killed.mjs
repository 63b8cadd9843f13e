// SPDX-License-Identifier: AGPL-3.0-or-later
//
// kill -9 of a whole place, under load: clients and listeners talk through `hearken replay`, which seals on one
// side, opens on the other and compares, while `hearkend` is killed and started again and again. Every message
// that was acknowledged, and every one sent again because it was not, must arrive once, in order, with its words;
// afterwards the database itself is looked at (log_check).
//
//   node journeys/crash/killed.mjs --build build [--daemon hearkend] [--cycles 15] [--seed 1] [--expect-faults]
//
// Prints one line of JSON. Exit 0: as expected; 1: not. A run that carried too little is a failure either way.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { freePort, seedPlace, servePlace, sleep, startReplay, stopPlace, writeTalks } from "./demo_place.mjs";

const PAIRS = 12;
const TURNS = 1500; // as fast as they go: a replay lives through several kills
const LIFE_MS = [5, 250]; // of a server, from the moment everybody is back to its death
const EARLY = 0.2; // and this share of them dies while people are still coming back
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

/** Whether every client and listener is on its line: only then is there something to cut off. */
async function all_are_talking(metrics, replay, patience_ms) {
  for (const until = performance.now() + patience_ms; performance.now() < until && !replay.over(); ) {
    const text = await fetch(`http://${metrics}/metrics`).then((r) => r.text(), () => "");
    const sockets = Number(/^hearken_sockets (\d+)/m.exec(text)?.[1] ?? 0);
    if (sockets >= PAIRS + listeners) return;
    await sleep(10);
  }
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
  const file = writeTalks(join(folder, "talks.jsonl"), PAIRS, TURNS);
  server = await start();
  while (tally.cycles < wanted && tally.stopped === 0) {
    const replay = startReplay(build, listen, file, ["--pairs", String(PAIRS), "--window", "4"]);
    await all_are_talking(metrics, replay, 60000);
    while (!replay.over() && tally.cycles < wanted) {
      if (random() >= EARLY) await all_are_talking(metrics, replay, 3000);
      await sleep(LIFE_MS[0] + random() * (LIFE_MS[1] - LIFE_MS[0]));
      if (replay.over()) break;
      await stopPlace(server, "SIGKILL");
      tally.cycles++;
      server = await start();
    }
    add(await replay.figures(PATIENCE_MS[flags["expect-faults"] ? "broken" : "whole"]));
  }
  await stopPlace(server);
  const checked = spawnSync(join(build, "journeys/crash/log_check"), [join(state, "place.db")], { encoding: "utf8" });
  const log = checked.stdout.startsWith("{") ? JSON.parse(checked.stdout) : { failed: checked.stderr };
  const faults = tally.cycles > 0 && (tally.stopped > 0 || checked.status !== 0); // before the first kill: no news
  const enough = faults || (tally.cycles >= wanted && tally.opened_by_other >= wanted * MESSAGES_A_CYCLE);
  console.log(JSON.stringify({ ...tally, ...log, seed: Number(flags.seed) }));
  if (!enough) console.error("killed: too little was carried to mean anything");
  process.exitCode = enough && faults === flags["expect-faults"] ? 0 : 1;
  if (process.exitCode && process.env.HEARKEN_KEEP) cpSync(state, process.env.HEARKEN_KEEP, { recursive: true });
} finally {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
