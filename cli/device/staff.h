/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an administrator and a lead do from their own device: the place key, invitations, roster certificates,
 * and the team's key.
 */
#ifndef HK_CLI_DEVICE_STAFF_H
#define HK_CLI_DEVICE_STAFF_H

#include "cli/device/device.h"
#include "features/staff/contract.h"

#define STAFF_CERTIFICATE_DAYS 365
#define STAFF_TEAM_DAYS        28 /* a team certificate lives at most 30 */

/* Hands the place its key, once. HK_CONFLICT: it has one. */
hk_err staff_give_place_key(device *admin, const vault_place *key);
/* role: ROLE_THERAPIST, ... text: VAULT_INVITE_TEXT characters and a NUL. */
hk_err staff_invite(device *admin, const vault_place *key, int64_t role,
                    char ret_text[static VAULT_INVITE_TEXT + 1]);
/* Everybody who works here; lives in admin's arena until the next step. */
hk_err staff_list(device *admin, staff_body *ret);
/* Signs and hands in a roster certificate for one of them. */
hk_err staff_certify(device *admin, const vault_place *key, const staff_item *who, bool lead,
                     uint32_t serial);
/* A lead makes the team's next key, certified and wrapped for every certified listener. */
hk_err staff_renew_team_key(device *lead, const team_id *team, uint32_t serial);
/* The roster's role for a place role; 0: they need no certificate. */
uint8_t staff_roster_role(int64_t role);

#endif
