// SPDX-License-Identifier: AGPL-3.0-or-later
// vault.wasm as the worker uses it: two people, a place, first words, words both ways, sleep and wiping.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BridgeError } from "../../web/bridge/rpc.ts";
import { Conversations } from "../../web/bridge/vault/conversations.ts";
import { Files } from "../../web/bridge/vault/files.ts";
import { memberFrom } from "../../web/bridge/vault/members.ts";
import { nothing } from "../../web/bridge/vault/module.ts";
import { passOn, spokenStep } from "../../web/bridge/vault/people.ts";
import type { Entry } from "../../web/bridge/vault/types.ts";
import { arrive, drawId, meet, NOW, openPlace, startModule, type Place } from "./testing/person.ts";

const refused = (code: string) => (error: unknown): boolean => error instanceof BridgeError && error.code === code;

let place: Place;
before(async () => {
  place = await openPlace();
});

test("nothing can be sealed or signed before somebody is unlocked", async () => {
  const module = await startModule();
  const conversation = drawId(module);
  assert.throws(() => module.call("log_open", (q) => q.id(conversation), nothing), refused("locked"));
  assert.throws(() => module.call("local_seal", (q) => q.shortText("x"), nothing), refused("locked"));
  for (const sign of ["login_sign", "login_sign_next"] as const) {
    assert.throws(() => module.call(sign, (q) => q.shortText("h").shortText("a").rest(new Uint8Array(32)), nothing), refused("locked"));
  }
});

test("a question that is too short, too long or has an unknown number is refused", async () => {
  const { module } = await arrive();
  assert.throws(() => module.call("log_open", (q) => q.u8(1), nothing), refused("bad"));
  assert.throws(() => module.call("draw_id", (q) => q.u8(1), nothing), refused("bad"));
  assert.throws(() => module.call("place_open", (q) => q.rest(new Uint8Array(190 * 1024)), nothing), refused("too_much"));
});

test("the memory never grows", async () => {
  const { module } = await arrive();
  assert.equal(module.memory.length, 48 * 65536);
});

test("questions and answers leave nothing in the module's buffers", async () => {
  const { module } = await arrive();
  const canary = new TextEncoder().encode("a draft that nobody else may read, 7f3a91");
  const sealed = module.call("local_seal", (q) => q.shortText("draft/1").rest(canary), (a) => a.rest());
  assert.deepEqual(module.call("local_open", (q) => q.shortText("draft/1").rest(sealed), (a) => a.rest()), canary);
  assert.equal(Buffer.from(module.memory).indexOf(canary), -1);
  assert.throws(() => module.call("local_open", (q) => q.shortText("draft/2").rest(sealed), nothing), refused("refused"));
});

test("first words reach the team, are accepted, and both talk", async () => {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  const entries: Entry[] = [{ position: 1, kind: "commit", bytes: genesis }];
  const both = [client, place.lead] as const;
  for (const one of both) {
    const wrap = wraps.get(one.account);
    const read = one.conversations.read(conversation, one.account, entries.map((e) => ({ ...e, wrap })), 1, NOW);
    assert.equal(read.taken[0]?.finding, "committed");
    assert.deepEqual(one.conversations.raw(conversation).stops.filter((stop) => stop !== "unpinned"), []);
  }
  for (let i = 0; i < 20; i++) {
    const [from, to] = i % 2 === 0 ? both : [both[1], both[0]];
    const text = `words number ${i} — ✓`;
    const sealed = from.conversations.seal(conversation, { kind: "text", text }, NOW + i, drawId(from.module));
    const entry: Entry = { position: 2 + i, kind: "message", bytes: sealed.envelope };
    for (const one of [from, to]) {
      const { taken } = one.conversations.read(conversation, one.account, [entry], 2 + i, NOW);
      assert.equal(taken[0]?.finding, "shown");
      assert.deepEqual(taken[0]?.body, { kind: "text", text });
      assert.equal(taken[0]?.mine, one === from);
      assert.equal(taken[0]?.sender, from.account);
    }
  }
});

test("an entry after a gap is held, and taken when the gap is filled", async () => {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  const first: Entry = { position: 1, kind: "commit", bytes: genesis, wrap: wraps.get(client.account) };
  client.conversations.read(conversation, client.account, [first], 1, NOW);
  const seal = (text: string): Uint8Array<ArrayBuffer> =>
    client.conversations.seal(conversation, { kind: "text", text }, NOW, drawId(client.module)).envelope;
  const [two, three] = [seal("two"), seal("three")];
  const late: Entry = { position: 3, kind: "message", bytes: three };
  const held = client.conversations.read(conversation, client.account, [late], 3, NOW);
  assert.deepEqual(held, { taken: [], held: { position: 3, why: "conflict" } });
  const read = client.conversations.read(conversation, client.account, [{ position: 2, kind: "message", bytes: two }, late], 3, NOW);
  assert.deepEqual(read.taken.map((one) => one.finding), ["shown", "shown"]);
});

test("a flipped bit is bad, shows nothing, and the next words are shown", async () => {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  client.conversations.read(conversation, client.account, [{ position: 1, kind: "commit", bytes: genesis, wrap: wraps.get(client.account) }], 1, NOW);
  const { envelope } = client.conversations.seal(conversation, { kind: "text", text: "true" }, NOW, drawId(client.module));
  const flipped = envelope.slice();
  flipped[200] = (flipped[200] ?? 0) ^ 1;
  const { taken } = client.conversations.read(conversation, client.account, [
    { position: 2, kind: "message", bytes: flipped },
    { position: 3, kind: "message", bytes: envelope },
  ], 3, NOW);
  assert.deepEqual(taken.map((one) => one.finding), ["bad", "shown"]);
  assert.equal(taken[0]?.body, undefined);
});

test("twelve conversations take turns in three beds and lose nothing", async () => {
  const client = place.lead;
  const talks: { conversation: string; said: number; texts: string[] }[] = [];
  for (let i = 0; i < 12; i++) {
    const other = await arrive();
    const { conversation, genesis, wraps } = await meet(place, other);
    client.conversations.read(conversation, client.account, [{ position: 1, kind: "commit", bytes: genesis, wrap: wraps.get(client.account) }], 1, NOW);
    talks.push({ conversation, said: 0, texts: [] });
  }
  for (let round = 0; round < 5; round++) {
    for (const talk of talks) {
      const text = `round ${round}`;
      const { envelope } = client.conversations.seal(talk.conversation, { kind: "text", text }, NOW, drawId(client.module));
      talk.said++;
      const { taken } = client.conversations.read(talk.conversation, client.account, [{ position: 1 + talk.said, kind: "message", bytes: envelope }], 1 + talk.said, NOW);
      assert.equal(taken[0]?.finding, "shown");
      talk.texts.push(text);
    }
  }
  assert.ok(talks.every((talk) => talk.texts.length === 5));
});

test("what sleeps outside the module holds no key and cannot be swapped", async () => {
  const { module } = await arrive();
  const [one, two] = [drawId(module), drawId(module)];
  module.call("log_open", (q) => q.id(one), nothing);
  const asleep = module.call("log_sleep", (q) => q.id(one), (a) => {
    const at = a.u32();
    return { bytes: module.memory.slice(at, at + a.u32()), nonce: a.bytes(24), tag: a.bytes(16) };
  });
  module.call("log_forget", (q) => q.id(one), nothing);
  assert.ok(new Set(asleep.bytes.subarray(0, 4096)).size > 200, "it looks like noise");
  const at = module.call("log_bed", (q) => q.id(two), (a) => a.u32());
  module.memory.set(asleep.bytes, at);
  assert.throws(() => module.call("log_wake", (q) => q.id(two).rest(asleep.nonce).rest(asleep.tag), nothing), refused("refused"));
});

test("the spoken check gives both the same four words, and a swapped key other ones", async () => {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  for (const one of [client, place.lead]) {
    one.conversations.read(conversation, one.account, [{ position: 1, kind: "commit", bytes: genesis, wrap: wraps.get(one.account) }], 1, NOW);
  }
  const c = client.conversations.call("spoken_start", conversation, (q) => q.id(place.lead.account), (a) => a.rest());
  const rb = place.lead.conversations.call("spoken_answer", conversation, (q) => q.id(client.account).rest(c), (a) => a.rest());
  const revealed = client.conversations.call("spoken_reveal", conversation, (q) => q.rest(rb), (a) => ({ ra: a.bytes(32), words: a.rest() }));
  const words = place.lead.conversations.call("spoken_finish", conversation, (q) => q.rest(revealed.ra), (a) => a.rest());
  assert.deepEqual(words, revealed.words);
});

test("an invitation's holder proves it, and nobody else can", async () => {
  const guest = await arrive();
  const conversation = drawId(guest.module);
  const invitation = place.lead.people.inviteMake(place.place_key);
  const read = guest.people.inviteRead(invitation.text);
  assert.deepEqual(read.token, invitation.token);
  const answered = guest.people.inviteAnswer(conversation, invitation.text);
  assert.equal(place.lead.people.inviteCheck(invitation.text, conversation, guest.member, answered.auth, NOW), true);
  const thief = await arrive();
  assert.equal(place.lead.people.inviteCheck(invitation.text, conversation, thief.member, answered.auth, NOW), false);
});

test("somebody who lost every key is checked by four words, replaced, and reads what was passed on; a stranger's key is not theirs", async () => {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  const { lead } = place;
  const first = (account: string): Entry => ({ position: 1, kind: "commit", bytes: genesis, wrap: wraps.get(account) });
  for (const one of [client, lead]) one.conversations.read(conversation, one.account, [first(one.account)], 1, NOW);
  const said = client.conversations.seal(conversation, { kind: "text", text: "before" }, NOW, drawId(client.module));
  const words: Entry = { position: 2, kind: "message", bytes: said.envelope };
  lead.conversations.read(conversation, lead.account, [words], 2, NOW);

  const module = await startModule();
  module.call("root_device_make", nothing, (a) => a.rest());
  const member = module.call("account_make_again", (q) => q.id(client.account).u32(2), memberFrom);
  const files = new Files(module);
  const again = new Conversations(module, files);

  const promise = spokenStep(lead.module, lead.conversations, conversation, member, undefined).send;
  const answer = spokenStep(module, again, conversation, { ...lead.member, role: "listener" }, promise).send;
  const kept = spokenStep(lead.module, lead.conversations, conversation, member, answer);
  const read = spokenStep(module, again, conversation, lead.account, kept.send);
  assert.deepEqual(read.words, kept.words);
  assert.throws(() => spokenStep(module, again, conversation, lead.account, kept.send), refused("not_there"), "a step counts once");

  const { commit, wraps: fresh } = lead.conversations.commit(conversation, "replace", [{ do: "put", member }]);
  const [older] = passOn(lead.conversations, conversation, member);
  assert.equal(older?.epoch, 1);
  const mine = fresh.find((w) => w.account === client.account)?.wrap;
  const log: Entry[] = [{ ...first(client.account), wrap: older?.wrap }, words, { position: 3, kind: "commit", bytes: commit, wrap: mine }];
  const seen = again.read(conversation, client.account, log, 3, NOW);
  assert.deepEqual(seen.taken.map((t) => t.finding), ["committed", "shown_passed_on", "committed"]);
  assert.equal(seen.taken[2]?.commit?.replaced, client.account);
  assert.deepEqual(again.raw(conversation).stops.filter((stop) => stop !== "unpinned"), []);

  const unpassed = new Conversations(await startModule(), files);
  assert.throws(() => unpassed.read(conversation, client.account, log, 3, NOW), refused("locked"));
});
