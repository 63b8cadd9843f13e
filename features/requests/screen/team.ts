// SPDX-License-Identifier: AGPL-3.0-or-later
// The team's key on a listener's device: opened at each unlock; a lead makes it, renews it and hands it to new colleagues.
import type { Place } from "../../../web/net/answers.ts";
import type { Me } from "../../../web/net/me.ts";
import { judgedNow, placeNow, readPlace } from "../../../web/net/place.ts";
import { colleagues, postTeamKey, putTeamWraps, teamKey, type ColleagueSaid, type TeamKeySaid } from "./wire.ts";

const DAY_MS = 86_400_000;
/** A team certificate lives at most 30 days (FORMAT.md, 9); a lead renews it in its last week. */
export const TEAM_DAYS = 29;
const RENEW_BEFORE_MS = 7 * DAY_MS;

export type TeamStanding = "open" | "no_key" | "not_given" | "not_certified";

/** Does a lead have to make a key now? `untilMs` is null when there is none. */
export function mustMake(serial: number, untilMs: number | null, nowMs: number): boolean {
  return serial === 0 || untilMs === null || untilMs - nowMs < RENEW_BEFORE_MS;
}

/** Who is to hold the key: every listener the place vouches for, the lead too. */
export function holders(staff: readonly ColleagueSaid[]): readonly ColleagueSaid[] {
  return staff.filter((c) => c.certified && !c.disabled && (c.role === "therapist" || c.role === "peer"));
}

export async function openTeam(me: Me): Promise<TeamStanding> {
  if (!me.session.certified) return "not_certified";
  const place = await readPlace();
  const said = await teamKey();
  const until = await opened(me, place, said);
  if (!me.session.lead) return until === null ? (said.serial === 0 ? "no_key" : "not_given") : "open";
  if (mustMake(said.serial, until, placeNow())) {
    await makeKey(me, said);
    const now = await opened(me, await readPlace(), await teamKey());
    return now === null ? "no_key" : "open";
  }
  if (said.missing.length > 0 && said.team !== undefined) await handOver(me, said.team, said);
  return "open";
}

async function opened(me: Me, place: Place, said: TeamKeySaid): Promise<number | null> {
  if (said.wrap === undefined || place.team === undefined || place.place_key === undefined) return null;
  const team = { certificate: place.team.certificate, lead_certificate: place.team.lead_certificate, place_key: place.place_key };
  return (await me.vault.ask("teamOpen", { wrap: said.wrap, team, now_ms: judgedNow() })).until_ms;
}

async function makeKey(me: Me, said: TeamKeySaid): Promise<void> {
  const to = holders(await colleagues()).map((c) => ({ account: c.account, ek: c.ek }));
  const from = placeNow() - 60_000;
  const made = await me.vault.ask("teamMake", {
    ...(said.team === undefined ? {} : { team: said.team }),
    serial: said.serial + 1,
    from_ms: Math.floor(from),
    until_ms: Math.floor(from + TEAM_DAYS * DAY_MS),
    to,
  });
  await postTeamKey(made);
}

async function handOver(me: Me, team: string, said: TeamKeySaid): Promise<void> {
  const to = holders(await colleagues())
    .filter((c) => said.missing.includes(c.account))
    .map((c) => ({ account: c.account, ek: c.ek }));
  if (to.length === 0) return;
  await putTeamWraps({ serial: said.serial, wraps: await me.vault.ask("teamWrap", { team, serial: said.serial, to }) });
}
