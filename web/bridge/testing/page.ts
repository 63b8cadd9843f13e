// SPDX-License-Identifier: AGPL-3.0-or-later
// Tests only: a page whose script can reach the bridges, so that tests drive them in a real browser.
import { runWasi } from "./wasi.ts";
import { Conversations } from "../vault/conversations.ts";
import { startListening } from "../listening/listening.ts";
import { forgetDevice } from "../vault/device.ts";
import { Files } from "../vault/files.ts";
import { memberFrom } from "../vault/members.ts";
import { compile, nothing, VaultModule } from "../vault/module.ts";
import { assets } from "../assets.ts";
import { startWorker } from "../workers.ts";
import { BridgeError, passwordBytes, startVault, type Bytes, type NewAccount } from "../vault/vault.ts";

const NOW = 1_700_000_000_000;
const now = (): number => performance.now();

/** One person's private conversation in a module on the page itself, where a test can look into its memory. */
async function livePage(): Promise<{ module: VaultModule; conversations: Conversations; conversation: string; account: string; draws: Uint8Array[] }> {
  const draws: Uint8Array[] = [];
  const module = await VaultModule.start(await compile(assets.vaultWasm), (bytes) => {
    crypto.getRandomValues(bytes);
    if (bytes.length >= 16) draws.push(bytes.slice());
  });
  const id = (): string => module.call("draw_id", nothing, (a) => a.id());
  const account = id();
  module.call("root_device_make", nothing, nothing);
  module.call("account_make", (q) => q.id(account), memberFrom);
  const conversations = new Conversations(module, new Files(module));
  const conversation = id();
  const { commit, wraps } = conversations.privateGenesis(conversation);
  const wrap = wraps[0]?.wrap;
  conversations.read(conversation, account, [{ position: 1, kind: "commit", bytes: commit, wrap }], 1, NOW);
  return { module, conversations, conversation, account, draws };
}

function found(memory: Uint8Array, canaries: readonly Uint8Array[]): number {
  const all = Array.from(memory, (byte) => String.fromCharCode(byte)).join("");
  return canaries.filter((one) => all.includes(Array.from(one, (byte) => String.fromCharCode(byte)).join(""))).length;
}

/** What the place would hand back after letting somebody in who has just been made. */
function recordOf(made: NewAccount): { record: Bytes; identity: Bytes; state: Bytes } {
  return { record: made.records[0]?.record ?? new Uint8Array(), identity: made.identity, state: made.state };
}

const looks = {
  /** How many draws of randomness (keys come from them) lie in the memory: before wiping, and after. */
  async canaries(): Promise<{ draws: number; before: number; after: number }> {
    const { module, draws } = await livePage();
    const before = found(module.memory, draws);
    module.wipe();
    return { draws: draws.length, before, after: found(module.memory, draws) };
  },

  /** Microseconds for each of `times` short messages: sealing, and opening with everything that a reader checks. */
  async speed(times: number): Promise<{ seal_us: number; open_us: number }> {
    const { module, conversations, conversation, account } = await livePage();
    const text = "The nights have got very long, and nobody seems to see it. I just lie there till four.";
    const mids = Array.from({ length: times }, () => module.call("draw_id", nothing, (a) => a.id()));
    const started = now();
    const sealed = mids.map((mid) => conversations.seal(conversation, { kind: "text", text }, NOW, mid).envelope);
    const between = now();
    const entries = sealed.map((bytes, i) => ({ position: i + 2, kind: "message" as const, bytes }));
    const opening = now();
    const { taken } = conversations.read(conversation, account, entries, times + 1, NOW);
    const ended = now();
    if (taken.some((one) => one.finding !== "shown")) throw new Error("not all were shown");
    return { seal_us: (1000 * (between - started)) / times, open_us: (1000 * (ended - opening)) / times };
  },
};

export type TestPage = {
  startVault: typeof startVault;
  passwordBytes: typeof passwordBytes;
  startWorker: typeof startWorker;
  forgetDevice: typeof forgetDevice;
  BridgeError: typeof BridgeError;
  startListening: typeof startListening;
  runWasi: typeof runWasi;
  recordOf: typeof recordOf;
  looks: typeof looks;
};

Object.assign(globalThis, {
  hearken: { startVault, passwordBytes, startWorker, forgetDevice, BridgeError, startListening, runWasi, recordOf, looks } satisfies TestPage,
});
