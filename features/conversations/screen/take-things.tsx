// SPDX-License-Identifier: AGPL-3.0-or-later
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { locale, t } from "../../../web/words/words.ts";
import type { Talks } from "./talks.ts";
import { asJson, asPage, type Sentences, type TalkTaken, type Things } from "./things.ts";

interface TakeProps {
  readonly talks: Talks;
  readonly placeName: string;
  readonly onBack: () => void;
}

export function TakeThings({ talks, placeName, onBack }: TakeProps) {
  const things = useSignal<Things | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    gathered(talks, placeName).then(
      (all) => (things.value = all),
      (error: unknown) => (trouble.value = troubleWords(error)),
    );
  }, [talks]);
  const now = things.value;
  return (
    <div class="sheet">
      <h1>{t("things.title")}</h1>
      <p>{t("things.lead")}</p>
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
      <p class="muted small">{t("things.files")}</p>
      <WhoHears>{t("things.who")}</WhoHears>
      <Button look="quiet" onPress={onBack}>
        {t("kit.back")}
      </Button>
    </div>
  );
}

async function gathered(talks: Talks, place: string): Promise<Things> {
  const taken: TalkTaken[] = [];
  for (const said of await talks.refresh()) {
    const { talk } = talks.open(said.conversation);
    await talk.catchUp();
    const name = (account: string): string => (account === talks.me.session.account ? t("room.me") : (talk.names.value.get(account) ?? t("room.somebody")));
    taken.push({
      conversation: said.conversation,
      kind: said.kind,
      members: said.members.map((m) => ({ name: name(m.account), part: m.part, me: m.account === talks.me.session.account })),
      names: talk.names.value,
      items: talk.items.value,
      felt: talk.felt.value,
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
