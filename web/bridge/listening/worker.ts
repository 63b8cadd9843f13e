// SPDX-License-Identifier: AGPL-3.0-or-later
// The listening worker. It is handed the compiled module and the weights by the page and asks nobody for anything: there is
// no fetch, no socket and no storage in this bundle (a test reads it).
import { answer, BridgeError } from "../rpc.ts";
import { ListeningModule } from "./module.ts";
import type { ListeningOperations } from "./types.ts";

let engine: ListeningModule | undefined;

function opened(): ListeningModule {
  if (engine === undefined) throw new BridgeError("not_open");
  return engine;
}

answer<ListeningOperations>(
  {
    open({ module, weights }) {
      engine = new ListeningModule(module, weights);
      return null;
    },
    figures: ({ turns }) => opened().figures(turns),
    hint: ({ turns, draft }) => opened().hint(turns, draft),
  },
  self as DedicatedWorkerGlobalScope,
);
