// SPDX-License-Identifier: AGPL-3.0-or-later
// The place, as anybody may know it. Read at the beginning and whenever a screen needs fresh numbers.
import { signal, type ReadonlySignal } from "@preact/signals";
import { placeAnswer, type Place } from "./answers.ts";
import { ask } from "./http.ts";

const known = signal<Place | null>(null);
let clockAhead = 0;

export const place: ReadonlySignal<Place | null> = known;

export async function readPlace(): Promise<Place> {
  const before = Date.now();
  const answer = await ask({ method: "GET", path: "/api/place" }, placeAnswer);
  clockAhead = answer.now_ms - (before + Date.now()) / 2;
  known.value = answer;
  return answer;
}

/** The place's clock: what is promised is promised by it. This device's may be a day off. */
export function placeNow(): number {
  return Date.now() + clockAhead;
}

/**
 * The time by which certificates are judged: the later of the two clocks. A place cannot turn time back to bring an old key to life, and
 * a device that is a day behind can still be heard.
 */
export function judgedNow(): number {
  return Math.floor(Math.max(Date.now(), placeNow()));
}

/** This device's clock is off by more than ten minutes: said to the person, decided by nobody. */
export function clockIsOff(): boolean {
  return Math.abs(clockAhead) > 600_000;
}
