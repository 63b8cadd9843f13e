// SPDX-License-Identifier: AGPL-3.0-or-later
// The oracle makes every vector from its inputs alone and compares with what the C vault made: where the two differ, one of
// them has misread FORMAT.md.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import * as o from "./oracle.ts";

type Vector = Readonly<Record<string, string | number>>;
const file = path.join(process.env["HEARKEN_ROOT"] ?? ".", "vault/vectors/v1.json");
const vectors = JSON.parse(fs.readFileSync(file, "utf8")) as Vector[];

function named(name: string): { raw(field: string): string; hex(field: string): Uint8Array; number(field: string): number } {
  const found = vectors.find((one) => one["name"] === name);
  assert.ok(found !== undefined, name);
  const raw = (field: string): string => {
    const value = found[field];
    assert.equal(typeof value, "string", `${name}: ${field}`);
    return String(value);
  };
  const number = (field: string): number => {
    const value = found[field];
    assert.equal(typeof value, "number", `${name}: ${field}`);
    return Number(value);
  };
  return { raw, number, hex: (field) => o.hex(raw(field)) };
}

function same(made: Uint8Array, name: string, field: string): void {
  assert.equal(Buffer.from(made).toString("hex"), named(name).raw(field), `${name}: ${field}`);
}

/** n bytes that count up from start, as the vectors' fixed inputs do. */
const counting = (n: number, start: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (start + i) & 255);

function person(name: string): o.Person {
  const v = named(name);
  return new o.Person(v.hex("account"), v.hex("ak"), v.hex("ik_seed"), v.hex("ek_seed"), v.number("ek_serial"));
}

const client = person("a client");
const listener = person("a listener");
const supervisor = person("a supervisor");
const conv = named("first commit").hex("conv");

for (const [name, who] of [["a client", client], ["a listener", listener], ["a supervisor", supervisor]] as const) {
  test(`${name}: keys, certificate, fingerprint, identity record`, () => {
    same(who.ik, name, "ik");
    same(who.ek, name, "ek");
    same(who.ekCertificate, name, "ek_cert");
    same(who.fingerprint(), name, "fingerprint");
    same(who.identity(named(name).hex("identity_nonce")), name, "identity_record");
  });
}

const CLIENT = 1;
const LISTENER = 2;
const SUPERVISOR = 3;
const pairMembers = [{ who: client, role: CLIENT }, { who: listener, role: LISTENER }];

function firstCommit(): { bytes: Uint8Array; hash: Uint8Array } {
  const v = named("first commit");
  return o.commit({
    conv, kind: 1, flags: 0, epoch: 1, prev: new Uint8Array(32), author: listener, ck: v.hex("ck"),
    firstHash: v.hex("first_hash"), members: pairMembers, consents: [], seenPos: 0, seenHash: o.logStart(conv),
  });
}

function checkWraps(name: string, to: readonly o.Person[], epoch: number): void {
  const v = named(name);
  to.forEach((who, i) => {
    same(o.wrapFor(who, v.hex("ck"), conv, epoch, v.hex(`wrap_${i}_seed`)), name, `wrap_${i}`);
    same(who.account, name, `wrap_${i}_for`);
  });
}

test("the first commit, its wraps, keys and place in the log", () => {
  const name = "first commit";
  const { bytes, hash } = firstCommit();
  const ck = named(name).hex("ck");
  same(o.ckcOf(ck, conv, 1), name, "ckc");
  same(bytes, name, "commit");
  same(hash, name, "commit_hash");
  checkWraps(name, [client, listener], 1);
  same(o.messageKey(ck, conv, 1, hash), name, "message_key");
  same(o.logStart(conv), name, "h_0");
  same(o.logNext(o.logStart(conv), 1, o.entryHash(bytes)), name, "h_1");
  same(o.pair(client, listener), name, "pair_client_to_listener");
});

function checkMessage(name: string, commitName: string, sender: o.Person, members: o.Person[], epoch: number, before: Uint8Array): void {
  const v = named(name);
  const made = o.envelope({
    conv, epoch, commitHash: named(commitName).hex("commit_hash"), ck: named(commitName).hex("ck"), members, sender,
    stream: v.hex("stream"), n: v.number("n"), seenPos: v.number("seen_pos"), seenHash: v.hex("seen_hash"), mid: v.hex("mid"),
    random: v.hex("random"), kind: v.number("kind"), time: v.number("time_ms"), content: v.hex("content"),
  });
  same(made, name, "envelope");
  same(o.entryHash(made), name, "entry_hash");
  same(o.logNext(before, v.number("position"), o.entryHash(made)), name, "h");
}

test("messages: one way, the other way, and to three", () => {
  checkMessage("a message", "first commit", client, [client, listener], 1, named("first commit").hex("h_1"));
  checkMessage("an answer", "first commit", listener, [client, listener], 1, named("a message").hex("h"));
  const three = "a message to three";
  const second = "a second commit with a consent";
  checkMessage(three, second, listener, [client, listener, supervisor], 2, named(three).hex("seen_hash"));
  const entry = o.entryHash(named(second).hex("commit"));
  same(o.logNext(named("an answer").hex("h"), 4, entry), three, "seen_hash");
});

test("a consent, the commit that uses it, and leaving", () => {
  const name = "a second commit with a consent";
  const consent = o.consent({
    id: counting(16, 40), conv, signer: client, subject: supervisor, role: SUPERVISOR, fromEpoch: 2, until: 1800000000000,
    why: counting(16, 20),
  });
  same(consent, "a consent", "consent");
  const ck = named(name).hex("ck");
  const { bytes, hash } = o.commit({
    conv, kind: 1, flags: 0, epoch: 2, prev: firstCommit().hash, author: listener, ck, firstHash: named("first commit").hex("first_hash"),
    members: [...pairMembers, { who: supervisor, role: SUPERVISOR }], consents: [consent], seenPos: 3, seenHash: named("an answer").hex("h"),
  });
  same(bytes, name, "commit");
  same(hash, name, "commit_hash");
  same(o.ckcOf(ck, conv, 2), name, "ckc");
  same(o.messageKey(ck, conv, 2, hash), name, "message_key");
  checkWraps(name, [client, listener, supervisor], 2);
  same(o.leave(conv, hash, listener), "leaving", "leave");
});

const password = named("a password into R");
const R_PASSWORD = (): Uint8Array =>
  o.passwordRoot(password.raw("handle"), password.hex("salt"), password.hex("sk"), password.raw("password"), password.number("t"), password.number("m_bytes"));

test("a password into R, its record and login key", () => {
  const name = "a password into R";
  const [salt, t, m] = [password.hex("salt"), password.number("t"), password.number("m_bytes")];
  same(o.kdfInput(password.raw("handle"), salt, password.hex("sk"), password.raw("password"), t, m), name, "kdf_input");
  const r = R_PASSWORD();
  same(r, name, "r");
  same(o.loginKey(1, r), name, "login_key");
  const record = { kind: 1, account: client.account, serial: 1, salt, t, m, r, ak: client.ak, nonce: password.hex("unlock_nonce") };
  same(o.unlockRecord(record), name, "unlock_record");
});

test("a login, a recovery code, a secret key on paper, a passkey, a change", () => {
  const v = named("a login");
  const r = password.hex("r");
  same(o.login(1, r, v.raw("host"), password.raw("handle"), v.hex("challenge")), "a login", "signature");

  const code = named("a recovery code").hex("code");
  const recovery = o.recoveryRoot(code);
  same(recovery, "a recovery code", "r");
  assert.equal(o.paper("recovery", code, " "), named("a recovery code").raw("paper"));
  same(o.loginKey(2, recovery), "a recovery code", "login_key");
  const record = o.unlockRecord({
    kind: 2, account: client.account, serial: 1, salt: new Uint8Array(16), t: 0, m: 0, r: recovery, ak: client.ak,
    nonce: password.hex("unlock_nonce"),
  });
  same(record, "a recovery code", "unlock_record");

  const sk = named("a secret key on paper");
  assert.equal(o.paper("secret key", sk.hex("sk"), "-"), sk.raw("paper"));
  same(o.passkeyRoot(named("a passkey into R").hex("prf")), "a passkey into R", "r");

  const hash = o.recordsHash([
    { record: password.hex("unlock_record"), key: password.hex("login_key") },
    { record, key: o.loginKey(2, recovery) },
  ]);
  same(hash, "a change", "records_hash");
  same(o.change(1, r, client.account, v.hex("challenge"), hash), "a change", "signature");
});

const place = new o.PlaceKey(named("a roster certificate").hex("place_seed"));
const team = { id: counting(16, 110), serial: 3, tk: o.publicHalf(named("a team certificate").hex("tk_secret")) };

test("place key, roster and team certificates, first words", () => {
  same(place.pk, "a roster certificate", "place_key");
  same(place.fingerprint(), "a roster certificate", "place_fingerprint");
  same(place.roster(listener, 6, 1, 2, 1600000000000, 1800000000000), "a roster certificate", "roster");
  same(o.team(listener, team.id, team.serial, team.tk, 1699990000000, 1701000000000), "a team certificate", "team");
  const v = named("first words");
  const words = o.firstWords({
    conv, team: team.id, serial: team.serial, tk: team.tk, from: client, fk: v.hex("fk"), ephemeralSeed: v.hex("ephemeral_seed"),
    nonce: v.hex("nonce"), mid: v.hex("mid"), kind: 1, time: named("a message").number("time_ms"), content: v.hex("content"),
  });
  same(words, "first words", "first_words");
  same(o.blake(words), "first words", "first_hash");
});

test("an invitation, the spoken check, the audit chain, a file's descriptor", () => {
  const v = named("an invitation");
  const secret = v.hex("secret");
  assert.equal(o.invitationText(secret, place, listener), v.raw("text"));
  same(o.invitationToken(secret), "an invitation", "token");
  same(o.invitationStored(v.hex("token")), "an invitation", "stored");
  same(o.invitationAuth(secret, client, conv), "an invitation", "auth");
  same(o.invitationFirst(v.hex("auth")), "an invitation", "first_hash");

  const s = named("the spoken check");
  same(o.spokenPromise(conv, client, listener, s.hex("ra")), "the spoken check", "c");
  const words = o.spokenWords(conv, client, listener, s.hex("ra"), s.hex("rb"));
  assert.deepEqual(words, [0, 1, 2, 3].map((i) => s.number(`word_${i}`)));

  same(o.auditStart(), "the audit chain", "a_0");
  same(o.auditNext(o.auditStart(), 1, o.ascii(named("the audit chain").raw("row"))), "the audit chain", "a_1");

  const f = named("a small file");
  const made = o.descriptor(counting(16, 19), f.hex("key"), f.hex("hash"), 5, 1, "letter.txt", "text/plain");
  same(made, "a small file", "descriptor");
});

test("a changed byte in an input changes what comes out: the comparison can fail", () => {
  const v = named("a message");
  const altered = o.keyed(named("first commit").hex("ck"), o.domain("ckc"), conv, o.u32(2));
  assert.notEqual(Buffer.from(altered).toString("hex"), named("first commit").raw("ckc"));
  assert.notEqual(Buffer.from(o.entryHash(v.hex("envelope").slice(1))).toString("hex"), v.raw("entry_hash"));
});
