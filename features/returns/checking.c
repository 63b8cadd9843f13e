/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The listener's side: a code to be said by voice, the steps of the spoken check, and, when both said that
 * the words are the same, the commit that brings the new keys in.
 */
#include <sodium.h>
#include <string.h>

#include "features/accounts/accounts.h"
#include "features/audit/audit.h"
#include "features/files/files.h"
#include "features/place/place.h"
#include "features/requests/requests.h"
#include "features/returns/rows.h"

#define CODES 1000000000u

static hk_err draw_code(wire_request *r, hk_slice *ret)
{
    const char *text = hk_arena_printf(r->arena, "%09u", randombytes_uniform(CODES));
    if (!text)
        return HK_NO_MEMORY;
    *ret = hk_slice_z(text);
    return HK_OK;
}

/* POST .../return: a new code takes the place of one that was given before. */
hk_err offer_code(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    uint8_t hash[32];
    return_code_body body = {.expires_ms = r->now_ms + RETURN_LIFE_MS};
    HK_TRY(wire_param_id(r, 0, conversation.b));
    HK_TRY(draw_code(r, &body.code));
    return_code_hash(body.code, hash);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_CLEAR));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_OFFER));
    store_bind_slice(&c, hk_slice_of(hash, sizeof hash));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, body.expires_ms);
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return HK_NOT_THERE; /* and the clearing is undone with it */
    return wire_reply_body(r, reply, &RETURN_CODE, &body);
}

static hk_err find_mine(wire_request *r, conversation_id conversation, store_cursor *c)
{
    HK_TRY(store_run(c, r->db, &RETURNS_ROOM, RETURN_OF_LISTENER));
    store_bind_slice(c, HK_ID_SLICE(conversation));
    store_bind_slice(c, HK_ID_SLICE(r->who.account));
    store_bind_int(c, r->now_ms);
    bool row;
    HK_TRY(store_next(c, &row));
    return row ? HK_OK : HK_NOT_THERE;
}

static hk_err copy_if_there(store_cursor *c, int column, hk_arena *arena, hk_slice *ret)
{
    return store_is_null(c, column) ? HK_OK : store_copy(c, column, arena, ret);
}

/* GET .../return */
hk_err see_return(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    STORE_CURSOR(c);
    HK_TRY(find_mine(r, conversation, &c));
    return_seen_body body = {
        .state = store_int(&c, 0), .expires_ms = store_int(&c, 1), .same = store_int(&c, 9) != 0};
    HK_TRY(store_slice_into(&c, 2, body.client.b, HK_ID_BYTES));
    if (body.state == RETURN_MET) {
        HK_TRY(store_slice_into(&c, 3, body.ik, sizeof body.ik));
        HK_TRY(store_slice_into(&c, 4, body.ek, sizeof body.ek));
        body.ek_serial = store_int(&c, 5);
        HK_TRY(store_copy(&c, 6, r->arena, &body.ek_certificate));
        HK_TRY(copy_if_there(&c, 7, r->arena, &body.promise));
        HK_TRY(copy_if_there(&c, 8, r->arena, &body.answer));
    }
    return wire_reply_body(r, reply, &RETURN_SEEN, &body);
}

/* PUT .../return: the promise, later what was promised. */
hk_err listener_step(wire_request *r, wire_reply *reply)
{
    const return_step_body *body = r->body;
    conversation_id conversation;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    if (body->answer.n || !body->promise.n == !body->reveal.n)
        return HK_BAD;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, body->promise.n ? RETURN_PROMISE : RETURN_REVEAL));
    store_bind_slice(&c, body->promise.n ? body->promise : body->reveal);
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    return store_changed(r->db) == 1 ? wire_reply_nothing(reply) : HK_NOT_THERE;
}

static hk_err end_mine(wire_request *r, wire_reply *reply, return_state state)
{
    conversation_id conversation;
    account_id client;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    STORE_CURSOR(c);
    HK_TRY(find_mine(r, conversation, &c));
    HK_TRY(store_slice_into(&c, 2, client.b, HK_ID_BYTES));
    HK_TRY(return_end(r, conversation, r->who.account, client, state));
    return wire_reply_nothing(reply);
}

/* DELETE .../return */
hk_err listener_stops(wire_request *r, wire_reply *reply)
{
    return end_mine(r, reply, RETURN_STOPPED);
}

/* POST .../return/different */
hk_err listener_reads_others(wire_request *r, wire_reply *reply)
{
    return end_mine(r, reply, RETURN_DIFFERENT);
}

typedef struct confirming {
    account_id client;
    account_door door;
    account_keys keys;
    bool same;
    bool had; /* the account has these keys: nothing of it changes */
    int64_t state;
} confirming;

static hk_err read_confirming(wire_request *r, conversation_id conversation, confirming *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_TO_CONFIRM));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    *ret = (confirming){
        .same = store_int(&c, 12) != 0, .state = store_int(&c, 13), .had = store_int(&c, 15) != 0};
    HK_TRY(store_slice_into(&c, 0, ret->client.b, HK_ID_BYTES));
    if (ret->state == RETURN_DONE)
        return HK_OK;
    ret->keys.ek_serial = store_int(&c, 14);
    HK_TRY(store_slice_into(&c, 5, ret->keys.ik, sizeof ret->keys.ik));
    HK_TRY(store_slice_into(&c, 6, ret->keys.ek, sizeof ret->keys.ek));
    if (store_is_null(&c, 8)) /* no keys were made for this */
        return HK_OK;
    ret->door.ek_serial = store_int(&c, 3);
    ret->door.record_serial = store_int(&c, 4);
    HK_TRY(store_copy(&c, 1, r->arena, &ret->door.handle));
    HK_TRY(store_copy(&c, 7, r->arena, &ret->keys.ek_certificate));
    HK_TRY(store_copy(&c, 8, r->arena, &ret->keys.sealed_record));
    HK_TRY(store_copy(&c, 9, r->arena, &ret->keys.sealed_login_key));
    HK_TRY(store_copy(&c, 10, r->arena, &ret->keys.identity));
    return store_copy(&c, 11, r->arena, &ret->keys.state);
}

/* What only the lost keys could open goes: it would stand there closed for good. */
static hk_err let_go(wire_request *r, account_id client)
{
    HK_TRY(conv_forget_private(r->db, client));
    HK_TRY(files_forget(r->db));
    return requests_forget(r->db, client);
}

/* The keys come to count for the account, where it does not have them. HK_CONFLICT: it was opened meanwhile.
 */
static hk_err count_for(wire_request *r, const confirming *now)
{
    if (!now->keys.sealed_record.n)
        return now->had ? HK_OK : HK_CONFLICT;
    HK_TRY(account_replace(r, now->client, &now->door, &now->keys));
    HK_TRY(let_go(r, now->client));
    return conv_tell_new_key(r, now->client);
}

/* POST .../return/confirm: one transaction brings the commit, the older keys, and the account's new keys. */
hk_err confirm(wire_request *r, wire_reply *reply)
{
    const return_confirm_body *body = r->body;
    conversation_id conversation;
    confirming now;
    conv_kept kept;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    HK_TRY(read_confirming(r, conversation, &now));
    if (now.state == RETURN_DONE) /* asked again after a lost answer */
        return wire_reply_nothing(reply);
    if (!now.same)
        return wire_problem(reply, HK_CONFLICT, "not_said_yet",
                            "They have not said yet that the words are the same.");
    conv_replacement what = {.conversation = conversation,
                             .client = now.client,
                             .ek_serial = now.keys.ek_serial,
                             .commit = body->commit,
                             .wraps = body->wraps,
                             .older = body->older};
    memcpy(what.ik, now.keys.ik, sizeof what.ik);
    memcpy(what.ek, now.keys.ek, sizeof what.ek);
    HK_TRY(conv_replace(r, reply, &what, &kept));
    hk_err err = count_for(r, &now);
    if (err == HK_CONFLICT)
        return wire_problem(reply, HK_CONFLICT, "opened_meanwhile",
                            "This place was opened with its own keys meanwhile. Nothing was changed.");
    HK_TRY(err);
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "client_key_confirmed", (account_id){0}));
    HK_TRY(return_end(r, conversation, r->who.account, now.client, RETURN_DONE));
    return wire_reply_nothing(reply);
}
