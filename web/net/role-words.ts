// SPDX-License-Identifier: AGPL-3.0-or-later
// What somebody is here, never confused: a trained peer is not a therapist.
import { t } from "../words/words.ts";
import type { Role } from "./answers.ts";

export function roleWords(role: Role): string {
  switch (role) {
    case "client":
      return t("role.client");
    case "therapist":
      return t("role.therapist");
    case "peer":
      return t("role.peer");
    case "supervisor":
      return t("role.supervisor");
    case "admin":
      return t("role.admin");
    default:
      return role satisfies never;
  }
}
