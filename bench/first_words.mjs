// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From an empty browser to first sealed words, on a phone: CPU four times slower, 400 kbit/s, nothing cached. What the
// person types costs no time here, so this is the machine's share of the two minutes. Also who asked for something
// that is not ours.
import { chromium } from "playwright-core";
import { askToBeHeard } from "../journeys/people.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** {seconds, foreign}: a place with a team on duty at origin. */
export async function firstWords(origin) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    let foreign = 0;
    page.on("request", (request) => (foreign += request.url().startsWith(origin) || /^(blob|data):/.test(request.url()) ? 0 : 1));
    const slow = await context.newCDPSession(page);
    await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await slow.send("Network.enable");
    await slow.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 });
    page.setDefaultTimeout(60_000);
    const began = performance.now();
    await askToBeHeard({ page, place: { origin } });
    return { seconds: (performance.now() - began) / 1000, foreign };
  } finally {
    await browser.close();
  }
}
