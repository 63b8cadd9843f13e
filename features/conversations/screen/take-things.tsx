// SPDX-License-Identifier: AGPL-3.0-or-later
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { locale, t } from "../../../web/words/words.ts";
import type { Talk } from "./talk.ts";
import type { Talks } from "./talks.ts";
import { asJson, asPage, type MirrorTaken, type Sentences, type TalkTaken, type Things } from "./things.ts";

interface TakeProps {
  readonly talks: Talks;
  readonly placeName: string;
  /** The looks back that lie in a talk. `nameIn`: who is spoken of, by the talk they were kept about. */
  readonly mirrorsIn: (talk: Talk, nameIn: (conversation: string) => string) => readonly MirrorTaken[];
  readonly onBack: () => void;
}

export function TakeThings({ talks, placeName, mirrorsIn, onBack }: TakeProps) {
  const things = useSignal<Things | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    gathered(talks, placeName, mirrorsIn).then(
      (all) => (things.value = all),
      (error: unknown) => (trouble.value = troubleWords(error)),
    );
  }, [talks]);
  const now = things.value;
  return (
    <div class="sheet">
      <h1>{t("things.title")}</h1>
      <p>{t(talks.me.session.role === "client" ? "things.lead" : "things.lead_staff")}</p>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {now === null ? (
        <p role="status">{t("things.gathering")}</p>
      ) : (
        <div class="stack-close">
          <Button look="primary" wide onPress={() => save("things.html", "text/html", asPage(now, sentences()))}>
            {t("things.page")}
          </Button>
          <Button wide onPress={() => save("things.json", "application/json", asJson(now, sentences()))}>
            {t("things.json")}
          </Button>
        </div>
      )}
      {talks.me.session.role === "client" ? <p class="muted small">{t("things.files")}</p> : null}
      <WhoHears>{t("things.who")}</WhoHears>
      <Button look="quiet" onPress={onBack}>
        {t("kit.back")}
      </Button>
    </div>
  );
}

/** Who else is in a talk, by the name they gave themselves. */
function nameOfOther({ members, names, me }: Talk): string {
  const other = members.value.find((m) => m.account !== me.session.account);
  return (other === undefined ? undefined : names.value.get(other.account)) ?? t("room.somebody");
}

/** A client takes every talk. Who works here takes what lies with themselves alone: what people said to them is not theirs to carry away. */
async function gathered(talks: Talks, place: string, mirrorsIn: TakeProps["mirrorsIn"]): Promise<Things> {
  const taken: TalkTaken[] = [];
  const nameIn = (conversation: string): string => nameOfOther(talks.open(conversation).talk);
  const all = await talks.refresh();
  await Promise.all(all.map((said) => talks.open(said.conversation).talk.catchUp()));
  for (const said of all.filter(({ kind }) => kind === "private" || talks.me.session.role === "client")) {
    const { talk } = talks.open(said.conversation);
    const name = (account: string): string => (account === talks.me.session.account ? t("room.me") : (talk.names.value.get(account) ?? t("room.somebody")));
    taken.push({
      conversation: said.conversation,
      kind: said.kind,
      members: said.members.map((m) => ({ name: name(m.account), part: m.part, me: m.account === talks.me.session.account })),
      names: talk.names.value,
      items: talk.items.value,
      felt: talk.felt.value,
      mirrors: mirrorsIn(talk, nameIn),
    });
  }
  return { place, handle: talks.me.session.handle, madeMs: Date.now(), talks: taken };
}

function sentences(): Sentences {
  return {
    title: t("things.title"),
    made: t("things.made"),
    me: t("room.me"),
    somebody: t("room.somebody"),
    unverified: t("room.line_unverified"),
    gone: t("room.line_gone"),
    felt: [t("things.felt_no"), t("things.felt_partly"), t("things.felt_yes")],
    alone: t("things.alone"),
    locale: locale(),
  };
}

function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
