// SPDX-License-Identifier: AGPL-3.0-or-later
// From the door to the first words: how would you like to be heard, a name for here, the words. One question at a time.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Place } from "../../../web/net/answers.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Choice, Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { Draft } from "../../../web/net/draft.ts";
import { arrive, me, type Me } from "../../../web/net/me.ts";
import { keepState } from "../../../web/net/state.ts";
import { judgedNow, readPlace } from "../../../web/net/place.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { WISHES, canAsk, fits, nameFrom, twoNames, type Step, type WishWord } from "./asking.ts";
import { askToBeHeard } from "./wire.ts";

export type OpeningBody = { readonly kind: "opening"; readonly wish: 0 | 1 | 2; readonly channel: number; readonly name: string; readonly text: string };
export interface Asked {
  readonly conversation: string;
  readonly mid: string;
  readonly atMs: number;
  readonly body: OpeningBody;
}

// Answers to the first two questions, until they are sealed into the first words. They outlive the moment in which the account
// is made and the page changes hands.
const wish = signal<WishWord>("unknown");
const name = signal("");
const step = signal<Step>("wish");

export function nextStep(): Step {
  return step.value;
}

/** How would you like to be heard, and a name for here. With the name the vault is made, silently. */
export function AskingDoor({ place, onBack }: { readonly place: Place | null; readonly onBack: (() => void) | null }) {
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const named = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      name.value = nameFrom(name.value);
      if (me() === null) await arrive();
      step.value = "words";
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="sheet">
      {canAsk(place) === "no_team" ? <Banner look="warm">{t("asking.nobody_yet")}</Banner> : null}
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {step.value === "wish" ? (
        <WishStep wish={wish.value} onWish={(w) => (wish.value = w)} onNext={() => (step.value = "name")} onBack={onBack} />
      ) : (
        <form class="stack" onSubmit={(e) => (e.preventDefault(), void named())}>
          <Heading>{t("asking.name_title")}</Heading>
          <NameFields name={name.value} onName={(n) => (name.value = n)} />
          <Button look="primary" submit wide busy={busy.value}>
            {busy.value ? t("asking.making") : t("kit.continue")}
          </Button>
          <Button look="quiet" onPress={() => (step.value = "wish")}>
            {t("kit.back")}
          </Button>
          <WhoHears>{t("asking.name_who")}</WhoHears>
        </form>
      )}
    </div>
  );
}

interface WordsProps {
  readonly me: Me;
  /** The text of a listener's invitation: then only the inviter hears of it. */
  readonly invitation: string | null;
  /** Kept on this device before the place has it: the same words are the first of the conversation. */
  readonly onSealed: (asked: Asked) => Promise<void>;
  readonly onAsked: (conversation: string) => void;
  /** Somebody else was asked for: done before the place is asked, and not at all if the person turns back. */
  readonly before: (() => Promise<void>) | null;
}

export function AskingWords({ me, invitation, onSealed, onAsked, before }: WordsProps) {
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const draft = useMemo(() => new Draft(me.vault, "draft/asking"), [me]);
  useEffect(() => {
    void draft.load();
    return () => draft.end();
  }, [draft]);

  const send = async (): Promise<void> => {
    if (busy.value || !fits(draft.text.peek())) return;
    busy.value = true;
    trouble.value = null;
    try {
      const place = await readPlace();
      if (place.team === undefined || place.place_key === undefined) {
        trouble.value = t("asking.nobody_yet");
        return;
      }
      const body: OpeningBody = { kind: "opening", wish: WISHES[wish.value], channel: 0, name: name.value, text: draft.text.peek().trim() };
      const atMs = Date.now();
      await me.vault.ask("pinPlace", { place_key: place.place_key });
      const team = { certificate: place.team.certificate, lead_certificate: place.team.lead_certificate, place_key: place.place_key };
      const sealed = await me.vault.ask("sealFirstWords", { team, body, time_ms: atMs, now_ms: judgedNow() });
      // Every device of this account is to know the conversation that answers these words.
      void keepState(me.vault).catch(() => undefined);
      await onSealed({ conversation: sealed.conversation, mid: sealed.mid, atMs, body });
      await before?.();
      const invited = invitation === null ? null : await me.vault.ask("inviteAnswer", { text: invitation, conversation: sealed.conversation });
      await askToBeHeard({
        first_words: sealed.first_words,
        ...(invited === null ? {} : { invitation: { token: invited.token, auth: invited.auth } }),
      });
      await draft.done();
      step.value = "wish";
      onAsked(sealed.conversation);
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <div class="sheet">
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {draft.kept.value ? null : <Banner look="warm">{t("draft.not_kept")}</Banner>}
      <form class="stack" onSubmit={(e) => (e.preventDefault(), void send())}>
        <Heading>{t("asking.words_title")}</Heading>
        <Field label={t("asking.words_label")} hint={t("asking.words_hint")} long rows={7} maxLength={8000} value={draft.text.value} onValue={(text) => draft.write(text)} error={fits(draft.text.value) ? null : t("asking.too_long")} />
        <Button look="primary" submit wide busy={busy.value}>
          {busy.value ? t("asking.sealing") : t("asking.send")}
        </Button>
        <Button look="quiet" onPress={() => (step.value = "name")}>
          {t("kit.back")}
        </Button>
        <WhoHears>{invitation === null ? t("asking.words_who") : t("asking.words_who_invited")}</WhoHears>
      </form>
    </div>
  );
}

/** The heading of a new step is where one lands: heard at once, and the keyboard goes on from there. */
function Heading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 tabIndex={-1} ref={heading}>
      {children}
    </h1>
  );
}

interface WishProps {
  readonly wish: WishWord;
  readonly onWish: (wish: WishWord) => void;
  readonly onNext: () => void;
  readonly onBack: (() => void) | null;
}

function WishStep({ wish, onWish, onNext, onBack }: WishProps) {
  return (
    <form class="stack" onSubmit={(e) => (e.preventDefault(), onNext())}>
      <h1>{t("asking.wish_title")}</h1>
      <Choice<WishWord>
        legend={t("asking.wish_title")}
        quietLegend
        name="wish"
        value={wish}
        onValue={onWish}
        options={[
          { value: "listen", words: t("asking.wish_listen") },
          { value: "sort_out", words: t("asking.wish_sort_out") },
          { value: "unknown", words: t("asking.wish_unknown") },
        ]}
      />
      <Choice
        legend={t("asking.channel_title")}
        name="channel"
        value="write"
        onValue={() => undefined}
        options={[
          { value: "write", words: t("asking.channel_write") },
          { value: "speak", words: t("asking.channel_speak"), hint: t("asking.not_yet"), notYet: true },
          { value: "see", words: t("asking.channel_see"), hint: t("asking.not_yet"), notYet: true },
          { value: "phone", words: t("asking.channel_phone"), hint: t("asking.not_yet"), notYet: true },
        ]}
      />
      <Button look="primary" submit wide>
        {t("kit.continue")}
      </Button>
      {onBack === null ? null : (
        <Button look="quiet" onPress={onBack}>
          {t("kit.back")}
        </Button>
      )}
      <WhoHears>{t("asking.wish_who")}</WhoHears>
    </form>
  );
}

function NameFields({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }) {
  const suggested = useMemo(() => twoNames(t("asking.names"), Math.random), []);
  return (
    <>
      <Field label={t("asking.name_label")} hint={t("asking.name_hint")} value={name} onValue={onName} maxLength={64} spellcheck={false} />
      <div class="row">
        {suggested.map((suggestion) => (
          <Button key={suggestion} slim pressed={name === suggestion} onPress={() => onName(suggestion)}>
            {suggestion}
          </Button>
        ))}
      </div>
    </>
  );
}
