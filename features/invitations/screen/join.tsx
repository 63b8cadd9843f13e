// SPDX-License-Identifier: AGPL-3.0-or-later
// Coming with an invitation: who invites, as what, and whether the link can be believed. Then a name, and for therapists the
// licence, which somebody here will check.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { startVault } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { arrive, type Me } from "../../../web/net/me.ts";
import { readPlace } from "../../../web/net/place.ts";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { NO_CONVERSATION, believed, inviterName } from "./invitation.ts";
import { claimLicence, lookAt, type LookedSaid } from "./wire.ts";

interface JoinProps {
  readonly invitation: string;
  readonly onJoined: (me: Me) => void;
  readonly onTalk: (inviter: string) => void;
  readonly onHome: () => void;
}

type Seen = { readonly is: "looking" } | { readonly is: "good"; readonly looked: LookedSaid } | { readonly is: "gone" } | { readonly is: "strange" } | { readonly is: "trouble"; readonly words: string };

export function Join({ invitation, onJoined, onTalk, onHome }: JoinProps) {
  const seen = useSignal<Seen>({ is: "looking" });
  const look = async (): Promise<void> => {
    seen.value = { is: "looking" };
    try {
      seen.value = await lookInto(invitation);
    } catch (error) {
      seen.value = troubleOf(error)?.what === "not_there" ? { is: "gone" } : { is: "trouble", words: troubleWords(error) };
    }
  };
  useEffect(() => void look(), [invitation]);
  const now = seen.value;
  switch (now.is) {
    case "looking":
      return (
        <div class="sheet">
          <p role="status">{t("join.looking")}</p>
        </div>
      );
    case "gone":
    case "strange":
      return (
        <div class="sheet">
          <h1>{now.is === "gone" ? t("join.gone_title") : t("join.strange_title")}</h1>
          <p>{now.is === "gone" ? t("join.gone") : t("join.strange")}</p>
          <Button look="primary" onPress={onHome}>
            {t("erase.home")}
          </Button>
          <WhoHears>{t("front.who_hears")}</WhoHears>
        </div>
      );
    case "trouble":
      return (
        <div class="sheet">
          <Banner look="warm" action={<Button onPress={() => void look()}>{t("kit.retry")}</Button>}>
            {now.words}
          </Banner>
          <WhoHears>{t("front.who_hears")}</WhoHears>
        </div>
      );
    case "good":
      return now.looked.kind === "client" ? (
        <div class="sheet">
          <h1>{t("join.client_title", { name: inviterName(now.looked, t("room.somebody")) })}</h1>
          <p>{t("join.client_lead")}</p>
          <Button look="primary" wide onPress={() => onTalk(inviterName(now.looked, t("room.somebody")))}>
            {t("kit.continue")}
          </Button>
          <WhoHears>{t("asking.wish_who")}</WhoHears>
        </div>
      ) : (
        <StaffForm invitation={invitation} looked={now.looked} onJoined={onJoined} />
      );
    default:
      return now satisfies never;
  }
}

async function lookInto(invitation: string): Promise<Seen> {
  const vault = startVault();
  try {
    const link = await vault.ask("readInvitation", { text: invitation });
    const looked = await lookAt(link.token);
    const place = await readPlace();
    const said = {
      place: place.place_key === undefined ? null : await vault.ask("placeFingerprint", { place_key: place.place_key }),
      inviter:
        looked.inviter === undefined || looked.inviter_ik === undefined
          ? null
          : await vault.ask("fingerprint", { account: looked.inviter, ik: looked.inviter_ik }),
    };
    const belief = believed({ place: link.place_fp, inviter: link.listener_fp }, said);
    return belief === "yes" || belief === "first" ? { is: "good", looked } : { is: "strange" };
  } finally {
    await vault.lock();
  }
}

interface StaffFormProps {
  readonly invitation: string;
  readonly looked: LookedSaid;
  readonly onJoined: (me: Me) => void;
}

function StaffForm({ invitation, looked, onJoined }: StaffFormProps) {
  const name = useSignal("");
  const authority = useSignal("");
  const number = useSignal("");
  const country = useSignal("");
  const until = useSignal("");
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const licensed = looked.role === "therapist";

  const join = async (): Promise<void> => {
    if (busy.value || name.value.trim() === "") return;
    busy.value = true;
    trouble.value = null;
    try {
      const me = await arrive({
        public_name: name.value.trim(),
        invitation: async (vault) => {
          const { token, auth } = await vault.ask("inviteAnswer", { text: invitation, conversation: NO_CONVERSATION });
          return { token, auth };
        },
      });
      const ends = Date.parse(`${until.value}T12:00:00`);
      if (licensed && Number.isFinite(ends)) {
        await claimLicence(me.session.account, {
          authority: authority.value.trim(),
          number: number.value.trim(),
          country: country.value.trim().toUpperCase(),
          expires_ms: ends,
          checked: false,
        }).catch(() => undefined);
      }
      onJoined(me);
    } catch (error) {
      const gone = troubleOf(error)?.what === "not_there";
      trouble.value = gone ? t("join.gone") : refusal(error) === "name_taken" ? t("join.name_taken") : troubleWords(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <form class="sheet" onSubmit={(e) => (e.preventDefault(), void join())}>
      <h1>{t("join.title")}</h1>
      <p>
        {looked.inviter === undefined ? t("join.first") : t("join.invited", { name: inviterName(looked, t("room.somebody")) })}{" "}
        <strong>{roleWords(looked.role)}</strong>
      </p>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      <Field label={t("join.name")} hint={t("join.name_hint")} value={name.value} onValue={(v) => (name.value = v)} maxLength={60} autocomplete="name" required />
      {licensed ? (
        <fieldset class="stack">
          <legend class="field-label">{t("join.licence")}</legend>
          <Field label={t("join.authority")} value={authority.value} onValue={(v) => (authority.value = v)} maxLength={120} required />
          <Field label={t("join.number")} value={number.value} onValue={(v) => (number.value = v)} maxLength={60} required />
          <Field label={t("join.country")} hint={t("join.country_hint")} value={country.value} onValue={(v) => (country.value = v)} maxLength={6} required />
          <Field label={t("join.until")} type="date" value={until.value} onValue={(v) => (until.value = v)} required />
        </fieldset>
      ) : null}
      <Button look="primary" submit wide busy={busy.value}>
        {busy.value ? t("asking.making") : t("join.go")}
      </Button>
      <WhoHears>{t("join.who")}</WhoHears>
    </form>
  );
}
