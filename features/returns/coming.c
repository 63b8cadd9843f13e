/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who comes back: a code instead of a secret, keys made anew, their half of the spoken check. Until the
 * listener confirms they are nobody: a wrong code, one that is used up and one that never was are one answer.
 * And whoever still has the account's keys may say that this is not them.
 */
#include "features/accounts/accounts.h"
#include "features/place/place.h"
#include "features/returns/rows.h"

static hk_err no_such_code(wire_reply *reply)
{
    return wire_problem(reply, HK_NOT_THERE, "code_not_good",
                        "This code is not good. It lasts one hour, and works once.");
}

static hk_err find_code(wire_request *r, wire_reply *reply, hk_slice code, return_door_body *ret)
{
    uint8_t hash[32];
    return_code_hash(code, hash);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_OF_CODE));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return no_such_code(reply);
    HK_TRY(store_slice_into(&c, 0, ret->conversation.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 1, ret->account.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 2, ret->listener.b, HK_ID_BYTES));
    HK_TRY(store_copy(&c, 3, r->arena, &ret->listener_name));
    ret->listener_role = store_int(&c, 4);
    HK_TRY(store_slice_into(&c, 5, ret->listener_ik, sizeof ret->listener_ik));
    HK_TRY(store_slice_into(&c, 6, ret->listener_ek, sizeof ret->listener_ek));
    ret->listener_ek_serial = store_int(&c, 7);
    return store_copy(&c, 8, r->arena, &ret->listener_ek_certificate);
}

/* POST /api/returns */
hk_err come(wire_request *r, wire_reply *reply)
{
    const return_come_body *body = r->body;
    return_door_body made = {0};
    account_door door;
    hk_slice token;
    uint8_t hash[32];
    HK_TRY(find_code(r, reply, body->code, &made));
    hk_err err = account_door_draw(r, made.account, &door);
    if (err == HK_NOT_THERE)
        return no_such_code(reply);
    HK_TRY(err);
    HK_TRY(token_make(r->arena, &token, hash));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_OPEN_DOOR));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_text(&c, door.handle);
    store_bind_slice(&c, door.challenge);
    store_bind_int(&c, door.ek_serial);
    store_bind_int(&c, door.record_serial);
    store_bind_slice(&c, HK_ID_SLICE(made.conversation));
    HK_TRY(store_finish(&c));
    wire_reply_pre_login_cookie(reply, token, RETURN_LIFE_MS / 1000);
    made.handle = door.handle;
    made.challenge = door.challenge;
    made.ek_serial = door.ek_serial + 1;
    made.record_serial = door.record_serial + 1;
    return wire_reply_body(r, reply, &RETURN_DOOR, &made);
}

/* POST /api/account/return: they are here already, with new keys that another listener confirmed. The check
 * goes on as for somebody at the door; nothing of the account changes. */
hk_err come_again(wire_request *r, wire_reply *reply)
{
    const return_come_body *body = r->body;
    return_door_body met = {0};
    hk_slice token;
    uint8_t hash[32];
    HK_TRY(find_code(r, reply, body->code, &met));
    HK_TRY(token_make(r->arena, &token, hash));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_BRING_OWN));
    store_bind_int(&c, r->now_ms + RETURN_KEEP_MS);
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_slice(&c, HK_ID_SLICE(met.conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return no_such_code(reply);
    wire_reply_pre_login_cookie(reply, token, RETURN_KEEP_MS / 1000);
    HK_TRY(return_tell(r, met.conversation, met.listener, r->who.account, RETURN_MET));
    return wire_reply_body(r, reply, &RETURN_MEETING, &met);
}

typedef struct coming {
    uint8_t token_hash[32];
    conversation_id conversation;
    account_id listener, client;
    int64_t state;
    account_door door;
    hk_slice promise, reveal;
} coming;

/* By the pre-login cookie. HK_NOT_THERE: none of ours, or it took too long. */
static hk_err who_comes(wire_request *r, coming *ret)
{
    *ret = (coming){0};
    HK_TRY(token_hash(r->pre_login_cookie, ret->token_hash));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_OF_TOKEN));
    store_bind_slice(&c, hk_slice_of(ret->token_hash, sizeof ret->token_hash));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    HK_TRY(store_slice_into(&c, 0, ret->conversation.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 1, ret->listener.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 2, ret->client.b, HK_ID_BYTES));
    ret->state = store_int(&c, 3);
    HK_TRY(store_copy(&c, 4, r->arena, &ret->door.handle));
    HK_TRY(store_copy(&c, 5, r->arena, &ret->door.challenge));
    ret->door.ek_serial = store_int(&c, 6);
    ret->door.record_serial = store_int(&c, 7);
    if (!store_is_null(&c, 8))
        HK_TRY(store_copy(&c, 8, r->arena, &ret->promise));
    return store_is_null(&c, 9) ? HK_OK : store_copy(&c, 9, r->arena, &ret->reveal);
}

/* POST /api/returns/keys: from here on the code is used up. */
hk_err bring_keys(wire_request *r, wire_reply *reply)
{
    coming who;
    account_keys keys;
    HK_TRY(who_comes(r, &who));
    if (who.state != RETURN_OFFERED)
        return HK_NOT_THERE;
    HK_TRY(account_keys_check(r, who.client, &who.door, r->body, &keys));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_KEEP_KEYS));
    store_bind_int(&c, r->now_ms + RETURN_KEEP_MS);
    store_bind_slice(&c, hk_slice_of(keys.ik, sizeof keys.ik));
    store_bind_slice(&c, hk_slice_of(keys.ek, sizeof keys.ek));
    store_bind_slice(&c, keys.ek_certificate);
    store_bind_slice(&c, keys.sealed_record);
    store_bind_slice(&c, keys.sealed_login_key);
    store_bind_slice(&c, keys.identity);
    store_bind_slice(&c, keys.state);
    store_bind_slice(&c, hk_slice_of(who.token_hash, sizeof who.token_hash));
    HK_TRY(store_finish(&c));
    HK_TRY(return_tell(r, who.conversation, who.listener, who.client, RETURN_MET));
    return wire_reply_nothing(reply);
}

/* GET /api/returns */
hk_err how_it_goes(wire_request *r, wire_reply *reply)
{
    coming who;
    HK_TRY(who_comes(r, &who));
    return_going_body body = {.state = who.state, .promise = who.promise, .reveal = who.reveal};
    return wire_reply_body(r, reply, &RETURN_GOING, &body);
}

/* PUT /api/returns */
hk_err answer_step(wire_request *r, wire_reply *reply)
{
    const return_step_body *body = r->body;
    coming who;
    if (!body->answer.n || body->promise.n || body->reveal.n)
        return HK_BAD;
    HK_TRY(who_comes(r, &who));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_ANSWER));
    store_bind_slice(&c, body->answer);
    store_bind_slice(&c, hk_slice_of(who.token_hash, sizeof who.token_hash));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return HK_NOT_THERE;
    HK_TRY(return_tell(r, who.conversation, who.listener, who.client, RETURN_MET));
    return wire_reply_nothing(reply);
}

/* POST /api/returns/said */
hk_err say_same(wire_request *r, wire_reply *reply)
{
    const return_said_body *body = r->body;
    coming who;
    HK_TRY(who_comes(r, &who));
    if (!body->same) {
        HK_TRY(return_end(r, who.conversation, who.listener, who.client, RETURN_DIFFERENT));
        return wire_reply_nothing(reply);
    }
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_SAME));
    store_bind_slice(&c, hk_slice_of(who.token_hash, sizeof who.token_hash));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return HK_NOT_THERE;
    HK_TRY(return_tell(r, who.conversation, who.listener, who.client, RETURN_MET));
    return wire_reply_nothing(reply);
}

/* ---- Whoever still has the keys */

typedef struct taking_over {
    bool going_on;
    conversation_id conversation;
    account_id listener;
    return_of_me_body body;
} taking_over;

static hk_err find_of_me(wire_request *r, taking_over *ret)
{
    *ret = (taking_over){0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_OF_CLIENT));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_OK;
    ret->going_on = ret->body.going_on = true;
    HK_TRY(store_slice_into(&c, 0, ret->conversation.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 1, ret->listener.b, HK_ID_BYTES));
    if (!store_is_null(&c, 2))
        HK_TRY(store_copy(&c, 2, r->arena, &ret->body.listener_name));
    ret->body.made_ms = store_int(&c, 3);
    return HK_OK;
}

/* GET /api/account/return */
hk_err of_me(wire_request *r, wire_reply *reply)
{
    taking_over it;
    HK_TRY(find_of_me(r, &it));
    return wire_reply_body(r, reply, &RETURN_OF_ME, &it.body);
}

/* DELETE /api/account/return */
hk_err not_me(wire_request *r, wire_reply *reply)
{
    taking_over it;
    HK_TRY(find_of_me(r, &it));
    if (!it.going_on)
        return HK_NOT_THERE;
    HK_TRY(return_end(r, it.conversation, it.listener, r->who.account, RETURN_STOPPED));
    return wire_reply_nothing(reply);
}
