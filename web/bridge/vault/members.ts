// SPDX-License-Identifier: AGPL-3.0-or-later
// A member of a conversation, as FORMAT.md lays it out: 149 bytes.
import { BridgeError } from "../rpc.ts";
import type { Reader, Writer } from "./codec.ts";
import type { Member, MemberRole } from "./types.ts";

const ROLES: readonly MemberRole[] = ["client", "listener", "supervisor", "relative", "interpreter"];
const CERTIFICATE_BYTES = 64;
const KEY_BYTES = 32;

export function roleNumber(role: MemberRole): number {
  return ROLES.indexOf(role) + 1;
}

export function memberFrom(a: Reader): Member {
  const account = a.id();
  const ik = a.bytes(KEY_BYTES);
  const ek = a.bytes(KEY_BYTES);
  const ek_serial = a.u32();
  const ek_certificate = a.bytes(CERTIFICATE_BYTES);
  const role = ROLES[a.u8() - 1];
  if (role === undefined) throw new BridgeError("bad");
  return { account, ik, ek, ek_serial, ek_certificate, role };
}

export function writeMember(q: Writer, member: Member): Writer {
  return q
    .id(member.account)
    .fixed(member.ik, KEY_BYTES)
    .fixed(member.ek, KEY_BYTES)
    .u32(member.ek_serial)
    .fixed(member.ek_certificate, CERTIFICATE_BYTES)
    .u8(roleNumber(member.role));
}
