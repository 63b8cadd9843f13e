// SPDX-License-Identifier: AGPL-3.0-or-later
// From the place as it is to a form, and from the form to a change. Pure.
import type { Place } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";

export interface Day {
  readonly open: boolean;
  readonly from: number;
  readonly to: number;
}

export interface PlaceFormValues {
  readonly name: string;
  readonly language: string;
  readonly country: string;
  readonly timeZone: string;
  readonly promise: string;
  readonly retention: string;
  readonly days: readonly Day[];
}

export type Wrong = "name" | "language" | "country" | "zone" | "promise" | "retention" | "hours";

const USUAL = { from: 9 * 60, to: 17 * 60 };

export function formFrom(place: Place): PlaceFormValues {
  return {
    name: place.name,
    language: place.language,
    country: place.country,
    timeZone: place.time_zone,
    promise: String(place.promise_minutes),
    retention: String(place.retention_days),
    days: Array.from({ length: 7 }, (_, weekday) => {
      const hours = place.hours.find((h) => h.weekday === weekday);
      return hours === undefined ? { open: false, ...USUAL } : { open: true, from: hours.from_minute, to: hours.to_minute };
    }),
  };
}

/** The change, or what is not right yet. */
export function changeFrom(form: PlaceFormValues): contract.PlaceChange | Wrong {
  const promise = Number(form.promise);
  const retention = Number(form.retention);
  if (form.name.trim() === "") return "name";
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(form.language.trim())) return "language";
  if (!/^[A-Za-z]{2}$/.test(form.country.trim())) return "country";
  if (!isZone(form.timeZone.trim())) return "zone";
  if (!Number.isInteger(promise) || promise < 1 || promise > 7 * 1440) return "promise";
  if (!Number.isInteger(retention) || retention < 1 || retention > 365) return "retention";
  if (form.days.some((d) => d.open && d.from >= d.to)) return "hours";
  return {
    name: form.name.trim(),
    language: form.language.trim(),
    country: form.country.trim().toUpperCase(),
    time_zone: form.timeZone.trim(),
    promise_minutes: promise,
    retention_days: retention,
    hours: form.days.flatMap((d, weekday) => (d.open ? [{ weekday, from_minute: d.from, to_minute: d.to }] : [])),
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}

export function minutesText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
