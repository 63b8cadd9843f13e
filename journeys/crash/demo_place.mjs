// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A whole place for tests and measurements: seeded by `hearken demo`, served by `hearkend`, spoken to by
// `hearken replay`. Everything lies in a folder the caller gives and later removes.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export const freePort = () =>
  new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

export const ended = (child) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((done) => child.on("exit", (code) => done(code)));

/** Makes the demo people in `state`, then stops. */
export async function seedPlace(build, state) {
  const listen = `127.0.0.1:${await freePort()}`;
  const demo = spawn(join(build, "cli/hearken"), ["demo", "--state", state, "--listen", listen], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let seeded = false;
  for await (const line of createInterface({ input: demo.stdout })) {
    if (!line.includes("Ctrl-C")) continue;
    seeded = true;
    break;
  }
  demo.kill("SIGTERM");
  await ended(demo);
  if (!seeded) throw new Error("hearken demo did not seed a place");
}

/** Starts a `hearkend` (any build of it) on a seeded state and waits until it answers; throws if it leaves first.
 *  `said()` is what it has printed so far. */
export async function servePlace(daemon, state, listen, extra = []) {
  const began = performance.now();
  const server = spawn(
    daemon,
    ["serve", "--db", join(state, "place.db"), "--listen", listen, "--origin", `http://${listen}`, "--rate-factor",
      "1000000", "--demo-people", join(state, "demo-people.json"), ...extra],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  server.stdout.on("data", (bytes) => (said += bytes));
  server.stderr.on("data", (bytes) => (said += bytes));
  for (let i = 0; i < 6000; i++) {
    if (server.exitCode !== null) throw new Error(`hearkend left with ${server.exitCode}: ${said}`);
    try {
      if ((await fetch(`http://${listen}/readyz`)).ok) return { server, ready_ms: performance.now() - began, said: () => said };
    } catch {
      // not yet
    }
    await sleep(5);
  }
  server.kill("SIGKILL");
  throw new Error(`hearkend did not become ready: ${said}`);
}

export async function stopPlace(server, signal = "SIGTERM") {
  server.kill(signal);
  await ended(server);
}

/** Writes a file of conversations for `hearken replay`: so many turns of 200 bytes each, no two alike. */
export function writeTalks(file, conversations, turns) {
  const words = "I do not know how to say this, so I will just say it. ".repeat(4);
  const lines = [];
  for (let c = 0; c < conversations; c++) {
    const text = (t) => `${c}.${t}: ${words}`.slice(0, 200);
    const all = Array.from({ length: turns }, (_, t) => ({ who: t % 2 ? "listener" : "speaker", text: text(t) }));
    lines.push(JSON.stringify({ id: `talk-${c}`, turns: all }));
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** `hearken replay FILE` with --json: `figures()` waits for its end, which must come within `patience_ms`. */
export function startReplay(build, listen, file, words) {
  const child = spawn(join(build, "cli/hearken"), ["replay", "--url", `http://${listen}`, file, "--json", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let said = "";
  child.stdout.on("data", (bytes) => (out += bytes));
  child.stderr.on("data", (bytes) => (said += bytes));
  const over = () => child.exitCode !== null || child.signalCode !== null;
  const figures = async (patience_ms) => {
    const until = performance.now() + patience_ms;
    while (!over() && performance.now() < until) await sleep(20);
    const in_time = over();
    if (!in_time) child.kill("SIGKILL");
    const code = await ended(child);
    const last = out.trim().split("\n").at(-1);
    return { code, in_time, said: said.trim(), figures: last?.startsWith("{") ? JSON.parse(last) : null };
  };
  return { child, over, figures };
}
