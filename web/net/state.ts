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
    } catch (error) {
      if (refusal(error) !== "stale_state") throw error;
      view = await takeTheirs(vault);
    }
  }
  return view;
}

/** Another device was faster, or our own answer was lost: what the place has is merged with what is here. */
export async function takeTheirs(vault: Vault): Promise<StateView> {
  const ours = await vault.ask("state", {});
  const theirs = await ask({ method: "GET", path: "/api/account/state" }, stateAnswer);
  return theirs.serial > ours.serial ? vault.ask("stateFrom", theirs) : ours;
}
