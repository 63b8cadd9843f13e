// SPDX-License-Identifier: AGPL-3.0-or-later
import { date } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { groupsOf } from "./password.ts";
import "./recovery-sheet.css";

interface SheetProps {
  readonly placeName: string;
  readonly handle: string;
  readonly code: string;
  readonly secretKey: string | null;
  readonly listens: boolean;
}

/** The one sheet of paper. It says nothing about why somebody has it. */
export function RecoverySheet({ placeName, handle, code, secretKey, listens }: SheetProps) {
  return (
    <section class="card recovery-sheet" aria-label={t("recovery_sheet.title")}>
      <h2>{listens ? t("recovery_sheet.title_staff", { place: placeName }) : t("recovery_sheet.title")}</h2>
      <dl class="stack-close">
        <div>
          <dt class="muted small">{t("recovery_sheet.address")}</dt>
          <dd>{location.host}</dd>
        </div>
        <div>
          <dt class="muted small">{t("sign_in.handle")}</dt>
          <dd>
            <strong>{handle}</strong>
          </dd>
        </div>
        <div>
          <dt class="muted small">{t("recovery_sheet.code")}</dt>
          <dd>
            <ol role="list" class="recovery-groups sheet-words">
              {groupsOf(code).map((group, i) => (
                <li key={i}>
                  <span class="muted small figures">{i + 1}</span> {group}
                </li>
              ))}
            </ol>
          </dd>
        </div>
        {secretKey === null ? null : (
          <div>
            <dt class="muted small">{t("sign_in.secret_key")}</dt>
            <dd class="sheet-words">{secretKey}</dd>
          </div>
        )}
      </dl>
      <p class="small">{t("recovery_sheet.how", { date: date(Date.now()) })}</p>
    </section>
  );
}
