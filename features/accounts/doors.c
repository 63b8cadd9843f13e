/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Coming in: arriving as somebody new, or signing in by a signature over a challenge that is good once.
 */
#include <sodium.h>
#include <string.h>

#include "features/accounts/rows.h"
#include "features/audit/audit.h"

typedef struct door {
    account_id account;
    hk_slice handle, challenge;
    int64_t kind;
} door;

static hk_err door_add(wire_request *r, wire_reply *reply, const door *d, bool arriving, int64_t life_ms)
{
    hk_slice token;
    uint8_t hash[32];
    HK_TRY(token_make(r->arena, &token, hash));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, DOOR_ADD));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, arriving);
    store_bind_slice(&c, HK_ID_SLICE(d->account));
    store_bind_text(&c, d->handle);
    store_bind_int(&c, d->kind);
    store_bind_slice(&c, d->challenge);
    store_bind_int(&c, r->now_ms + life_ms);
    HK_TRY(store_finish(&c));
    wire_reply_pre_login_cookie(reply, token, life_ms / 1000);
    return HK_OK;
}

/* The door that the pre-login cookie stands for. HK_WHO: none, or it took too long. */
static hk_err door_open(wire_request *r, bool arriving, door *ret)
{
    uint8_t hash[32];
    if (token_hash(r->pre_login_cookie, hash) != HK_OK)
        return HK_WHO;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, DOOR_OPEN));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, arriving);
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_WHO;
    HK_TRY(store_slice_into(&c, 0, ret->account.b, HK_ID_BYTES));
    HK_TRY(store_copy(&c, 1, r->arena, &ret->handle));
    ret->kind = store_int(&c, 2);
    return store_copy(&c, 3, r->arena, &ret->challenge);
}

static hk_err door_close(wire_request *r, wire_reply *reply)
{
    uint8_t hash[32];
    HK_TRY(token_hash(r->pre_login_cookie, hash));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, DOOR_CLOSE));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    HK_TRY(store_finish(&c));
    wire_reply_pre_login_cookie(reply, (hk_slice){0}, 0);
    return HK_OK;
}

hk_err challenge_draw(wire_request *r, hk_slice *ret)
{
    uint8_t *challenge = hk_arena_get(r->arena, VAULT_CHALLENGE_BYTES);
    if (!challenge)
        return HK_NO_MEMORY;
    randombytes_buf(challenge, VAULT_CHALLENGE_BYTES);
    *ret = hk_slice_of(challenge, VAULT_CHALLENGE_BYTES);
    return HK_OK;
}

#define HANDLE_TRIES 8 /* of ten million handles: eight taken ones in a row do not happen */

hk_err handle_draw(wire_request *r, hk_slice *ret)
{
    for (int i = 0; i < HANDLE_TRIES; i++) {
        HK_TRY(handle_make(r->arena, ret));
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, HANDLE_TAKEN));
        store_bind_text(&c, *ret);
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            return HK_OK;
    }
    return HK_BUSY;
}

/* POST /api/arrivals */
hk_err arrive(wire_request *r, wire_reply *reply)
{
    door d = {0};
    randombytes_buf(d.account.b, sizeof d.account.b);
    HK_TRY(handle_draw(r, &d.handle));
    HK_TRY(challenge_draw(r, &d.challenge));
    HK_TRY(door_add(r, reply, &d, true, DOOR_ARRIVAL_MS));
    arrival_body body = {.account = d.account, .handle = d.handle, .challenge = d.challenge};
    return wire_reply_body(r, reply, &ARRIVAL, &body);
}

/* Keys, records and the signature that proves their owner made them. */
static hk_err check_new(wire_request *r, const new_account_body *body, const door *d)
{
    vault_member self = {
        .account = d->account, .ek_serial = (uint32_t)body->ek_serial, .role = VAULT_ROLE_CLIENT};
    memcpy(self.ik, body->ik, sizeof self.ik);
    memcpy(self.ek, body->ek, sizeof self.ek);
    memcpy(self.ek_cert, body->ek_certificate.p, sizeof self.ek_cert);
    HK_TRY(vault_member_check(&self));
    uint32_t kinds;
    HK_TRY(records_check(&body->records, d->account, 1, &kinds));
    bool password = kinds >> RECORD_PASSWORD & 1, device = kinds >> RECORD_DEVICE & 1;
    if (password == device)
        return HK_BAD;
    const record_body *all = body->records.items;
    for (size_t i = 0; i < body->records.count; i++)
        if (all[i].kind == (password ? RECORD_PASSWORD : RECORD_DEVICE))
            return vault_login_verify(r->host, d->handle, vault_kind_of(all[i].kind), d->challenge.p,
                                      all[i].login_key, body->signature.p);
    return HK_BAD;
}

/* People who listen are told apart by their names: a client who asked for somebody else must not meet the
 * same name again. Asked only with a good invitation, which a refusal leaves as it was. */
static hk_err check_name(wire_request *r, wire_reply *reply, hk_slice name)
{
    bool taken;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, NAME_TAKEN));
    store_bind_text(&c, name);
    HK_TRY(store_next(&c, &taken));
    if (taken)
        return wire_problem(reply, HK_CONFLICT, "name_taken",
                            "Somebody who works here is called that already.");
    return HK_OK;
}

/* Without an invitation everybody is a client; with one, what the inviter said, and nothing from the body. */
static hk_err role_of(wire_request *r, wire_reply *reply, const new_account_body *body, account_id account,
                      int64_t *ret_role)
{
    *ret_role = ROLE_CLIENT;
    if (!body->invited)
        return body->public_name.n ? HK_BAD : HK_OK;
    if (!body->public_name.n)
        return HK_BAD;
    account_id inviter;
    hk_err err = invitation_burn(r->db, INVITE_STAFF, &body->invitation, account, (conversation_id){0},
                                 r->now_ms, ret_role, &inviter);
    if (err == HK_NOT_THERE)
        return wire_problem(reply, HK_NOT_THERE, "invitation_over",
                            "This invitation was used or is too old.");
    HK_TRY(err);
    HK_TRY(check_name(r, reply, body->public_name));
    HK_TRY(audit_note(r->db, r->now_ms, inviter, "staff_joined", account));
    return accounts_tell_staff(r, "staff");
}

static hk_err insert_account(wire_request *r, const new_account_body *body, const door *d, int64_t role)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_ADD));
    store_bind_slice(&c, HK_ID_SLICE(d->account));
    store_bind_text(&c, d->handle);
    store_bind_int(&c, role);
    if (body->public_name.n)
        store_bind_text(&c, body->public_name);
    else
        store_bind_null(&c);
    store_bind_slice(&c, hk_slice_of(body->ik, sizeof body->ik));
    store_bind_slice(&c, hk_slice_of(body->ek, sizeof body->ek));
    store_bind_int(&c, body->ek_serial);
    store_bind_slice(&c, body->ek_certificate);
    store_bind_slice(&c, body->identity);
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_ADD));
    store_bind_slice(&c, HK_ID_SLICE(d->account));
    store_bind_slice(&c, body->state);
    return store_finish(&c);
}

/* POST /api/accounts */
hk_err make_account(wire_request *r, wire_reply *reply)
{
    const new_account_body *body = r->body;
    door d = {0};
    HK_TRY(door_open(r, true, &d));
    HK_TRY(check_new(r, body, &d));
    int64_t role;
    HK_TRY(role_of(r, reply, body, d.account, &role));
    HK_TRY(insert_account(r, body, &d, role));
    const record_body *all = body->records.items;
    int64_t kind = RECORD_DEVICE;
    for (size_t i = 0; i < body->records.count; i++) {
        HK_TRY(record_write(r, d.account, &all[i]));
        if (all[i].kind == RECORD_PASSWORD)
            kind = RECORD_PASSWORD;
    }
    HK_TRY(door_close(r, reply));
    return session_begin(r, reply, d.account, kind);
}

/* Who has this handle; nobody, or somebody who may not come in, leaves ret all zero. */
static hk_err find_account(wire_request *r, hk_slice handle, account_id *ret)
{
    *ret = (account_id){0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_BY_HANDLE));
    store_bind_text(&c, handle);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row || store_int(&c, 1))
        return HK_OK;
    return store_slice_into(&c, 0, ret->b, HK_ID_BYTES);
}

/* What the account has sealed of this kind, or a decoy after the same work. */
static hk_err read_or_decoy(wire_request *r, account_id account, int64_t kind, rest_what what, hk_slice *ret,
                            bool *ret_real)
{
    const place *p = r->place;
    hk_err err = record_read(r, account, kind, what, ret);
    *ret_real = err == HK_OK;
    return err == HK_NOT_THERE ? rest_open_decoy(p->rest, what, r->arena, ret) : err;
}

/* POST /api/sign-in/start: the same answer after the same work for a handle that nobody has. */
hk_err sign_in_start(wire_request *r, wire_reply *reply)
{
    const place *p = r->place;
    const sign_in_start_body *body = r->body;
    door d = {.handle = body->handle, .kind = body->kind};
    account_id account;
    hk_slice record;
    bool real;
    HK_TRY(find_account(r, body->handle, &account));
    HK_TRY(read_or_decoy(r, account, body->kind, REST_RECORD, &record, &real));
    uint8_t salt[VAULT_SALT_BYTES];
    rest_salt(p->rest, body->handle, salt);
    vault_unlock u = {.t = VAULT_T_DEFAULT, .m_bytes = VAULT_M_DEFAULT};
    memcpy(u.salt, salt, sizeof salt);
    vault_unlock parsed;
    if (vault_unlock_parse(record, &parsed) == HK_OK && real)
        u = parsed;
    bool password = body->kind == RECORD_PASSWORD;
    if (!password)
        memset(u.salt, 0, sizeof u.salt); /* nothing is guessed against: the secret has 160 bits or more */
    HK_TRY(challenge_draw(r, &d.challenge));
    HK_TRY(door_add(r, reply, &d, false, DOOR_SIGN_IN_MS));
    sign_in_started_body started = {.salt = hk_slice_of(u.salt, sizeof u.salt),
                                    .t = password ? u.t : 0,
                                    .m = password ? u.m_bytes : 0,
                                    .challenge = d.challenge};
    return wire_reply_body(r, reply, &SIGN_IN_STARTED, &started);
}

/* POST /api/sign-in */
hk_err sign_in(wire_request *r, wire_reply *reply)
{
    const sign_in_body *body = r->body;
    door d = {0};
    HK_TRY(door_open(r, false, &d));
    account_id account;
    hk_slice login_key;
    bool real;
    HK_TRY(find_account(r, body->handle, &account));
    HK_TRY(read_or_decoy(r, account, body->kind, REST_LOGIN_KEY, &login_key, &real));
    hk_err err = vault_login_verify(r->host, body->handle, vault_kind_of(body->kind), d.challenge.p,
                                    login_key.p, body->signature.p);
    bool same_door = hk_slice_eq(d.handle, body->handle) && d.kind == body->kind;
    if (err != HK_OK || !real || !same_door)
        return wire_problem(reply, HK_REFUSED, "wrong_secret",
                            "That did not open. Nothing is lost; please look at each letter and try again.");
    HK_TRY(door_close(r, reply));
    return session_begin(r, reply, account, body->kind);
}
