// SPDX-License-Identifier: AGPL-3.0-or-later
// The page's face of the listening engine: loads late, answers only the newest hint, rests when idle.
//
//   const listening = startListening();
//   const hint = await listening.hint(turns, draft, signal);     null: nothing worth saying
//
// The engine's own parts come from our own origin here, on the page; the worker that reads people's words can load nothing.
import { assets } from "../assets.ts";
import { connect, BridgeError, type Connection } from "../rpc.ts";
import { startWorker } from "../workers.ts";
import type { Figures, Hint, ListeningOperations, Turn } from "./types.ts";

export type * from "./types.ts";

const REST_AFTER_MS = 5 * 60 * 1000;

export type Listening = {
  figures(turns: Turn[], signal?: AbortSignal): Promise<Figures>;
  hint(turns: Turn[], draft: string, signal?: AbortSignal): Promise<Hint | null>;
  /** Ends the worker; the next question starts it again. */
  rest(): void;
};

// (module (func (result v128) i32.const 0 i8x16.splat))
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

async function load(): Promise<{ module: WebAssembly.Module; weights: ArrayBuffer | null }> {
  const address = WebAssembly.validate(SIMD_PROBE) ? assets.listeningSimdWasm : assets.listeningWasm;
  const get = async (what: string): Promise<Response> => {
    const response = await fetch(what, { credentials: "omit" });
    if (!response.ok) throw new BridgeError("failed");
    return response;
  };
  const weights = assets.listeningWeights === "" ? null : get(assets.listeningWeights).then((it) => it.arrayBuffer());
  const module = WebAssembly.compile(await (await get(address)).arrayBuffer());
  return { module: await module, weights: await weights };
}

export function startListening(): Listening {
  let running: Promise<Connection<ListeningOperations>> | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const rest = (): void => {
    clearTimeout(resting);
    void running?.then(({ end }) => end("resting")).catch(() => undefined);
    running = undefined;
  };
  const start = async (): Promise<Connection<ListeningOperations>> => {
    const connection = connect<ListeningOperations>(startWorker(assets.listeningWorker, "listening"));
    const parts = await load();
    await connection.ask("open", parts, { transfer: parts.weights === null ? [] : [parts.weights] });
    return connection;
  };
  const awake = async (): Promise<Connection<ListeningOperations>> => {
    clearTimeout(resting);
    resting = setTimeout(rest, REST_AFTER_MS);
    running ??= start();
    try {
      return await running;
    } catch (error) {
      running = undefined; // the next question tries again
      throw error;
    }
  };
  return {
    async figures(turns, signal) {
      const { ask } = await awake();
      return ask("figures", { turns }, signal === undefined ? {} : { signal });
    },
    async hint(turns, draft, signal) {
      const { ask } = await awake();
      return ask("hint", { turns, draft }, signal === undefined ? {} : { signal });
    },
    rest,
  };
}
