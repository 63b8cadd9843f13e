// SPDX-License-Identifier: AGPL-3.0-or-later
// The one socket of a signed-in page. It asks and is answered, is told things, and comes back by itself after a loss. What it
// tells is never a promise: whoever listens reads the log after `connected`.
import { signal, type ReadonlySignal } from "@preact/signals";
import { PlaceError, troubleOf } from "./problem.ts";
import { afterClose, waitBefore } from "./reconnect.ts";

export type Link = "connecting" | "connected" | "waiting" | "ended";
export type Told = Readonly<Record<string, unknown>> & { readonly t: string };

interface Pending {
  readonly answered: (members: Record<string, unknown>) => void;
  readonly failed: (error: PlaceError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface Hooks {
  /** A fresh ticket from POST /api/socket-ticket. */
  readonly ticket: () => Promise<string>;
  readonly told: (message: Told) => void;
  /** Each time a connection stands, the first time too. */
  readonly connected: () => void;
  /** The place ended this connection, or gave no ticket. true: the session lives on all the same (another tab of this browser signed in anew). */
  readonly signedIn: () => Promise<boolean>;
  readonly signedOut: () => void;
}

const ANSWER_MS = 10_000;
const QUIET_MS = 25_000;
const MOST_UNANSWERED = 48;

export class Socket {
  readonly #link = signal<Link>("connecting");
  readonly #hooks: Hooks;
  #socket: WebSocket | null = null;
  #pending = new Map<number, Pending>();
  #next = 1;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
    window.addEventListener("online", this.#hurry);
    window.addEventListener("offline", this.#dropped);
    document.addEventListener("visibilitychange", this.#hurry);
    void this.#open();
  }

  get link(): ReadonlySignal<Link> {
    return this.#link;
  }

  /** Asks one thing; the answer's members, or a PlaceError. Never queues: what must not be lost waits in the outbox. */
  ask(name: string, members: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN || this.#pending.size >= MOST_UNANSWERED) {
      return Promise.reject(new PlaceError({ what: "offline" }));
    }
    const id = this.#next++;
    return new Promise((answered, failed) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        failed(new PlaceError({ what: "offline" }));
        socket.close();
      }, ANSWER_MS);
      this.#pending.set(id, { answered, failed, timer });
      socket.send(JSON.stringify({ t: name, id, ...members }));
    });
  }

  /** Says something nobody waits for: typing. */
  mention(name: string, members: Readonly<Record<string, unknown>>): void {
    this.ask(name, members).catch(() => undefined);
  }

  end(): void {
    this.#ended = true;
    this.#link.value = "ended";
    clearTimeout(this.#timer);
    clearInterval(this.#quiet);
    window.removeEventListener("online", this.#hurry);
    window.removeEventListener("offline", this.#dropped);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#socket?.close(1000);
    this.#failAll();
  }

  async #open(): Promise<void> {
    this.#link.value = "connecting";
    let ticket: string;
    try {
      ticket = await this.#hooks.ticket();
    } catch (error) {
      if (troubleOf(error)?.what === "signed_out") await this.#checkSession();
      else this.#later();
      return;
    }
    if (this.#ended) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/api/socket`, ["hearken.v1", `ticket.${ticket}`]);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => this.#heard(event.data));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  #opened(): void {
    this.#tries = 0;
    this.#link.value = "connected";
    clearInterval(this.#quiet);
    // A phone that slept has a socket that looks open and is not: an answer, or the end of it.
    this.#quiet = setInterval(() => this.mention("ping", {}), QUIET_MS);
    this.#hooks.connected();
  }

  #heard(data: unknown): void {
    const message = messageFrom(data);
    if (message === null) return;
    const id = message["id"];
    const pending = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (pending === undefined || typeof id !== "number") {
      this.#hooks.told(message);
      return;
    }
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (message.t === "ok") pending.answered({ ...message });
    else pending.failed(new PlaceError({ what: "refused", status: 0, code: String(message["code"] ?? "refused"), more: message }));
  }

  #closed(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearInterval(this.#quiet);
    this.#failAll();
    if (this.#ended) return;
    if (afterClose(code) === "signed_out") void this.#checkSession();
    else this.#later();
  }

  async #checkSession(): Promise<void> {
    if (this.#ended) return;
    const lives = await this.#hooks.signedIn().catch((error: unknown) => troubleOf(error)?.what !== "signed_out");
    if (lives) this.#later();
    else this.#hooks.signedOut();
  }

  #later(): void {
    if (this.#ended) return;
    this.#link.value = "waiting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#open(), waitBefore(this.#tries++, Math.random()));
  }

  /** The network or the person came back: do not wait out the pause. */
  readonly #hurry = (): void => {
    if (document.visibilityState === "hidden" || this.#ended) return;
    if (this.#link.peek() === "waiting") {
      clearTimeout(this.#timer);
      void this.#open();
    } else if (this.#link.peek() === "connected") {
      this.mention("ping", {});
    }
  };

  /** The device says it has no network: what is asked now will not be answered. */
  readonly #dropped = (): void => {
    const socket = this.#socket;
    if (socket === null) return;
    socket.close();
    this.#closed(socket, 1006);
  };

  #failAll(): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of waiting) {
      clearTimeout(pending.timer);
      pending.failed(new PlaceError({ what: "offline" }));
    }
  }
}

function messageFrom(data: unknown): Told | null {
  if (typeof data !== "string") return null;
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed !== "object" || parsed === null) return null;
    const members: Record<string, unknown> = { ...parsed };
    return typeof members["t"] === "string" ? { ...members, t: members["t"] } : null;
  } catch {
    return null;
  }
}
