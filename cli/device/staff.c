/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/staff.h"

#include <string.h>

#include "cli/device/steps.h"
#include "features/invitations/contract.h"
#include "features/invitations/invitations.h"
#include "features/place/place.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

hk_err staff_give_place_key(device *admin, const vault_place *key)
{
    device_step(admin);
    place_key_body body;
    memcpy(body.place_key, key->pk, sizeof body.place_key);
    return http_call(admin->http, "PUT", "/api/place/key", &PLACE_KEY, &body, NULL, &admin->arena, NULL);
}

hk_err staff_invite(device *admin, const vault_place *key, int64_t role,
                    char ret_text[static VAULT_INVITE_TEXT + 1])
{
    device_step(admin);
    vault_invite invite;
    uint8_t token[VAULT_HASH_BYTES];
    vault_invite_make(key->pk, &admin->me, &invite);
    vault_invite_token(&invite, token);
    invite_body body = {.kind = INVITE_STAFF, .role = role};
    vault_invite_stored(token, body.token_hash);
    invited_body made = {0};
    HK_TRY(
        http_call(admin->http, "POST", "/api/invitations", &INVITE, &body, &INVITED, &admin->arena, &made));
    vault_invite_text(&invite, ret_text);
    ret_text[VAULT_INVITE_TEXT] = '\0';
    return HK_OK;
}

hk_err staff_list(device *admin, staff_body *ret)
{
    device_step(admin);
    return http_call(admin->http, "GET", "/api/staff", NULL, NULL, &STAFF, &admin->arena, ret);
}

uint8_t staff_roster_role(int64_t role)
{
    switch (role) {
    case ROLE_THERAPIST:
        return VAULT_ROSTER_THERAPIST;
    case ROLE_PEER:
        return VAULT_ROSTER_PEER;
    case ROLE_SUPERVISOR:
        return VAULT_ROSTER_SUPERVISOR;
    default:
        return 0;
    }
}

hk_err staff_certify(device *admin, const vault_place *key, const staff_item *who, bool lead, uint32_t serial)
{
    int64_t now = device_now_ms();
    vault_roster roster = {.account = who->account,
                           .role = staff_roster_role(who->role),
                           .lead = lead,
                           .serial = serial,
                           .from_ms = now - DAY_MS, /* a clock that is a little behind may read it too */
                           .until_ms = now + STAFF_CERTIFICATE_DAYS * DAY_MS};
    memcpy(roster.ik, who->ik, sizeof roster.ik);
    uint8_t certificate[VAULT_ROSTER_BYTES];
    HK_TRY(vault_roster_sign(key, &roster, certificate));
    const char *path;
    HK_TRY(device_path(admin, "/api/staff/", who->account.b, "/certificate", &path));
    certificate_body body = {hk_slice_of(certificate, sizeof certificate)};
    return http_call(admin->http, "PUT", path, &STAFF_CERTIFICATE, &body, NULL, &admin->arena, NULL);
}

static hk_err wrap_for_all(device *lead, const vault_team_key *key, const staff_body *staff,
                           team_wrap_item **ret, size_t *ret_count)
{
    team_wrap_item *wraps = hk_arena_get_array(&lead->arena, staff->staff.count, sizeof *wraps);
    if (!wraps)
        return HK_NO_MEMORY;
    size_t count = 0;
    const staff_item *items = staff->staff.items;
    for (size_t i = 0; i < staff->staff.count; i++) {
        bool listener = items[i].role == ROLE_THERAPIST || items[i].role == ROLE_PEER;
        if (!listener || !items[i].certified || items[i].disabled)
            continue;
        uint8_t *bytes = hk_arena_get(&lead->arena, VAULT_TEAM_WRAP_BYTES);
        if (!bytes)
            return HK_NO_MEMORY;
        HK_TRY(vault_team_wrap(key, &items[i].account, items[i].ek, bytes));
        wraps[count++] = (team_wrap_item){items[i].account, hk_slice_of(bytes, VAULT_TEAM_WRAP_BYTES)};
    }
    *ret = wraps;
    *ret_count = count;
    return HK_OK;
}

hk_err staff_renew_team_key(device *lead, const team_id *team, uint32_t serial)
{
    staff_body staff = {0};
    HK_TRY(staff_list(lead, &staff));
    int64_t now = device_now_ms();
    vault_team_key key;
    vault_team_key_make(team, serial, &key);
    vault_team cert = {
        .team = *team, .serial = serial, .from_ms = now - DAY_MS, .until_ms = now + STAFF_TEAM_DAYS * DAY_MS};
    memcpy(cert.tk, key.pk, sizeof cert.tk);
    uint8_t signed_cert[VAULT_TEAM_BYTES];
    team_wrap_item *wraps = NULL;
    size_t count = 0;
    hk_err err = vault_team_sign(&lead->me, &cert, signed_cert);
    if (err == HK_OK)
        err = wrap_for_all(lead, &key, &staff, &wraps, &count);
    vault_team_key_wipe(&key);
    HK_TRY(err);
    new_team_key_body body = {.team = *team,
                              .serial = serial,
                              .certificate = hk_slice_of(signed_cert, sizeof signed_cert),
                              .wraps = {wraps, count}};
    return http_call(lead->http, "POST", "/api/team/key", &NEW_TEAM_KEY, &body, NULL, &lead->arena, NULL);
}
