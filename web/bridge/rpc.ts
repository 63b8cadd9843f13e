// SPDX-License-Identifier: AGPL-3.0-or-later
// Questions to a worker as promises: typed by a table of operations, abortable, with progress. One side calls
// `connect`, the worker calls `answer`; both name the same table.
//
//   type Ops = { double: (asked: { n: number }) => number };
//   const ask = connect<Ops>(worker, () => "gone");
//   await ask("double", { n: 2 }, { signal });

/** What an operation table is: one object in, one value out; the worker may answer later. */
export type Operations = Record<string, (asked: never) => unknown>;
type Asked<O extends Operations, K extends keyof O> = Parameters<O[K]>[0];
type Answer<O extends Operations, K extends keyof O> = Awaited<ReturnType<O[K]>>;

/** An operation's refusal, in a code that is stable and holds nothing of what was asked. */
export class BridgeError extends Error {
  constructor(readonly code: string) {
    super(code);
    this.name = "BridgeError";
  }
}

type Question = { id: number; op: string; asked: unknown } | { id: number; abort: true };
type Reply = { id: number; value: unknown } | { id: number; refused: string } | { id: number; progress: number };

export type AskOptions = {
  signal?: AbortSignal;
  /** Moved to the worker instead of copied: the page's own view of them is empty afterwards. */
  transfer?: Transferable[];
  onProgress?: (done: number) => void;
};

export type Ask<O extends Operations> = <K extends keyof O & string>(
  op: K,
  asked: Asked<O, K>,
  options?: AskOptions,
) => Promise<Answer<O, K>>;

type Waiting = { settle(value: unknown): void; fail(error: Error): void; onProgress: ((done: number) => void) | undefined };

export type Connection<O extends Operations> = {
  ask: Ask<O>;
  /** Ends the worker; whatever was asked fails with `code`. */
  end(code: string): void;
};

export function connect<O extends Operations>(worker: Worker): Connection<O> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended: string | undefined;

  const end = (code: string): void => {
    ended ??= code;
    worker.terminate();
    for (const one of waiting.values()) one.fail(new BridgeError(code));
    waiting.clear();
  };
  worker.addEventListener("message", (event: MessageEvent<Reply>) => {
    const reply = event.data;
    const one = waiting.get(reply.id);
    if (one === undefined) return;
    if ("progress" in reply) {
      one.onProgress?.(reply.progress);
      return;
    }
    waiting.delete(reply.id);
    if ("refused" in reply) one.fail(new BridgeError(reply.refused));
    else one.settle(reply.value);
  });
  worker.addEventListener("error", () => end("crashed"));
  worker.addEventListener("messageerror", () => end("crashed"));

  const ask = (op: string, asked: unknown, options: AskOptions = {}): Promise<unknown> =>
    new Promise((settle, fail) => {
      const { signal } = options;
      if (ended !== undefined) return fail(new BridgeError(ended));
      if (signal?.aborted === true) return fail(new BridgeError("aborted"));
      const id = ++last;
      const stop = (): void => {
        waiting.delete(id);
        worker.postMessage({ id, abort: true } satisfies Question);
        fail(new BridgeError("aborted"));
      };
      const done = (): void => signal?.removeEventListener("abort", stop);
      signal?.addEventListener("abort", stop, { once: true });
      waiting.set(id, {
        settle: (value) => (done(), settle(value)),
        fail: (error) => (done(), fail(error)),
        onProgress: options.onProgress,
      });
      worker.postMessage({ id, op, asked } satisfies Question, options.transfer ?? []);
    });
  return { ask: ask as Ask<O>, end };
}

/** What an operation in the worker is told beside its question. */
export type Context = { signal: AbortSignal; progress(done: number): void };
export type Answers<O extends Operations> = {
  [K in keyof O]: (asked: Asked<O, K>, context: Context) => Answer<O, K> | Promise<Answer<O, K>>;
};

type WorkerSide = {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Question>) => void): void;
};

/**
 * Serves the table in a worker. Whatever is thrown that is no BridgeError becomes `failed`: nothing leaks by its words. `turn` holds an
 * operation back until it may begin.
 */
export function answer<O extends Operations>(answers: Answers<O>, side: WorkerSide, turn: (op: string) => Promise<void> | undefined = () => undefined): void {
  const running = new Map<number, AbortController>();
  const send = (reply: Reply, transfer: Transferable[] = []): void => side.postMessage(reply, transfer);
  const table = new Map(Object.entries(answers)) as Map<string, (asked: unknown, context: Context) => unknown>;

  side.addEventListener("message", async ({ data: question }) => {
    const { id } = question;
    if ("abort" in question) {
      running.get(id)?.abort();
      return;
    }
    const operation = table.get(question.op);
    if (operation === undefined) return send({ id, refused: "unknown_operation" });
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const progress = (done: number): void => send({ id, progress: done });
      await turn(question.op);
      const value = await operation(question.asked, { signal: controller.signal, progress });
      send({ id, value }, transferable(value));
    } catch (error) {
      send({ id, refused: error instanceof BridgeError ? error.code : "failed" });
    } finally {
      running.delete(id);
    }
  });
}

/** Large buffers in an answer move instead of being copied. */
function transferable(value: unknown): Transferable[] {
  if (value instanceof Uint8Array) return value.byteLength > 4096 && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((one) => (one instanceof Uint8Array ? transferable(one) : []));
}
