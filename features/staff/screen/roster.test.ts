// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { licenceStanding, mayVouch, vouchUntil } from "./roster.ts";
import type { StaffSaid } from "./wire.ts";

const key = new Uint8Array(32);
const peer: StaffSaid = {
  account: "a", name: "Ana", role: "peer", ik: key, ek: key, ek_serial: 1, ek_certificate: key, certificate: undefined,
  lead: false, certified: false, disabled: false, licence: undefined, here_until_ms: 0,
};
const licence = { authority: "Board", number: "1", country: "DE", checked_ms: undefined, checked_by: undefined, expires_ms: 1000 * 86_400_000 };
const year = 365 * 86_400_000;

test("a therapist without a checked licence is never vouched for", () => {
  const therapist: StaffSaid = { ...peer, role: "therapist" };
  assert.equal(mayVouch(therapist, 0), false);
  assert.equal(mayVouch({ ...therapist, licence }, 0), false);
  assert.equal(licenceStanding({ ...therapist, licence }, 0), "claimed");
  assert.equal(mayVouch({ ...therapist, licence: { ...licence, checked_ms: 0 } }, 1), true);
});

test("a check older than a year, and a licence that ended, count no more", () => {
  const checked: StaffSaid = { ...peer, role: "therapist", licence: { ...licence, checked_ms: 0 } };
  assert.equal(licenceStanding(checked, year + 1), "check_again");
  assert.equal(licenceStanding(checked, 1000 * 86_400_000), "expired");
});

test("nobody vouches for an administrator, a client or somebody disabled as a listener", () => {
  assert.equal(mayVouch({ ...peer, role: "admin" }, 0), false);
  assert.equal(mayVouch({ ...peer, role: "client" }, 0), false);
  assert.equal(mayVouch({ ...peer, disabled: true }, 0), false);
});

test("a certificate ends with the licence", () => {
  const therapist: StaffSaid = { ...peer, role: "therapist", licence: { ...licence, expires_ms: 5000 } };
  assert.equal(vouchUntil(therapist, 0), 5000);
  assert.equal(vouchUntil(peer, 0), year);
});
