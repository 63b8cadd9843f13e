// SPDX-License-Identifier: AGPL-3.0-or-later
// Tests only: people with a vault.wasm each, inside node.
import * as fs from "node:fs";
import * as path from "node:path";
import { Conversations } from "../../../web/bridge/vault/conversations.ts";
import { Files } from "../../../web/bridge/vault/files.ts";
import { memberFrom } from "../../../web/bridge/vault/members.ts";
import { nothing, VaultModule } from "../../../web/bridge/vault/module.ts";
import { People } from "../../../web/bridge/vault/people.ts";
import type { Bytes, Id, Member } from "../../../web/bridge/vault/types.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";

export function wasmFile(name: string): Bytes {
  return new Uint8Array(fs.readFileSync(path.join(root, "build-wasm", name)));
}

const compiled = WebAssembly.compile(wasmFile("vault.wasm"));

export async function startModule(random?: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<VaultModule> {
  return VaultModule.start(await compiled, random);
}

export type Person = {
  module: VaultModule;
  account: Id;
  member: Member;
  /** What their device keeps to open the account again. */
  root: Bytes;
  files: Files;
  people: People;
  conversations: Conversations;
};

export function drawId(module: VaultModule): Id {
  return module.call("draw_id", nothing, (a) => a.id());
}

export async function arrive(): Promise<Person> {
  const module = await startModule();
  const account = drawId(module);
  const root = module.call("root_device_make", nothing, (a) => a.rest());
  const files = new Files(module);
  const member = module.call("account_make", (q) => q.id(account), memberFrom);
  return { module, account, member, root, files, people: new People(module, files), conversations: new Conversations(module, files) };
}

/** The same person after a lock, in a module of their own: what the place and the device kept is all there is. */
export async function unlockAgain(person: Person): Promise<Person> {
  const { account, root } = person;
  const record = person.module.call("record_make", (q) => q.u32(1), (a) => a.bytes(119));
  const identity = person.module.call("identity_seal", nothing, (a) => a.rest());
  const { serial, state } = person.module.call("state_seal", nothing, (a) => ({ serial: a.u53(), state: a.rest() }));
  person.module.call("state_kept", (q) => q.u53(serial), nothing);
  const module = await startModule();
  module.call("root_take", (q) => q.u8(4).fixed(root, 32), nothing);
  const member = module.call("account_open", (q) => q.id(account).long(record).long(identity), memberFrom);
  module.call("state_open", (q) => q.u53(serial).rest(state), nothing);
  const files = new Files(module);
  return { module, account, member, root, files, people: new People(module, files), conversations: new Conversations(module, files) };
}

export const NOW = 1_700_000_000_000;
const DAY = 24 * 3600 * 1000;

export type Place = { admin: Person; lead: Person; place_key: Bytes; certificate: Bytes; team: { certificate: Bytes; lead_certificate: Bytes; place_key: Bytes } };

/** A place with one lead, who is the listener on duty and holds the team key. */
export async function openPlace(): Promise<Place> {
  const [admin, lead] = [await arrive(), await arrive()];
  const { place_key } = admin.people.placeMake();
  const certificate = admin.people.rosterSign({
    account: lead.account,
    ik: lead.member.ik,
    role: "therapist",
    lead: true,
    serial: 1,
    from_ms: NOW - DAY,
    until_ms: NOW + 300 * DAY,
  });
  const team_id = drawId(lead.module);
  const team_certificate = lead.people.teamMake(team_id, 1, NOW - DAY, NOW + 20 * DAY);
  return { admin, lead, place_key, certificate, team: { certificate: team_certificate, lead_certificate: certificate, place_key } };
}

/** Somebody sends first words, the lead accepts: both have the conversation's first entry to read. */
export async function meet(place: Place, client: Person): Promise<{ conversation: Id; genesis: Bytes; wraps: Map<Id, Bytes> }> {
  const body = { kind: "opening", wish: 1, channel: 0, name: "Mo", text: "I cannot sleep." } as const;
  const mid = drawId(client.module);
  const conversation = drawId(client.module);
  const asked = { team: place.team, body, time_ms: NOW, now_ms: NOW };
  const sealed = client.people.firstSeal(asked, conversation, mid);
  const { commit, wraps } = place.lead.people.accept(sealed.first_words, NOW);
  const { certificate, place_key } = place;
  client.people.genesisAccept(sealed.hash, { commit, certificate, place_key, now_ms: NOW });
  return { conversation, genesis: commit, wraps: new Map(wraps.map((one) => [one.account, one.wrap])) };
}
