// SPDX-License-Identifier: AGPL-3.0-or-later
// After a talk: did you feel heard? The answer is sealed to oneself; the listener sees it only if one says so. Then: keep this
// place, or let it go.
import { useSignal } from "@preact/signals";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Choice, Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { privateTalk } from "./private.ts";
import type { Talks } from "./talks.ts";

type Answer = "no" | "partly" | "yes";
const ANSWERS: Readonly<Record<Answer, 0 | 1 | 2>> = { no: 0, partly: 1, yes: 2 };

interface AfterProps {
  readonly talks: Talks;
  readonly conversation: string;
  /** A password is set already: then nothing has to be decided. */
  readonly kept: boolean;
  readonly onKeep: () => void;
  readonly onLetGo: () => void;
  readonly onHome: () => void;
}

export function After({ talks, conversation, kept, onKeep, onLetGo, onHome }: AfterProps) {
  const answer = useSignal<Answer | "">("");
  const words = useSignal("");
  const share = useSignal(false);
  const done = useSignal(false);
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);

  const say = async (): Promise<void> => {
    if (busy.value || answer.value === "") return;
    busy.value = true;
    trouble.value = null;
    try {
      const body = { kind: "feedback", answer: ANSWERS[answer.value], text: words.value.trim() } as const;
      await (await privateTalk(talks)).outbox.put(body);
      if (share.value) await talks.open(conversation).outbox.put(body);
      done.value = true;
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <div class="sheet">
      <h1>{t("after.title")}</h1>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {done.value ? (
        <p role="status">{share.value ? t("after.thanks_shared") : t("after.thanks")}</p>
      ) : (
        <form class="stack" onSubmit={(e) => (e.preventDefault(), void say())}>
          <Choice<Answer | "">
            legend={t("after.felt")}
            name="felt"
            value={answer.value}
            onValue={(a) => (answer.value = a)}
            options={[
              { value: "no", words: t("after.felt_no") },
              { value: "partly", words: t("after.felt_partly") },
              { value: "yes", words: t("after.felt_yes") },
            ]}
          />
          <Field label={t("after.words")} hint={t("after.words_hint")} long rows={3} maxLength={2000} value={words.value} onValue={(w) => (words.value = w)} />
          <label class="choice">
            <input type="checkbox" checked={share.value} onChange={(e) => (share.value = e.currentTarget.checked)} />
            <span>{t("after.share")}</span>
          </label>
          <Button submit busy={busy.value} disabled={answer.value === ""}>
            {t("after.say")}
          </Button>
        </form>
      )}
      <WhoHears>{share.value ? t("after.who_shared") : t("after.who")}</WhoHears>
      {kept ? (
        <Button look="primary" wide onPress={onHome}>
          {t("after.home")}
        </Button>
      ) : (
        <section class="stack" aria-labelledby="keep">
          <h2 id="keep">{t("after.keep_title")}</h2>
          <p>{t("after.keep_lead")}</p>
          <Button look="primary" wide onPress={onKeep}>
            {t("after.keep")}
          </Button>
          <Button wide onPress={onLetGo}>
            {t("after.let_go")}
          </Button>
          <Button look="quiet" onPress={onHome}>
            {t("after.later")}
          </Button>
        </section>
      )}
    </div>
  );
}
