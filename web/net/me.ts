// SPDX-License-Identifier: AGPL-3.0-or-later
// Who is here: the session, the unlocked vault and the socket, together or not at all. Everything a screen does as somebody
// begins with `me`. Locking ends all three and keeps what lies sealed on the device.
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { assets } from "../bridge/assets.ts";
import { deviceKept } from "../bridge/vault/device.ts";
import { BridgeError, startVault, type Member, type NewAccount, type SignIn, type StateView, type Vault } from "../bridge/vault/vault.ts";
import { arrivalAnswer, sessionAnswer, startedAnswer, ticketAnswer, type Session } from "./answers.ts";
import { ask, askNothing } from "./http.ts";
import { keepState, rememberCopy, takeTheirs } from "./state.ts";
import { Socket, type Link, type Told } from "./socket.ts";

export interface Me {
  readonly session: Session;
  readonly vault: Vault;
  readonly member: Member;
  readonly socket: Socket;
}

/** Why nobody is here: nobody came yet, the keys were put away, or the place said good-bye. */
export type Away = "nobody" | "idle" | "by_hand" | "reloaded" | "ended" | "changed_elsewhere";
export type Standing =
  | { readonly is: "looking" }
  | { readonly is: "away"; readonly why: Away; readonly session: Session | null; readonly device: string | null }
  | { readonly is: "here"; readonly me: Me };

const LAST_THINGS_MS = 1000;
const standing = signal<Standing>({ is: "looking" });
export const here: ReadonlySignal<Standing> = standing;
export const link = signal<Link>("connecting");
/** The chain of staff acts is not the one this account knew: somebody rebuilt it. */
export const auditRebuilt = signal(false);
export const stateView = signal<StateView | null>(null);
/** false: this browser keeps nothing for whoever arrived just now; when the page closes, only a password opens their place again. */
export const deviceKeeps = signal(true);

export function me(): Me | null {
  const now = standing.value;
  return now.is === "here" ? now.me : null;
}

type Listener = (message: Told) => void;
const toldTo = new Set<Listener>();
const connectedTo = new Set<() => void>();

/** What the place tells without being asked. Returns how to stop listening. */
export function onTold(listener: Listener): () => void {
  toldTo.add(listener);
  return () => toldTo.delete(listener);
}

/** Each time a connection stands: the moment to read what was missed. */
export function onConnected(listener: () => void): () => void {
  connectedTo.add(listener);
  return () => connectedTo.delete(listener);
}

/** Fetches what making keys needs while somebody still reads the first question: on a slow line these are the seconds that count. */
export function warmUp(): void {
  for (const part of [assets.vaultWorker, assets.vaultWasm]) {
    void fetch(part, { priority: "low" }).then((answer) => answer.arrayBuffer()).catch(() => undefined);
  }
}

const restoredTo = new Set<() => void>();
let placeEpoch = 0;

/** The place was restored from a backup: what stands in its logs now may be less than what was read. */
export function onRestored(listener: () => void): () => void {
  restoredTo.add(listener);
  return () => restoredTo.delete(listener);
}

const lastThings = new Set<() => Promise<void>>();

/** Something to be sealed before the keys are put away: a draft. Returns how to take it back. */
export function beforeLock(lastThing: () => Promise<void>): () => void {
  lastThings.add(lastThing);
  return () => lastThings.delete(lastThing);
}

export interface Invited {
  readonly token: Uint8Array;
  readonly auth: Uint8Array;
}

/** A new place of one's own: keys are made here, the place gives the number. What is asked before the account exists is the caller's. */
export async function arrive(
  with_: { readonly invitation?: (vault: Vault, account: string) => Promise<Invited>; readonly public_name?: string } = {},
): Promise<Me> {
  const arrival = await ask({ method: "POST", path: "/api/arrivals", body: {} }, arrivalAnswer);
  const vault = startVault();
  try {
    const made: NewAccount = await vault.ask("makeAccount", {
      account: arrival.account,
      handle: arrival.handle,
      host: location.host,
      challenge: arrival.challenge,
    });
    deviceKeeps.value = await vault.ask("deviceKeeps", {});
    const invitation = await with_.invitation?.(vault, arrival.account);
    const session = await ask(
      { method: "POST", path: "/api/accounts", body: { ...made, invitation, public_name: with_.public_name } },
      sessionAnswer,
    );
    return await settle(vault, session);
  } catch (error) {
    await vault.lock();
    throw error;
  }
}

/** The kinds of secret a person can come back with. */
export type ComeBack =
  | { readonly by: "password"; readonly password: () => Uint8Array<ArrayBuffer>; readonly secretKey: string | null }
  | { readonly by: "recovery"; readonly code: string }
  | { readonly by: "device" };

export async function comeBack(handle: string, with_: ComeBack): Promise<Me> {
  const started = await ask({ method: "POST", path: "/api/sign-in/start", body: { handle, kind: with_.by } }, startedAnswer);
  const vault = startVault();
  try {
    const { signature } = await vault.ask("signIn", {
      host: location.host,
      challenge: started.challenge,
      with: secretOf(handle, with_, started),
    });
    const session = await ask({ method: "POST", path: "/api/sign-in", body: { handle, kind: with_.by, signature } }, sessionAnswer);
    return await settle(vault, session);
  } catch (error) {
    await vault.lock();
    throw error;
  }
}

/** Keys that were made here in a vault that is open already have come to count: signs in with them and is here. */
export async function takeUp(vault: Vault, handle: string): Promise<Me> {
  const started = await ask({ method: "POST", path: "/api/sign-in/start", body: { handle, kind: "device" } }, startedAnswer);
  const { signature } = await vault.ask("signIn", { host: location.host, challenge: started.challenge, with: { by: "device", handle } });
  const session = await ask({ method: "POST", path: "/api/sign-in", body: { handle, kind: "device", signature } }, sessionAnswer);
  return settle(vault, session);
}

/** What the account remembers, as it stands in the vault now: whom it knows, and how well. */
export async function lookAtState(me: Me): Promise<void> {
  stateView.value = await me.vault.ask("state", {});
}

/** This account trusts that key of theirs from now on; how, and on every device. */
export async function trust(me: Me, account: string, ik: Uint8Array<ArrayBuffer>, how: "spoken" | "replaced"): Promise<void> {
  stateView.value = await me.vault.ask("pin", { account, ik, how, at_ms: Date.now(), decided: true });
  void keepState(me.vault).catch(() => undefined);
}

function secretOf(handle: string, with_: ComeBack, said: { readonly salt: Uint8Array<ArrayBuffer>; readonly t: number; readonly m: number }): SignIn {
  switch (with_.by) {
    case "password": {
      const secret = with_.secretKey === null ? {} : { secret_key: with_.secretKey };
      return { by: "password", handle, password: with_.password(), ...secret, salt: said.salt, t: said.t, m: said.m };
    }
    case "recovery":
      return { by: "recovery", handle, code: with_.code };
    case "device":
      return { by: "device", handle };
    default:
      return with_ satisfies never;
  }
}

async function settle(vault: Vault, session: Session): Promise<Me> {
  const { member, state } = await vault.ask("open", {
    account: session.account,
    handle: session.handle,
    record: session.record,
    identity: session.identity,
    state: session.state,
    state_serial: session.state_serial,
  });
  const more = await rememberCopy(vault, { serial: session.state_serial, state: session.state }).catch(() => false);
  const socket = new Socket({
    ticket: async () => (await ask({ method: "POST", path: "/api/socket-ticket", body: {} }, ticketAnswer)).ticket,
    told: heard,
    connected: () => connectedTo.forEach((listener) => listener()),
    signedIn: async () => {
      await changing;
      return (await ask({ method: "GET", path: "/api/session" }, sessionAnswer)).account === session.account;
    },
    signedOut: () => void lock("ended"),
  });
  effect(() => {
    link.value = socket.link.value;
  });
  const now: Me = { session, vault, member, socket };
  placeEpoch = session.place_epoch;
  stateView.value = more ? await vault.ask("state", {}) : state;
  standing.value = { is: "here", me: now };
  // Staff: the chain of what staff did must go on from where this account last saw it.
  if (session.audit !== undefined) {
    vault.ask("auditSeen", session.audit).then(
      (view) => (stateView.value = view),
      (error: unknown) => (auditRebuilt.value = error instanceof BridgeError && error.code === "refused"),
    );
  }
  if (state.changed || more) void keepState(vault).catch(() => undefined);
  return now;
}

function heard(message: Told): void {
  if (message.t === "state") void pullState();
  if (message.t === "hello" && typeof message["place_epoch"] === "number" && message["place_epoch"] !== placeEpoch) {
    placeEpoch = message["place_epoch"];
    void restored();
  }
  // Somebody was vouched for, or not any more: perhaps me.
  if (message.t === "staff") void askWhoIAm().catch(() => undefined);
  for (const listener of toldTo) listener(message);
}

async function askWhoIAm(): Promise<void> {
  sessionChanged(await ask({ method: "GET", path: "/api/session" }, sessionAnswer));
}

async function restored(): Promise<void> {
  const now = standing.peek();
  if (now.is !== "here") return;
  await takeTheirs(now.me.vault, true).catch(() => undefined);
  restoredTo.forEach((listener) => listener());
  await keepState(now.me.vault).catch(() => undefined);
}

async function pullState(): Promise<void> {
  const now = standing.peek();
  if (now.is !== "here") return;
  await takeTheirs(now.me.vault).catch(() => undefined);
  await keepState(now.me.vault).catch(() => undefined);
  await lookAtState(now.me).catch(() => undefined);
}

let changing: Promise<unknown> = Promise.resolve();

/**
 * While something runs that ends this session by itself: a change of what opens the account gives a new token, which may be lost with the
 * answer; erasing ends it, and this device still has to forget. The keys are not put away before that is through.
 */
export function whileSessionChanges<T>(change: Promise<T>): Promise<T> {
  changing = change.catch(() => undefined);
  return change;
}

/** After a change of password or sheet the place answers with the session as it is now. */
export function sessionChanged(session: Session): void {
  const now = standing.peek();
  if (now.is === "here") standing.value = { is: "here", me: { ...now.me, session } };
}

/** Is somebody signed in on this device? Asked once, when the page begins. Their keys are not here: a reload took them. */
export async function lookWhoIsHere(): Promise<Session | null> {
  try {
    const session = await ask({ method: "GET", path: "/api/session" }, sessionAnswer);
    standing.value = { is: "away", why: "reloaded", session, device: null };
    return session;
  } catch {
    // The session is over, but a place that was never given a password can be opened by this device.
    const kept = await deviceKept().catch(() => null);
    standing.value = { is: "away", why: "nobody", session: null, device: kept?.handle ?? null };
    return null;
  }
}

/** Puts the keys away. The sealed drafts and the outbox stay on the device. */
export async function lock(why: Exclude<Away, "nobody" | "reloaded">): Promise<void> {
  const now = standing.peek();
  if (now.is !== "here") return;
  await Promise.race([Promise.allSettled([...lastThings].map((last) => last())), new Promise((late) => setTimeout(late, LAST_THINGS_MS))]);
  standing.value = { is: "away", why, session: now.me.session, device: null };
  stateView.value = null;
  now.me.socket.end();
  await now.me.vault.lock();
}

export async function signOut(): Promise<void> {
  await lock("by_hand");
  await askNothing({ method: "DELETE", path: "/api/session", keepalive: true }).catch(() => undefined);
  standing.value = { is: "away", why: "nobody", session: null, device: null };
}

/** Leave: everything at once, waiting for nothing. */
export function vanish(): void {
  const now = standing.peek();
  if (now.is === "here") {
    now.me.socket.end();
    void now.me.vault.lock();
  }
  if (now.is === "here" || (now.is === "away" && now.session !== null)) {
    void askNothing({ method: "DELETE", path: "/api/session", keepalive: true }).catch(() => undefined);
  }
}
