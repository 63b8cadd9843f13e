// SPDX-License-Identifier: AGPL-3.0-or-later
// A person's own place, when they come back: their talks, and everything that is theirs to do.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { dayName } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import type { Talks } from "./talks.ts";
import type { ConversationSaid } from "./wire.ts";
import { wouldRead } from "./writing.ts";

interface MyPlaceProps {
  readonly talks: Talks;
  readonly kept: boolean;
  readonly onOpen: (conversation: string) => void;
  readonly onAsk: () => void;
  readonly onChangeListener: (conversation: string) => void;
  readonly onKeep: () => void;
  readonly onRenew: () => void;
  readonly onTake: () => void;
  readonly onErase: () => void;
  readonly onLock: () => void;
}

export function MyPlace(props: MyPlaceProps) {
  const { talks } = props;
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    talks.refresh().catch((error: unknown) => (trouble.value = troubleWords(error)));
  }, [talks]);
  const own = talks.me.session.account;
  const pairs = (talks.list.value ?? []).filter((c) => c.kind === "pair");
  const live = pairs.filter((c) => wouldRead(c.members.filter((m) => m.account !== own)).length > 0);
  const unread = (c: ConversationSaid): boolean => live.includes(c) && talks.open(c.conversation).talk.unread.value;

  return (
    <div class="sheet">
      <h1>{t("my_place.title")}</h1>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {props.kept ? null : (
        <Banner look="warm" action={<Button look="primary" onPress={props.onKeep}>{t("after.keep")}</Button>}>
          {t("my_place.not_kept")}
        </Banner>
      )}
      <section class="stack-close" aria-labelledby="talks">
        <h2 id="talks">{t("my_place.talks")}</h2>
        {talks.list.value !== null && pairs.length === 0 ? <p class="muted">{t("my_place.none")}</p> : null}
        <ul role="list" class="stack-close">
          {pairs.map((c) => (
            <li key={c.conversation}>
              <Button wide look={c === live[0] ? "primary" : "plain"} onPress={() => props.onOpen(c.conversation)}>
                {unread(c) ? <span class="dot" aria-hidden="true" /> : null}
                {t(unread(c) ? "my_place.talk_unread" : "my_place.talk", { name: names(c, own), day: dayName(c.at_ms, Date.now()) })}
              </Button>
            </li>
          ))}
        </ul>
        {live.length === 0 ? (
          <Button look="primary" wide onPress={props.onAsk}>
            {t("front.talk")}
          </Button>
        ) : null}
        {live.map((c) => (
          <Button key={c.conversation} wide onPress={() => props.onChangeListener(c.conversation)}>
            {live.length === 1 ? t("my_place.change_listener") : t("my_place.change_by_name", { name: names(c, own) })}
          </Button>
        ))}
      </section>
      <section class="stack-close" aria-labelledby="mine">
        <h2 id="mine">{t("my_place.mine")}</h2>
        {props.kept ? (
          <Button wide onPress={props.onKeep}>
            {t("my_place.password")}
          </Button>
        ) : null}
        {props.kept ? (
          <Button wide onPress={props.onRenew}>
            {t("renew.title")}
          </Button>
        ) : null}
        <Button wide onPress={props.onTake}>
          {t("things.title")}
        </Button>
        <Button wide onPress={props.onErase}>
          {t("erase.title")}
        </Button>
        <Button wide onPress={props.onLock}>
          {t("my_place.lock")}
        </Button>
      </section>
      <WhoHears>{t("my_place.who")}</WhoHears>
    </div>
  );
}

function names(conversation: ConversationSaid, own: string): string {
  const others = conversation.members.filter((m) => m.account !== own).map((m) => m.name ?? t("room.somebody"));
  return others.length === 0 ? t("my_place.alone") : others.join(", ");
}
