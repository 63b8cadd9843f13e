/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * New keys for an account whose password and sheet are lost (FORMAT.md, 4: REPLACE). Who may do this is
 * decided by features/returns: here the keys are checked, and put in the place of the old ones in one
 * transaction.
 */
#include <string.h>

#include "features/accounts/rows.h"

hk_err account_door_draw(wire_request *r, account_id account, account_door *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_DOOR));
    store_bind_slice(&c, HK_ID_SLICE(account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    ret->ek_serial = store_int(&c, 0);
    ret->record_serial = store_int(&c, 1);
    HK_TRY(handle_draw(r, &ret->handle));
    return challenge_draw(r, &ret->challenge);
}

static hk_err check_member(account_id account, const account_door *door, const new_account_body *body)
{
    vault_member m = {.account = account, .ek_serial = (uint32_t)body->ek_serial, .role = VAULT_ROLE_CLIENT};
    memcpy(m.ik, body->ik, sizeof m.ik);
    memcpy(m.ek, body->ek, sizeof m.ek);
    memcpy(m.ek_cert, body->ek_certificate.p, sizeof m.ek_cert);
    return body->ek_serial == door->ek_serial + 1 ? vault_member_check(&m) : HK_BAD;
}

static hk_err seal_record(wire_request *r, account_id account, const record_body *record, account_keys *ret)
{
    const place *p = r->place;
    HK_TRY(rest_seal(p->rest, &(rest_place){account, RECORD_DEVICE, REST_RECORD}, record->record, r->arena,
                     &ret->sealed_record));
    return rest_seal(p->rest, &(rest_place){account, RECORD_DEVICE, REST_LOGIN_KEY},
                     hk_slice_of(record->login_key, sizeof record->login_key), r->arena,
                     &ret->sealed_login_key);
}

hk_err account_keys_check(wire_request *r, account_id account, const account_door *door,
                          const new_account_body *body, account_keys *ret)
{
    uint32_t kinds;
    if (body->invited || body->public_name.n)
        return HK_BAD;
    HK_TRY(check_member(account, door, body));
    HK_TRY(records_check(&body->records, account, door->record_serial + 1, &kinds));
    if (kinds != 1u << RECORD_DEVICE)
        return HK_BAD;
    const record_body *record = body->records.items;
    HK_TRY(vault_login_verify(r->host, door->handle, VAULT_UNLOCK_DEVICE, door->challenge.p,
                              record->login_key, body->signature.p));
    *ret = (account_keys){.ek_serial = body->ek_serial,
                          .ek_certificate = body->ek_certificate,
                          .identity = body->identity,
                          .state = body->state};
    memcpy(ret->ik, body->ik, sizeof ret->ik);
    memcpy(ret->ek, body->ek, sizeof ret->ek);
    return seal_record(r, account, record, ret);
}

static hk_err set_keys(wire_request *r, const account_id *account, const account_door *door,
                       const account_keys *keys)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_SET_KEYS));
    store_bind_text(&c, door->handle);
    store_bind_slice(&c, hk_slice_of(keys->ik, sizeof keys->ik));
    store_bind_slice(&c, hk_slice_of(keys->ek, sizeof keys->ek));
    store_bind_int(&c, keys->ek_serial);
    store_bind_slice(&c, keys->ek_certificate);
    store_bind_slice(&c, keys->identity);
    store_bind_slice(&c, HK_ID_SLICE(*account));
    store_bind_int(&c, door->ek_serial);
    store_bind_int(&c, door->record_serial);
    HK_TRY(store_finish(&c));
    return store_changed(r->db) == 1 ? HK_OK : HK_CONFLICT;
}

static hk_err end_all(wire_request *r, const account_id *account)
{
    static const size_t ENDS[] = {SESSIONS_END, RECORDS_END, STATE_END};
    for (size_t i = 0; i < HK_COUNT(ENDS); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ENDS[i]));
        store_bind_slice(&c, HK_ID_SLICE(*account));
        HK_TRY(store_finish(&c));
    }
    return place_drop_account(r, *account);
}

hk_err account_replace(wire_request *r, account_id account, const account_door *door,
                       const account_keys *keys)
{
    HK_TRY(set_keys(r, &account, door, keys));
    HK_TRY(end_all(r, &account));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, RECORD_ADD));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, RECORD_DEVICE);
    store_bind_slice(&c, keys->sealed_record);
    store_bind_slice(&c, keys->sealed_login_key);
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_ADD));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_slice(&c, keys->state);
    return store_finish(&c);
}
