// SPDX-License-Identifier: AGPL-3.0-or-later
// Tests only: real Chromium, with everything that it complains about collected.
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { serve, type Served } from "./serve.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";

export type Stage = { browser: Browser; served: Served; close(): Promise<void> };
export type Opened = { context: BrowserContext; page: Page; complaints: string[]; requests: string[] };

export async function openStage(): Promise<Stage> {
  const out = path.join(root, "build-web-tests/bridge-page");
  fs.rmSync(out, { recursive: true, force: true });
  const build = ["tools/web/build.mjs", "--out", out, "--entry", "web/bridge/testing/page.ts", "--page", "web/bridge/testing/vault.html"];
  execFileSync(process.execPath, build, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const served = await serve(out);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    browser,
    served,
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

/** A page in a browser profile of its own, or in one that is already there. */
export async function openPage({ browser, served }: Stage, file: string, within?: BrowserContext): Promise<Opened> {
  const context = within ?? (await browser.newContext());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`${served.origin}/${file}`);
  await page.waitForFunction("globalThis.hearken !== undefined");
  return { context, page, complaints, requests };
}
