// SPDX-License-Identifier: AGPL-3.0-or-later
// The vault's worker: holds the one instance of vault.wasm and answers the page's questions (types.ts). Keys are inside
// the module; what comes through here on its way is wiped after use.
import { assets } from "../assets.ts";
import { answer, BridgeError, type Answers } from "../rpc.ts";
import { Account } from "./account.ts";
import { firstOf, joined, withFirst } from "./choices.ts";
import { toText } from "./codec.ts";
import { Conversations } from "./conversations.ts";
import { deviceKept, forgetRoot } from "./device.ts";
import { Files } from "./files.ts";
import { KeptStore } from "./kept_store.ts";
import { KeptWords } from "./kept_words.ts";
import { LocalStore } from "./local_store.ts";
import { compile, nothing, VaultModule } from "./module.ts";
import { passOn, People, spokenStep } from "./people.ts";
import { AccountState, trusted } from "./state.ts";
import type { Bytes, Id, NewAccount, VaultOperations, View } from "./types.ts";

type Rooms = {
  module: VaultModule;
  account: Account;
  state: AccountState;
  conversations: Conversations;
  people: People;
  files: Files;
};

const PLACE = "place-key";
const FIRST = "first/";
const INVITATION = "invitation/";

async function open(): Promise<Rooms> {
  const module = await VaultModule.start(await compile(assets.vaultWasm));
  const files = new Files(module);
  return {
    module,
    account: new Account(module),
    state: new AccountState(module),
    conversations: new Conversations(module, files),
    people: new People(module, files),
    files,
  };
}

let opening: Promise<Rooms> | undefined;
const rooms = (): Promise<Rooms> => (opening ??= open());

// ---- What only this device keeps ----

type Device = { account: Id; local: LocalStore; kept: KeptWords };
let store: Device | undefined;

function seal({ module }: Rooms, label: string, content: Bytes): Bytes {
  return module.call("local_seal", (q) => q.shortText(label).rest(content), (a) => a.rest());
}

function unseal({ module }: Rooms, label: string, sealed: Bytes): Bytes {
  return module.call("local_open", (q) => q.shortText(label).rest(sealed), (a) => a.rest());
}

function device(it: Rooms): Device {
  const { account } = it.account.get();
  if (store?.account === account) return store;
  const sealer = { seal: (label: string, content: Bytes) => seal(it, label, content), open: (label: string, sealed: Bytes) => unseal(it, label, sealed) };
  store = { account, local: new LocalStore(account), kept: new KeptWords(sealer, new KeptStore(account), it.conversations) };
  return store;
}

/** What this device would not keep (storage full, a private window): sealed all the same, and here until the page goes. */
const unkept = new Map<string, Bytes>();

/**
 * New account keys hold only once the place says so. Until then nothing is made with them: an account state sealed under keys that the place
 * then refused could never be opened again, and a message signed with them would be believed by nobody.
 */
let undecided: Promise<void> | undefined;
let decided = (): void => undefined;
/** What must not wait: asking for the answer and the answer itself, leaving, and what is kept on this device (`held`, below). */
const NEVER_WAITS = /^(signChanged|changeDone|wipe|local.*)$/;

function decideLater(): void {
  undecided = new Promise((done) => {
    decided = () => {
      undecided = undefined;
      done();
    };
  });
}

/** While a new account key waits for the place's answer: all that is kept here, to be sealed again under the key that holds. */
let held: Map<string, Bytes> | undefined;

async function holdLocal(): Promise<void> {
  const all = new Map<string, Bytes>();
  for (const label of await device(await rooms()).local.labels("")) {
    const content = await kept(label);
    if (content !== null) all.set(label, content);
  }
  held = all;
}

async function resealLocal(): Promise<void> {
  const all = held;
  held = undefined;
  for (const [label, content] of all ?? []) {
    await keepOrHold(label, content);
    content.fill(0);
  }
}

async function sealed(label: string, content: Bytes): Promise<Bytes> {
  held?.set(label, content.slice());
  return seal(await rooms(), label, content);
}

/** On this device when it returns, or `not_stored`: what must not be lost with the page. */
async function keep(label: string, content: Bytes): Promise<void> {
  const { local, kept } = device(await rooms());
  const bytes = await sealed(label, content);
  // A full device: what can be read again from the place makes room for what stands nowhere else.
  const again = (): Promise<void> => kept.stop().then(() => local.put(label, bytes));
  await local.put(label, bytes).catch(again).catch(() => {
    throw new BridgeError("not_stored");
  });
  unkept.delete(label);
}

/** On this device, or at least in this page. true: on the device. */
async function keepOrHold(label: string, content: Bytes): Promise<boolean> {
  try {
    await keep(label, content);
    return true;
  } catch (error) {
    if (!(error instanceof BridgeError && error.code === "not_stored")) throw error;
    unkept.set(label, await sealed(label, content));
    return false;
  }
}

async function drop(label: string): Promise<void> {
  unkept.delete(label);
  // What cannot be dropped now is noise that the next unlock recognises: words the log has are not sent twice.
  await device(await rooms()).local.drop(label).catch(() => undefined);
}

async function kept(label: string): Promise<Bytes | null> {
  const waiting = held?.get(label);
  if (waiting !== undefined) return waiting.slice();
  const it = await rooms();
  const bytes = unkept.get(label) ?? (await device(it).local.get(label).catch(() => undefined));
  return bytes === undefined ? null : unseal(it, label, bytes);
}

// ---- Pieces of answers ----

function view({ account, state, conversations }: Rooms, conversation: Id): View {
  const { epoch, position, stops, resume_waits, members } = conversations.raw(conversation);
  return { conversation, epoch, position, stops, resume_waits, members: trusted(members, account.get().member, state.view().pins) };
}

function drawId(module: VaultModule): Id {
  return module.call("draw_id", nothing, (a) => a.id());
}

function newAccount(it: Rooms, made: Awaited<ReturnType<Account["make"]>>): NewAccount {
  const { member, records, identity, signature } = made;
  const { ik, ek, ek_serial, ek_certificate } = member;
  const { serial, state } = it.state.seal();
  it.state.kept(serial); // stands or falls with the account itself
  return { ik, ek, ek_serial, ek_certificate, records, identity, state, signature };
}

const answers: Answers<VaultOperations & { wipe: (asked: Record<string, never>) => null }> = {
  async drawId() {
    return drawId((await rooms()).module);
  },

  // ---- The account ----

  async makeAccount({ account, handle, host, challenge }) {
    const it = await rooms();
    return newAccount(it, await it.account.make(account, handle, host, challenge));
  },
  async makeAccountAgain({ account, handle, host, challenge, ek_serial, record_serial }) {
    const it = await rooms();
    return newAccount(it, await it.account.makeAgain(account, handle, host, challenge, ek_serial, record_serial));
  },
  async deviceKept() {
    return deviceKept();
  },
  async deviceKeeps() {
    return (await rooms()).account.deviceKeeps;
  },
  async signIn(asked, context) {
    return (await rooms()).account.signIn(asked.host, asked.challenge, asked.with, context);
  },
  async open(asked) {
    const it = await rooms();
    const member = it.account.open(asked.account, asked.handle, asked.record, asked.identity);
    return { member, state: it.state.open(asked.state_serial, asked.state) };
  },
  async change(asked, context) {
    const it = await rooms();
    const newKeys = asked.renew === true || asked.rotate === true;
    if (newKeys) decideLater();
    if (asked.renew === true) await holdLocal();
    try {
      const change = await it.account.change(asked, context);
      if (!newKeys) return change;
      const { serial, state } = it.state.seal();
      return { ...change, state, state_serial: serial };
    } catch (error) {
      it.account.changeDone(false);
      decided();
      await resealLocal();
      throw error;
    }
  },
  async changeDone({ stored, state_serial, password_set }) {
    const it = await rooms();
    try {
      it.account.changeDone(stored);
      if (stored && state_serial !== undefined) it.state.kept(state_serial);
    } finally {
      decided();
    }
    if (stored && password_set === true) await forgetRoot(it.account.get().handle).catch(() => undefined);
    if (held !== undefined) await device(it).kept.stop().catch(() => undefined); // sealed under the key that went
    await resealLocal();
    return null;
  },
  async signChanged({ host, challenge }) {
    const { account } = await rooms();
    return account.sign(host, account.get().handle, challenge, "login_sign_next");
  },
  async signErase({ host, challenge }) {
    const { account } = await rooms();
    return account.sign(host, account.get().handle, challenge);
  },

  // ---- The account state ----

  async state() {
    return (await rooms()).state.view();
  },
  async stateToKeep() {
    return (await rooms()).state.seal();
  },
  async stateKept({ serial }) {
    return (await rooms()).state.kept(serial);
  },
  async stateFrom({ serial, state }) {
    const it = (await rooms()).state;
    if (serial <= it.view().serial) return it.view(); // it came by another way meanwhile
    const ours = it.view().choices;
    const view = it.from(serial, state);
    const both = joined(ours, view.choices);
    return both === null ? view : it.keepChoices(both);
  },
  async stateRestored({ serial, state }) {
    return (await rooms()).state.restored(serial, state);
  },
  async pin({ account, ik, how, at_ms, decided }) {
    return (await rooms()).state.pin(account, ik, how, at_ms, decided === true);
  },
  async pinPlace({ place_key }) {
    return (await rooms()).state.pinPlace(place_key);
  },
  async keepChoices({ choices }) {
    return (await rooms()).state.keepChoices(choices);
  },
  async auditSeen({ count, head }) {
    return (await rooms()).state.auditSeen(count, head);
  },
  async forget({ conversation }) {
    const it = await rooms();
    await device(it).kept.drop(conversation);
    return it.state.forget(conversation);
  },

  // ---- What only this device keeps ----

  async localPut({ label, content }) {
    return { stored: await keepOrHold(label, content) };
  },
  async localGet({ label }) {
    return kept(label);
  },
  async localDrop({ label }) {
    held?.delete(label);
    await drop(label);
    return null;
  },
  async localLabels({ start }) {
    const stored = await device(await rooms()).local.labels(start).catch(() => []);
    return [...new Set([...stored, ...[...unkept.keys()].filter((label) => label.startsWith(start))])];
  },
  async localForget() {
    const it = await rooms();
    const { local, kept } = device(it);
    await Promise.allSettled([kept.stop(), forgetRoot(it.account.get().handle)]);
    await local.forget();
    return null;
  },

  // ---- Words this device has read ----

  async keptOpen({ conversation, now_ms }) {
    const it = await rooms();
    const taken = await device(it).kept.open(conversation, now_ms);
    return taken === null ? null : { taken, view: view(it, conversation) };
  },
  async keptProve({ conversation, entry, gone }) {
    return device(await rooms()).kept.prove(conversation, entry, gone);
  },
  async keptOnly({ conversations }) {
    await device(await rooms()).kept.only(conversations);
    return null;
  },

  // ---- A conversation ----

  async read({ conversation, entries, head, now_ms }) {
    const it = await rooms();
    const read = it.conversations.read(conversation, it.account.get().account, entries, head, now_ms);
    device(it).kept.took(conversation, read.taken);
    return { ...read, view: view(it, conversation) };
  },
  async view({ conversation }) {
    return view(await rooms(), conversation);
  },
  async seal({ conversation, body, time_ms, mid }) {
    const { module, conversations } = await rooms();
    return conversations.seal(conversation, body, time_ms, mid ?? drawId(module));
  },
  async reseal(asked) {
    const { conversations } = await rooms();
    const { conversation, readers } = asked;
    const new_reader = asked.asked_about_new_readers ? null : conversations.newReader(conversation, readers);
    if (new_reader !== null) return { new_reader };
    if (asked.new_stream) conversations.call("log_new_stream", conversation, nothing, nothing);
    return { sealed: conversations.seal(conversation, asked.body, asked.time_ms, asked.mid) };
  },
  async goOn({ conversation }) {
    const it = await rooms();
    it.conversations.call("log_go_on", conversation, nothing, nothing);
    return view(it, conversation);
  },
  async acceptResume({ conversation }) {
    const it = await rooms();
    it.conversations.call("log_accept_resume", conversation, nothing, nothing);
    return view(it, conversation);
  },
  async readAnew({ conversation }) {
    const it = await rooms();
    it.conversations.forget(conversation);
    await device(it).kept.drop(conversation);
    return null;
  },
  async wrapArrived({ conversation, wrap }) {
    const it = await rooms();
    it.conversations.wrapArrived(conversation, wrap);
    return view(it, conversation);
  },
  async wrapAgain({ conversation, account }) {
    return (await rooms()).conversations.call("wrap_again", conversation, (q) => q.id(account), (a) => a.rest());
  },
  async commit({ conversation, kind, changes }) {
    return (await rooms()).conversations.commit(conversation, kind, changes);
  },
  async beginPrivate({ conversation: wanted }) {
    const { module, conversations } = await rooms();
    const conversation = wanted ?? drawId(module);
    return { conversation, ...conversations.privateGenesis(conversation) };
  },
  async leave({ conversation }) {
    return (await rooms()).conversations.call("leave_sign", conversation, nothing, (a) => a.rest());
  },
  async sealReceipt({ conversation, time_ms }) {
    return (await rooms()).conversations.call("receipt_seal", conversation, (q) => q.u53(time_ms), (a) => a.rest());
  },
  async openReceipt({ conversation, receipt }) {
    return (await rooms()).conversations.call(
      "receipt_open",
      conversation,
      (q) => q.rest(receipt),
      (a) => ({ account: a.id(), position: a.u53() }),
    );
  },

  // ---- First words ----

  async sealFirstWords(asked) {
    const { module, people, state } = await rooms();
    const [conversation, mid] = [drawId(module), drawId(module)];
    const { hash, first_words } = people.firstSeal(asked, conversation, mid);
    state.keepChoices(withFirst(state.view().choices, conversation, hash));
    return { conversation, first_words, mid, stored: await keepOrHold(FIRST + conversation, hash) };
  },
  async openFirstWords({ first_words }) {
    return (await rooms()).people.firstOpen(first_words);
  },
  async accept({ first_words, now_ms }) {
    return (await rooms()).people.accept(first_words, now_ms);
  },
  async genesisAccept(asked) {
    const { people, state } = await rooms();
    // Asked on another device of this account: the account state knows it too.
    const hash = (await kept(FIRST + asked.conversation)) ?? firstOf(state.view().choices, asked.conversation);
    if (hash === null) throw new BridgeError("not_there");
    return people.genesisAccept(hash, asked);
  },

  // ---- The place key, the team key, invitations ----

  async placeMake() {
    const { sealed, ...place } = (await rooms()).people.placeMake();
    await keep(PLACE, sealed);
    return place;
  },
  async placeHave() {
    const sealed = await kept(PLACE);
    return sealed === null ? null : (await rooms()).people.placeOpen(sealed);
  },
  async rosterSign(asked) {
    return (await rooms()).people.rosterSign(asked);
  },
  async rosterCheck({ certificate, place_key, now_ms }) {
    return (await rooms()).people.rosterCheck(certificate, place_key, now_ms);
  },
  async teamMake({ team: wanted, serial, from_ms, until_ms, to }) {
    const { module, people } = await rooms();
    const team = wanted ?? drawId(module);
    const certificate = people.teamMake(team, serial, from_ms, until_ms);
    return { team, serial, certificate, wraps: people.teamWrap(team, serial, to) };
  },
  async teamOpen({ wrap, team, now_ms }) {
    return (await rooms()).people.teamOpen(team, wrap, now_ms);
  },
  async teamWrap({ team, serial, to }) {
    return (await rooms()).people.teamWrap(team, serial, to);
  },
  async inviteMake({ place_key }) {
    const invitation = (await rooms()).people.inviteMake(place_key);
    await keep(INVITATION + toText(invitation.token_hash), new TextEncoder().encode(invitation.text) as Bytes);
    return invitation;
  },
  async readInvitation({ text }) {
    return (await rooms()).people.inviteRead(text);
  },
  async inviteAnswer({ conversation, text }) {
    const { token, auth } = (await rooms()).people.inviteAnswer(conversation, text);
    return { token, auth };
  },
  async inviteCheck({ conversation, invitee, auth, at_ms }) {
    const it = await rooms();
    const { people } = it;
    for (const label of await device(it).local.labels(INVITATION)) {
      const text = await kept(label);
      if (text === null) continue;
      if (people.inviteCheck(new TextDecoder().decode(text), conversation, invitee, auth, at_ms)) return true;
    }
    return false;
  },
  async consentSign(asked) {
    return (await rooms()).people.consentSign(asked);
  },
  async spokenStep({ conversation, other, received }) {
    const { module, conversations } = await rooms();
    return spokenStep(module, conversations, conversation, other, received);
  },
  async passOn({ conversation, to }) {
    return passOn((await rooms()).conversations, conversation, to);
  },
  async fingerprint({ account, ik }) {
    return (await rooms()).module.call("fingerprint", (q) => q.id(account).fixed(ik, 32), (a) => a.rest());
  },
  async placeFingerprint({ place_key }) {
    return (await rooms()).module.call("place_fingerprint", (q) => q.fixed(place_key, 32), (a) => a.rest());
  },

  // ---- Files ----

  async fileSealStart({ size }) {
    return (await rooms()).files.sealStart(size);
  },
  async fileSealChunk({ file, plain }) {
    return (await rooms()).files.sealChunk(file, plain);
  },
  async fileSealEnd({ file, name, type }) {
    return (await rooms()).files.sealEnd(file, name, type);
  },
  async fileOpenStart({ file }) {
    return (await rooms()).files.openStart(file);
  },
  async fileOpenChunk({ file, sealed }) {
    return (await rooms()).files.openChunk(file, sealed);
  },
  async fileStop({ file }) {
    return (await rooms()).files.stop(file);
  },

  // ---- Lock ----

  async wipe() {
    const { account, module } = await rooms();
    module.wipe();
    // Made here, but the place never let them in: nothing can be opened with what was kept.
    if (account.neverOpened !== undefined) await forgetRoot(account.neverOpened).catch(() => undefined);
    await store?.kept.close();
    await store?.local.close();
    return null;
  },
};

answer(answers, self as DedicatedWorkerGlobalScope, (op) => (NEVER_WAITS.test(op) ? undefined : undecided));
