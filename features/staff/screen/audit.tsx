// SPDX-License-Identifier: AGPL-3.0-or-later
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dateAndTime } from "../../../web/words/when.ts";
import { onTold } from "../../../web/net/me.ts";
import { t } from "../../../web/words/words.ts";
import { audit, type AuditSaid } from "./wire.ts";

const SHOWN = 20;

const ACTS = [
  "client_key_confirmed",
  "client_keys_anew",
  "licence_checked",
  "licence_claimed",
  "place_changed",
  "place_key_set",
  "staff_certified",
  "staff_disabled",
  "staff_enabled",
  "staff_erased",
  "staff_invited",
  "staff_joined",
  "staff_keys_anew",
  "team_key_made",
] as const;

/** An act that a newer place writes and this page does not know stands as it is written. */
function actWords(act: string): string {
  const known = ACTS.find((a) => a === act);
  return known === undefined ? act : t(`audit.act_${known}`);
}

/** What staff did, newest first. The chain's head is what another device compares. */
export function AuditLog({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const said = useSignal<AuditSaid | null>(null);
  useEffect(() => {
    const look = (): void =>
      void audit(0)
        .then((first) => (first.count > first.entries.length ? audit(Math.max(0, first.count - SHOWN)) : first))
        .then(
          (all) => (said.value = all),
          () => undefined,
        );
    look();
    // Staff did something: here, or on another administrator's device.
    return onTold((told) => {
      if (told.t === "staff") look();
    });
  }, []);
  const now = said.value;
  if (now === null) return null;
  const who = (account: string | undefined): string => (account === undefined ? t("audit.machine") : (names.get(account) ?? t("room.somebody")));
  // Clients never stand in the chain: of them it says that something was done, and not who.
  const actor = ({ act, actor }: AuditSaid["entries"][number]): string => (act === "client_keys_anew" ? t("audit.client") : who(actor));
  return (
    <section class="card" aria-labelledby="audit">
      <h2 id="audit">{t("audit.title")}</h2>
      <p class="muted small">{t("audit.lead", { count: now.count })}</p>
      <ol role="list" class="stack-close">
        {[...now.entries].reverse().slice(0, SHOWN).map((entry) => (
          <li key={entry.count} class="small">
            <time class="muted">{dateAndTime(entry.at_ms)}</time> {actor(entry)}: {actWords(entry.act)}
            {entry.subject === undefined ? "" : ` (${who(entry.subject)})`}
          </li>
        ))}
      </ol>
    </section>
  );
}
