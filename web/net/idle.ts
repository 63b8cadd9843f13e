// SPDX-License-Identifier: AGPL-3.0-or-later
// Locks after a while without a sign of life: somebody may have walked away from the screen. A device that slept has been away too.
import { deviceKeeps, lock, me } from "./me.ts";

const LOOK_EVERY_MS = 5_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

export function isIdle(lastSignMs: number, nowMs: number, allowedS: number): boolean {
  return nowMs - lastSignMs >= allowedS * 1000;
}

export function watchForIdle(): void {
  let last = Date.now();
  const alive = (): void => {
    // A first touch after an hour's sleep must not count before the look that locks.
    look();
    last = Date.now();
  };
  function look(): void {
    const now = me();
    // Where nothing could open the place again, putting the keys away would destroy it.
    const lastKey = now !== null && now.session.record_kind === "device" && !deviceKeeps.peek();
    if (now === null || lastKey) last = Date.now();
    else if (isIdle(last, Date.now(), now.session.idle_lock_s)) void lock("idle");
  }
  for (const sign of SIGNS) window.addEventListener(sign, alive, { passive: true, capture: true });
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
}
