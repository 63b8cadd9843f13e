// SPDX-License-Identifier: AGPL-3.0-or-later
// "Try before account": what opens the account is kept by this browser alone, wrapped by a WebCrypto key that cannot be
// exported. Honest about what that is: it stops a script from carrying the key away, not a script from using it, and not
// somebody who has the disk. So it is never the lock of an account that has a password; setting one ends it.
//
// Quick exit calls `forgetDevice` first of all: without the wrapping key what remains is noise.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes, Id } from "./types.ts";

interface DeviceSchema extends DBSchema {
  wrapping: { key: string; value: CryptoKey };
  root: { key: string; value: Kept };
  seen: { key: string; value: Seen };
}
type Kept = { account: Id; handle: string; kept_ms: number; nonce: Bytes; wrapped: ArrayBuffer };
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

/** Takes R over: `r` is wiped. Each account has a wrapping key of its own: keeping one never costs another. */
export async function keepRoot(who: DeviceKept, r: Bytes): Promise<void> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, r);
  r.fill(0);
  await withDatabase(async (database) => {
    const write = database.transaction(["wrapping", "root"], "readwrite", { durability: "strict" });
    await Promise.all([
      write.objectStore("wrapping").put(key, who.handle),
      write.objectStore("root").put({ ...who, kept_ms: Date.now(), nonce, wrapped }, who.handle),
      write.done,
    ]);
  });
}

/** Whom this device could open without a password, if anybody: the one kept last. */
export async function deviceKept(): Promise<DeviceKept | null> {
  return withDatabase(async (database) => {
    const all = await database.getAll("root");
    const last = all.sort((one, two) => one.kept_ms - two.kept_ms).at(-1);
    return last === undefined ? null : { account: last.account, handle: last.handle };
  });
}

/** R for this handle, or null. The caller wipes it. */
export async function takeRoot(handle: string): Promise<Bytes | null> {
  const found = await withDatabase(async (database) => {
    const [key, kept] = await Promise.all([database.get("wrapping", handle), database.get("root", handle)]);
    return key === undefined || kept === undefined ? null : { key, kept };
  });
  if (found === null) return null;
  const iv = found.kept.nonce;
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, found.key, found.kept.wrapped));
}

/** Quick exit, "forget this device": everybody whom it keeps. The wrapping keys go first and by themselves. */
export async function forgetDevice(): Promise<void> {
  await withDatabase(async (database) => {
    await database.clear("wrapping");
    await database.clear("root");
    await database.clear("seen");
  });
}

/** One account has a password now: the device is no longer what opens it. */
export async function forgetRoot(handle: string): Promise<void> {
  await withDatabase(async (database) => {
    await database.delete("wrapping", handle);
    await database.delete("root", handle);
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
