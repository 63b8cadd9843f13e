// SPDX-License-Identifier: AGPL-3.0-or-later
import { ROLES } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";
import { bytes, list, maybe, oneOf, shape, text, whole, yesNo, type Decoded } from "../../../web/net/decode.ts";
import { ask, askNothing, type Decoder } from "../../../web/net/http.ts";

const memberAnswer = shape({
  account: text,
  name: text,
  role: oneOf(...ROLES),
  ik: bytes,
  ek: bytes,
  ek_serial: whole,
  ek_certificate: bytes,
  certificate: maybe(bytes),
  lead: yesNo,
  certified: yesNo,
  disabled: yesNo,
  licence: maybe(shape({ authority: text, number: maybe(text), country: text, checked_ms: maybe(whole), checked_by: maybe(text), expires_ms: maybe(whole) })),
  here_until_ms: whole,
}) satisfies Decoder<contract.StaffMember>;
export type StaffSaid = Decoded<typeof memberAnswer>;

const auditAnswer = shape({
  entries: list(shape({ count: whole, at_ms: whole, actor: maybe(text), act: text, subject: maybe(text), hash: bytes })),
  count: whole,
  head: bytes,
}) satisfies Decoder<contract.Audit>;
export type AuditSaid = Decoded<typeof auditAnswer>;

const at = (account: string, rest: string): string => `/api/staff/${account}${rest}`;

export async function staff(): Promise<readonly StaffSaid[]> {
  return (await ask({ method: "GET", path: "/api/staff" }, shape({ staff: list(memberAnswer) }))).staff;
}

export function putCertificate(account: string, certificate: Uint8Array): Promise<void> {
  return askNothing({ method: "PUT", path: at(account, "/certificate"), body: { certificate } satisfies contract.StaffCertificate });
}

export function putLicence(account: string, licence: contract.LicenceClaim): Promise<void> {
  return askNothing({ method: "PUT", path: at(account, "/licence"), body: licence });
}

export function putDisabled(account: string, disabled: boolean): Promise<void> {
  return askNothing({ method: "PUT", path: at(account, "/disabled"), body: { disabled } satisfies contract.StaffDisabled });
}

export function audit(after: number): Promise<AuditSaid> {
  return ask({ method: "GET", path: `/api/audit?after=${after}` }, auditAnswer);
}
