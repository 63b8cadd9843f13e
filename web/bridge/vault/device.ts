// SPDX-License-Identifier: AGPL-3.0-or-later
// "Try before account": what opens the account is kept by this browser alone, wrapped by a WebCrypto key that cannot be
// exported. Honest about what that is: it stops a script from carrying the key away, not a script from using it, and not
// somebody who has the disk. So it is never the lock of an account that has a password; setting one ends it.
//
// Quick exit calls `forgetDevice` first of all: without the wrapping key what remains is noise.
import { done, opened, through } from "./database.ts";
import type { Bytes, Id } from "./types.ts";

/** By handle: CryptoKey, Kept, Seen. */
const STORES = ["wrapping", "root", "seen"] as const;
type Kept = { account: Id; handle: string; kept_ms: number; nonce: Bytes; wrapped: ArrayBuffer };
/** The strongest Argon2id parameters that this device has seen for a handle: weaker ones are refused afterwards. */
export type Seen = { t: number; m: number };
export type DeviceKept = { account: Id; handle: string };

const NAME = "hearken-device";
const NONCE_BYTES = 12;

type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>;

/** One transaction over all of it; `work` may await only what it asks of the stores. */
async function inside<T>(mode: IDBTransactionMode, work: (stores: Stores) => T | Promise<T>): Promise<T> {
  const database = await opened(NAME, STORES);
  try {
    const transaction = database.transaction(STORES, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const [wrapping, root, seen] = [transaction.objectStore("wrapping"), transaction.objectStore("root"), transaction.objectStore("seen")];
    const [answer] = await Promise.all([work({ wrapping, root, seen }), through(transaction)]);
    return answer;
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
  await inside("readwrite", ({ wrapping, root }) => {
    wrapping.put(key, who.handle);
    root.put({ ...who, kept_ms: Date.now(), nonce, wrapped } satisfies Kept, who.handle);
  });
}

/** Whom this device could open without a password, if anybody: the one kept last. */
export async function deviceKept(): Promise<DeviceKept | null> {
  const all = await inside("readonly", ({ root }) => done<Kept[]>(root.getAll()));
  const last = all.sort((one, two) => one.kept_ms - two.kept_ms).at(-1);
  return last === undefined ? null : { account: last.account, handle: last.handle };
}

/** R for this handle, or null. The caller wipes it. */
export async function takeRoot(handle: string): Promise<Bytes | null> {
  const [key, kept] = await inside("readonly", ({ wrapping, root }) =>
    Promise.all([done<CryptoKey | undefined>(wrapping.get(handle)), done<Kept | undefined>(root.get(handle))]),
  );
  if (key === undefined || kept === undefined) return null;
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.nonce }, key, kept.wrapped));
}

/** Quick exit, "forget this device": everybody whom it keeps. The wrapping keys go first and by themselves. */
export async function forgetDevice(): Promise<void> {
  await inside("readwrite", ({ wrapping }) => void wrapping.clear());
  await inside("readwrite", ({ root, seen }) => {
    root.clear();
    seen.clear();
  });
}

/** One account has a password now: the device is no longer what opens it. */
export async function forgetRoot(handle: string): Promise<void> {
  await inside("readwrite", ({ wrapping, root }) => {
    wrapping.delete(handle);
    root.delete(handle);
  });
}

export async function seenParameters(handle: string): Promise<Seen> {
  return (await inside("readonly", ({ seen }) => done<Seen | undefined>(seen.get(handle)))) ?? { t: 0, m: 0 };
}

export async function rememberParameters(handle: string, { t, m }: Seen): Promise<void> {
  await inside("readwrite", async ({ seen }) => {
    const before = (await done<Seen | undefined>(seen.get(handle))) ?? { t: 0, m: 0 };
    seen.put({ t: Math.max(t, before.t), m: Math.max(m, before.m) } satisfies Seen, handle);
  });
}
