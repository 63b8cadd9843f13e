// SPDX-License-Identifier: AGPL-3.0-or-later
// What a listener's day looks like. Pure.

const HOUR_MS = 3_600_000;
export const STAY_HOURS = [1, 2, 4, 8] as const;

export function untilFrom(nowMs: number, hours: number): number {
  return nowMs + hours * HOUR_MS;
}

export type Urgency = "calm" | "half" | "late";

/** How the promise to a person stands: at half its time the request is offered on; after it, somebody waits longer than was said. */
export function urgency(madeMs: number, promiseByMs: number, nowMs: number): Urgency {
  if (nowMs >= promiseByMs) return "late";
  return nowMs - madeMs >= (promiseByMs - madeMs) / 2 ? "half" : "calm";
}

/** Mine first, then by how long they have waited. */
export function inOrder<R extends { readonly for_me: boolean; readonly made_ms: number }>(requests: readonly R[]): readonly R[] {
  return [...requests].sort((a, b) => Number(b.for_me) - Number(a.for_me) || a.made_ms - b.made_ms);
}
