// SPDX-License-Identifier: AGPL-3.0-or-later
// The account state: sealed here, kept by the place by compare-and-set. When another device was faster, theirs is merged with
// ours and tried again.
import type { StateView, Vault } from "../bridge/vault/vault.ts";
import { stateAnswer } from "./answers.ts";
import { ask, askNothing } from "./http.ts";
import { refusal } from "./problem.ts";

const MOST_TRIES = 6;
let running: Promise<StateView> | null = null;
let again = false;

/** Sees to it that the place has what this vault remembers, and this vault what the place has. One at a time. */
export function keepState(vault: Vault): Promise<StateView> {
  if (running !== null) {
    again = true;
    return running;
  }
  running = keepNow(vault).finally(() => {
    running = null;
    if (!again || vault.locked) return;
    again = false;
    void keepState(vault).catch(() => undefined);
  });
  return running;
}

async function keepNow(vault: Vault): Promise<StateView> {
  let view = await vault.ask("state", {});
  for (let tries = 0; view.changed && tries < MOST_TRIES; tries++) {
    const ours = await vault.ask("stateToKeep", {});
    try {
      await askNothing({ method: "PUT", path: "/api/account/state", body: ours });
      view = await vault.ask("stateKept", { serial: ours.serial });
      await keepCopy(vault, ours).catch(() => undefined); // a device that keeps nothing still talks
    } catch (error) {
      if (refusal(error) !== "stale_state") throw error;
      view = await takeTheirs(vault);
    }
  }
  return view;
}

/**
 * Another device was faster, or our own answer was lost: what the place has is merged with what is here. A place that was restored from
 * a backup has an older one, or another one of the same number: that too is united with ours, and put again.
 */
export async function takeTheirs(vault: Vault, restored = false): Promise<StateView> {
  const ours = await vault.ask("state", {});
  const theirs = await ask({ method: "GET", path: "/api/account/state" }, stateAnswer);
  if (restored || theirs.serial < ours.serial) return vault.ask("stateRestored", theirs);
  return theirs.serial > ours.serial ? vault.ask("stateFrom", theirs) : ours;
}

// ---- The copy on this device

const COPY = "state-copy";
const SERIAL_BYTES = 8;

/** What the place kept last, kept here as well: a place that goes back to an earlier day is then noticed, even after a reload. */
async function keepCopy(vault: Vault, { serial, state }: { readonly serial: number; readonly state: Uint8Array<ArrayBuffer> }): Promise<void> {
  const content = new Uint8Array(SERIAL_BYTES + state.length);
  new DataView(content.buffer).setFloat64(0, serial);
  content.set(state, SERIAL_BYTES);
  await vault.ask("localPut", { label: COPY, content });
}

/** At sign-in: does this device remember more than the place does? Then nothing of it is forgotten. */
export async function rememberCopy(vault: Vault, said: { readonly serial: number; readonly state: Uint8Array<ArrayBuffer> }): Promise<boolean> {
  const content = await vault.ask("localGet", { label: COPY });
  if (content === null || content.length <= SERIAL_BYTES) return false;
  const serial = new DataView(content.buffer, content.byteOffset).getFloat64(0);
  if (serial <= said.serial) return false;
  await vault.ask("stateRestored", { serial, state: content.slice(SERIAL_BYTES) });
  await vault.ask("stateRestored", said); // the number to go on from is the place's
  return true;
}
