// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, BridgeError, connect, type Context } from "./rpc.ts";

type Ops = {
  double: (asked: { n: number }) => number;
  slow: (asked: { steps: number }) => string;
  leak: (asked: Record<string, never>) => null;
  no: (asked: Record<string, never>) => null;
};

/** Two ends of a channel, standing where a worker would be. */
function pair() {
  const { port1, port2 } = new MessageChannel();
  const ended: string[] = [];
  const seen: { aborted?: boolean } = {};
  const side = {
    postMessage: (message: unknown, transfer: Transferable[]) => port2.postMessage(message, transfer),
    addEventListener: (_type: "message", listener: (event: MessageEvent) => void) => port2.addEventListener("message", listener),
  };
  const slow = async ({ steps }: { steps: number }, { signal, progress }: Context): Promise<string> => {
    for (let step = 1; step <= steps; step++) {
      await new Promise((done) => setTimeout(done, 1));
      if (signal.aborted) {
        seen.aborted = true;
        throw new BridgeError("aborted");
      }
      progress(step / steps);
    }
    return "done";
  };
  answer<Ops>(
    {
      double: ({ n }) => n * 2,
      slow,
      leak: () => {
        throw new Error("what somebody wrote");
      },
      no: () => {
        throw new BridgeError("refused");
      },
    },
    side,
  );
  port2.start();
  const worker = Object.assign(port1, {
    terminate: () => {
      ended.push("terminated");
      port1.close();
      port2.close();
    },
  });
  port1.start();
  return { ...connect<Ops>(worker as unknown as Worker), ended, seen, close: () => (port1.close(), port2.close()) };
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => "answered", (error: unknown) => (error instanceof BridgeError ? error.code : "no BridgeError"));

test("a refusal keeps its code, any other error says nothing of what was asked", async () => {
  const it = pair();
  assert.equal(await code(it.ask("no", {})), "refused");
  assert.equal(await code(it.ask("leak", {})), "failed");
  it.close();
});

test("an operation that does not exist is refused", async () => {
  const it = pair();
  assert.equal(await code(it.ask("nothing" as "no", {})), "unknown_operation");
  assert.equal(await code(it.ask("toString" as "no", {})), "unknown_operation");
  it.close();
});

test("answers come to who asked, in any order, with progress", async () => {
  const it = pair();
  const progress: number[] = [];
  const slow = it.ask("slow", { steps: 4 }, { onProgress: (done) => progress.push(done) });
  assert.equal(await it.ask("double", { n: 21 }), 42);
  assert.equal(await slow, "done");
  assert.deepEqual(progress, [0.25, 0.5, 0.75, 1]);
  it.close();
});

test("giving up reaches the worker and fails at once; a signal that was given up before asks nothing", async () => {
  const it = pair();
  const stop = new AbortController();
  const slow = code(it.ask("slow", { steps: 100 }, { signal: stop.signal }));
  stop.abort();
  assert.equal(await slow, "aborted");
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(it.seen.aborted, true);
  assert.equal(await code(it.ask("double", { n: 1 }, { signal: stop.signal })), "aborted");
  it.close();
});

test("when the worker is ended everything that was asked fails, and so does what is asked later", async () => {
  const it = pair();
  const slow = code(it.ask("slow", { steps: 100 }));
  it.end("locked");
  assert.equal(await slow, "locked");
  assert.equal(await code(it.ask("double", { n: 1 })), "locked");
  assert.deepEqual(it.ended, ["terminated"]);
});
