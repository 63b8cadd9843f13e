// SPDX-License-Identifier: AGPL-3.0-or-later
// Somebody else, please: the listener is taken out of a conversation by a commit of its client.
import type { Talks } from "./talks.ts";
import { postCommit } from "./wire.ts";

/** From that commit on, nothing new can be opened by them. Once they are out, doing it again changes nothing. */
export async function letListenerGo(talks: Talks, conversation: string): Promise<void> {
  const { talk } = talks.open(conversation);
  await talk.catchUp();
  const changes = (await talks.refresh())
    .filter((c) => c.conversation === conversation)
    .flatMap((c) => c.members)
    .filter((m) => m.account !== talks.me.session.account)
    .map((m) => ({ do: "remove", account: m.account }) as const);
  if (changes.length === 0) return;
  const commit = await talks.me.vault.ask("commit", { conversation, kind: "change", changes });
  await postCommit(conversation, commit);
  await talk.catchUp();
  await talks.refresh();
}
