// SPDX-License-Identifier: AGPL-3.0-or-later
// The conversation a person has with themselves alone: where feelings after a talk, and later the journal, lie sealed.
import { ask } from "../../../web/net/http.ts";
import type { Open, Talks } from "./talks.ts";
import { keptAnswer } from "./wire.ts";

export async function privateTalk(talks: Talks): Promise<Open> {
  const list = talks.list.peek() ?? (await talks.refresh());
  const known = list.find((c) => c.kind === "private");
  if (known !== undefined) return ready(talks.open(known.conversation));
  const begun = await talks.me.vault.ask("beginPrivate", {});
  await ask({ method: "POST", path: "/api/conversations", body: { commit: begun.commit, wraps: begun.wraps } }, keptAnswer);
  await talks.refresh();
  return ready(talks.open(begun.conversation));
}

async function ready(open: Open): Promise<Open> {
  await open.talk.catchUp();
  return open;
}
