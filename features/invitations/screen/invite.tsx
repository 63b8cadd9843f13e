// SPDX-License-Identifier: AGPL-3.0-or-later
// Inviting somebody: the link is made here, shown once, and the place keeps only a hash of what is in it.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Choice } from "../../../web/kit/field.tsx";
import { onTold, type Me } from "../../../web/net/me.ts";
import { readPlace } from "../../../web/net/place.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { date } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { invitations, invite, takeBack, type InvitationSaid } from "./wire.ts";

type StaffRole = "peer" | "therapist" | "supervisor" | "admin";

interface InviteProps {
  readonly me: Me;
  /** An administrator invites staff, a listener invites somebody to talk with. */
  readonly kind: "staff" | "client";
  readonly disabled: boolean;
}

export function Invite({ me, kind, disabled }: InviteProps) {
  const role = useSignal<StaffRole>("peer");
  const link = useSignal<string | null>(null);
  const open = useSignal<readonly InvitationSaid[]>([]);
  const trouble = useSignal<string | null>(null);
  const busy = useSignal(false);

  const look = async (): Promise<void> => {
    open.value = (await invitations()).filter((i) => i.used_by === undefined && i.expires_ms > Date.now());
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      await work();
      await look();
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => {
    void look().catch(() => undefined);
    return onTold((told) => {
      if (told.t === "staff") void look().catch(() => undefined);
    });
  }, [me.vault]);

  const make = (): Promise<void> =>
    run(async () => {
      link.value = null;
      const placeKey = (await readPlace()).place_key;
      if (placeKey === undefined) return;
      const made = await me.vault.ask("inviteMake", { place_key: placeKey });
      await invite({ kind, role: kind === "staff" ? role.value : undefined, token_hash: made.token_hash });
      link.value = `${location.origin}/join#${made.text}`;
    });

  return (
    <section class="card" aria-labelledby="invite">
      <h2 id="invite">{kind === "staff" ? t("invite.title_staff") : t("invite.title_client")}</h2>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {kind === "staff" ? (
        <Choice<StaffRole>
          legend={t("invite.role")}
          name="invite-role"
          value={role.value}
          onValue={(r) => (role.value = r)}
          options={(["peer", "therapist", "supervisor", "admin"] as const).map((r) => ({ value: r, words: roleWords(r) }))}
        />
      ) : null}
      <Button disabled={disabled} busy={busy.value} onPress={() => void make()}>
        {t("invite.make")}
      </Button>
      {link.value === null ? null : (
        <Banner action={<Button onPress={() => void navigator.clipboard.writeText(link.value ?? "").catch(() => undefined)}>{t("invite.copy")}</Button>}>
          {t("invite.once")} <code class="keep-lines invite-link">{link.value}</code>
        </Banner>
      )}
      <ul role="list" class="stack-close">
        {open.value.map((one) => (
          <li key={one.invitation} class="row">
            <span>
              {roleWords(one.role)} · {t("invite.until", { date: date(one.expires_ms) })}
            </span>
            <Button look="quiet" slim onPress={() => void run(() => takeBack(one.invitation))}>
              {t("invite.take_back")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
