// SPDX-License-Identifier: AGPL-3.0-or-later
// The page's face of the vault. Keys live in the worker only; `lock` wipes them and ends it.
//
//   const vault = startVault();
//   const { signature } = await vault.ask("signIn", { host: location.host, challenge, with: { by: "password", ... } });
//   ...
//   await vault.lock();
import { assets } from "../assets.ts";
import { connect, type Ask } from "../rpc.ts";
import { startWorker } from "../workers.ts";
import type { Bytes, VaultOperations } from "./types.ts";

export { BridgeError } from "../rpc.ts";
export type * from "./types.ts";

export type Vault = {
  ask: Ask<VaultOperations>;
  /** Wipes every key, ends the worker; whatever was still asked fails with `locked`. */
  lock(): Promise<void>;
  readonly locked: boolean;
};

const PATIENCE_WITH_LOCK_MS = 500;

export function startVault(): Vault {
  const worker = startWorker(assets.vaultWorker, "vault");
  const { ask, end } = connect<VaultOperations & { wipe: (asked: Record<string, never>) => null }>(worker);
  let locked = false;
  const asked: Ask<VaultOperations> = (op, question, options = {}) => {
    if (op !== "signIn" && op !== "change") return ask(op, question, options) as never;
    const transfer = new Set([...(options.transfer ?? []), ...passwordsIn(question)]);
    return ask(op, question, { ...options, transfer: [...transfer] }) as never;
  };
  return {
    ask: asked,
    get locked() {
      return locked;
    },
    async lock() {
      if (locked) return;
      locked = true;
      // A worker in the middle of something long is ended all the same.
      const late = new Promise((done) => setTimeout(done, PATIENCE_WITH_LOCK_MS));
      await Promise.race([ask("wipe", {}).catch(() => null), late]);
      end("locked");
    },
  };
}

/**
 * A password as the vault takes it: NFC (RFC 8265 OpaqueString), UTF-8, in bytes that can be wiped. The text itself cannot
 * be: clear the field it came from.
 */
export function passwordBytes(text: string): Bytes {
  return new TextEncoder().encode(text.normalize("NFC")) as Bytes;
}

/** A password moves into the vault: what is left on the page is an empty view. */
function passwordsIn(question: unknown): Transferable[] {
  if (typeof question !== "object" || question === null) return [];
  return Object.entries(question).flatMap(([name, value]) => {
    if (value instanceof Uint8Array) return name === "password" && value.buffer.byteLength > 0 ? [value.buffer as ArrayBuffer] : [];
    return passwordsIn(value);
  });
}
