/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A new password, sheet, passkey or key: one request signed by a current login key, one transaction, and
 * every other session ends (FORMAT.md, 8).
 */
#include <string.h>

#include "features/accounts/rows.h"
#include "features/audit/audit.h"

typedef struct changing {
    int64_t record_serial, ek_serial, role;
    uint8_t ik[VAULT_KEY_BYTES];
    uint32_t kinds; /* a bit for each kind of record given */
} changing;

static hk_err read_serials(wire_request *r, changing *now)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_SERIALS));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_WHO;
    now->record_serial = store_int(&c, 0);
    now->ek_serial = store_int(&c, 1);
    now->role = store_int(&c, 3);
    return store_slice_into(&c, 2, now->ik, sizeof now->ik);
}

static hk_err check_records(wire_request *r, wire_reply *reply, const change_body *body, changing *now)
{
    vault_new_record records[ACCOUNT_RECORDS_MAX];
    const record_body *all = body->records.items;
    HK_TRY(records_check(&body->records, r->who.account, now->record_serial + 1, &now->kinds));
    for (size_t i = 0; i < body->records.count; i++) {
        memcpy(records[i].record, all[i].record.p, sizeof records[i].record);
        memcpy(records[i].login_key, all[i].login_key, sizeof records[i].login_key);
    }
    if ((r->who.is & WIRE_RECOVERING) && !vault_change_suits_recovery(records, body->records.count))
        return wire_problem(
            reply, HK_REFUSED, "password_and_sheet",
            "After coming in with the sheet, set a new password and print a new sheet together.");
    hk_slice login_key;
    hk_err err = record_read(r, r->who.account, body->by, REST_LOGIN_KEY, &login_key);
    if (err != HK_OK)
        return err == HK_NOT_THERE ? HK_REFUSED : err;
    return vault_change_verify(&r->who.account, body->challenge.p, records, body->records.count, login_key.p,
                               body->signature.p);
}

static hk_err has_password(wire_request *r, bool *ret)
{
    hk_slice ignored;
    hk_err err = record_read(r, r->who.account, RECORD_PASSWORD, REST_RECORD, &ignored);
    *ret = err == HK_OK;
    return err == HK_NOT_THERE ? HK_OK : err;
}

/* Exactly one of password and device stays: a password takes the device record's place, never the reverse. */
static hk_err write_records(wire_request *r, const change_body *body, const changing *now)
{
    bool password = now->kinds >> RECORD_PASSWORD & 1, device = now->kinds >> RECORD_DEVICE & 1;
    bool had_password = false;
    if (device)
        HK_TRY(has_password(r, &had_password));
    if (device && (password || had_password))
        return HK_BAD;
    const record_body *all = body->records.items;
    for (size_t i = 0; i < body->records.count; i++)
        HK_TRY(record_write(r, r->who.account, &all[i]));
    STORE_CURSOR(c);
    if (password) {
        HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, RECORD_END));
        store_bind_slice(&c, HK_ID_SLICE(r->who.account));
        store_bind_int(&c, RECORD_DEVICE);
        HK_TRY(store_finish(&c));
    }
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_SET_SERIAL));
    store_bind_int(&c, now->record_serial + 1);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    return store_finish(&c);
}

static hk_err write_ek(wire_request *r, const change_body *body, const changing *now)
{
    if (!body->ek_serial && !body->ek_certificate.n)
        return HK_OK;
    if (!body->ek_certificate.n || body->ek_serial <= now->ek_serial)
        return HK_BAD;
    vault_member self = {
        .account = r->who.account, .ek_serial = (uint32_t)body->ek_serial, .role = VAULT_ROLE_CLIENT};
    memcpy(self.ik, now->ik, sizeof self.ik);
    memcpy(self.ek, body->ek, sizeof self.ek);
    memcpy(self.ek_cert, body->ek_certificate.p, sizeof self.ek_cert);
    HK_TRY(vault_member_check(&self));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_SET_EK));
    store_bind_slice(&c, hk_slice_of(body->ek, sizeof body->ek));
    store_bind_int(&c, body->ek_serial);
    store_bind_slice(&c, body->ek_certificate);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    return store_finish(&c);
}

static hk_err write_sealed(wire_request *r, wire_reply *reply, const change_body *body)
{
    STORE_CURSOR(c);
    if (body->identity.n) {
        HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_SET_IDENTITY));
        store_bind_slice(&c, body->identity);
        store_bind_slice(&c, HK_ID_SLICE(r->who.account));
        HK_TRY(store_finish(&c));
    }
    if (!body->state.n)
        return body->state_serial ? HK_BAD : HK_OK;
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_SET));
    store_bind_int(&c, body->state_serial);
    store_bind_slice(&c, body->state);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, body->state_serial - 1);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return wire_problem(reply, HK_CONFLICT, "stale_state",
                            "Another device was first. Please look again.");
    return HK_OK;
}

/* The others end; this one goes on under a new token, as somebody who knows the new secret. */
static hk_err renew_sessions(wire_request *r, wire_reply *reply, const changing *now, int64_t by)
{
    const place *p = r->place;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSIONS_END_OTHERS));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->who.session);
    HK_TRY(store_finish(&c));
    HK_TRY(place_drop_others(r, r->who.account, r->who.session));
    hk_slice token;
    uint8_t hash[32];
    HK_TRY(token_make(r->arena, &token, hash));
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_RENEW));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, now->kinds >> RECORD_PASSWORD & 1 ? RECORD_PASSWORD : by);
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->who.session);
    HK_TRY(store_finish(&c));
    wire_reply_cookie(reply, token, p->session_ms / 1000);
    return HK_OK;
}

/* "Somebody may have been in": administrators see that it was said and that all keys are new. Of a client
 * they see nothing else: no id stands in the chain. */
static hk_err note_somebody_in(wire_request *r, const change_body *body, const changing *now)
{
    uint32_t all = 1u << RECORD_PASSWORD | 1u << RECORD_RECOVERY;
    if (!body->somebody_in)
        return HK_OK;
    if ((now->kinds & all) != all || !body->ek_serial || !body->identity.n)
        return HK_BAD;
    bool client = now->role == ROLE_CLIENT;
    HK_TRY(audit_note(r->db, r->now_ms, client ? (account_id){0} : r->who.account,
                      client ? "client_keys_anew" : "staff_keys_anew", (account_id){0}));
    return accounts_tell_staff(r, "staff");
}

/* POST /api/account/change */
hk_err change_account(wire_request *r, wire_reply *reply)
{
    const change_body *body = r->body;
    changing now = {0};
    HK_TRY(challenge_burn(r, body->challenge));
    HK_TRY(read_serials(r, &now));
    HK_TRY(check_records(r, reply, body, &now));
    HK_TRY(write_records(r, body, &now));
    HK_TRY(write_ek(r, body, &now));
    HK_TRY(write_sealed(r, reply, body));
    HK_TRY(note_somebody_in(r, body, &now));
    HK_TRY(renew_sessions(r, reply, &now, body->by));
    return session_reply(r, reply, r->who.session);
}
