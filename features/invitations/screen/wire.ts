// SPDX-License-Identifier: AGPL-3.0-or-later
import { ROLES } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";
import { bytes, list, maybe, oneOf, shape, text, whole, type Decoded } from "../../../web/net/decode.ts";
import { ask, askNothing, type Decoder } from "../../../web/net/http.ts";

const kind = oneOf("staff", "client");
const role = oneOf(...ROLES);

const lookedAnswer = shape({
  kind,
  role,
  inviter: maybe(text),
  inviter_name: maybe(text),
  inviter_ik: maybe(bytes),
  inviter_certificate: maybe(bytes),
  expires_ms: whole,
}) satisfies Decoder<contract.InvitationLooked>;
export type LookedSaid = Decoded<typeof lookedAnswer>;

const invitationAnswer = shape({
  invitation: text,
  kind,
  role,
  made_ms: whole,
  expires_ms: whole,
  used_by: maybe(text),
  auth: maybe(bytes),
  ik: maybe(bytes),
  ek: maybe(bytes),
  conversation: maybe(text),
}) satisfies Decoder<contract.Invitation>;
export type InvitationSaid = Decoded<typeof invitationAnswer>;

export function lookAt(token: Uint8Array): Promise<LookedSaid> {
  return ask({ method: "POST", path: "/api/invitations/look", body: { token } satisfies contract.InvitationLook }, lookedAnswer);
}

export async function invite(body: contract.Invite): Promise<string> {
  return (await ask({ method: "POST", path: "/api/invitations", body }, shape({ invitation: text }))).invitation;
}

export async function invitations(): Promise<readonly InvitationSaid[]> {
  return (await ask({ method: "GET", path: "/api/invitations" }, shape({ invitations: list(invitationAnswer) }))).invitations;
}

export function takeBack(invitation: string): Promise<void> {
  return askNothing({ method: "DELETE", path: `/api/invitations/${invitation}` });
}

export function claimLicence(account: string, claim: contract.LicenceClaim): Promise<void> {
  return askNothing({ method: "PUT", path: `/api/staff/${account}/licence`, body: claim });
}
