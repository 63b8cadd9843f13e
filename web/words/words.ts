// SPDX-License-Identifier: AGPL-3.0-or-later
// Every sentence a person reads, by language: i18next JSON v4 with flat keys, plural forms as _one and _other, {{name}}
// for what is filled in. A formal variant ("de-formal") holds only what differs and falls back to its language.
import { signal } from "@preact/signals";
import type english from "./en.json";

type Filed = keyof typeof english;
type WithoutPlural<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
/** The name of a sentence. A key that is not in en.json does not compile. */
export type Key = WithoutPlural<Filed>;
export type Fill = Readonly<Record<string, string | number>>;
export type Catalogue = Readonly<Record<string, string>>;

export const LANGUAGES = ["en", "de", "de-formal"] as const;
export type Language = (typeof LANGUAGES)[number];

interface Spoken {
  readonly language: Language;
  readonly locale: string;
  readonly catalogues: readonly Catalogue[];
  readonly plural: Intl.PluralRules;
  readonly numbers: Intl.NumberFormat;
}

const spoken = signal<Spoken | null>(null);

export function speak(language: Language, catalogues: readonly Catalogue[]): void {
  const locale = localeHere(language);
  spoken.value = {
    language,
    locale,
    catalogues,
    plural: new Intl.PluralRules(locale),
    numbers: new Intl.NumberFormat(locale),
  };
}

export function localeOf(language: Language): string {
  return language === "de-formal" ? "de" : language;
}

/** How this device writes times and numbers in that language: British people are not shown American clocks. */
function localeHere(language: Language): string {
  const base = localeOf(language);
  const own = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  return own.find((tag) => tag.toLowerCase().startsWith(`${base}-`)) ?? base;
}

/** The language tag for Intl and for the lang attribute. */
export function locale(): string {
  return spoken.value?.locale ?? "en";
}

export function language(): Language {
  return spoken.value?.language ?? "en";
}

/** The sentence in the language now spoken. `count` picks the plural form. */
export function t(key: Key, fill: Fill = {}): string {
  const now = spoken.value;
  if (now === null) return "";
  const count = fill["count"];
  const form = typeof count === "number" ? `${key}_${now.plural.select(count)}` : key;
  return filled(find(now.catalogues, form) ?? find(now.catalogues, `${key}_other`) ?? find(now.catalogues, key) ?? key, fill, now.numbers);
}

function find(catalogues: readonly Catalogue[], key: string): string | undefined {
  for (const catalogue of catalogues) {
    const sentence = catalogue[key];
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}

function filled(sentence: string, fill: Fill, numbers: Intl.NumberFormat): string {
  return sentence.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = fill[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/** The best of our languages for what the browser asks for; English when none fits. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    if (base === "en" || base === "de") return base;
  }
  return "en";
}
