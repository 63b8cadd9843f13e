// SPDX-License-Identifier: AGPL-3.0-or-later
// The encryption key is made anew every 90 days: without it a new epoch would still be sealed to a key that
// somebody took long ago. When it was made stands among the choices in the account state; the place does not know it.
import { stateView, type Me } from "../../../web/net/me.ts";
import { keepState } from "../../../web/net/state.ts";
import { change } from "./wire.ts";

const KEY_DAYS = 90;
const DAY_MS = 86_400_000;

/** The choices as they lie in the account state: the page's own JSON. What is no JSON of ours is begun anew. */
export function choicesFrom(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const from: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof from === "object" && from !== null && !Array.isArray(from) ? { ...from } : {};
  } catch {
    return {};
  }
}

/** "begin": nothing is known of its age, so it counts from today. */
export function ageOf(choices: Readonly<Record<string, unknown>>, serial: number, nowMs: number): "begin" | "young" | "old" {
  const { ek_serial, ek_ms } = choices;
  if (typeof ek_ms !== "number" || ek_serial !== serial) return "begin";
  return nowMs - ek_ms > KEY_DAYS * DAY_MS ? "old" : "young";
}

export async function newKeyWhenOld(me: Me): Promise<void> {
  if (me.session.recovering) return;
  const view = await me.vault.ask("state", {});
  const choices = choicesFrom(view.choices);
  const age = ageOf(choices, me.session.ek_serial, Date.now());
  if (age === "young") return;
  const serial = age === "old" ? ((await change(me, () => ({ rotate: true }))).ek_serial ?? me.session.ek_serial) : me.session.ek_serial;
  const content = new TextEncoder().encode(JSON.stringify({ ...choices, ek_serial: serial, ek_ms: Date.now() }));
  stateView.value = await me.vault.ask("keepChoices", { choices: content });
  await keepState(me.vault);
}
