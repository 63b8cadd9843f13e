// SPDX-License-Identifier: AGPL-3.0-or-later
// The page's face of the listening engine: loads late and says how far it has come, answers only the newest hint, rests when idle.
//
//   const listening = startListening();
//   const hint = await listening.hint(turns, draft, signal);     null: nothing worth saying
//
// The engine's own parts come from our own origin here, on the page; the worker that reads people's words can load nothing. Without
// weights (they are on their way, or could not be had) rules and word lists answer, less well: `standing` says which.
import { assets } from "../assets.ts";
import { connect, BridgeError, type Connection } from "../rpc.ts";
import { startWorker } from "../workers.ts";
import type { Figures, Hint, ListeningOperations, Turn } from "./types.ts";

export type * from "./types.ts";

const REST_AFTER_MS = 5 * 60 * 1000;

/** coming: the share of the weights that is here, 0 to 1. rules: the weights could not be had. */
export type Standing = { readonly is: "resting" } | { readonly is: "coming"; readonly part: number } | { readonly is: "rules" } | { readonly is: "whole" };

export type Listening = {
  /** With weights, if they can be had; what answered stands in `standing`. */
  figures(turns: Turn[], signal?: AbortSignal): Promise<Figures>;
  /** With what is here at this moment: rules, while weights are on their way. */
  figuresNow(turns: Turn[], signal?: AbortSignal): Promise<Figures>;
  hint(turns: Turn[], draft: string, signal?: AbortSignal): Promise<Hint | null>;
  readonly standing: Standing;
  /** Begins to fetch the engine, so that the first question need not wait. Says nothing when it cannot. */
  wake(): void;
  /** Tells now and at each change. Returns how to stop. */
  watch(tell: (standing: Standing) => void): () => void;
  /** Ends the worker; the next question starts it again. */
  rest(): void;
};

// (module (func (result v128) i32.const 0 i8x16.splat))
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

async function get(address: string): Promise<Response> {
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok) throw new BridgeError("failed");
  return response;
}

const moduleAddress = (): string => (WebAssembly.validate(SIMD_PROBE) ? assets.listeningSimdWasm : assets.listeningWasm);

async function loadModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await (await get(moduleAddress())).arrayBuffer());
}

/** Asks for all parts again, so that a service worker which came after them keeps them too. Their names hold their hash: nothing is fetched twice. */
export async function keepParts(): Promise<void> {
  for (const part of [assets.listeningWorker, moduleAddress(), assets.listeningWeights]) {
    if (part !== "") await (await get(part)).arrayBuffer();
  }
}

async function loadWeights(tell: (part: number) => void): Promise<ArrayBuffer> {
  if (assets.listeningWeights === "") throw new BridgeError("not_there");
  const { body } = await get(assets.listeningWeights);
  if (body === null) throw new BridgeError("failed");
  // What comes is counted unpacked; the whole of it is known from the build.
  const weights = new Uint8Array(assets.listeningWeightsBytes);
  const reader = body.getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > weights.length) throw new BridgeError("bad");
    weights.set(value, at);
    at += value.length;
    tell(at / weights.length);
  }
  if (at !== weights.length) throw new BridgeError("bad");
  return weights.buffer;
}

interface Running {
  readonly connection: Connection<ListeningOperations>;
  /** Weights are in, or are known not to come. Never fails. */
  readonly settled: Promise<void>;
}

export function startListening(): Listening {
  let running: Promise<Running> | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let standing: Standing = { is: "resting" };
  let starts = 0;
  const watching = new Set<(standing: Standing) => void>();
  const stand = (now: Standing): void => {
    standing = now;
    for (const tell of watching) tell(now);
  };

  const rest = (): void => {
    clearTimeout(resting);
    void running?.then(({ connection }) => connection.end("resting")).catch(() => undefined);
    running = undefined;
    stand({ is: "resting" });
  };
  const start = async (): Promise<Running> => {
    const mine = ++starts;
    const stillMine = (now: Standing): void => {
      if (mine === starts && running !== undefined) stand(now);
    };
    stand({ is: "coming", part: 0 });
    const connection = connect<ListeningOperations>(startWorker(assets.listeningWorker, "listening"));
    const weights = loadWeights((part) => stillMine({ is: "coming", part }));
    weights.catch(() => undefined); // heard below, when the module is there
    try {
      const module = await loadModule();
      await connection.ask("open", { module, weights: null });
      const settled = weights
        .then(async (bytes) => connection.ask("open", { module, weights: bytes }, { transfer: [bytes] }))
        .then(
          () => stillMine({ is: "whole" }),
          () => stillMine({ is: "rules" }),
        );
      return { connection, settled };
    } catch (error) {
      connection.end("failed");
      throw error;
    }
  };
  const awake = async (): Promise<Running> => {
    clearTimeout(resting);
    resting = setTimeout(rest, REST_AFTER_MS);
    running ??= start();
    try {
      return await running;
    } catch (error) {
      running = undefined; // the next question tries again
      stand({ is: "resting" });
      throw error;
    }
  };
  const whole = async (): Promise<Connection<ListeningOperations>> => {
    const { connection, settled } = await awake();
    await settled;
    return connection;
  };
  const until = (signal?: AbortSignal) => (signal === undefined ? {} : { signal });
  /** A worker that broke is put away; the next question gets a new one. */
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof BridgeError && error.code === "crashed") rest();
      throw error;
    }
  };
  return {
    figures: async (turns, signal) => asked((await whole()).ask("figures", { turns }, until(signal))),
    figuresNow: async (turns, signal) => asked((await awake()).connection.ask("figures", { turns }, until(signal))),
    hint: async (turns, draft, signal) => asked((await whole()).ask("hint", { turns, draft }, until(signal))),
    wake: () => void awake().catch(() => undefined),
    get standing() {
      return standing;
    },
    watch(tell) {
      watching.add(tell);
      tell(standing);
      return () => watching.delete(tell);
    },
    rest,
  };
}
