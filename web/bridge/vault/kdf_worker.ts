// SPDX-License-Identifier: AGPL-3.0-or-later
// Started by the vault's worker for one password, ended by it right after. The page never speaks to it.
import { assets } from "../assets.ts";
import { answer } from "../rpc.ts";
import { runKdf } from "./kdf_module.ts";
import { compile } from "./module.ts";
import type { Bytes } from "./types.ts";

export type KdfOperations = { run: (asked: { input: Bytes; passes: number }) => Bytes };

const SEGMENTS_A_PASS = 4;

answer<KdfOperations>(
  {
    async run({ input, passes }, { progress }) {
      const module = await compile(assets.kdfWasm);
      const { r } = await runKdf(module, input, (done) => progress(done / (passes * SEGMENTS_A_PASS)));
      return r;
    },
  },
  self as DedicatedWorkerGlobalScope,
);
