// SPDX-License-Identifier: AGPL-3.0-or-later
// The vault in real Chromium: workers, WASM, IndexedDB and Argon2 under the strict CSP and Trusted Types.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { openPage, openStage, type Opened, type Stage } from "../testing/browser.ts";
import type { TestPage } from "../testing/page.ts";

declare const hearken: TestPage;

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const HANDLE = "quiet-heron-4821";

/** Nothing was refused by the policy, nothing went wrong unseen, nobody else was asked for anything. */
function quiet({ complaints, requests }: Opened): void {
  assert.deepEqual(complaints, []);
  for (const url of requests) assert.ok(url.startsWith(stage.served.origin), url);
}

test("an account is made, kept by this device, opened again after a reload, and forgotten", async () => {
  const it = await openPage(stage, "vault");
  const made = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const account = await vault.ask("drawId", {});
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    const made = await vault.ask("makeAccount", { account, handle, host: location.host, challenge });
    await vault.ask("open", { account, handle, ...hearken.recordOf(made), state_serial: 1 });
    await vault.lock();
    const gone = await vault.ask("state", {}).catch((error: Error) => error.message);
    return {
      account,
      gone,
      record: Array.from(made.records[0]?.record ?? []),
      identity: Array.from(made.identity),
      state: Array.from(made.state),
      signature: made.signature.length,
    };
  }, HANDLE);
  assert.equal(made.gone, "locked");
  assert.equal(made.record.length, 119);
  assert.equal(made.signature, 64);
  await it.page.reload();
  await it.page.waitForFunction("globalThis.hearken !== undefined");
  const opened = await it.page.evaluate(
    async ([handle, { account, record, identity, state }]) => {
      const vault = hearken.startVault();
      const kept = await vault.ask("deviceKept", {});
      const challenge = crypto.getRandomValues(new Uint8Array(32));
      const opening = {
        account,
        handle,
        record: Uint8Array.from(record),
        identity: Uint8Array.from(identity),
        state: Uint8Array.from(state),
        state_serial: 1,
      };
      const before = await vault.ask("open", opening).catch((error: Error) => error.message);
      await vault.ask("signIn", { host: location.host, challenge, with: { by: "device", handle } });
      const { member } = await vault.ask("open", opening);
      await vault.ask("localPut", { label: "draft/1", content: new TextEncoder().encode("half a sentence") });
      await vault.lock();
      const next = hearken.startVault();
      const closed = await next.ask("localGet", { label: "draft/1" }).catch((error: Error) => error.message);
      await next.ask("signIn", { host: location.host, challenge, with: { by: "device", handle } });
      await next.ask("open", opening);
      const draft = new TextDecoder().decode((await next.ask("localGet", { label: "draft/1" })) ?? undefined);
      await next.lock();
      await hearken.forgetDevice();
      const last = hearken.startVault();
      const nobody = await last.ask("deviceKept", {});
      const forgotten = await last
        .ask("signIn", { host: location.host, challenge, with: { by: "device", handle } })
        .catch((error: Error) => error.message);
      await last.lock();
      return { kept, before, same: member.account === account, closed, draft, nobody, forgotten };
    },
    [HANDLE, made] as const,
  );
  assert.deepEqual(opened, {
    kept: { account: made.account, handle: HANDLE },
    before: "locked",
    same: true,
    closed: "locked",
    draft: "half a sentence",
    nobody: null,
    forgotten: "not_there",
  });
  quiet(it);
});

test("a password keeps the account: progress is told, it opens on another device, a wrong one does not", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const account = await vault.ask("drawId", {});
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    const made = await vault.ask("makeAccount", { account, handle, host: location.host, challenge });
    const progress: number[] = [];
    const password = hearken.passwordBytes("a heron stands in cold water 88");
    const started = performance.now();
    const change = await vault.ask(
      "change",
      { challenge, password: { password, secret_key: "make" }, recovery: true },
      { onProgress: (done) => progress.push(done) },
    );
    const ms = performance.now() - started;
    await vault.ask("changeDone", { stored: true, password_set: true });
    await vault.lock();

    const record = change.records.find((one) => one.kind === "password")?.record ?? new Uint8Array();
    const recovery = change.records.find((one) => one.kind === "recovery")?.record ?? new Uint8Array();
    // An unlock record: version, suite, kind, account 16, serial 4, salt 16, t 4, m 4, ...
    const salt = record.slice(23, 39);
    const opening = { account, handle, identity: made.identity, state: made.state, state_serial: 1 };
    const signIn = async (words: string, secret_key: string | undefined): Promise<string> => {
      const next = hearken.startVault();
      try {
        const typed = hearken.passwordBytes(words);
        const by = { by: "password" as const, password: typed, secret_key, handle, salt, t: 3, m: 64 << 20 };
        await next.ask("signIn", { host: location.host, challenge, with: by }, { transfer: [typed.buffer] });
        const { member } = await next.ask("open", { ...opening, record });
        return member.account === account ? "opened" : "another";
      } catch (error) {
        return error instanceof Error ? error.message : "?";
      } finally {
        await next.lock();
      }
    };
    const right = await signIn("a heron stands in cold water 88", change.secret_key);
    const wrong = await signIn("a heron stands in warm water 88", change.secret_key);
    const without = await signIn("a heron stands in cold water 88", undefined);

    const sheet = hearken.startVault();
    const by = { by: "recovery" as const, handle, code: (change.recovery_code ?? "").toLowerCase() };
    await sheet.ask("signIn", { host: location.host, challenge, with: by });
    const recovered = (await sheet.ask("open", { ...opening, record: recovery })).member.account === account;
    await sheet.lock();
    return { by: change.by, kinds: change.records.map((one) => one.kind), progress, ms, right, wrong, without, recovered, emptied: password.length };
  }, HANDLE);
  assert.equal(ran.by, "device");
  assert.deepEqual(ran.kinds, ["password", "recovery"]);
  assert.equal(ran.right, "opened");
  assert.equal(ran.wrong, "refused");
  assert.equal(ran.without, "refused");
  assert.equal(ran.recovered, true);
  assert.equal(ran.emptied, 0, "the page's copy moved away");
  assert.equal(ran.progress.length, 12);
  assert.equal(ran.progress.at(-1), 1);
  quiet(it);
});

test("parameters weaker than this device has seen are refused before anything runs", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const challenge = new Uint8Array(32);
    const attempt = async (t: number, m: number): Promise<string> => {
      const password = hearken.passwordBytes("a heron stands in cold water 88");
      const by = { by: "password" as const, password, handle, salt: new Uint8Array(16), t, m };
      return vault
        .ask("signIn", { host: location.host, challenge, with: by })
        .then(() => "ran", (error: Error) => error.message);
    };
    const answers = [await attempt(1, 8 << 20), await attempt(2, 64 << 20), await attempt(1, 64 << 20), await attempt(2, 46 << 20)];
    await vault.lock();
    return answers;
  }, HANDLE);
  assert.deepEqual(ran, ["refused", "ran", "refused", "refused"]);
  quiet(it);
});

test("a password can be given up while it is worked on", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const stop = new AbortController();
    const password = hearken.passwordBytes("a heron stands in cold water 88");
    const by = { by: "password" as const, password, handle, salt: new Uint8Array(16), t: 16, m: 256 << 20 };
    const asked = { host: location.host, challenge: new Uint8Array(32), with: by };
    let far = 0;
    const progress = (done: number): void => {
      far = Math.max(far, done);
      stop.abort();
    };
    const answer = await vault.ask("signIn", asked, { signal: stop.signal, onProgress: progress }).then(() => "ran", (error: Error) => error.message);
    await vault.lock();
    return { answer, far };
  }, HANDLE);
  assert.equal(ran.answer, "aborted");
  assert.ok(ran.far < 1, `it went on to ${ran.far}`);
});

test("only our own workers start; any other address is refused by the page's one policy", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(() => {
    const attempt = (work: () => unknown): string => {
      try {
        work();
        return "started";
      } catch (error) {
        return error instanceof TypeError ? "refused" : String(error);
      }
    };
    return {
      other: attempt(() => hearken.startWorker("/a/other.js", "x")),
      foreign: attempt(() => hearken.startWorker("https://example.org/x.js", "x")),
      plain: attempt(() => new Worker("/a/other.js")),
    };
  });
  assert.deepEqual(ran, { other: "refused", foreign: "refused", plain: "refused" });
});

test("a new account key keeps drafts, opens with the new records only, and a refusal leaves the old one", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const account = await vault.ask("drawId", {});
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);
    const bytes = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words) as Uint8Array<ArrayBuffer>;
    const made = await vault.ask("makeAccount", { account, handle, host: location.host, challenge });
    await vault.ask("localPut", { label: "draft/1", content: bytes("before") });

    const change = () => {
      const password = { password: hearken.passwordBytes("a heron stands in cold water 88"), secret_key: "none" as const };
      return vault.ask("change", { challenge, password, recovery: true, renew: true });
    };
    const opensBy = async () => (await vault.ask("signChanged", { host: location.host, challenge })).by;
    await change();
    const opens = [await opensBy()];
    await vault.ask("localPut", { label: "draft/2", content: bytes("while it waited") });
    const waited = vault.ask("stateToKeep", {}); // words came in: the state is to be kept, under keys that hold
    await vault.ask("changeDone", { stored: false });
    opens.push(await opensBy());
    const reopened = await vault.ask("stateRestored", await waited).then(() => "opened", (error: Error) => error.message);
    const refused = [text(await vault.ask("localGet", { label: "draft/1" })), text(await vault.ask("localGet", { label: "draft/2" }))];

    const stop = new AbortController();
    const password = { password: hearken.passwordBytes("a heron stands in cold water 88"), secret_key: "none" as const };
    const given_up = await vault
      .ask("change", { challenge, password, renew: true }, { signal: stop.signal, onProgress: () => stop.abort() })
      .then(() => "changed", (error: Error) => error.message);
    const after_giving_up = text(await vault.ask("localGet", { label: "draft/1" }));

    const second = await change();
    const serial = second.state_serial ?? 0;
    await vault.ask("changeDone", { stored: true, password_set: true, state_serial: serial });
    const stored = [text(await vault.ask("localGet", { label: "draft/1" })), text(await vault.ask("localGet", { label: "draft/2" }))];
    const nobody = await vault.ask("deviceKept", {});
    await vault.lock();

    const record = second.records.find((one) => one.kind === "password")?.record ?? new Uint8Array();
    const salt = record.slice(23, 39);
    const next = hearken.startVault();
    const typed = hearken.passwordBytes("a heron stands in cold water 88");
    const by = { by: "password" as const, password: typed, handle, salt, t: 3, m: 64 << 20 };
    await next.ask("signIn", { host: location.host, challenge, with: by });
    const opening = { account, handle, record, identity: second.identity ?? made.identity, state: second.state ?? made.state };
    const old = await next
      .ask("open", { ...opening, identity: made.identity, state_serial: 1, state: made.state })
      .then(() => "opened", (error: Error) => error.message);
    const { member } = await next.ask("open", { ...opening, state_serial: serial });
    const draft = text(await next.ask("localGet", { label: "draft/1" }));
    await next.lock();
    return { opens, refused, reopened, given_up, after_giving_up, stored, nobody, old, serial: member.ek_serial, draft, emptied: typed.length };
  }, "new-keys-7000");
  assert.deepEqual(ran, {
    opens: ["password", "device"],
    refused: ["before", "while it waited"],
    reopened: "opened",
    given_up: "aborted",
    after_giving_up: "before",
    stored: ["before", "while it waited"],
    nobody: null,
    old: "refused",
    serial: 2,
    draft: "before",
    emptied: 0,
  });
  quiet(it);
});

test("a new encryption key by itself: the same device opens the account, with the next serial", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (handle) => {
    const vault = hearken.startVault();
    const account = await vault.ask("drawId", {});
    const challenge = new Uint8Array(32);
    const made = await vault.ask("makeAccount", { account, handle, host: location.host, challenge });
    await vault.ask("open", { account, handle, ...hearken.recordOf(made), state_serial: 1 });
    const change = await vault.ask("change", { challenge, rotate: true });
    const state_serial = change.state_serial ?? 0;
    await vault.ask("changeDone", { stored: true, state_serial });
    const twice = await vault.ask("change", { challenge, rotate: true });
    await vault.ask("changeDone", { stored: false });
    await vault.lock();
    const next = hearken.startVault();
    await next.ask("signIn", { host: location.host, challenge, with: { by: "device", handle } });
    const record = change.records[0]?.record ?? new Uint8Array();
    const identity = change.identity ?? new Uint8Array();
    const state = change.state ?? new Uint8Array();
    const { member } = await next.ask("open", { account, handle, record, identity, state, state_serial });
    await next.lock();
    return { by: change.by, kinds: change.records.map((one) => one.kind), serial: member.ek_serial, refused: twice.ek_serial };
  }, "rotating-5000");
  assert.deepEqual(ran, { by: "device", kinds: ["device"], serial: 2, refused: 3 });
  quiet(it);
});

test("two accounts kept by one device do not cost each other anything, and one that was never let in is not kept", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async () => {
    const challenge = new Uint8Array(32);
    const make = async (handle: string, let_in: boolean): Promise<void> => {
      const vault = hearken.startVault();
      const account = await vault.ask("drawId", {});
      const made = await vault.ask("makeAccount", { account, handle, host: location.host, challenge });
      if (let_in) await vault.ask("open", { account, handle, ...hearken.recordOf(made), state_serial: 1 });
      await vault.lock();
    };
    await make("first-1000", true);
    await make("second-2000", true);
    await make("never-4000", false);
    const vault = hearken.startVault();
    const opens = (handle: string): Promise<string> =>
      vault
        .ask("signIn", { host: location.host, challenge, with: { by: "device", handle } })
        .then(() => "opens", (error: Error) => error.message);
    const answers = [await opens("first-1000"), await opens("second-2000"), await opens("third-3000"), await opens("never-4000")];
    const last = (await vault.ask("deviceKept", {}))?.handle;
    await vault.lock();
    return { answers, last };
  });
  assert.deepEqual(ran, { answers: ["opens", "opens", "not_there", "not_there"], last: "second-2000" });
  quiet(it);
});

const root = process.env["HEARKEN_ROOT"] ?? ".";

test("Chromium makes the vectors byte for byte as they are kept", async () => {
  execFileSync(path.join(root, "tools/wasm/vault-tests.sh"), { stdio: ["ignore", "ignore", "inherit"] });
  const program = fs.readFileSync(path.join(root, "build-wasm/vault-tests/vectors.wasm")).toString("base64");
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (program) => {
    const bytes = Uint8Array.from(atob(program), (c) => c.charCodeAt(0));
    return hearken.runWasi(bytes, { arguments: ["--write", "/v1.json"] });
  }, program);
  assert.equal(ran.code, 0, ran.stdout);
  assert.equal(ran.file, fs.readFileSync(path.join(root, "vault/vectors/v1.json"), "latin1"));
  quiet(it);
});

test("after wiping, no key and no draw is left in the module's memory in Chromium", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(() => hearken.looks.canaries());
  assert.ok(ran.draws >= 8, `${ran.draws}`);
  assert.ok(ran.before >= 4, `the scan finds keys while they are in use: ${ran.before}`);
  assert.equal(ran.after, 0);
  quiet(it);
});
