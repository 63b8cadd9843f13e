// SPDX-License-Identifier: AGPL-3.0-or-later
// The one Trusted Types policy of the page, called `hearken`. It blesses our own worker addresses and nothing else,
// so that no text from anywhere can become code: `script-src 'self'` and this are two locks on one door.
import { assets } from "./assets.ts";

const SERVICE_WORKER = "/service-worker.js";

function blessed(): ReadonlySet<string> {
  const known = [
    SERVICE_WORKER,
    assets.vaultWorker,
    assets.kdfWorker,
    assets.listeningWorker,
    assets.floorWorklet,
  ];
  return new Set(known.filter((address) => address !== undefined && address !== ""));
}

type Policy = { createScriptURL(address: string): unknown };
type TrustedTypesFactory = { createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy };

function refuseOthers(address: string): string {
  if (!blessed().has(address)) {
    throw new TypeError("not a worker of ours");
  }
  return address;
}

let policy: Policy | undefined;

function trusted(address: string): string {
  const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  if (factory === undefined) {
    return refuseOthers(address); // a browser without Trusted Types: the list still holds
  }
  policy ??= factory.createPolicy("hearken", { createScriptURL: refuseOthers });
  // A TrustedScriptURL stands wherever an address is asked for; the DOM's types know only strings.
  return policy.createScriptURL(address) as string;
}

export function startWorker(address: string, name: string): Worker {
  return new Worker(trusted(address), { type: "module", name });
}

export function registerServiceWorker(): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(trusted(SERVICE_WORKER), { scope: "/" });
}
