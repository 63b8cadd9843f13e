// SPDX-License-Identifier: AGPL-3.0-or-later
// Tests only: a page whose script can reach the bridges, so that tests drive them in a real browser.
import { forgetDevice } from "../vault/device.ts";
import { compile, VaultModule } from "../vault/module.ts";
import { assets } from "../assets.ts";
import { startWorker } from "../workers.ts";
import { BridgeError, passwordBytes, startVault } from "../vault/vault.ts";

const bench = {
  async vaultModule() {
    return VaultModule.start(await compile(assets.vaultWasm));
  },
};

export type TestPage = {
  startVault: typeof startVault;
  passwordBytes: typeof passwordBytes;
  startWorker: typeof startWorker;
  forgetDevice: typeof forgetDevice;
  BridgeError: typeof BridgeError;
  bench: typeof bench;
};

Object.assign(globalThis, {
  hearken: { startVault, passwordBytes, startWorker, forgetDevice, BridgeError, bench } satisfies TestPage,
});
