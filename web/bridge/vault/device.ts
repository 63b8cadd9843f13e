// SPDX-License-Identifier: AGPL-3.0-or-later
// "Try before account": what opens the account is kept by this browser alone, wrapped by a WebCrypto key that cannot be
// exported. Honest about what that is: it stops a script from carrying the key away, not a script from using it, and not
// somebody who has the disk. So it is never the lock of an account that has a password; setting one ends it.
//
// Quick exit calls `forgetDevice` first of all: without the wrapping key what remains is noise.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes, Id } from "./types.ts";

interface DeviceSchema extends DBSchema {
  wrapping: { key: "key"; value: CryptoKey };
  root: { key: "root"; value: Kept };
  seen: { key: string; value: Seen };
}
type Kept = { account: Id; handle: string; nonce: Bytes; wrapped: ArrayBuffer };
/** The strongest Argon2id parameters that this device has seen for a handle: weaker ones are refused afterwards. */
export type Seen = { t: number; m: number };
export type DeviceKept = { account: Id; handle: string };

const NAME = "hearken-device";
const NONCE_BYTES = 12;

function open(): Promise<IDBPDatabase<DeviceSchema>> {
  return openDB<DeviceSchema>(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("wrapping");
      database.createObjectStore("root");
      database.createObjectStore("seen");
    },
  });
}

async function withDatabase<T>(work: (database: IDBPDatabase<DeviceSchema>) => Promise<T>): Promise<T> {
  const database = await open();
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Takes R over: `r` is wiped. */
export async function keepRoot(who: DeviceKept, r: Bytes): Promise<void> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, r);
  r.fill(0);
  await withDatabase(async (database) => {
    const write = database.transaction(["wrapping", "root"], "readwrite", { durability: "strict" });
    await Promise.all([
      write.objectStore("wrapping").put(key, "key"),
      write.objectStore("root").put({ ...who, nonce, wrapped }, "root"),
      write.done,
    ]);
  });
}

/** Whom this device could open without a password, if anybody. */
export async function deviceKept(): Promise<DeviceKept | null> {
  return withDatabase(async (database) => {
    const kept = await database.get("root", "root");
    return kept === undefined ? null : { account: kept.account, handle: kept.handle };
  });
}

/** R for this handle, or null. The caller wipes it. */
export async function takeRoot(handle: string): Promise<Bytes | null> {
  const found = await withDatabase(async (database) => {
    const [key, kept] = await Promise.all([database.get("wrapping", "key"), database.get("root", "root")]);
    return key === undefined || kept === undefined || kept.handle !== handle ? null : { key, kept };
  });
  if (found === null) return null;
  const iv = found.kept.nonce;
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, found.key, found.kept.wrapped));
}

/** The wrapping key goes first and by itself. */
export async function forgetDevice(): Promise<void> {
  await withDatabase(async (database) => {
    await database.clear("wrapping");
    await database.clear("root");
    await database.clear("seen");
  });
}

export async function seenParameters(handle: string): Promise<Seen> {
  return withDatabase(async (database) => (await database.get("seen", handle)) ?? { t: 0, m: 0 });
}

export async function rememberParameters(handle: string, { t, m }: Seen): Promise<void> {
  await withDatabase(async (database) => {
    const before = (await database.get("seen", handle)) ?? { t: 0, m: 0 };
    await database.put("seen", { t: Math.max(t, before.t), m: Math.max(m, before.m) }, handle);
  });
}
