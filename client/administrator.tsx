// SPDX-License-Identifier: AGPL-3.0-or-later
// The administrator's one page: the place, the people who work here, and what was done. There is no way from here into a conversation.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Invite } from "../features/invitations/screen/invite.tsx";
import { PlaceForm } from "../features/place/screen/place-form.tsx";
import { AuditLog } from "../features/staff/screen/audit.tsx";
import { Staff } from "../features/staff/screen/staff.tsx";
import { staff } from "../features/staff/screen/wire.ts";
import { WhoHears } from "../web/kit/who-hears.tsx";
import { Banner } from "../web/kit/banner.tsx";
import { auditRebuilt, type Me } from "../web/net/me.ts";
import { place, readPlace } from "../web/net/place.ts";
import { t } from "../web/words/words.ts";

/** Numbers that stand still would be believed. */
const LOOK_AGAIN_MS = 20_000;

export function Administrator({ me }: { readonly me: Me }) {
  const hasKey = useSignal(place.value?.place_key !== undefined);
  const names = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    staff().then(
      (people) => (names.value = new Map(people.map((p) => [p.account, p.name]))),
      () => undefined,
    );
  }, [me]);
  useEffect(() => {
    const timer = setInterval(() => void readPlace().catch(() => undefined), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const now = place.value;
  return (
    <div class="sheet">
      <h1>{t("admin.title")}</h1>
      <p>{t("admin.lead")}</p>
      {auditRebuilt.value ? <Banner look="danger">{t("audit.rebuilt")}</Banner> : null}
      {now === null ? null : <Health waiting={now.waiting} listeners={now.listeners_here} />}
      <Staff me={me} onKey={(ready) => (hasKey.value = ready)} />
      <Invite me={me} kind="staff" disabled={!hasKey.value} />
      {now === null ? null : <PlaceForm place={now} />}
      <AuditLog names={names.value} />
      <WhoHears>{t("admin.who")}</WhoHears>
    </div>
  );
}

/** Numbers without anybody in them. */
function Health({ waiting, listeners }: { readonly waiting: number; readonly listeners: number }) {
  return (
    <dl class="card">
      <div class="row">
        <dt>{t("admin.waiting")}</dt>
        <dd class="figures">{waiting}</dd>
      </div>
      <div class="row">
        <dt>{t("admin.listeners")}</dt>
        <dd class="figures">{listeners}</dd>
      </div>
    </dl>
  );
}
