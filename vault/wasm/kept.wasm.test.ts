// SPDX-License-Identifier: AGPL-3.0-or-later
// Words that a device keeps from one unlock to the next: they come back whole or not at all, and never from a place that
// has something else by now.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { KeptWords } from "../../web/bridge/vault/kept_words.ts";
import type { Shelf } from "../../web/bridge/vault/kept_store.ts";
import { nothing } from "../../web/bridge/vault/module.ts";
import type { Bytes, Entry, Id, Taken } from "../../web/bridge/vault/types.ts";
import { arrive, drawId, meet, NOW, openPlace, unlockAgain, type Person, type Place } from "./testing/person.ts";

let place: Place;
before(async () => {
  place = await openPlace();
});

/** What lies on the disk, without a browser. */
class MapShelf implements Shelf {
  readonly lies = new Map<Id, Map<string, Bytes>>();
  full = false;
  all(conversation: Id): Promise<Map<string, Bytes>> {
    return Promise.resolve(new Map(this.lies.get(conversation) ?? []));
  }
  put(conversation: Id, name: string, mine: (now: Bytes | undefined) => boolean, all: ReadonlyMap<string, Bytes>, fresh: boolean): Promise<Bytes | undefined | "put"> {
    if (this.full) return Promise.reject(new Error("QuotaExceededError"));
    const now = this.lies.get(conversation)?.get(name);
    if (!mine(now)) return Promise.resolve(now);
    const before = fresh ? [] : [...(this.lies.get(conversation) ?? [])];
    this.lies.set(conversation, new Map([...before, ...all]));
    return Promise.resolve("put");
  }
  drop(conversation: Id): Promise<void> {
    this.lies.delete(conversation);
    return Promise.resolve();
  }
  conversations(): Promise<Set<Id>> {
    return Promise.resolve(new Set(this.lies.keys()));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function keptBy({ module, conversations }: Person, shelf: Shelf): KeptWords {
  const seal = (label: string, content: Bytes): Bytes => module.call("local_seal", (q) => q.shortText(label).rest(content), (a) => a.rest());
  const open = (label: string, sealed: Bytes): Bytes => module.call("local_open", (q) => q.shortText(label).rest(sealed), (a) => a.rest());
  return new KeptWords({ seal, open }, shelf, conversations);
}

interface Told {
  conversation: Id;
  entries: Entry[];
  client: Person;
}

async function begin(): Promise<Told> {
  const client = await arrive();
  const { conversation, genesis, wraps } = await meet(place, client);
  return { conversation, client, entries: [{ position: 1, kind: "commit", stored_ms: NOW, bytes: genesis, wrap: wraps.get(client.account) }] };
}

/** Reads what this unlock has not read, and keeps it. */
async function readOn(person: Person, kept: KeptWords, { conversation, entries }: Told): Promise<Taken[]> {
  const { taken } = person.conversations.read(conversation, person.account, entries, entries.length, NOW);
  kept.took(conversation, taken);
  await kept.flush(conversation);
  return taken;
}

function say(person: Person, told: Told, text: string): void {
  const { envelope } = person.conversations.seal(told.conversation, { kind: "text", text }, NOW, drawId(person.module));
  told.entries.push({ position: told.entries.length + 1, kind: "message", stored_ms: NOW + told.entries.length, bytes: envelope });
}

async function talked(count: number, shelf: Shelf): Promise<Told & { kept: KeptWords }> {
  const told = await begin();
  const kept = keptBy(told.client, shelf);
  await readOn(told.client, kept, told);
  for (let i = 0; i < count; i++) {
    say(told.client, told, `words ${i} ${"that nobody else may read. ".repeat(40)}`);
    told.client.conversations.read(told.conversation, told.client.account, told.entries.slice(-1), told.entries.length, NOW).taken.forEach((one) => kept.took(told.conversation, [one]));
  }
  await kept.flush(told.conversation);
  return { ...told, kept };
}

const texts = (taken: readonly Taken[] | null): unknown[] => (taken ?? []).map((one) => (one.body?.kind === "text" ? one.body.text.slice(0, 8).trim() : one.finding));

test("after a lock they come back as they were, and reading and sealing go on", async () => {
  const shelf = new MapShelf();
  const told = await talked(120, shelf);
  assert.ok((shelf.lies.get(told.conversation)?.size ?? 0) > 3, "in several parts");
  const again = await unlockAgain(told.client);
  const kept = keptBy(again, shelf);
  const taken = await kept.open(told.conversation, NOW);
  assert.equal(taken?.length, 121);
  assert.equal(texts(taken)[120], "words 11");
  assert.equal(taken?.[5]?.stored_ms, NOW + 5);
  assert.equal(await kept.prove(told.conversation, told.entries.at(-1), 0), true);
  say(again, told, "and on");
  assert.deepEqual(texts(await readOn(again, kept, told)), ["and on"]);
  assert.deepEqual(again.conversations.raw(told.conversation).stops, []);
  const third = await unlockAgain(again);
  assert.equal(texts(await keptBy(third, shelf).open(told.conversation, NOW)).at(-1), "and on");
});

test("a file and its key come back too", async () => {
  const shelf = new MapShelf();
  const told = await begin();
  const kept = keptBy(told.client, shelf);
  await readOn(told.client, kept, told);
  const { file, chunks } = told.client.files.sealStart(9);
  for (let at = 0; at < chunks; at++) told.client.files.sealChunk(file, at === 0 ? (new TextEncoder().encode("my letter") as Bytes) : new Uint8Array());
  const descriptor = told.client.files.sealEnd(file, "letter.txt", "text/plain");
  const { envelope } = told.client.conversations.seal(told.conversation, { kind: "file", file: descriptor }, NOW, drawId(told.client.module));
  told.entries.push({ position: 2, kind: "message", bytes: envelope });
  await readOn(told.client, kept, told);
  const again = await unlockAgain(told.client);
  const body = (await keptBy(again, shelf).open(told.conversation, NOW))?.[1]?.body;
  assert.ok(body?.kind === "file" && body.file.name === "letter.txt");
  assert.equal(typeof again.files.openStart(body.file).file, "number");
});

test("what lies there holds no word and nothing that another account could open", async () => {
  const shelf = new MapShelf();
  const told = await talked(3, shelf);
  const all = Buffer.concat([...(shelf.lies.get(told.conversation) ?? new Map()).values()]);
  assert.ok(!all.includes("nobody else may read") && !all.includes("position"));
  const stranger = await arrive();
  assert.equal(await keptBy(stranger, shelf).open(told.conversation, NOW), null);
});

function flipped(lies: Map<string, Bytes>, name: string): void {
  const bytes = (lies.get(name) ?? new Uint8Array()).slice();
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  lies.set(name, bytes);
}

/** Where the newest words lie. */
function lastPart(lies: ReadonlyMap<string, Bytes>): string {
  return String(lies.size - 2);
}

const damages: [string, (lies: Map<string, Bytes>, older: Map<string, Bytes>) => void][] = [
  ["a flipped bit in a part", (lies) => flipped(lies, "0")],
  ["a flipped bit in the index", (lies) => flipped(lies, "index")],
  ["a part that is missing", (lies) => void lies.delete("0")],
  ["an index that is missing", (lies) => void lies.delete("index")],
  ["parts that changed places", (lies) => void lies.set("0", lies.get("1") ?? new Uint8Array())],
  ["an older part under the newer index", (lies, older) => void lies.set(lastPart(lies), older.get(lastPart(older)) ?? new Uint8Array())],
  ["a part that is cut", (lies) => void lies.set("0", (lies.get("0") ?? new Uint8Array()).slice(0, 30))],
];
for (const [name, damage] of damages) {
  test(`${name} is noticed: nothing of it is shown, and the place is read from the beginning`, async () => {
    const shelf = new MapShelf();
    const told = await talked(48, shelf);
    const older = await shelf.all(told.conversation);
    say(told.client, told, "one more");
    await readOn(told.client, told.kept, told);
    damage(shelf.lies.get(told.conversation) ?? new Map(), older);
    const again = await unlockAgain(told.client);
    const kept = keptBy(again, shelf);
    assert.equal(await kept.open(told.conversation, NOW), null);
    assert.equal(shelf.lies.has(told.conversation), false);
    assert.equal((await readOn(again, kept, told)).length, 50);
    assert.deepEqual(again.conversations.raw(told.conversation).stops, []);
    assert.equal((await keptBy(await unlockAgain(again), shelf).open(told.conversation, NOW))?.length, 50, "and kept again");
  });
}

test("a part of the same length from an earlier life is noticed: words that were taken back do not come again", async () => {
  const shelf = new MapShelf();
  const told = await talked(3, shelf);
  const older = await shelf.all(told.conversation);
  await told.kept.drop(told.conversation);
  const again = await unlockAgain(told.client);
  await readOn(again, keptBy(again, shelf), { ...told, entries: told.entries.map((one) => ({ ...one, stored_ms: NOW + 99 })) });
  shelf.lies.get(told.conversation)?.set("0", older.get("0") ?? new Uint8Array());
  assert.equal(await keptBy(await unlockAgain(again), shelf).open(told.conversation, NOW), null);
});

test("all of it from an earlier day: reading goes on from there, and ends where everybody is", async () => {
  const shelf = new MapShelf();
  const told = await talked(5, shelf);
  const older = await shelf.all(told.conversation);
  say(told.client, told, "later");
  await readOn(told.client, told.kept, told);
  shelf.lies.set(told.conversation, older);
  const again = await unlockAgain(told.client);
  const kept = keptBy(again, shelf);
  assert.equal((await kept.open(told.conversation, NOW))?.length, 6);
  assert.equal(await kept.prove(told.conversation, told.entries[5], 0), true);
  assert.deepEqual(texts(await readOn(again, kept, told)), ["later"]);
  assert.deepEqual(again.conversations.raw(told.conversation).stops, []);
});

test("a place that lost words is found out, and what it has is read", async () => {
  const shelf = new MapShelf();
  const told = await talked(4, shelf);
  told.entries.pop();
  const again = await unlockAgain(told.client);
  const kept = keptBy(again, shelf);
  assert.equal((await kept.open(told.conversation, NOW))?.length, 5);
  assert.equal(await kept.prove(told.conversation, undefined, 0), false);
  assert.equal((await readOn(again, kept, told)).length, 4);
  assert.deepEqual(again.conversations.raw(told.conversation).stops, ["interrupted"]);
  assert.equal(shelf.lies.has(told.conversation), false, "nothing is kept while that is not settled");
});

test("another entry where the kept words end, or words that were taken back: the place is read from the beginning", async () => {
  for (const [entry, gone] of [[2, 0], [4, 1]] as const) {
    const shelf = new MapShelf();
    const told = await talked(3, shelf);
    const again = await unlockAgain(told.client);
    const kept = keptBy(again, shelf);
    await kept.open(told.conversation, NOW);
    const last = told.entries[entry - 1];
    assert.equal(await kept.prove(told.conversation, last === undefined ? undefined : { ...last, position: 4 }, gone), false);
    assert.equal((await readOn(again, kept, told)).length, 4);
  }
});

test("two tabs keep one store: whoever comes later goes on from what the other kept", async () => {
  const shelf = new MapShelf();
  const told = await talked(2, shelf);
  const [a, b] = [await unlockAgain(told.client), await unlockAgain(told.client)];
  const [ka, kb] = [keptBy(a, shelf), keptBy(b, shelf)];
  await Promise.all([ka.open(told.conversation, NOW), kb.open(told.conversation, NOW)]);
  for (let round = 0; round < 3; round++) {
    say(a, told, `a ${round}`);
    await readOn(a, ka, told);
    say(b, told, `early`); // sealed before b has read on: what b sees is older
    b.conversations.read(told.conversation, b.account, told.entries.slice(0, -1), told.entries.length, NOW).taken.forEach((one) => kb.took(told.conversation, [one]));
    await readOn(b, kb, told);
    await readOn(a, ka, told);
  }
  const last = await unlockAgain(a);
  assert.equal((await keptBy(last, shelf).open(told.conversation, NOW))?.length, told.entries.length);
});

test("a device that refuses or is full keeps nothing and disturbs nothing", async () => {
  const shelf = new MapShelf();
  shelf.full = true;
  const told = await talked(2, shelf);
  assert.equal(shelf.lies.size, 0);
  shelf.all = () => Promise.reject(new Error("SecurityError"));
  const again = await unlockAgain(told.client);
  const kept = keptBy(again, shelf);
  assert.equal(await kept.open(told.conversation, NOW), null);
  assert.equal((await readOn(again, kept, told)).length, 3);
});

test("what the account has forgotten, or the place no longer lists, does not stay", async () => {
  const shelf = new MapShelf();
  const [one, two] = [await talked(1, shelf), await talked(1, shelf)];
  one.client.module.call("state_forget", (q) => q.id(one.conversation), nothing);
  assert.equal(await keptBy(await unlockAgain(one.client), shelf).open(one.conversation, NOW), null);
  assert.deepEqual([...shelf.lies.keys()], [two.conversation]);
  await two.kept.only([one.conversation]);
  assert.equal(shelf.lies.size, 0);
});

test("once stopped, nothing is kept of a conversation that is met later either", async () => {
  const shelf = new MapShelf();
  const told = await begin();
  const kept = keptBy(told.client, shelf);
  await kept.stop();
  assert.ok((await readOn(told.client, kept, told)).length > 0);
  assert.equal(shelf.lies.size, 0);
});

test("after a new account key nothing is kept before the next unlock", async () => {
  const shelf = new MapShelf();
  const told = await talked(1, shelf);
  await told.kept.stop();
  say(told.client, told, "more");
  await readOn(told.client, told.kept, told);
  assert.equal(shelf.lies.size, 0);
});
