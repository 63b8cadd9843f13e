// SPDX-License-Identifier: AGPL-3.0-or-later
// The few steps from the door to the first words, and what the place promises. Pure.
import type { Place } from "../../../web/net/answers.ts";

export type Step = "wish" | "name" | "words";
export type WishWord = "listen" | "sort_out" | "unknown";
export const WISHES: Readonly<Record<WishWord, 0 | 1 | 2>> = { unknown: 0, listen: 1, sort_out: 2 };
export const CHANNELS = ["write", "speak", "see", "phone"] as const;
export const LONGEST_NAME = 64;

/** Two names to take, different every time; `chance` is in [0, 1). */
export function twoNames(list: string, chance: () => number): readonly [string, string] {
  const names = list.split("|");
  const first = Math.floor(chance() * names.length);
  const second = (first + 1 + Math.floor(chance() * (names.length - 1))) % names.length;
  return [names[first] ?? "", names[second] ?? ""];
}

/** A name as it will be sealed: one line, not too long in bytes, no invisible turning of the reading direction. */
export function nameFrom(typed: string): string {
  const plain = typed.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ").replace(/\s+/gu, " ").trim();
  let name = plain;
  while (new TextEncoder().encode(name).length > LONGEST_NAME) name = [...name].slice(0, -1).join("");
  return name;
}

/** Can somebody be asked now? Without a team's key there is nobody the words could be sealed to. */
export function canAsk(place: Place | null): "yes" | "no_team" | "unknown" {
  if (place === null) return "unknown";
  return place.team === undefined || place.place_key === undefined ? "no_team" : "yes";
}

export interface Opening {
  readonly weekday: number;
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Weekday (0 is Monday) and minute of the day at the place, whatever the zone of this device. */
export function placeClock(nowMs: number, timeZone: string): { readonly weekday: number; readonly minute: number } {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(nowMs);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
  return {
    weekday: Math.max(0, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday"))),
    minute: Number(part("hour")) * 60 + Number(part("minute")),
  };
}

/** Open now until a minute of today, or the next opening; null when the place named no hours at all. */
export function opening(hours: Place["hours"], nowMs: number, timeZone: string): { readonly open: boolean; readonly then: Opening } | null {
  const now = placeClock(nowMs, timeZone);
  const all = hours.map((h) => ({ weekday: h.weekday, fromMinute: h.from_minute, toMinute: h.to_minute }));
  const current = all.find((h) => h.weekday === now.weekday && h.fromMinute <= now.minute && now.minute < h.toMinute);
  if (current !== undefined) return { open: true, then: current };
  const minutesUntil = (h: Opening): number => {
    const days = (h.weekday - now.weekday + 7) % 7;
    const minutes = days * 1440 + h.fromMinute - now.minute;
    return minutes > 0 ? minutes : minutes + 7 * 1440;
  };
  const next = [...all].sort((a, b) => minutesUntil(a) - minutesUntil(b))[0];
  return next === undefined ? null : { open: false, then: next };
}
