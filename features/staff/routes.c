/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "features/audit/audit.h"
#include "features/conversations/conversations.h"
#include "features/staff/rows.h"

static hk_err read_licence(wire_request *r, store_cursor *c, staff_item *item)
{
    licence_item *l = &item->licence;
    item->has_licence = true;
    HK_TRY(store_copy(c, 12, r->arena, &l->authority));
    if ((r->who.is & WIRE_ADMIN) || HK_ID_EQ(item->account, r->who.account))
        HK_TRY(store_copy(c, 13, r->arena, &l->number));
    HK_TRY(store_copy(c, 14, r->arena, &l->country));
    l->expires_ms = store_int(c, 15);
    l->checked_ms = store_int(c, 16);
    return store_is_null(c, 17) ? HK_OK : store_slice_into(c, 17, l->checked_by.b, HK_ID_BYTES);
}

static hk_err read_item(wire_request *r, store_cursor *c, staff_item *item)
{
    HK_TRY(store_slice_into(c, 0, item->account.b, HK_ID_BYTES));
    HK_TRY(store_copy(c, 1, r->arena, &item->name));
    item->role = store_int(c, 2);
    HK_TRY(store_slice_into(c, 3, item->ik, sizeof item->ik));
    HK_TRY(store_slice_into(c, 4, item->ek, sizeof item->ek));
    item->ek_serial = store_int(c, 5);
    HK_TRY(store_copy(c, 6, r->arena, &item->ek_certificate));
    item->disabled = store_int(c, 7) != 0;
    if (!store_is_null(c, 8))
        HK_TRY(store_copy(c, 8, r->arena, &item->certificate));
    item->certified = store_int(c, 10) <= r->now_ms && r->now_ms < store_int(c, 11);
    item->lead = item->certified && store_int(c, 9) != 0;
    item->here_until_ms = store_int(c, 18) > r->now_ms ? store_int(c, 18) : 0;
    return store_is_null(c, 12) ? HK_OK : read_licence(r, c, item);
}

/* GET /api/staff: for staff; the statement gives nothing to others. */
static hk_err list_staff(wire_request *r, wire_reply *reply)
{
    staff_item *items = hk_arena_get_array(r->arena, STAFF_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    staff_body body = {.staff = {.items = items}};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, STAFF_LIST));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, STAFF_MAX);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_item(r, &c, &items[body.staff.count++]));
    }
    return body.staff.count ? wire_reply_body(r, reply, &STAFF, &body) : HK_REFUSED;
}

/* Whom a staff route is about: somebody of staff. */
static hk_err read_subject(wire_request *r, account_id *ret, account_facts *ret_facts)
{
    HK_TRY(wire_param_id(r, 0, ret->b));
    HK_TRY(accounts_read(r->db, *ret, ret_facts));
    return ret_facts->role == ROLE_CLIENT ? HK_NOT_THERE : HK_OK;
}

static bool same_role(int64_t role, uint8_t roster_role)
{
    switch ((place_role)role) {
    case ROLE_THERAPIST:
        return roster_role == VAULT_ROSTER_THERAPIST;
    case ROLE_PEER:
        return roster_role == VAULT_ROSTER_PEER;
    case ROLE_SUPERVISOR:
        return roster_role == VAULT_ROSTER_SUPERVISOR;
    case ROLE_CLIENT:
    case ROLE_ADMIN:
        return false;
    }
    return false;
}

static hk_err check_certificate(wire_request *r, wire_reply *reply, hk_slice bytes, account_id subject,
                                const account_facts *facts, vault_roster *ret)
{
    uint8_t key[VAULT_KEY_BYTES];
    hk_err err = place_key(r->db, key);
    if (err == HK_NOT_THERE)
        return wire_problem(reply, HK_CONFLICT, "no_place_key", "Set the place key first.");
    HK_TRY(err);
    if (vault_roster_check(bytes, key, -1, ret) != HK_OK || !HK_ID_EQ(ret->account, subject) ||
        memcmp(ret->ik, facts->ik, sizeof facts->ik) != 0)
        return wire_problem(reply, HK_BAD, "bad_certificate", "The place key did not sign this for them.");
    if (!same_role(facts->role, ret->role))
        return wire_problem(reply, HK_BAD, "role_differs",
                            "The certificate names another role than they have.");
    return HK_OK;
}

/* PUT /api/staff/:account/certificate */
static hk_err certify(wire_request *r, wire_reply *reply)
{
    const certificate_body *body = r->body;
    account_id subject;
    account_facts facts;
    vault_roster roster;
    HK_TRY(read_subject(r, &subject, &facts));
    HK_TRY(check_certificate(r, reply, body->certificate, subject, &facts, &roster));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, STAFF_CERTIFY));
    store_bind_slice(&c, HK_ID_SLICE(subject));
    store_bind_slice(&c, body->certificate);
    store_bind_int(&c, roster.lead);
    store_bind_int(&c, roster.from_ms);
    store_bind_int(&c, roster.until_ms);
    store_bind_int(&c, roster.serial);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return wire_problem(reply, HK_CONFLICT, "older_certificate",
                            "They have a newer certificate already.");
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "staff_certified", subject));
    HK_TRY(accounts_tell_staff(r, "staff"));
    return wire_reply_nothing(reply);
}

/* PUT /api/staff/:account/licence: claimed by oneself, checked by an administrator. */
static hk_err license(wire_request *r, wire_reply *reply)
{
    const licence_body *body = r->body;
    account_id subject;
    account_facts facts;
    HK_TRY(read_subject(r, &subject, &facts));
    bool admin = r->who.is & WIRE_ADMIN;
    if (!admin && !HK_ID_EQ(subject, r->who.account))
        return HK_NOT_THERE;
    if (body->checked && (!admin || HK_ID_EQ(subject, r->who.account)))
        return HK_REFUSED; /* nobody checks their own */
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, STAFF_LICENSE));
    store_bind_slice(&c, HK_ID_SLICE(subject));
    store_bind_text(&c, body->authority);
    store_bind_text(&c, body->number);
    store_bind_text(&c, body->country);
    store_bind_int(&c, body->expires_ms);
    store_bind_int(&c, body->checked ? r->now_ms : 0);
    if (body->checked)
        store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    else
        store_bind_null(&c);
    HK_TRY(store_finish(&c));
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, body->checked ? "licence_checked" : "licence_claimed",
                      subject));
    HK_TRY(accounts_tell_staff(r, "staff"));
    return wire_reply_nothing(reply);
}

/* PUT /api/staff/:account/disabled: their sessions end in this transaction, their sockets right after it. */
static hk_err disable(wire_request *r, wire_reply *reply)
{
    const disabled_body *body = r->body;
    account_id subject;
    account_facts facts;
    HK_TRY(read_subject(r, &subject, &facts));
    hk_err err = accounts_set_disabled(r->db, subject, body->disabled);
    if (err == HK_CONFLICT)
        return wire_problem(reply, HK_CONFLICT, "last_admin", "Somebody has to be able to run this place.");
    HK_TRY(err);
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, body->disabled ? "staff_disabled" : "staff_enabled",
                      subject));
    if (body->disabled)
        HK_TRY(place_drop_account(r, subject));
    HK_TRY(conv_tell_member(r, subject));
    HK_TRY(accounts_tell_staff(r, "staff"));
    return wire_reply_nothing(reply);
}

/* PUT /api/duty */
static hk_err here_until(wire_request *r, wire_reply *reply)
{
    const duty_body *body = r->body;
    if (body->here_until_ms > r->now_ms + STAFF_DUTY_MAX_MS)
        return HK_BAD;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, STAFF_HERE));
    store_bind_int(&c, body->here_until_ms);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_finish(&c));
    HK_TRY(accounts_tell_staff(r, "staff"));
    return wire_reply_nothing(reply);
}

const wire_route STAFF_ROUTES[] = {
    {"GET", "/api/staff", WIRE_SIGNED_IN, WIRE_READ, NULL, &STAFF, list_staff, "who works here, for staff"},
    {"PUT", "/api/staff/:account/certificate", WIRE_ADMIN, WIRE_WRITE, &STAFF_CERTIFICATE, NULL, certify,
     "the place vouches for somebody"},
    {"PUT", "/api/staff/:account/licence", WIRE_SIGNED_IN, WIRE_WRITE, &STAFF_LICENCE, NULL, license,
     "a licence, claimed or checked"},
    {"PUT", "/api/staff/:account/disabled", WIRE_ADMIN, WIRE_WRITE, &STAFF_DISABLED, NULL, disable,
     "may somebody come in"},
    {"GET", "/api/team/key", WIRE_LISTENER, WIRE_READ, NULL, &TEAM_KEY, read_team_key,
     "what opens first words"},
    {"POST", "/api/team/key", WIRE_LISTENER, WIRE_WRITE, &NEW_TEAM_KEY, NULL, make_team_key,
     "a lead makes a new key"},
    {"PUT", "/api/team/key/wraps", WIRE_LISTENER, WIRE_WRITE, &TEAM_WRAPS, NULL, add_team_wraps,
     "a lead seals the key to listeners who had none"},
    {"PUT", "/api/duty", WIRE_LISTENER, WIRE_WRITE, &DUTY, NULL, here_until, "I am here until"},
};
const size_t STAFF_ROUTE_COUNT = HK_COUNT(STAFF_ROUTES);
