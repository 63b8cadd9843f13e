// SPDX-License-Identifier: AGPL-3.0-or-later
// Who works here: vouching with the place key, looking up a licence, closing the door to somebody. Never a way into a conversation.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { askNothing } from "../../../web/net/http.ts";
import { onTold, type Me } from "../../../web/net/me.ts";
import { placeNow, readPlace } from "../../../web/net/place.ts";
import { refusal } from "../../../web/net/problem.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { keepState } from "../../../web/net/state.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { date } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { licenceStanding, mayVouch, rosterRole, vouchUntil } from "./roster.ts";
import { putCertificate, putDisabled, putLicence, staff, type StaffSaid } from "./wire.ts";

type KeyStanding = "looking" | "none" | "here" | "elsewhere";

interface StaffProps {
  readonly me: Me;
  readonly onKey: (ready: boolean) => void;
}

export function Staff({ me, onKey }: StaffProps) {
  const people = useSignal<readonly StaffSaid[]>([]);
  const key = useSignal<KeyStanding>("looking");
  const trouble = useSignal<string | null>(null);
  const busy = useSignal(false);

  const look = async (): Promise<void> => {
    const place = await readPlace();
    const have = await me.vault.ask("placeHave", {});
    key.value = place.place_key === undefined ? "none" : have === null ? "elsewhere" : "here";
    onKey(place.place_key !== undefined);
    people.value = await staff();
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      await work();
      await look();
    } catch (error) {
      trouble.value = refusal(error) === "last_administrator" ? t("staff.last_administrator") : troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => {
    void run(async () => undefined);
    return onTold((told) => {
      if (told.t === "staff") void look().catch(() => undefined);
    });
  }, [me]);

  const makeKey = (): Promise<void> =>
    run(async () => {
      const made = (await me.vault.ask("placeHave", {})) ?? (await me.vault.ask("placeMake", {}));
      await keepState(me.vault);
      await askNothing({ method: "PUT", path: "/api/place/key", body: { place_key: made.place_key } });
    });
  const vouch = (member: StaffSaid, lead: boolean): Promise<void> =>
    run(async () => {
      const role = rosterRole(member.role);
      if (role === null) return;
      const now = Math.floor(placeNow());
      const certificate = await me.vault.ask("rosterSign", {
        account: member.account,
        ik: member.ik,
        role,
        lead,
        serial: Math.floor(now / 1000),
        from_ms: now - 60_000,
        until_ms: vouchUntil(member, now),
      });
      await putCertificate(member.account, certificate);
    });

  const noLead = !people.value.some((p) => p.lead && p.certified && !p.disabled);
  return (
    <section class="stack" aria-labelledby="staff">
      <h2 id="staff">{t("staff.title")}</h2>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {key.value === "none" ? (
        <Banner action={<Button look="primary" busy={busy.value} onPress={() => void makeKey()}>{t("staff.make_key")}</Button>}>{t("staff.no_key")}</Banner>
      ) : null}
      {key.value === "elsewhere" ? <Banner look="warm">{t("staff.key_elsewhere")}</Banner> : null}
      <ul role="list" class="stack">
        {people.value.map((member) => (
          <Person
            key={member.account}
            member={member}
            own={member.account === me.session.account}
            canVouch={key.value === "here" && mayVouch(member, placeNow())}
            suggestLead={noLead}
            onVouch={(lead) => void vouch(member, lead)}
            onChecked={(licence) => void run(() => putLicence(member.account, licence))}
            onDisabled={(disabled) => void run(() => putDisabled(member.account, disabled))}
          />
        ))}
      </ul>
    </section>
  );
}

interface PersonProps {
  readonly member: StaffSaid;
  readonly own: boolean;
  readonly canVouch: boolean;
  readonly suggestLead: boolean;
  readonly onVouch: (lead: boolean) => void;
  readonly onChecked: (licence: Parameters<typeof putLicence>[1]) => void;
  readonly onDisabled: (disabled: boolean) => void;
}

function Person(props: PersonProps) {
  const { member, own } = props;
  const lead = useSignal(props.suggestLead);
  const sure = useSignal(false);
  const listens = rosterRole(member.role) !== null;
  return (
    <li class="card">
      <h3>{member.name}</h3>
      <p class="muted">
        {roleWords(member.role)}
        {member.lead ? ` · ${t("staff.lead")}` : ""}
        {listens ? ` · ${member.certified ? t("staff.certified") : t("staff.not_certified")}` : ""}
        {member.disabled ? ` · ${t("staff.disabled")}` : ""}
      </p>
      <LicenceLine {...props} />
      {listens && !member.certified && !member.disabled ? (
        <div class="stack-close">
          <label class="choice">
            <input type="checkbox" checked={lead.value} onChange={(e) => (lead.value = e.currentTarget.checked)} />
            <span>{t("staff.as_lead")}</span>
          </label>
          <Button look="primary" disabled={!props.canVouch} onPress={() => props.onVouch(lead.value)}>
            {t("staff.vouch", { name: member.name })}
          </Button>
        </div>
      ) : null}
      {own ? null : member.disabled ? (
        <Button onPress={() => props.onDisabled(false)}>{t("staff.let_in", { name: member.name })}</Button>
      ) : sure.value ? (
        <Banner look="warm" action={<Button look="danger" onPress={() => ((sure.value = false), props.onDisabled(true))}>{t("staff.disable_sure")}</Button>}>
          {t("staff.disable_what")}
        </Banner>
      ) : (
        <Button look="quiet" onPress={() => (sure.value = true)}>
          {t("staff.disable", { name: member.name })}
        </Button>
      )}
    </li>
  );
}

function LicenceLine({ member, onChecked }: PersonProps) {
  const standing = licenceStanding(member, placeNow());
  const { licence } = member;
  if (standing === "none_needed") return null;
  if (licence === undefined) return <p>{t("staff.licence_missing")}</p>;
  const until = licence.expires_ms === undefined ? "" : t("invite.until", { date: date(licence.expires_ms) });
  const number = licence.number ?? "";
  return (
    <div class="stack-close">
      <p>
        {licence.authority} · {number} · {licence.country} · {until}
      </p>
      <p class="muted">
        {standing === "checked" && licence.checked_ms !== undefined ? t("staff.licence_checked", { date: date(licence.checked_ms) }) : t(`staff.licence_${standing}`)}
      </p>
      {standing !== "checked" && licence.expires_ms !== undefined && number !== "" ? (
        <Button
          onPress={() =>
            onChecked({ authority: licence.authority, number, country: licence.country, expires_ms: licence.expires_ms ?? 0, checked: true })
          }
        >
          {t("staff.licence_check")}
        </Button>
      ) : null}
    </div>
  );
}
