// SPDX-License-Identifier: AGPL-3.0-or-later
// The mirror of one conversation: what was said about it lies sealed beside the words, what a listener keeps lies sealed in the conversation they
// have with themselves alone.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { privateTalk, privateTalkIfAny } from "../features/conversations/screen/private.ts";
import type { Open, Talks } from "../features/conversations/screen/talks.ts";
import { deleteMessage } from "../features/conversations/screen/wire.ts";
import { Mirror } from "../features/reflections/screen/mirror.tsx";
import { consentWords, keptOf, keptWords, type Kept, type KeptMirror } from "../features/reflections/screen/mirror-sealed.ts";
import { LookBackDoor, MirrorAsk, MirrorWord } from "../features/reflections/screen/mirror-word.tsx";
import { listens } from "../web/net/answers.ts";
import { t } from "../web/words/words.ts";
import { consentIn } from "./looks-back.ts";

const say = ({ outbox }: Open, answer: "yes" | "no"): Promise<void> => outbox.put({ kind: "mirror", text: consentWords(answer) });

function nameOfOther({ talk }: Open): string {
  const other = talk.members.value.find((m) => m.account !== talk.me.session.account);
  return (other === undefined ? undefined : talk.names.value.get(other.account)) ?? t("room.somebody");
}

interface MirrorOfProps {
  readonly talks: Talks;
  readonly conversation: string;
  readonly onDone: () => void;
}

export function MirrorOf({ talks, conversation, onDone }: MirrorOfProps) {
  const open = talks.open(conversation);
  const { talk } = open;
  const kept = useSignal<readonly Kept[]>([]);
  const readKept = async (): Promise<void> => {
    const mine = await privateTalkIfAny(talks);
    if (mine !== null) kept.value = keptOf(mine.talk.mirrors.value, conversation);
  };
  useEffect(() => {
    void readKept().catch(() => undefined); // what was kept stays where it is, and is there next time
  }, [talks]);
  const keep = async (mirror: KeptMirror): Promise<void> => {
    const { outbox } = await privateTalk(talks);
    await outbox.put({ kind: "mirror", text: keptWords(mirror) });
  };
  const letGo = async (position: number): Promise<void> => {
    const mine = await privateTalk(talks);
    await deleteMessage(mine.talk.id, position);
    kept.value = kept.value.filter((one) => one.position !== position);
  };
  return (
    <Mirror
      conversation={conversation}
      name={nameOfOther(open)}
      items={talk.items.value}
      ready={talk.phase.value === "ready"}
      consent={consentIn(talk)}
      kept={kept.value}
      onConsent={(answer) => say(open, answer)}
      onKeep={keep}
      onLetGo={letGo}
      onDone={onDone}
    />
  );
}

interface MirrorWordOfProps {
  readonly open: Open;
  readonly onLookBack: () => void;
}

/** Above the words: for the one who is heard how it stands, for the listener the way to the mirror. */
export function MirrorWordOf({ open, onLookBack }: MirrorWordOfProps) {
  const { role } = open.talk.me.session;
  const consent = consentIn(open.talk);
  if (listens(role)) return <LookBackDoor consent={consent} onLookBack={onLookBack} />;
  return role === "client" ? <MirrorWord consent={consent} name={nameOfOther(open)} onConsent={(answer) => void say(open, answer)} /> : null;
}

/** Below them: the question, for the one who is heard. */
export function MirrorAskOf({ open, quiet }: { readonly open: Open; readonly quiet: boolean }) {
  if (open.talk.me.session.role !== "client") return null;
  return <MirrorAsk consent={consentIn(open.talk)} name={nameOfOther(open)} quiet={quiet} onConsent={(answer) => void say(open, answer)} />;
}
