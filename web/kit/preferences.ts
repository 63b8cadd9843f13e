// SPDX-License-Identifier: AGPL-3.0-or-later
// How a person likes the page: kept on this device, readable without a key because it tells nothing about them.
import { signal } from "@preact/signals";
import { LANGUAGES, bestLanguage, type Language } from "../words/words.ts";

export const THEMES = ["device", "light", "dark"] as const;
export const TEXTS = ["100", "125", "150", "200"] as const;
export interface Preferences {
  readonly language: Language;
  readonly theme: (typeof THEMES)[number];
  readonly text: (typeof TEXTS)[number];
  readonly contrast: "device" | "more";
  readonly motion: "device" | "none";
  readonly data: "normal" | "low";
  /** The quiet mark beside what a listener writes. */
  readonly hints: "on" | "off";
}

const KEY = "hearken.preferences";

export function startingPreferences(languages: readonly string[]): Preferences {
  return { language: bestLanguage(languages), theme: "device", text: "100", contrast: "device", motion: "device", data: "normal", hints: "on" };
}

/** What was kept, member by member; whatever is missing or strange takes its starting value. */
export function readPreferences(kept: string | null, starting: Preferences): Preferences {
  let from: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(kept ?? "{}");
    if (typeof parsed === "object" && parsed !== null) from = { ...parsed };
  } catch {
    return starting;
  }
  const one = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T =>
    allowed.find((value) => value === from[name]) ?? otherwise;
  return {
    language: one("language", LANGUAGES, starting.language),
    theme: one("theme", THEMES, starting.theme),
    text: one("text", TEXTS, starting.text),
    contrast: one("contrast", ["device", "more"], starting.contrast),
    motion: one("motion", ["device", "none"], starting.motion),
    data: one("data", ["normal", "low"], starting.data),
    hints: one("hints", ["on", "off"], starting.hints),
  };
}

export const preferences = signal<Preferences>(startingPreferences([]));

export function loadPreferences(): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A private window may refuse; the page then starts as the device likes it.
  }
  show(readPreferences(kept, startingPreferences(navigator.languages)));
}

export function prefer(change: Partial<Preferences>): void {
  show({ ...preferences.peek(), ...change });
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.peek()));
  } catch {
    // Not kept for next time, but it holds now.
  }
}

function show(wanted: Preferences): void {
  preferences.value = wanted;
  const root = document.documentElement.dataset;
  root["theme"] = wanted.theme;
  root["text"] = wanted.text;
  root["contrast"] = wanted.contrast;
  root["motion"] = wanted.motion;
  root["data"] = wanted.data;
}
