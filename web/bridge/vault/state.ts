// SPDX-License-Identifier: AGPL-3.0-or-later
// What the account remembers: pins, tips, the place key. It lives in the module; the place keeps it sealed.
import { BridgeError } from "../rpc.ts";
import { sameBytes, type Reader, type Writer } from "./codec.ts";
import { nothing, type VaultModule } from "./module.ts";
import type { Bytes, Id, Member, Pin, PinnedHow, StateView, View } from "./types.ts";

const HOWS: readonly PinnedHow[] = ["first_seen", "roster", "invite", "replaced", "spoken"];
const KEY = 32;

function pinFrom(a: Reader): Pin {
  const account = a.id();
  const ik = a.bytes(KEY);
  const how = HOWS[a.u8() - 1];
  if (how === undefined) throw new BridgeError("bad");
  const at_ms = a.u53();
  const other_ik = a.bytes(KEY);
  return other_ik.some((byte) => byte !== 0) ? { account, ik, how, at_ms, other_ik } : { account, ik, how, at_ms };
}

export class AccountState {
  constructor(private readonly module: VaultModule) {}

  view(): StateView {
    return this.module.call("state_view", nothing, (a) => {
      const serial = a.u53();
      const changed = a.u8() === 1;
      const known = a.u8() === 1;
      const place_key = a.bytes(KEY);
      const pins = Array.from({ length: a.u32() }, () => pinFrom(a));
      const view = { serial, changed, pins, choices: a.rest() };
      return known ? { ...view, place_key } : view;
    });
  }

  #then(op: Parameters<VaultModule["call"]>[0], write: (q: Writer) => unknown): StateView {
    this.module.call(op, write, nothing);
    return this.view();
  }

  open(serial: number, state: Bytes): StateView {
    return this.#then("state_open", (q) => q.u53(serial).rest(state));
  }

  seal(): { serial: number; state: Bytes } {
    return this.module.call("state_seal", nothing, (a) => ({ serial: a.u53(), state: a.rest() }));
  }

  kept(serial: number): StateView {
    return this.#then("state_kept", (q) => q.u53(serial));
  }

  from(serial: number, state: Bytes): StateView {
    return this.#then("state_from", (q) => q.u53(serial).rest(state));
  }

  restored(serial: number, state: Bytes): StateView {
    return this.#then("state_restored", (q) => q.u53(serial).rest(state));
  }

  pin(account: Id, ik: Bytes, how: PinnedHow, at_ms: number, decided: boolean): StateView {
    const op = decided ? "state_repin" : "state_pin";
    return this.#then(op, (q) => q.id(account).fixed(ik, KEY).u8(HOWS.indexOf(how) + 1).u53(at_ms));
  }

  pinPlace(place_key: Bytes): StateView {
    return this.#then("state_place", (q) => q.fixed(place_key, KEY));
  }

  keepChoices(choices: Bytes): StateView {
    return this.#then("state_choices", (q) => q.rest(choices));
  }

  auditSeen(count: number, head: Bytes): StateView {
    return this.#then("state_audit", (q) => q.u53(count).fixed(head, KEY));
  }

  forget(conversation: Id): StateView {
    return this.#then("state_forget", (q) => q.id(conversation));
  }
}

/** How far each member's key is trusted here. */
export function trusted(members: readonly Member[], me: Member, pins: readonly Pin[]): View["members"] {
  return members.map((member) => {
    if (member.account === me.account) return { ...member, trust: sameBytes(member.ik, me.ik) ? "own" : "before" };
    const pin = pins.find((one) => one.account === member.account);
    if (pin === undefined) return { ...member, trust: "unpinned" };
    return { ...member, trust: sameBytes(pin.ik, member.ik) && pin.other_ik === undefined ? "pinned" : "different" };
  });
}
