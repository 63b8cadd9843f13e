// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from "../words/words.ts";
import { leaveNow } from "./leaving.ts";

export function LeaveButton() {
  return (
    <button type="button" class="button button-danger button-slim" title={t("leave.hint")} onClick={leaveNow}>
      {t("leave.button")}
    </button>
  );
}
