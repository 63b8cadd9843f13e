// SPDX-License-Identifier: AGPL-3.0-or-later
// One way to ask the place something. An answer comes back decoded or a PlaceError is thrown; a request that takes too
// long counts as offline, because for a person it is the same.
import { encoded } from "./bytes.ts";
import { PlaceError, troubleFrom } from "./problem.ts";

const PATIENCE_MS = 30_000;

/** A decoder turns what came over the wire into what we mean, or throws ShapeError. */
export type Decoder<T> = (value: unknown) => T;

export class ShapeError extends Error {
  constructor(where: string) {
    super(`answer: ${where}`);
    this.name = "ShapeError";
  }
}

interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly raw?: Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
  /** Finishes even when the page goes away: signing out while leaving. */
  readonly keepalive?: boolean;
}

export async function ask<T>(what: Ask, decode: Decoder<T>): Promise<T> {
  const answer = await send(what);
  if (answer.status === 204) return decode(null);
  return decode(await bodyOf(answer));
}

export async function askNothing(what: Ask): Promise<void> {
  await send(what);
}

export async function askBytes(what: Ask): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await send(what);
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch {
    throw new PlaceError({ what: "offline" });
  }
}

async function send(what: Ask): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  patience.addEventListener("abort", end);
  what.signal?.addEventListener("abort", end);
  let answer: Response;
  try {
    answer = await fetch(what.path, requestOf(what, stop.signal));
  } catch (error) {
    if (what.signal?.aborted === true) throw error;
    throw new PlaceError({ what: "offline" });
  } finally {
    what.signal?.removeEventListener("abort", end);
  }
  if (answer.ok) return answer;
  throw new PlaceError(troubleFrom(answer.status, await bodyOf(answer).catch(() => null)));
}

function requestOf(what: Ask, signal: AbortSignal): RequestInit {
  const request: RequestInit = { method: what.method, credentials: "same-origin", cache: "no-store", redirect: "error", signal };
  if (what.keepalive === true) request.keepalive = true;
  if (what.raw !== undefined) {
    request.body = what.raw;
    request.headers = { "content-type": "application/octet-stream" };
  } else if (what.body !== undefined) {
    request.body = JSON.stringify(encoded(what.body));
    request.headers = { "content-type": "application/json" };
  }
  return request;
}

async function bodyOf(answer: Response): Promise<unknown> {
  try {
    return JSON.parse(await answer.text());
  } catch {
    throw new PlaceError({ what: "offline" });
  }
}
