// SPDX-License-Identifier: AGPL-3.0-or-later
// What an account remembers, on two devices of one person: the same keys twice, by handing over root, record and identity.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeError } from "../../web/bridge/rpc.ts";
import { memberFrom } from "../../web/bridge/vault/members.ts";
import { nothing, type VaultModule } from "../../web/bridge/vault/module.ts";
import { AccountState } from "../../web/bridge/vault/state.ts";
import type { Bytes } from "../../web/bridge/vault/types.ts";
import { drawId, NOW, startModule } from "./testing/person.ts";

const refused = (code: string) => (error: unknown): boolean => error instanceof BridgeError && error.code === code;
const DEVICE = 4;
const PLACE_MAX = 180_000; // ACCOUNT_STATE_MAX of features/accounts
const ik = (n: number): Bytes => new Uint8Array(32).fill(n);

type Device = { module: VaultModule; state: AccountState };

/** Two devices with the state stored as serial 1 on both. */
async function twoDevices(): Promise<[Device, Device]> {
  const one = await startModule();
  const account = drawId(one);
  const root = one.call("root_device_make", nothing, (a) => a.rest());
  one.call("account_make", (q) => q.id(account), memberFrom);
  const record = one.call("record_make", (q) => q.u32(1), (a) => a.bytes(119));
  const identity = one.call("identity_seal", nothing, (a) => a.rest());
  const first: Device = { module: one, state: new AccountState(one) };
  const kept = first.state.seal();
  first.state.kept(kept.serial);

  const two = await startModule();
  two.call("root_take", (q) => q.u8(DEVICE).rest(root), nothing);
  two.call("account_open", (q) => q.id(account).long(record).long(identity), memberFrom);
  const second: Device = { module: two, state: new AccountState(two) };
  second.state.open(kept.serial, kept.state);
  return [first, second];
}

test("a state is refused under another serial, changed, or by another account", async () => {
  const [one, two] = await twoDevices();
  one.state.pin(drawId(one.module), ik(1), "spoken", NOW, false);
  const { serial, state } = one.state.seal();
  assert.throws(() => two.state.from(serial + 1, state), refused("refused"));
  const flipped = state.slice();
  flipped[60] = (flipped[60] ?? 0) ^ 1;
  assert.throws(() => two.state.from(serial, flipped), refused("refused"));
  const [stranger] = await twoDevices();
  assert.throws(() => stranger.state.from(serial, state), refused("refused"));
  assert.equal(two.state.from(serial, state).pins.length, 1, "and what was refused left nothing broken");
});

test("an older state never comes after a newer one", async () => {
  const [one, two] = await twoDevices();
  one.state.pin(drawId(one.module), ik(1), "roster", NOW, false);
  const second = one.state.seal();
  one.state.kept(second.serial);
  two.state.from(second.serial, second.state);
  assert.throws(() => two.state.from(second.serial, second.state), refused("conflict"));
  assert.throws(() => one.state.kept(second.serial), refused("conflict"));
});

test("another key for somebody who is pinned is refused until a person decides", async () => {
  const [one] = await twoDevices();
  const friend = drawId(one.module);
  one.state.pin(friend, ik(1), "roster", NOW, false);
  assert.throws(() => one.state.pin(friend, ik(2), "spoken", NOW, false), refused("conflict"));
  assert.deepEqual(one.state.view().pins[0]?.ik, ik(1));
  assert.deepEqual(one.state.pin(friend, ik(2), "replaced", NOW, true).pins[0]?.ik, ik(2));
});

test("what two devices learnt apart is merged, and a difference is kept to be shown", async () => {
  const [one, two] = await twoDevices();
  const [both, mine, theirs] = [drawId(one.module), drawId(one.module), drawId(one.module)];
  one.state.pin(both, ik(1), "roster", NOW, false);
  one.state.pin(mine, ik(3), "invite", NOW, false);
  two.state.pin(both, ik(2), "roster", NOW + 1, false);
  two.state.pin(theirs, ik(4), "spoken", NOW, false);
  const second = one.state.seal();
  assert.equal(one.state.kept(second.serial).changed, false);
  const merged = two.state.from(second.serial, second.state);
  assert.equal(merged.changed, true, "there is something the place does not have yet");
  assert.deepEqual(merged.pins.map((pin) => pin.account).sort(), [both, mine, theirs].sort());
  const differing = merged.pins.find((pin) => pin.account === both);
  assert.deepEqual([differing?.ik, differing?.other_ik], [ik(1), ik(2)], "the older one stays, the other is shown");
});

test("a change made while the place was storing the one before is still to be stored", async () => {
  const [one] = await twoDevices();
  one.state.pin(drawId(one.module), ik(1), "roster", NOW, false);
  const second = one.state.seal();
  one.state.pin(drawId(one.module), ik(2), "roster", NOW, false);
  assert.equal(one.state.kept(second.serial).changed, true);
});

test("another place key is refused; a rebuilt audit chain is refused", async () => {
  const [one] = await twoDevices();
  one.state.pinPlace(ik(9));
  assert.throws(() => one.state.pinPlace(ik(8)), refused("conflict"));
  one.state.auditSeen(7, ik(5));
  assert.throws(() => one.state.auditSeen(7, ik(6)), refused("refused"));
  assert.throws(() => one.state.auditSeen(6, ik(5)), refused("refused"));
});

test("the largest state that a place can hold is opened and merged", async () => {
  const [one, two] = await twoDevices();
  const write = one.module;
  for (let i = 0; i < 1950; i++) {
    const account = drawId(write);
    write.call("state_pin", (q) => q.id(account).rest(ik(i & 255)).u8(2).u53(NOW), nothing);
  }
  const { serial, state } = one.state.seal();
  assert.ok(state.length > 170_000 && state.length <= PLACE_MAX, `${state.length}`);
  two.state.pin(drawId(two.module), ik(1), "spoken", NOW, false);
  assert.equal(two.state.from(serial, state).pins.length, 1951);
  assert.throws(() => one.state.keepChoices(new Uint8Array(4097)), refused("too_much"));
});
