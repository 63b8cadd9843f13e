// SPDX-License-Identifier: AGPL-3.0-or-later
// Debian's own Firefox, driven over WebDriver BiDi: real keys and clicks, things found by role and name as somebody who hears the page finds
// them. Waiting is asking again: our policy forbids what a page-side waitForFunction would need.
//
//   const firefox = await startFirefox({ "dom.indexedDB.enabled": false });
//   const page = await firefox.page();               // a device of its own
//   await page.goto(url); await page.press("button", "Continue"); await page.type("Write here", "words");
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import WebSocket from "ws";

const PATIENCE_MS = 60_000;
const AGAIN_MS = 100;
const ENTER = "\uE007";
/** No word to anybody but the place; no first-run page; no updates. */
const PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "remote.active-protocols": 1,
  "toolkit.telemetry.enabled": false,
  "intl.accept_languages": "en-GB",
};

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await wait(AGAIN_MS);
  }
}

/** Asks and answers by number; what is told without being asked goes to `onEvent`. */
class Bidi {
  #socket;
  #last = 0;
  #asked = new Map();
  onEvent = () => undefined;

  static async at(url) {
    const bidi = new Bidi();
    bidi.#socket = new WebSocket(url);
    await new Promise((open, fail) => bidi.#socket.once("open", open).once("error", fail));
    bidi.#socket.on("message", (data) => bidi.#heard(JSON.parse(String(data))));
    return bidi;
  }

  #heard(message) {
    if (message.type === "event") return this.onEvent(message.method, message.params);
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.type === "error") asked?.fail(new Error(`${asked.method}: ${message.error} ${message.message}`));
    else asked?.done(message.result);
  }

  ask(method, params = {}) {
    const id = ++this.#last;
    return new Promise((done, fail) => {
      this.#asked.set(id, { done, fail, method });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close() {
    this.#socket.close();
  }
}

class Page {
  errors = [];
  asked = [];
  constructor(bidi, context) {
    this.bidi = bidi;
    this.context = context;
  }

  goto(url) {
    return this.bidi.ask("browsingContext.navigate", { context: this.context, url, wait: "interactive" });
  }

  reload() {
    return this.bidi.ask("browsingContext.reload", { context: this.context, wait: "interactive" });
  }

  async evaluate(source) {
    const { result, exceptionDetails } = await this.bidi.ask("script.evaluate", { expression: source, target: { context: this.context }, awaitPromise: true });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  }

  words() {
    return this.evaluate(`document.querySelector("main")?.innerText ?? ""`);
  }

  sees(words) {
    return until(`"${words}"`, async () => (await this.words()).includes(words));
  }

  async #found(role, name) {
    const { nodes } = await this.bidi.ask("browsingContext.locateNodes", { context: this.context, locator: { type: "accessibility", value: { role, name } }, maxNodeCount: 1 });
    return nodes[0] ?? null;
  }

  /** The field with that label: a password field has no role to be found by. */
  async #field(name) {
    const find = `[...document.querySelectorAll("label")].find((l) => l.textContent === ${JSON.stringify(name)})?.control ?? null`;
    const { result } = await this.bidi.ask("script.evaluate", { expression: find, target: { context: this.context }, awaitPromise: false });
    return result?.type === "node" ? result : null;
  }

  async #click(role, name) {
    const element = await until(`${role} "${name}"`, () => (role === "field" ? this.#field(name) : this.#found(role, name)));
    await this.bidi.ask("script.callFunction", {
      functionDeclaration: `(e) => e.scrollIntoView({ block: "center" })`,
      arguments: [element],
      target: { context: this.context },
      awaitPromise: false,
    });
    const origin = { type: "element", element: { sharedId: element.sharedId } };
    await this.bidi.ask("input.performActions", {
      context: this.context,
      actions: [{ type: "pointer", id: "mouse", actions: [{ type: "pointerMove", x: 0, y: 0, origin }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] }],
    });
  }

  async heading(name) {
    await until(`heading "${name}"`, () => this.#found("heading", name));
  }

  press(role, name) {
    return this.#click(role, name);
  }

  /** Types with real keys into the field of that name. */
  async type(name, words) {
    await this.#click("field", name);
    const keys = [...words].flatMap((sign) => [{ type: "keyDown", value: sign === "\n" ? ENTER : sign }, { type: "keyUp", value: sign === "\n" ? ENTER : sign }]);
    await this.bidi.ask("input.performActions", { context: this.context, actions: [{ type: "key", id: "keys", actions: keys }] });
    const holds = await this.evaluate(`String(document.activeElement?.value)`);
    if (!holds.includes(words)) throw new Error(`typed "${words}" into "${name}", and what has the keys holds "${holds}"`);
  }
}

export async function startFirefox(preferences = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-firefox-"));
  const all = Object.entries({ ...PREFERENCES, ...preferences });
  fs.writeFileSync(path.join(profile, "user.js"), all.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const child = spawn(process.env.FIREFOX ?? "/usr/bin/firefox-esr", ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile, MOZ_HEADLESS: "1" },
  });
  let said = "";
  child.stderr.on("data", (data) => (said += String(data)));
  const address = await until("Firefox", async () => {
    if (child.exitCode !== null) throw new Error(`firefox ended with ${child.exitCode}: ${said}`);
    return /WebDriver BiDi listening on (ws:\/\/[^\s]+)/.exec(said)?.[1];
  });
  const bidi = await Bidi.at(`${address}/session`);
  await bidi.ask("session.new", { capabilities: { alwaysMatch: {} } });
  await bidi.ask("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const pages = new Map();
  bidi.onEvent = (method, params) => {
    const page = pages.get(params.source?.context ?? params.context);
    if (method === "log.entryAdded" && params.level === "error") page?.errors.push(params.text);
    if (method === "network.beforeRequestSent") page?.asked.push(params.request.url);
  };
  return {
    version: (await bidi.ask("session.status")).message,
    /** A device: its own cookies and storage. */
    async page() {
      const { userContext } = await bidi.ask("browser.createUserContext");
      const { context } = await bidi.ask("browsingContext.create", { type: "tab", userContext });
      await bidi.ask("browsingContext.setViewport", { context, viewport: { width: 360, height: 740 } });
      const page = new Page(bidi, context);
      pages.set(context, page);
      return page;
    },
    async end() {
      await bidi.ask("browser.close").catch(() => undefined);
      bidi.close();
      const ended = new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));
      const late = wait(5000).then(() => child.kill("SIGKILL"));
      await Promise.race([ended, late]);
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}
