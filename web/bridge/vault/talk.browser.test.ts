// SPDX-License-Identifier: AGPL-3.0-or-later
// Two people in two browser profiles: a place, first words, acceptance, words and a file both ways, a second read after
// a reload. The test carries the bytes as the place would, and sees only those.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { openPage, openStage, type Opened, type Stage } from "../testing/browser.ts";
import type { TestPage } from "../testing/page.ts";
import type { Vault } from "./vault.ts";

declare const hearken: TestPage;
declare let vault: Vault;

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const NOW = 1_700_000_000_000;
const DAY = 24 * 3600 * 1000;

// Bytes cross the driver as base64.
type Carried = { bytes: string };
const carry = async (page: Page, op: string, asked: unknown): Promise<never> =>
  page.evaluate(
    async ([op, asked]) => {
      const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const pack = (value: unknown): unknown => {
        if (value instanceof Uint8Array) return { bytes: btoa(Array.from(value, (b) => String.fromCharCode(b)).join("")) };
        if (Array.isArray(value)) return value.map(pack);
        if (typeof value !== "object" || value === null) return value;
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pack(one)]));
      };
      const unpack = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(unpack);
        if (typeof value !== "object" || value === null) return value;
        if ("bytes" in value && typeof value.bytes === "string" && Object.keys(value).length === 1) return fromBase64(value.bytes);
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpack(one)]));
      };
      const ask = vault.ask as unknown as (op: string, asked: unknown) => Promise<unknown>;
      return pack(await ask(op, unpack(asked)));
    },
    [op, asked] as const,
  ) as Promise<never>;

type Someone = { it: Opened; account: string; ik: Carried; ek: Carried };

async function arrive(handle: string): Promise<Someone> {
  const it = await openPage(stage, "vault");
  await it.page.evaluate(() => Object.assign(globalThis, { vault: hearken.startVault() }));
  const account: string = await carry(it.page, "drawId", {});
  const challenge = { bytes: Buffer.alloc(32, 9).toString("base64") };
  const made: { ik: Carried; ek: Carried } = await carry(it.page, "makeAccount", { account, handle, host: "localhost", challenge });
  return { it, account, ik: made.ik, ek: made.ek };
}

type Read = { taken: { finding: string; mine?: boolean; body?: { kind: string; text?: string } }[]; view: { stops: string[]; members: { trust: string }[] } };

test("two people meet, talk both ways, pass a file, and nothing stands in the way of sealing", async () => {
  const [client, listener] = [await arrive("quiet-heron-4821"), await arrive("calm-otter-1177")];
  const [c, l] = [client.it.page, listener.it.page];

  // The listener is administrator and lead here: place key, roster certificate, team key.
  const { place_key }: { place_key: Carried } = await carry(l, "placeMake", {});
  const certificate: Carried = await carry(l, "rosterSign", {
    account: listener.account, ik: listener.ik, role: "therapist", lead: true, serial: 1, from_ms: NOW - DAY, until_ms: NOW + DAY,
  });
  const made: { certificate: Carried; team: string } = await carry(l, "teamMake", {
    serial: 1, from_ms: NOW - DAY, until_ms: NOW + DAY, to: [{ account: listener.account, ek: listener.ek }],
  });
  const team = { certificate: made.certificate, lead_certificate: certificate, place_key };

  const opening = { kind: "opening", wish: 1, channel: 0, name: "Mo", text: "I cannot sleep." };
  const first: { conversation: string; first_words: Carried; mid: string } = await carry(c, "sealFirstWords", {
    team, body: opening, time_ms: NOW, now_ms: NOW,
  });
  const { conversation } = first;
  const seen: { body: unknown; mid: string; from: { account: string } } = await carry(l, "openFirstWords", { first_words: first.first_words });
  assert.deepEqual(seen.body, opening);
  assert.equal(seen.from.account, client.account);
  const genesis: { commit: Carried; wraps: { account: string; wrap: Carried }[] } = await carry(l, "accept", {
    first_words: first.first_words, now_ms: NOW,
  });
  await carry(c, "genesisAccept", { conversation, commit: genesis.commit, certificate, place_key, now_ms: NOW });

  const log: { position: number; kind: string; bytes: Carried }[] = [{ position: 1, kind: "commit", bytes: genesis.commit }];
  const read = async (who: Someone, from: number): Promise<Read> => {
    const wrap = genesis.wraps.find((one) => one.account === who.account)?.wrap;
    const entries = log.slice(from).map((entry) => (entry.kind === "commit" ? { ...entry, wrap } : entry));
    return carry(who.it.page, "read", { conversation, entries, head: log.length, now_ms: NOW });
  };
  for (const who of [client, listener]) {
    const { taken, view } = await read(who, 0);
    assert.equal(taken[0]?.finding, "committed");
    assert.deepEqual(view.stops, []);
    assert.deepEqual(view.members.map((one) => one.trust).sort(), ["own", "pinned"]);
  }

  const say = async (who: Someone, body: unknown, mid?: string): Promise<void> => {
    const sealed: { envelope: Carried } = await carry(who.it.page, "seal", { conversation, body, time_ms: NOW, mid });
    log.push({ position: log.length + 1, kind: "message", bytes: sealed.envelope });
  };
  await say(client, opening, first.mid);
  await say(listener, { kind: "text", text: "The nights have got very long." });

  const plain = Buffer.alloc(100_000, "a page of a diary. ").toString("base64");
  const file: { file: number; chunks: number } = await carry(c, "fileSealStart", { size: 100_000 });
  const stored: Carried[] = [];
  for (let chunk = 0; chunk < file.chunks; chunk++) {
    const part = Buffer.from(plain, "base64").subarray(chunk * 65536, (chunk + 1) * 65536).toString("base64");
    stored.push(await carry(c, "fileSealChunk", { file: file.file, plain: { bytes: part } }));
  }
  assert.ok(stored.every((one) => Buffer.from(one.bytes, "base64").length <= 65_600), "as the place accepts them");
  const descriptor: unknown = await carry(c, "fileSealEnd", { file: file.file, name: "diary.txt", type: "text/plain" });
  await say(client, { kind: "file", file: descriptor });

  for (const who of [client, listener]) {
    const { taken } = await read(who, 1);
    assert.deepEqual(taken.map((one) => one.finding), ["shown", "shown", "shown"]);
    assert.deepEqual(taken[0]?.body, opening);
    assert.equal(taken[1]?.body?.text, "The nights have got very long.");
    assert.equal(taken[1]?.mine, who === listener);
    const body = taken[2]?.body as { kind: string; file: { name: string; size: number } } | undefined;
    assert.equal(body?.file.name, "diary.txt");
    const opened: { file: number } = await carry(who.it.page, "fileOpenStart", { file: body?.file });
    const parts: Buffer[] = [];
    let whole = false;
    for (const sealed of stored) {
      const part: { plain: Carried; whole: boolean } = await carry(who.it.page, "fileOpenChunk", { file: opened.file, sealed });
      parts.push(Buffer.from(part.plain.bytes, "base64"));
      whole = part.whole;
    }
    assert.equal(whole, true);
    assert.equal(Buffer.concat(parts).toString("base64"), plain);
  }
  for (const who of [client, listener]) {
    assert.deepEqual(who.it.complaints, []);
    await who.it.page.evaluate(() => vault.lock());
  }
});
