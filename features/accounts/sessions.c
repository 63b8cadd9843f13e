/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sessions: 32 random bytes in a cookie, their BLAKE2b in the database; over after twelve hours, or idle;
 * gone at once when the account is disabled. A session with an open socket is not idle.
 */
#include <sodium.h>
#include <string.h>

#include "features/accounts/rows.h"
#include "features/audit/audit.h"

/* Certified right now, by the times in the certificate. */
static bool is_certified(int64_t from_ms, int64_t until_ms, int64_t now_ms)
{
    return from_ms <= now_ms && now_ms < until_ms;
}

static uint32_t access_of(int64_t role, bool certified)
{
    switch ((place_role)role) {
    case ROLE_CLIENT:
        return WIRE_CLIENT;
    case ROLE_THERAPIST:
    case ROLE_PEER:
        return certified ? WIRE_LISTENER : 0;
    case ROLE_SUPERVISOR:
        return certified ? WIRE_SUPERVISOR : 0;
    case ROLE_ADMIN:
        return WIRE_ADMIN;
    }
    return 0;
}

hk_err accounts_who(wire_request *r, wire_who *ret)
{
    const place *p = r->place;
    *ret = (wire_who){0};
    uint8_t hash[32];
    if (r->pre_login_cookie.n)
        ret->is |= WIRE_PRE_LOGIN;
    if (token_hash(r->cookie, hash) != HK_OK)
        return HK_OK;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_WHO));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->now_ms - p->idle_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_OK;
    ret->session = store_int(&c, 0);
    HK_TRY(store_slice_into(&c, 1, ret->account.b, HK_ID_BYTES));
    bool certified = is_certified(store_int(&c, 4), store_int(&c, 5), r->now_ms);
    if (store_int(&c, 2) == RECORD_RECOVERY)
        ret->is |= WIRE_RECOVERING; /* and nothing else: the sheet reads no mail */
    else
        ret->is |= WIRE_SIGNED_IN | access_of(store_int(&c, 3), certified);
    return HK_OK;
}

hk_err accounts_ticket(wire_request *r, hk_slice ticket, wire_who *ret)
{
    uint8_t hash[32];
    HK_TRY(accounts_who(r, ret));
    if (!(ret->is & WIRE_SIGNED_IN) || token_hash(ticket, hash) != HK_OK)
        return HK_WHO;
    const place *p = r->place;
    return socket_tickets_burn(p->tickets, hash, ret->session, r->now_ms) ? HK_OK : HK_WHO;
}

/* One more begins: if there are too many, the oldest end, with their sockets. */
static hk_err end_oldest(wire_request *r, account_id account)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSIONS_END_OLDEST));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, SESSIONS_OF_ONE - 1);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            return HK_OK;
        HK_TRY(place_drop_session(r, store_int(&c, 0)));
    }
}

hk_err session_begin(wire_request *r, wire_reply *reply, account_id account, int64_t kind)
{
    const place *p = r->place;
    hk_slice token;
    uint8_t hash[32];
    HK_TRY(end_oldest(r, account));
    HK_TRY(token_make(r->arena, &token, hash));
    int64_t session;
    randombytes_buf(&session, sizeof session);
    session &= HK_INT_MAX;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_ADD));
    store_bind_int(&c, session);
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, kind);
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->now_ms + p->session_ms);
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    wire_reply_cookie(reply, token, p->session_ms / 1000);
    return session_reply(r, reply, session);
}

static hk_err read_account(wire_request *r, session_body *body)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_READ));
    store_bind_slice(&c, HK_ID_SLICE(body->account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_WHO;
    HK_TRY(store_copy(&c, 0, r->arena, &body->handle));
    body->role = store_int(&c, 1);
    HK_TRY(store_slice_into(&c, 2, body->ik, sizeof body->ik));
    HK_TRY(store_slice_into(&c, 3, body->ek, sizeof body->ek));
    body->ek_serial = store_int(&c, 4);
    HK_TRY(store_copy(&c, 5, r->arena, &body->ek_certificate));
    HK_TRY(store_copy(&c, 6, r->arena, &body->identity));
    body->certified = is_certified(store_int(&c, 7), store_int(&c, 8), r->now_ms);
    body->lead = body->certified && store_int(&c, 9);
    return HK_OK;
}

static hk_err read_state(wire_request *r, account_id account, int64_t *ret_serial, hk_slice *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_READ));
    store_bind_slice(&c, HK_ID_SLICE(account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_WHO;
    *ret_serial = store_int(&c, 0);
    return store_copy(&c, 1, r->arena, ret);
}

hk_err session_reply(wire_request *r, wire_reply *reply, int64_t session)
{
    const place *p = r->place;
    session_body body = {.place_epoch = store_epoch(p->store)};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_READ));
    store_bind_int(&c, session);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_WHO;
    HK_TRY(store_slice_into(&c, 0, body.account.b, HK_ID_BYTES));
    body.record_kind = store_int(&c, 1);
    body.ends_ms = store_int(&c, 2);
    body.recovering = body.record_kind == RECORD_RECOVERY;
    HK_TRY(read_account(r, &body));
    HK_TRY(read_state(r, body.account, &body.state_serial, &body.state));
    HK_TRY(record_read(r, body.account, body.record_kind, REST_RECORD, &body.record));
    body.idle_lock_s = body.role == ROLE_CLIENT ? p->lock_client_s : p->lock_staff_s;
    body.has_audit = body.role != ROLE_CLIENT;
    if (body.has_audit) {
        audit_head head;
        HK_TRY(audit_head_read(r->db, &head));
        body.audit.count = head.count;
        memcpy(body.audit.head, head.hash, sizeof body.audit.head);
    }
    return wire_reply_body(r, reply, &SESSION, &body);
}

/* ---- The server's hooks */

hk_err accounts_socket(store_db *db, int64_t session, bool opened, int64_t now_ms)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, SESSION_SOCKET));
    store_bind_int(&c, opened ? 1 : -1);
    store_bind_int(&c, now_ms);
    store_bind_int(&c, session);
    return store_finish(&c);
}

hk_err accounts_start(store_db *db, int64_t now_ms)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, SESSIONS_START));
    store_bind_int(&c, now_ms);
    return store_finish(&c);
}

hk_err accounts_tick(store_db *db, int64_t now_ms, int64_t idle_ms)
{
    static const size_t OVER[] = {DOORS_OVER, CHALLENGES_OVER};
    STORE_CURSOR(c);
    for (size_t i = 0; i < HK_COUNT(OVER); i++) {
        HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, OVER[i]));
        store_bind_int(&c, now_ms);
        HK_TRY(store_finish(&c));
    }
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, SESSIONS_OVER));
    store_bind_int(&c, now_ms);
    store_bind_int(&c, now_ms - idle_ms);
    return store_finish(&c);
}
