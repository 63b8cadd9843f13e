// SPDX-License-Identifier: AGPL-3.0-or-later
// An independent reading of FORMAT.md over npm's libsodium, in TypeScript: it shares no line with the C vault, and exists
// only to disagree with it in tests. Section numbers are FORMAT.md's.
import sodium from "libsodium-wrappers-sumo";

await sodium.ready;

export type Octets = Uint8Array;

// ---- 1. Conventions ----

export const hex = (text: string): Octets => sodium.from_hex(text);
export const ascii = (text: string): Octets => new TextEncoder().encode(text);

export function cat(...parts: (Octets | number)[]): Octets {
  const all = parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part));
  const joined = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function big(value: number, bytes: number): Octets {
  const out = new Uint8Array(bytes);
  let rest = BigInt(value);
  for (let at = bytes - 1; at >= 0; at--) {
    out[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return out;
}
export const u32 = (value: number): Octets => big(value, 4);
export const u64 = (value: number): Octets => big(value, 8);

export function domain(name: string): Octets {
  const padded = new Uint8Array(24);
  padded.set(ascii(`hearken/${name}/v1`));
  return padded;
}

export const blake = (...parts: (Octets | number)[]): Octets => sodium.crypto_generichash(32, cat(...parts), null);
export const keyed = (key: Octets, ...parts: (Octets | number)[]): Octets =>
  sodium.crypto_generichash(32, cat(...parts), key);
export const mac = (message: Octets, key: Octets): Octets => sodium.crypto_auth(message, key);

const sign = (message: Octets, seed: Octets): Octets =>
  sodium.crypto_sign_detached(message, sodium.crypto_sign_seed_keypair(seed).privateKey);
const aead = (key: Octets, nonce: Octets, aad: Octets, plain: Octets): Octets =>
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, aad, null, nonce, key);

/** crypto_box_seal with the ephemeral seed given: epk || box(nonce = BLAKE2b-24(epk || pk)). */
function boxSeal(plain: Octets, pk: Octets, seed: Octets): Octets {
  const ephemeral = sodium.crypto_box_seed_keypair(seed);
  const nonce = sodium.crypto_generichash(24, cat(ephemeral.publicKey, pk), null);
  return cat(ephemeral.publicKey, sodium.crypto_box_easy(plain, nonce, pk, ephemeral.privateKey));
}

// ---- 2. Keys of a person ----

export class Person {
  readonly ik: Octets;
  readonly ek: Octets;
  readonly ekSecret: Octets;
  readonly ekCertificate: Octets;

  constructor(
    readonly account: Octets,
    readonly ak: Octets,
    readonly ikSeed: Octets,
    readonly ekSeed: Octets,
    readonly ekSerial: number,
  ) {
    this.ik = sodium.crypto_sign_seed_keypair(ikSeed).publicKey;
    const ek = sodium.crypto_box_seed_keypair(ekSeed);
    this.ek = ek.publicKey;
    this.ekSecret = ek.privateKey;
    this.ekCertificate = sign(cat(domain("ekcert"), account, this.ik, this.ek, u32(ekSerial)), ikSeed);
  }

  member(role: number): Octets {
    return cat(this.account, this.ik, this.ek, u32(this.ekSerial), this.ekCertificate, role);
  }

  identity(nonce: Octets): Octets {
    const head = cat(1, 1, this.account, u32(this.ekSerial));
    const key = keyed(this.ak, domain("identity"));
    return cat(head, nonce, aead(key, nonce, cat(domain("identity"), head), cat(this.ikSeed, this.ekSeed)));
  }

  fingerprint(): Octets {
    return blake(domain("fp"), this.account, this.ik);
  }
}

// ---- 3. Epoch keys ----

export const ckcOf = (ck: Octets, conv: Octets, epoch: number): Octets => keyed(ck, domain("ckc"), conv, u32(epoch));
export const messageKey = (ck: Octets, conv: Octets, epoch: number, commitHash: Octets): Octets =>
  keyed(ck, domain("msgkey"), conv, u32(epoch), commitHash);
export const wrapFor = (to: Person, ck: Octets, conv: Octets, epoch: number, seed: Octets): Octets =>
  boxSeal(cat(domain("wrap"), conv, u32(epoch), to.account, ck), to.ek, seed);

/** P of section 5, from one to the other. */
export function pair(from: Person, to: Person): Octets {
  const shared = sodium.crypto_scalarmult(from.ekSecret, to.ek);
  return blake(domain("pair"), shared, from.ek, to.ek, from.account, to.account);
}

// ---- 4. Commits ----

export type CommitParts = {
  conv: Octets;
  kind: number;
  flags: number;
  epoch: number;
  prev: Octets;
  author: Person;
  ck: Octets;
  firstHash: Octets;
  members: { who: Person; role: number }[];
  consents: Octets[];
  seenPos: number;
  seenHash: Octets;
};

export function commit(c: CommitParts): { bytes: Octets; hash: Octets } {
  const consents = [...c.consents].sort((one, two) => sodium.compare(consentHash(two), consentHash(one)));
  const signed = cat(
    domain("commit"),
    c.conv,
    c.kind,
    c.flags,
    u32(c.epoch),
    c.prev,
    c.author.account,
    ckcOf(c.ck, c.conv, c.epoch),
    c.firstHash,
    c.members.length,
    ...c.members.map(({ who, role }) => who.member(role)),
    consents.length,
    ...consents.map(consentHash),
  );
  const signature = sign(signed, c.author.ikSeed);
  const hash = blake(domain("chash"), signed, signature);
  const noted = cat(domain("note"), hash, u64(c.seenPos), c.seenHash);
  const tags = c.members.map(({ who }) => mac(noted, pair(c.author, who)));
  return { bytes: cat(signed, signature, ...consents, u64(c.seenPos), c.seenHash, ...tags), hash };
}

const consentHash = (consent: Octets): Octets => blake(domain("conhash"), consent);

export type ConsentParts = {
  id: Octets;
  conv: Octets;
  signer: Person;
  subject: Person;
  role: number;
  fromEpoch: number;
  until: number;
  why: Octets;
};

export function consent(c: ConsentParts): Octets {
  const said = cat(
    domain("consent"),
    c.id,
    c.conv,
    c.signer.account,
    c.subject.account,
    c.subject.ik,
    c.role,
    u32(c.fromEpoch),
    u64(c.until),
    c.why,
  );
  return cat(said, sign(said, c.signer.ikSeed));
}

export function leave(conv: Octets, commitHash: Octets, who: Person): Octets {
  const said = cat(domain("leave"), conv, commitHash, who.account);
  return cat(said, sign(said, who.ikSeed));
}

// ---- 5. Messages ----

const PADDED = [256, 1024, 4096, 16384];

function padded(body: Octets): Octets {
  const size = PADDED.find((one) => body.length < one);
  if (size === undefined) throw new Error("too long");
  const out = new Uint8Array(size);
  out.set(body);
  out[body.length] = 0x80;
  return out;
}

export type MessageParts = {
  conv: Octets;
  epoch: number;
  commitHash: Octets;
  ck: Octets;
  members: Person[];
  sender: Person;
  stream: Octets;
  n: number;
  seenPos: number;
  seenHash: Octets;
  mid: Octets;
  random: Octets;
  kind: number;
  time: number;
  content: Octets;
};

export function envelope(m: MessageParts): Octets {
  const header = cat(
    1, 1, 1, 0, m.conv, u32(m.epoch), m.sender.account, m.stream, u32(m.n), u64(m.seenPos), m.seenHash, m.mid,
  );
  const body = padded(cat(1, m.kind, u64(m.time), m.content));
  const nonce = sodium.crypto_generichash(24, cat(m.random, header, body), keyed(m.ck, domain("nonce")));
  const ct = aead(messageKey(m.ck, m.conv, m.epoch, m.commitHash), nonce, cat(domain("msg"), header), body);
  const before = cat(header, nonce, u32(ct.length), ct);
  const tagged = blake(domain("tag"), m.commitHash, before);
  const tags = m.members.map((to) => cat(to.account, mac(tagged, pair(m.sender, to))));
  return cat(before, m.members.length, ...tags);
}

// ---- 6. The log ----

export const entryHash = (stored: Octets): Octets => blake(domain("entry"), stored);
export const logStart = (conv: Octets): Octets => blake(domain("log"), conv);
export const logNext = (before: Octets, position: number, entry: Octets): Octets =>
  blake(domain("log"), before, u64(position), entry);

// ---- 8. Accounts ----

export function kdfInput(handle: string, salt: Octets, sk: Octets, password: string, t: number, m: number): Octets {
  const mixed = sodium.crypto_generichash(16, cat(domain("salt"), ascii(handle).length, ascii(handle), salt), null);
  const secret = cat(sk.length, sk, ascii(password));
  return cat(1, u32(t), u32(m), mixed, big(secret.length, 2), secret);
}

export function passwordRoot(handle: string, salt: Octets, sk: Octets, password: string, t: number, m: number): Octets {
  const mixed = sodium.crypto_generichash(16, cat(domain("salt"), ascii(handle).length, ascii(handle), salt), null);
  return sodium.crypto_pwhash(32, cat(sk.length, sk, ascii(password)), mixed, t, m, sodium.crypto_pwhash_ALG_ARGON2ID13);
}

export const recoveryRoot = (code: Octets): Octets => blake(domain("recovery"), code);
export const passkeyRoot = (prf: Octets): Octets => blake(domain("passkey"), prf);

const RECOVERY = 2;
const subkey = (kind: number, r: Octets, id: number): Octets =>
  sodium.crypto_kdf_derive_from_key(32, id, kind === RECOVERY ? "HRKNRECV" : "HRKNROOT", r);
export const loginKey = (kind: number, r: Octets): Octets =>
  sodium.crypto_sign_seed_keypair(subkey(kind, r, 1)).publicKey;
const loginSign = (kind: number, r: Octets, said: Octets): Octets => sign(said, subkey(kind, r, 1));

export type RecordParts = {
  kind: number;
  account: Octets;
  serial: number;
  salt: Octets;
  t: number;
  m: number;
  r: Octets;
  ak: Octets;
  nonce: Octets;
};

export function unlockRecord(p: RecordParts): Octets {
  const head = cat(1, 1, p.kind, p.account, u32(p.serial), p.salt, u32(p.t), u32(p.m));
  return cat(head, p.nonce, aead(subkey(p.kind, p.r, 2), p.nonce, cat(domain("unlock"), head), p.ak));
}

export function login(kind: number, r: Octets, host: string, handle: string, challenge: Octets): Octets {
  const [h, n] = [ascii(host), ascii(handle)];
  return loginSign(kind, r, cat(domain("login"), h.length, h, n.length, n, kind, challenge));
}

export const recordsHash = (records: { record: Octets; key: Octets }[]): Octets =>
  blake(domain("records"), records.length, ...records.map(({ record, key }) => cat(record, key)));

export const change = (kind: number, r: Octets, account: Octets, challenge: Octets, hash: Octets): Octets =>
  loginSign(kind, r, cat(domain("change"), account, challenge, hash));

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function base32(bytes: Octets, characters: number): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const spare = BigInt(characters * 5 - bytes.length * 8);
  bits = spare >= 0n ? bits << spare : bits >> -spare;
  let text = "";
  for (let at = characters - 1; at >= 0; at--) text += CROCKFORD[Number((bits >> BigInt(5 * at)) & 31n)] ?? "";
  return text;
}

/** As printed: the bytes, then check characters from the first bits of a hash, in groups of four. */
export function paper(name: "recovery" | "secret key", bytes: Octets, between: string): string {
  const [characters, check] = name === "recovery" ? [32, 4] : [26, 2];
  const hash = blake(domain("reccheck"), ascii(name), bytes);
  const text = base32(bytes, characters) + base32(hash, 52).slice(0, check);
  return (text.match(/.{1,4}/g) ?? []).join(between);
}

// ---- 9. The place, its teams, and first words ----

export class PlaceKey {
  readonly pk: Octets;

  constructor(readonly seed: Octets) {
    this.pk = sodium.crypto_sign_seed_keypair(seed).publicKey;
  }

  fingerprint(): Octets {
    return blake(domain("placefp"), this.pk);
  }

  roster(who: Person, role: number, lead: number, serial: number, from: number, until: number): Octets {
    const said = cat(domain("roster"), who.account, who.ik, role, lead, u32(serial), u64(from), u64(until));
    return cat(said, sign(said, this.seed));
  }
}

export function team(lead: Person, id: Octets, serial: number, tk: Octets, from: number, until: number): Octets {
  const said = cat(domain("team"), id, u32(serial), tk, u64(from), u64(until));
  return cat(said, sign(said, lead.ikSeed));
}

export const publicHalf = (secret: Octets): Octets => sodium.crypto_scalarmult_base(secret);

export type FirstParts = {
  conv: Octets;
  team: Octets;
  serial: number;
  tk: Octets;
  from: Person;
  fk: Octets;
  ephemeralSeed: Octets;
  nonce: Octets;
  mid: Octets;
  kind: number;
  time: number;
  content: Octets;
};

export function firstWords(f: FirstParts): Octets {
  const head = cat(
    domain("first"),
    f.conv,
    f.team,
    u32(f.serial),
    f.from.account,
    f.from.ik,
    f.from.ek,
    u32(f.from.ekSerial),
    f.from.ekCertificate,
    boxSeal(f.fk, f.tk, f.ephemeralSeed),
  );
  const body = padded(cat(f.mid, 1, f.kind, u64(f.time), f.content));
  // The head begins with the domain string itself, and AAD is "that domain and all before the nonce".
  const ct = aead(f.fk, f.nonce, cat(domain("first"), head), body);
  const before = cat(head, f.nonce, u32(ct.length), ct);
  const shared = sodium.crypto_scalarmult(f.from.ekSecret, f.tk);
  const p = blake(domain("pair"), shared, f.from.ek, f.tk, f.from.account, f.team);
  return cat(before, mac(blake(domain("firsttag"), before), p));
}

// ---- 10. Between two people ----

export const base64url = (bytes: Octets): string =>
  sodium.to_base64(bytes, sodium.base64_variants.URLSAFE_NO_PADDING);

export const invitationText = (secret: Octets, place: PlaceKey, listener: Person): string =>
  `1.${base64url(cat(secret, place.fingerprint(), listener.fingerprint()))}`;
export const invitationToken = (secret: Octets): Octets => blake(domain("inv-token"), secret);
export const invitationStored = (token: Octets): Octets => blake(domain("inv-stored"), token);
export const invitationAuth = (secret: Octets, who: Person, conv: Octets): Octets =>
  mac(cat(who.account, who.ik, who.ek, conv), blake(domain("inv-auth"), secret));
export const invitationFirst = (auth: Octets): Octets => blake(domain("inv-first"), auth);

const people = (conv: Octets, one: Person, two: Person): Octets =>
  cat(conv, ...[one, two].sort((a, b) => sodium.compare(a.account, b.account)).map((p) => cat(p.account, p.ik, p.ek)));

export const spokenPromise = (conv: Octets, one: Person, two: Person, ra: Octets): Octets =>
  blake(domain("sas"), people(conv, one, two), ra);

export function spokenWords(conv: Octets, one: Person, two: Person, ra: Octets, rb: Octets): number[] {
  const hash = blake(domain("saswords"), people(conv, one, two), ra, rb);
  let bits = 0n;
  for (const byte of hash.subarray(0, 6)) bits = (bits << 8n) | BigInt(byte);
  return [37n, 26n, 15n, 4n].map((shift) => Number((bits >> shift) & 2047n));
}

export const auditStart = (): Octets => blake(domain("audit"));
export const auditNext = (before: Octets, count: number, row: Octets): Octets =>
  blake(domain("audit"), before, u64(count), row);

// ---- 11. Files ----

export const descriptor = (
  blob: Octets, key: Octets, hash: Octets, size: number, chunks: number, name: string, type: string,
): Octets =>
  cat(1, blob, key, hash, u64(size), u32(chunks), ascii(name).length, ascii(name), ascii(type).length, ascii(type));
