/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <sodium.h>

#include "features/audit/audit.h"
#include "features/invitations/contract.h"
#include "features/invitations/invitations.h"
#include "features/invitations/rows.h"
#include "features/place/place.h"
#include "vault/public.h"

/* Administrators invite staff, listeners invite clients; a role is only ever the inviter's to give. */
static hk_err may_invite(const wire_request *r, const invite_body *body, int64_t *ret_role)
{
    if (body->kind == INVITE_STAFF) {
        if (!(r->who.is & WIRE_ADMIN))
            return HK_REFUSED;
        if (body->role < 0 || body->role == ROLE_CLIENT)
            return HK_BAD;
        *ret_role = body->role;
        return HK_OK;
    }
    if (!(r->who.is & WIRE_LISTENER))
        return HK_REFUSED;
    if (body->role > ROLE_CLIENT)
        return HK_BAD;
    *ret_role = ROLE_CLIENT;
    return HK_OK;
}

/* POST /api/invitations */
static hk_err invite(wire_request *r, wire_reply *reply)
{
    const invite_body *body = r->body;
    int64_t role;
    HK_TRY(may_invite(r, body, &role));
    int64_t expires_ms = body->expires_ms ? body->expires_ms : r->now_ms + INVITATION_LIFE_MAX_MS;
    if (expires_ms <= r->now_ms || expires_ms > r->now_ms + INVITATION_LIFE_MAX_MS)
        return HK_BAD;
    invited_body made;
    randombytes_buf(made.invitation, sizeof made.invitation);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &INVITATIONS_ROOM, INVITATION_ADD));
    store_bind_slice(&c, hk_slice_of(made.invitation, sizeof made.invitation));
    store_bind_int(&c, body->kind);
    store_bind_int(&c, role);
    store_bind_slice(&c, hk_slice_of(body->token_hash, sizeof body->token_hash));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, expires_ms);
    HK_TRY(store_finish(&c));
    if (body->kind == INVITE_STAFF)
        HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "staff_invited", (account_id){0}));
    return wire_reply_body(r, reply, &INVITED, &made);
}

static hk_err read_item(store_cursor *c, hk_arena *arena, invitation_item *item)
{
    HK_TRY(store_slice_into(c, 0, item->invitation, HK_ID_BYTES));
    item->kind = store_int(c, 1);
    item->role = store_int(c, 2);
    item->made_ms = store_int(c, 3);
    item->expires_ms = store_int(c, 4);
    if (store_is_null(c, 5))
        return HK_OK;
    HK_TRY(store_slice_into(c, 5, item->used_by.b, HK_ID_BYTES));
    HK_TRY(store_copy(c, 6, arena, &item->auth));
    if (!store_is_null(c, 7))
        HK_TRY(store_slice_into(c, 7, item->conversation.b, HK_ID_BYTES));
    if (store_is_null(c, 8))
        return HK_OK;
    HK_TRY(store_slice_into(c, 8, item->ik, sizeof item->ik));
    return store_slice_into(c, 9, item->ek, sizeof item->ek);
}

/* GET /api/invitations */
static hk_err mine(wire_request *r, wire_reply *reply)
{
    invitation_item *items = hk_arena_get_array(r->arena, INVITATIONS_SHOWN_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    invitations_body body = {.invitations = {.items = items}};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &INVITATIONS_ROOM, INVITATION_MINE));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, INVITATIONS_SHOWN_MAX);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_item(&c, r->arena, &items[body.invitations.count++]));
    }
    return wire_reply_body(r, reply, &INVITATIONS, &body);
}

/* DELETE /api/invitations/:invitation */
static hk_err withdraw(wire_request *r, wire_reply *reply)
{
    uint8_t invitation[HK_ID_BYTES];
    HK_TRY(wire_param_id(r, 0, invitation));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &INVITATIONS_ROOM, INVITATION_END));
    store_bind_slice(&c, hk_slice_of(invitation, sizeof invitation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_finish(&c));
    return store_changed(r->db) == 1 ? wire_reply_nothing(reply) : HK_NOT_THERE;
}

/* POST /api/invitations/look */
static hk_err look(wire_request *r, wire_reply *reply)
{
    const look_body *body = r->body;
    uint8_t stored[VAULT_HASH_BYTES];
    vault_invite_stored(body->token.p, stored);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &INVITATIONS_ROOM, INVITATION_SEEN));
    store_bind_slice(&c, hk_slice_of(stored, sizeof stored));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    looked_body seen = {.kind = store_int(&c, 0), .role = store_int(&c, 1), .expires_ms = store_int(&c, 3)};
    HK_TRY(store_slice_into(&c, 2, seen.inviter.b, HK_ID_BYTES));
    if (!store_is_null(&c, 4))
        HK_TRY(store_copy(&c, 4, r->arena, &seen.inviter_name));
    if (!store_is_null(&c, 5))
        HK_TRY(store_slice_into(&c, 5, seen.inviter_ik, sizeof seen.inviter_ik));
    if (!store_is_null(&c, 6))
        HK_TRY(store_copy(&c, 6, r->arena, &seen.inviter_certificate));
    return wire_reply_body(r, reply, &INVITATION_LOOKED, &seen);
}

const wire_route INVITATIONS_ROUTES[] = {
    {"POST", "/api/invitations", WIRE_ADMIN | WIRE_LISTENER, WIRE_WRITE, &INVITE, &INVITED, invite,
     "make an invitation"},
    {"GET", "/api/invitations", WIRE_ADMIN | WIRE_LISTENER, WIRE_READ, NULL, &INVITATIONS, mine, "mine"},
    {"DELETE", "/api/invitations/:invitation", WIRE_ADMIN | WIRE_LISTENER, WIRE_WRITE, NULL, NULL, withdraw,
     "take one back that nobody used"},
    {"POST", "/api/invitations/look", WIRE_ANYBODY, WIRE_READ, &INVITATION_LOOK, &INVITATION_LOOKED, look,
     "whose it is, for who holds it", 0, "invitations"},
};
const size_t INVITATIONS_ROUTE_COUNT = HK_COUNT(INVITATIONS_ROUTES);
