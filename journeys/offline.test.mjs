// SPDX-License-Identifier: AGPL-3.0-or-later
// With the network cut the page itself still opens: help is there, and so is what lies sealed on the device.
import { chapter, scene } from "./place.mjs";
import { button, heading } from "./people.mjs";

let place, browser, person;
scene((there) => ({ place, browser } = there));

chapter("the page is kept on the device after the first visit", async () => {
  person = await browser.person(place, { serviceWorkers: "allow" });
  await person.page.goto(`${place.origin}/talk`);
  await heading(person.page, "How would you like to be heard?").waitFor();
  await person.page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
});

chapter("the place is gone: the page opens, says so kindly, and help can be called", async () => {
  await place.stop("SIGKILL");
  await person.page.reload();
  await person.page.getByText(/There is no connection to the place right now/).first().waitFor();
  await button(person.page, "Need help now").click();
  await person.page.getByLabel("Country").selectOption("DE");
  await person.page.getByRole("link", { name: "Call 0800 111 0 111" }).waitFor();
  await button(person.page, "Close").click();
  await person.page.goto(place.origin);
  await person.page.getByRole("link", { name: "Talk to someone" }).waitFor();
});

chapter("the place is back: everything goes on without a reload", async () => {
  await person.page.goto(`${place.origin}/talk`);
  await place.serve();
  await button(person.page, "Try again").click();
  await heading(person.page, "How would you like to be heard?").waitFor();
});
