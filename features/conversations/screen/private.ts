// SPDX-License-Identifier: AGPL-3.0-or-later
// The conversation a person has with themselves alone: where feelings after a talk, and later the journal, lie sealed.
import { ask } from "../../../web/net/http.ts";
import type { Open, Talks } from "./talks.ts";
import { keptAnswer } from "./wire.ts";

export async function privateTalk(talks: Talks): Promise<Open> {
  const known = await privateTalkIfAny(talks);
  if (known !== null) return known;
  const begun = await talks.me.vault.ask("beginPrivate", {});
  await ask({ method: "POST", path: "/api/conversations", body: { commit: begun.commit, wraps: begun.wraps } }, keptAnswer);
  await talks.refresh();
  return ready(talks.open(begun.conversation));
}

/** The same, but only if it has been begun: to read what lies there. */
export async function privateTalkIfAny(talks: Talks): Promise<Open | null> {
  const list = talks.list.peek() ?? (await talks.refresh());
  const known = list.find((c) => c.kind === "private");
  return known === undefined ? null : ready(talks.open(known.conversation));
}

async function ready(open: Open): Promise<Open> {
  await open.talk.catchUp();
  return open;
}
