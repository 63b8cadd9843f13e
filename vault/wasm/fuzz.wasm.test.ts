// SPDX-License-Identifier: AGPL-3.0-or-later
// Questions made of anything: every operation refuses or answers, and none traps. The same seed asks the same questions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeError } from "../../web/bridge/rpc.ts";
import { nothing } from "../../web/bridge/vault/module.ts";
import { OPS, type Op } from "../../web/bridge/vault/ops.ts";
import { arrive, drawId, meet, NOW, openPlace, startModule } from "./testing/person.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? "30000");

/** mulberry32: small, and the same everywhere. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const names = Object.keys(OPS) as Op[];

test("no question makes a module trap that nobody has unlocked", async () => {
  const module = await startModule();
  const roll = dice(7);
  for (let round = 0; round < ROUNDS / 10; round++) {
    const op = names[roll(names.length)] ?? "draw_id";
    const bytes = Uint8Array.from({ length: roll(400) }, () => roll(256));
    try {
      module.call(op, (q) => q.rest(bytes), nothing);
    } catch (error) {
      assert.ok(error instanceof BridgeError && error.code !== "crashed", `${op} ${Buffer.from(bytes).toString("hex")}`);
    }
  }
});

test("no question makes an unlocked module with open conversations trap, and afterwards it still works", async () => {
  const place = await openPlace();
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  const first = { position: 1, kind: "commit" as const, bytes: genesis, wrap: wraps.get(client.account) };
  client.conversations.read(conversation, client.account, [first], 1, NOW);
  const { envelope } = client.conversations.seal(conversation, { kind: "text", text: "words" }, NOW, drawId(client.module));

  // Random bytes rarely get far, so pieces that are right are put between them.
  const id = Buffer.from(conversation, "base64url");
  const account = Buffer.from(client.account, "base64url");
  const pieces: Uint8Array[] = [id, account, place.place_key, place.certificate, place.team.certificate, genesis, envelope, new Uint8Array(32)];
  const roll = dice(11);
  const answered = new Set<Op>();
  for (let round = 0; round < ROUNDS; round++) {
    const op = names[roll(names.length)] ?? "draw_id";
    if (op === "account_make" || op === "log_sleep" || op === "log_forget") continue; // would end what is being tried
    const parts: Uint8Array[] = roll(2) === 0 ? [id] : [];
    for (let left = roll(5); left > 0; left--) {
      const piece = pieces[roll(pieces.length)] ?? id;
      parts.push(roll(2) === 0 ? piece : Uint8Array.from({ length: roll(40) }, () => (roll(3) === 0 ? 0 : roll(256))));
    }
    const question = Buffer.concat(parts);
    if (roll(4) === 0 && question.length > 0) question[roll(question.length)] = roll(256);
    try {
      client.module.call(op, (q) => q.rest(question), nothing);
      answered.add(op);
    } catch (error) {
      assert.ok(error instanceof BridgeError && error.code !== "crashed", `${op} ${question.toString("hex")}`);
    }
  }
  assert.ok(answered.size >= 15, `operations that answered: ${[...answered].join(" ")}`);
  const memory = client.module.memory.length;
  assert.equal(memory, 48 * 65536);
  assert.equal(client.conversations.raw(conversation).members.length, 2);
});
