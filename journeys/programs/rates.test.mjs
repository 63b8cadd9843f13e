// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place as it is run for real, without a rate factor: floods of sign-ins and arrivals from one address are refused
// with 429 and a time to come back, and whoever only wants to read or look is not kept out by them.
import assert from "node:assert/strict";
import * as path from "node:path";
import { before, test } from "node:test";
import { freePort } from "../crash/demo_place.mjs";
import { done, folder, hearkend, serve } from "./programs.mjs";

const db = path.join(folder("rates"), "place.db");
let url, server, metrics;

before(async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  metrics = `127.0.0.1:${await freePort()}`;
  url = `http://${listen}`;
  done(await hearkend(["init", "--db", db, "--name", "Quiet Harbour", "--listen", listen]));
  server = await serve(["--db", db, "--listen", listen, "--metrics", metrics]);
});

const post = (where, body) =>
  fetch(`${url}${where}`, { method: "POST", headers: { "content-type": "application/json", origin: url }, body: JSON.stringify(body) });

/** So many at once, eight side by side: how often each status came, one of the refusals, and how many hours it took. */
async function flood(count, ask) {
  const began = performance.now();
  const seen = {};
  let left = count;
  let refusal;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left-- > 0) {
        const answer = await ask(left);
        const text = await answer.text();
        seen[answer.status] = (seen[answer.status] ?? 0) + 1;
        if (answer.status === 429) refusal ??= { headers: answer.headers, problem: JSON.parse(text) };
      }
    }),
  );
  return { seen, refusal, hours: (performance.now() - began) / 3_600_000 };
}

/** A bucket was full, and no more was taken than lay in it and came while the flood went on (wire/limits.h), however slow the machine. */
function bounded(taken, least, burst, per_hour, hours) {
  const most = burst + Math.ceil(per_hour * hours);
  assert.ok(taken >= least && taken <= most, `${taken} were let through, not ${least} to ${most}`);
}

function says_when_to_come_back({ headers, problem }) {
  assert.ok(Number(headers.get("retry-after")) >= 1, "retry-after");
  assert.equal(headers.get("content-type"), "application/problem+json");
  assert.equal(problem.status, 429);
  assert.match(problem.title, /\w/);
}

async function healthy() {
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  assert.equal((await fetch(`${url}/api/place`)).status, 200);
}

test("guessing at one handle is refused after a dozen", async () => {
  const { seen, refusal, hours } = await flood(60, () => post("/api/sign-in/start", { handle: "quiet-heron-1234", kind: "password" }));
  bounded(seen[200], 12, 12, 60, hours);
  assert.equal(seen[200] + seen[429], 60);
  says_when_to_come_back(refusal);
  await healthy();
});

test("guessing at many handles from one address is refused too", async () => {
  const { seen, refusal, hours } = await flood(300, (n) => post("/api/sign-in/start", { handle: `quiet-heron-${1000 + n}`, kind: "password" }));
  bounded(seen[200], 60, 120, 1200, hours);
  assert.equal(seen[200] + seen[429], 300);
  says_when_to_come_back(refusal);
  await healthy();
});

test("a flood of arrivals is refused after a class of thirty, and leaves no accounts behind", async () => {
  const { seen, refusal, hours } = await flood(200, () => post("/api/arrivals", {}));
  bounded(seen[200], 30, 30, 120, hours);
  assert.equal(seen[200] + seen[429], 200);
  says_when_to_come_back(refusal);
  await healthy();
});

test("looking at invitations is refused after thirty", async () => {
  const { seen, hours } = await flood(100, (n) => post("/api/invitations/look", { token: Buffer.alloc(32, n).toString("base64url") }));
  bounded(seen[404], 30, 30, 120, hours);
  assert.equal(seen[404] + seen[429], 100);
  await healthy();
});

test("the refusals are counted, nothing waits, and the place leaves on SIGTERM", async () => {
  const text = await (await fetch(`http://${metrics}/metrics`)).text();
  const refused_rates = Number(/^hearken_refused_rates_total (\d+)$/m.exec(text)?.[1]);
  assert.ok(refused_rates > 300, text);
  assert.match(text, /^hearken_store_queue_depth 0$/m);
  assert.equal(await server.stop(), 0);
  assert.doesNotMatch(server.said(), /quiet-heron/);
});
