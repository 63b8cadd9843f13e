/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The team's key: made in a lead's vault, sealed to each listener, never here in the clear (FORMAT.md, 9).
 * Only the newest is ever handed out.
 */
#include "features/audit/audit.h"
#include "features/staff/rows.h"

typedef struct team_at {
    int64_t serial; /* 0: none yet */
    team_id team;
    hk_slice certificate;
} team_at;

static hk_err read_last(wire_request *r, team_at *ret)
{
    *ret = (team_at){0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, TEAM_LAST));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_OK;
    ret->serial = store_int(&c, 0);
    HK_TRY(store_slice_into(&c, 1, ret->team.b, HK_ID_BYTES));
    return store_copy(&c, 2, r->arena, &ret->certificate);
}

/* One's own roster certificate as a lead of today; HK_REFUSED: not a lead. */
static hk_err lead_certificate(wire_request *r, hk_slice *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, STAFF_CERTIFICATE_OF));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    return row ? store_copy(&c, 0, r->arena, ret) : HK_REFUSED;
}

static hk_err read_wrap(wire_request *r, int64_t serial, hk_slice *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, TEAM_WRAP_MINE));
    store_bind_int(&c, serial);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    return row ? store_copy(&c, 0, r->arena, ret) : HK_OK;
}

static hk_err read_missing(wire_request *r, int64_t serial, shape_list *ret)
{
    account_id *missing = hk_arena_get_array(r->arena, STAFF_MAX, sizeof *missing);
    if (!missing)
        return HK_NO_MEMORY;
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, TEAM_MISSING));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, serial);
    store_bind_int(&c, STAFF_MAX);
    while (count < STAFF_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, missing[count++].b, HK_ID_BYTES));
    }
    *ret = (shape_list){missing, count};
    return HK_OK;
}

/* GET /api/team/key */
hk_err read_team_key(wire_request *r, wire_reply *reply)
{
    team_at last;
    hk_slice own;
    HK_TRY(read_last(r, &last));
    team_key_body body = {.team = last.team, .serial = last.serial, .certificate = last.certificate};
    HK_TRY(read_wrap(r, last.serial, &body.wrap));
    hk_err err = lead_certificate(r, &own);
    if (err == HK_OK)
        err = read_missing(r, last.serial, &body.missing);
    if (err != HK_OK && err != HK_REFUSED)
        return err;
    return wire_reply_body(r, reply, &TEAM_KEY, &body);
}

/* A wrap for somebody who is no listener is not stored, and that is an error of the lead's device. */
static hk_err put_wraps(wire_request *r, int64_t serial, const shape_list *wraps)
{
    const team_wrap_item *all = wraps->items;
    for (size_t i = 0; i < wraps->count; i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, r->db, &STAFF_ROOM, TEAM_WRAP_PUT));
        store_bind_int(&c, serial);
        store_bind_slice(&c, all[i].wrap);
        store_bind_slice(&c, HK_ID_SLICE(all[i].account));
        HK_TRY(store_finish(&c));
        if (store_changed(r->db) != 1)
            return HK_BAD;
    }
    return HK_OK;
}

static hk_err check_certificate(wire_request *r, const new_team_key_body *body, const team_at *last)
{
    hk_slice own;
    uint8_t key[VAULT_KEY_BYTES];
    vault_team team;
    HK_TRY(lead_certificate(r, &own));
    HK_TRY(place_key(r->db, key));
    HK_TRY(vault_team_check(body->certificate, own, key, r->now_ms, (uint32_t)last->serial, &team));
    bool right = HK_ID_EQ(team.team, body->team) && team.serial == body->serial &&
                 (last->serial == 0 || HK_ID_EQ(team.team, last->team));
    return right ? HK_OK : HK_BAD;
}

/* POST /api/team/key */
hk_err make_team_key(wire_request *r, wire_reply *reply)
{
    const new_team_key_body *body = r->body;
    team_at last;
    HK_TRY(read_last(r, &last));
    if (body->serial != last.serial + 1)
        return wire_problem(reply, HK_CONFLICT, "stale_team", "Another lead was first. Please look again.");
    HK_TRY(check_certificate(r, body, &last));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &STAFF_ROOM, TEAM_ADD));
    store_bind_int(&c, body->serial);
    store_bind_slice(&c, HK_ID_SLICE(body->team));
    store_bind_slice(&c, body->certificate);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    HK_TRY(put_wraps(r, body->serial, &body->wraps));
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "team_key_made", (account_id){0}));
    HK_TRY(accounts_tell_staff(r, "team"));
    return wire_reply_nothing(reply);
}

/* PUT /api/team/key/wraps: the newest key for listeners who had none. */
hk_err add_team_wraps(wire_request *r, wire_reply *reply)
{
    const team_wraps_body *body = r->body;
    team_at last;
    hk_slice own;
    HK_TRY(lead_certificate(r, &own));
    HK_TRY(read_last(r, &last));
    if (last.serial == 0 || body->serial != last.serial)
        return wire_problem(reply, HK_CONFLICT, "stale_team", "The team has a new key. Please look again.");
    HK_TRY(put_wraps(r, body->serial, &body->wraps));
    HK_TRY(accounts_tell_staff(r, "team"));
    return wire_reply_nothing(reply);
}
