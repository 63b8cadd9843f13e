// SPDX-License-Identifier: AGPL-3.0-or-later
// Signing in, keeping, changing: what the vault's worker does around the module for one account.
import { assets } from "../assets.ts";
import { BridgeError, connect, type Context } from "../rpc.ts";
import { startWorker } from "../workers.ts";
import { toUtf8 } from "./codec.ts";
import { keepRoot, rememberParameters, seenParameters, takeRoot } from "./device.ts";
import type { KdfOperations } from "./kdf_worker.ts";
import { memberFrom } from "./members.ts";
import { nothing, type VaultModule } from "./module.ts";
import type { Bytes, Change, ChangeAsked, Id, KdfSaid, Member, NewRecord, RecordKind, SignIn } from "./types.ts";

const KINDS: readonly (RecordKind | undefined)[] = [undefined, "password", "recovery", "passkey", "device"];
const DEVICE = 4;
const PASSWORD = 1;
const RECORD_BYTES = 119;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const T_DEFAULT = 3;
const M_DEFAULT = 64 * 1024 * 1024;

export type Opened = { account: Id; handle: string; member: Member };

function kindOf(number: number): RecordKind {
  const kind = KINDS[number];
  if (kind === undefined) throw new BridgeError("bad");
  return kind;
}

export class Account {
  opened: Opened | undefined;
  /** The handle of an account that was made here and has not been opened since. */
  neverOpened: string | undefined;
  /** false: this browser keeps nothing (full, a private window). Somebody can be heard all the same, as long as the page stands. */
  deviceKeeps = true;
  #handle: string | undefined;

  constructor(private readonly module: VaultModule) {}

  get(): Opened {
    if (this.opened === undefined) throw new BridgeError("locked");
    return this.opened;
  }

  // ---- Arriving ----

  async make(account: Id, handle: string, host: string, challenge: Bytes) {
    return this.#make(account, handle, host, challenge, 1, () => this.module.call("account_make", (q) => q.id(account), memberFrom));
  }

  /** For an account that is there and whose keys are lost. */
  async makeAgain(account: Id, handle: string, host: string, challenge: Bytes, ek_serial: number, record_serial: number) {
    const member = (): Member => this.module.call("account_make_again", (q) => q.id(account).u32(ek_serial), memberFrom);
    return this.#make(account, handle, host, challenge, record_serial, member);
  }

  async #make(account: Id, handle: string, host: string, challenge: Bytes, record_serial: number, keys: () => Member) {
    const root = this.module.call("root_device_make", nothing, (a) => a.rest());
    this.neverOpened = handle;
    this.deviceKeeps = await keepRoot({ account, handle }, root).then(() => true, () => false);
    root.fill(0);
    const member = keys();
    const record = this.module.call(
      "record_make",
      (q) => q.u32(record_serial),
      (a): NewRecord => ({ kind: "device", record: a.bytes(RECORD_BYTES), login_key: a.bytes(KEY_BYTES) }),
    );
    this.opened = { account, handle, member };
    const { signature } = this.sign(host, handle, challenge);
    return { member, records: [record], identity: this.identity(), signature };
  }

  identity(): Bytes {
    return this.module.call("identity_seal", nothing, (a) => a.rest());
  }

  // ---- Signing in ----

  /** Makes R from what the person knows or this device keeps, inside the module, and signs with it. */
  async signIn(host: string, challenge: Bytes, sign: SignIn, context: Context): Promise<{ signature: Bytes }> {
    switch (sign.by) {
      case "password": {
        const r = await this.#derive(sign, sign.password, sign.secret_key ?? "", context);
        this.module.call("root_take", (q) => q.u8(PASSWORD).fixed(r, KEY_BYTES), nothing);
        r.fill(0);
        break;
      }
      case "recovery":
        this.module.call("root_recovery", (q) => q.restText(sign.code), nothing);
        break;
      case "device": {
        const r = await takeRoot(sign.handle);
        // Made here a moment ago on a device that keeps nothing: it is still in the module.
        if (r === null && this.neverOpened === sign.handle) break;
        if (r === null) throw new BridgeError("not_there");
        this.module.call("root_take", (q) => q.u8(DEVICE).fixed(r, KEY_BYTES), nothing);
        r.fill(0);
        break;
      }
      default: {
        const never: never = sign;
        return never;
      }
    }
    this.#handle = sign.handle;
    return { signature: this.sign(host, sign.handle, challenge).signature };
  }

  sign(host: string, handle: string, challenge: Bytes, as: "login_sign" | "login_sign_next" = "login_sign"): { by: RecordKind; signature: Bytes } {
    return this.module.call(
      as,
      (q) => q.shortText(host).shortText(handle).rest(challenge),
      (a) => ({ by: kindOf(a.u8()), signature: a.bytes(SIGNATURE_BYTES) }),
    );
  }

  open(account: Id, handle: string, record: Bytes, identity: Bytes): Member {
    if (this.#handle !== undefined && this.#handle !== handle) throw new BridgeError("refused");
    const member = this.module.call("account_open", (q) => q.id(account).long(record).long(identity), memberFrom);
    this.opened = { account, handle, member };
    this.neverOpened = undefined;
    return member;
  }

  /** R of a password, by Argon2 in a worker of its own that lives for this one question. The password's bytes are wiped. */
  async #derive(said: KdfSaid, password: Bytes, secretKey: string, context: Context): Promise<Bytes> {
    const seen = await seenParameters(said.handle).catch(() => ({ t: 0, m: 0 }));
    const input = this.module.call(
      "kdf_input",
      (q) => {
        q.shortText(said.handle).fixed(said.salt, 16).u32(said.t).u32(said.m).u32(seen.t).u32(seen.m);
        return q.short(toUtf8(secretKey)).rest(password);
      },
      (a) => a.rest(),
    );
    password.fill(0);
    const { ask, end } = connect<KdfOperations>(startWorker(assets.kdfWorker, "kdf"));
    try {
      const r = await ask(
        "run",
        { input, passes: said.t },
        { signal: context.signal, transfer: [input.buffer], onProgress: context.progress },
      );
      await rememberParameters(said.handle, said).catch(() => undefined);
      return r;
    } finally {
      end("aborted");
    }
  }

  // ---- Changing what opens the account ----

  async change(asked: ChangeAsked, context: Context): Promise<Change> {
    const { handle } = this.get();
    const salt = this.module.call("draw_id", nothing, (a) => a.rest());
    const change: Partial<Change> = {};
    if (asked.renew === true || asked.rotate === true) {
      const member = this.module.call(asked.renew === true ? "renew" : "rotate", nothing, memberFrom);
      const { ek, ek_serial, ek_certificate } = member;
      Object.assign(change, { ek, ek_serial, ek_certificate, identity: this.identity() });
    }
    if (asked.password !== undefined) {
      const secretKey = this.#secretKey(asked.password.secret_key, change);
      const said = { handle, salt, t: T_DEFAULT, m: M_DEFAULT };
      const r = await this.#derive(said, asked.password.password, secretKey, context);
      this.module.call("next_root", (q) => q.fixed(r, KEY_BYTES).rest(salt).u32(said.t).u32(said.m), nothing);
      r.fill(0);
    }
    if (asked.recovery === true) {
      change.recovery_code = this.module.call("next_recovery", nothing, (a) => a.restText());
    }
    const signed = this.module.call(
      "change_sign",
      (q) => q.fixed(asked.challenge, 32),
      (a) => {
        const by = kindOf(a.u8());
        const records = Array.from(
          { length: a.u8() },
          (): NewRecord => ({ kind: kindOf(a.u8()), record: a.bytes(RECORD_BYTES), login_key: a.bytes(KEY_BYTES) }),
        );
        return { by, records, signature: a.bytes(SIGNATURE_BYTES) };
      },
    );
    return { ...change, ...signed };
  }

  #secretKey(wanted: "none" | "make" | { keep: string }, change: Partial<Change>): string {
    if (wanted === "none") return "";
    if (wanted !== "make") return wanted.keep;
    change.secret_key = this.module.call("secret_key_make", nothing, (a) => a.restText());
    return change.secret_key;
  }

  changeDone(stored: boolean): void {
    this.module.call("change_done", (q) => q.u8(stored ? 1 : 0), nothing);
  }
}
