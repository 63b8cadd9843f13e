// SPDX-License-Identifier: AGPL-3.0-or-later
// Vouching for people: what the place key signs. Pure.
import type { RosterRole } from "../../../web/bridge/vault/types.ts";
import type { StaffSaid } from "./wire.ts";

const DAY_MS = 86_400_000;
/** A licence is looked up again within twelve months; so the certificate never lives longer. */
export const CERTIFICATE_DAYS = 365;

export function rosterRole(role: StaffSaid["role"]): RosterRole | null {
  switch (role) {
    case "peer":
    case "supervisor":
    case "therapist":
      return role;
    case "client":
    case "admin":
      return null;
    default:
      return role satisfies never;
  }
}

export type LicenceStanding = "none_needed" | "missing" | "claimed" | "checked" | "check_again" | "expired";

/** A claim alone is never "verified"; a check older than a year is none any more. */
export function licenceStanding(member: StaffSaid, nowMs: number): LicenceStanding {
  if (member.role !== "therapist") return "none_needed";
  const { licence } = member;
  if (licence === undefined) return "missing";
  if (licence.expires_ms !== undefined && licence.expires_ms <= nowMs) return "expired";
  if (licence.checked_ms === undefined) return "claimed";
  return nowMs - licence.checked_ms > CERTIFICATE_DAYS * DAY_MS ? "check_again" : "checked";
}

/** May the place vouch for them today? A therapist only with a licence somebody has looked up. */
export function mayVouch(member: StaffSaid, nowMs: number): boolean {
  if (member.disabled || rosterRole(member.role) === null) return false;
  const standing = licenceStanding(member, nowMs);
  return standing === "none_needed" || standing === "checked";
}

/** Until when: a year, or until the licence ends. */
export function vouchUntil(member: StaffSaid, nowMs: number): number {
  const year = nowMs + CERTIFICATE_DAYS * DAY_MS;
  const ends = member.role === "therapist" ? (member.licence?.expires_ms ?? year) : year;
  return Math.min(year, ends);
}
