// SPDX-License-Identifier: AGPL-3.0-or-later
// Addresses of the parts that load late, put in by tools/web/build.mjs (they hold their content's hash). "" where
// this build has no such part. The names are those of tools/web/entries.mjs.
export type Assets = Readonly<{
  vaultWasm: string;
  kdfWasm: string;
  listeningWasm: string;
  listeningSimdWasm: string;
  listeningWeights: string;
  listeningWeightsBytes: number;
  vaultWorker: string;
  kdfWorker: string;
  listeningWorker: string;
  floorWorklet: string;
}>;

// Inside a worker only the binaries are known: workers are built before the page.
declare const HK_ASSETS: Assets;

export const assets: Assets = HK_ASSETS;
