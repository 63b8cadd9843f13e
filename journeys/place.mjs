// SPDX-License-Identifier: AGPL-3.0-or-later
// A real place for a story: hearkend on a database of its own, the built pages, real Chromium. Everything is thrown away afterwards.
//
//   scene((there) => ({ place, browser } = there)); // initialised and serving; place.invitation is the first administrator's
//   const person = await browser.person(place);  // a device of their own, with a page
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), "..");
export const BUILD = process.env.HEARKEN_BUILD ?? path.join(ROOT, "build-test");
export const WEB = process.env.HEARKEN_WEB ?? path.join(ROOT, "build-web");
const HEARKEND = path.join(BUILD, "server/hearkend");
/** For whatever is bound to come: a machine may be busy with other things. */
const PATIENCE_MS = 60_000;

function freePort() {
  return new Promise((done, fail) => {
    const server = net.createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export class Place {
  #child = null;
  constructor(dir, port, flags) {
    this.dir = dir;
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
    this.flags = ["--db", path.join(dir, "hearken.db"), "--listen", `127.0.0.1:${port}`, "--origin", this.origin, "--web", WEB, "--rate-factor", "1000", ...flags];
    this.log = [];
  }

  async serve() {
    this.#child = spawn(HEARKEND, ["serve", ...this.flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.on("data", (data) => this.log.push(String(data)));
    this.#child.stderr.on("data", (data) => this.log.push(String(data)));
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      if (this.#child.exitCode !== null) throw new Error(`hearkend ended with ${this.#child.exitCode}:\n${this.log.join("")}`);
      const ready = await fetch(`${this.origin}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await new Promise((later) => setTimeout(later, 50));
    }
    throw new Error(`hearkend did not get ready:\n${this.log.join("")}`);
  }

  /** SIGTERM: the place says good-bye. SIGKILL: as when the power goes. */
  async stop(signal = "SIGTERM") {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    this.#child = null;
  }

  async end() {
    await this.stop();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function startPlace(flags = []) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-journey-"));
  const place = new Place(dir, await freePort(), flags);
  const init = await run(HEARKEND, ["init", "--json", ...place.flags, "--name", "Quiet Harbour", "--country", "DE", "--time-zone", "Europe/Berlin"]);
  place.invitation = JSON.parse(init.stdout).link;
  await place.serve();
  return place;
}

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function startBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const people = [];
  return {
    /** Everybody who came so far. */
    people,
    /** A device: its own cookies, storage and page. What its console says and where it went is kept in `person.seen`. */
    async person(place, options = {}) {
      const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "en-GB", timezoneId: "Europe/Berlin", serviceWorkers: "block", ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      pages.set(page, `person-${pages.size + 1}`);
      const seen = { errors: [], foreign: [] };
      page.on("pageerror", (error) => seen.errors.push(error.message));
      page.on("console", (message) => {
        // A status the page asked for and handles is no fault of the page.
        if (process.env.HEARKEN_SHOTS !== undefined && message.type() === "warning") console.error(message.text());
        if (message.type() === "error" && !/Failed to load resource/.test(message.text())) seen.errors.push(message.text());
      });
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== place.origin) seen.foreign.push(request.url());
      });
      const person = { context, page, seen, place };
      people.push(person);
      return person;
    },
    end: () => browser.close(),
  };
}

/** A story's place and browser, there before its first chapter and gone after its last. set: takes both. */
export function scene(set) {
  const there = {};
  before(async () => {
    there.place = await startPlace();
    there.browser = await startBrowser();
    set(there);
  });
  after(async () => {
    await there.browser?.end();
    await there.place?.end();
  });
}

let broken = false;
const pages = new Map();

/** One chapter of a story. After one that failed the rest cannot make sense: they are skipped, and what stood on
 * each page is printed (with HEARKEN_SHOTS, a picture too). The words are of people who do not exist. */
export function chapter(name, tell) {
  test(name, async (t) => {
    if (broken) return t.skip("an earlier chapter failed");
    try {
      await tell(t);
    } catch (error) {
      broken = true;
      const shots = process.env.HEARKEN_SHOTS;
      for (const [page, who] of pages) {
        if (page.isClosed()) continue;
        if (shots !== undefined) await page.screenshot({ path: path.join(shots, `failed-${who}.png`), fullPage: true }).catch(() => undefined);
        console.error(who, page.url(), await page.locator("main").innerText({ timeout: 1000 }).catch(() => ""));
      }
      throw error;
    }
  });
}
