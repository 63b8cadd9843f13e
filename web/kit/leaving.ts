// SPDX-License-Identifier: AGPL-3.0-or-later
// Leave: keys and page go, then a neutral site stands where this one was. Nothing is logged. What it cannot do is clear
// the browser's history, and the words beside the button say so.

const PRESSES = 3;
const WITHIN_MS = 2000;
export const NEUTRAL_SITE = "https://www.wikipedia.org/";

/** Counts presses of Escape: true at the third within two seconds. */
export function escapeCounter(): (atMs: number) => boolean {
  let presses: number[] = [];
  return (atMs) => {
    presses = [...presses.filter((p) => atMs - p < WITHIN_MS), atMs];
    if (presses.length < PRESSES) return false;
    presses = [];
    return true;
  };
}

type Wipe = () => void | Promise<void>;
/** Longer than deleting a key takes, shorter than anybody behind one needs to see the page: which is blank by then. */
const WIPE_MS = 250;
const wipes = new Set<Wipe>();
let gone = false;

/** Something that must be gone when a person leaves: keys first. Returns how to take it back. */
export function wipeOnLeave(wipe: Wipe): () => void {
  wipes.add(wipe);
  return () => wipes.delete(wipe);
}

/** Leaves now. Safe to call twice; nothing in it may throw before the page is blank. */
export function leaveNow(): void {
  if (gone) return;
  gone = true;
  document.documentElement.replaceChildren();
  const wiped = [...wipes].map(async (wipe) => wipe());
  const late = new Promise((done) => setTimeout(done, WIPE_MS));
  // Leaving goes on whatever happens: a person is in a hurry.
  void Promise.race([Promise.allSettled(wiped), late]).then(() => location.replace(NEUTRAL_SITE));
}

/** Listens for Escape three times, and for the Back button bringing the wiped page back to life. */
export function watchForLeaving(): void {
  const counted = escapeCounter();
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && !event.repeat && counted(event.timeStamp)) leaveNow();
    },
    { capture: true },
  );
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && gone) location.replace("/");
  });
}
