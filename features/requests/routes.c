/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "features/requests/rows.h"

/* ---- Asking */

static hk_err check_words(wire_request *r, wire_reply *reply, hk_slice bytes, vault_first_words *ret)
{
    bool row;
    STORE_CURSOR(c);
    if (vault_first_words_parse(bytes, ret) != HK_OK || !HK_ID_EQ(ret->from.account, r->who.account))
        return wire_problem(reply, HK_BAD, "bad_first_words", "These are not first words of yours.");
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_CLIENT));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_next(&c, &row));
    if (!row || !hk_slice_eq(store_slice(&c, 0), hk_slice_of(ret->from.ik, sizeof ret->from.ik)))
        return wire_problem(reply, HK_BAD, "bad_first_words", "These were signed by another key.");
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, TEAM_NOW));
    HK_TRY(store_next(&c, &row));
    if (!row || !hk_slice_eq(store_slice(&c, 0), HK_ID_SLICE(ret->team)) || store_int(&c, 1) != ret->serial)
        return wire_problem(reply, HK_CONFLICT, "stale_team",
                            "The team has a new key. Seal the words again.");
    return HK_OK;
}

/* The same words once more, after a lost answer. */
static hk_err asked_before(wire_request *r, conversation_id conversation, const uint8_t *first_hash,
                           bool *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_SAME));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_slice(&c, hk_slice_of(first_hash, VAULT_HASH_BYTES));
    return store_next(&c, ret);
}

static hk_err check_count(wire_request *r, wire_reply *reply)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_COUNT));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_next(&c, &row));
    if (store_int(&c, 0) >= REQUESTS_WAITING_MAX)
        return wire_problem(reply, HK_TOO_MUCH, "asked_already",
                            "You are waiting already. Nobody forgot you.");
    return HK_OK;
}

/* By pointer: what is bound is borrowed until the statement has run. */
static void bind_account(store_cursor *c, const account_id *account)
{
    if (HK_ID_EQ(*account, (account_id){0}))
        store_bind_null(c);
    else
        store_bind_slice(c, HK_ID_SLICE(*account));
}

static hk_err add_request(wire_request *r, const ask_body *body, conversation_id conversation,
                          const uint8_t *first_hash, account_id owner, account_id only_for)
{
    int64_t promise_ms;
    HK_TRY(place_promise_ms(r->db, &promise_ms));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_ADD));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_slice(&c, body->first_words);
    store_bind_slice(&c, hk_slice_of(first_hash, VAULT_HASH_BYTES));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->now_ms + promise_ms);
    store_bind_int(&c, r->now_ms + REQUEST_LIFE_MS);
    bind_account(&c, &owner);
    store_bind_int(&c, r->now_ms);
    bind_account(&c, &only_for);
    return store_finish(&c);
}

static hk_err read_request(wire_request *r, store_cursor *c, request_body *body)
{
    HK_TRY(store_slice_into(c, 0, body->conversation.b, HK_ID_BYTES));
    body->state = store_int(c, 1);
    body->made_ms = store_int(c, 2);
    body->promise_by_ms = store_int(c, 3);
    body->ahead = store_int(c, 4);
    if (!store_is_null(c, 5))
        HK_TRY(store_slice_into(c, 5, body->owner.b, HK_ID_BYTES));
    if (!store_is_null(c, 6))
        HK_TRY(store_copy(c, 6, r->arena, &body->owner_name));
    body->offered_ms = store_int(c, 7);
    body->expires_ms = store_int(c, 8);
    return HK_OK;
}

static hk_err reply_request(wire_request *r, wire_reply *reply, conversation_id conversation)
{
    request_body body = {0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_READ));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    HK_TRY(read_request(r, &c, &body));
    return wire_reply_body(r, reply, &REQUEST, &body);
}

/* Only the inviter hears of somebody who came with an invitation; for the others, an owner is found. */
static hk_err find_owner(wire_request *r, wire_reply *reply, const ask_body *body,
                         conversation_id conversation, account_id *ret_owner, account_id *ret_only_for)
{
    *ret_only_for = (account_id){0};
    if (!body->invited)
        return next_owner(r->db, conversation, (account_id){0}, r->now_ms, ret_owner);
    int64_t role;
    hk_err err = invitation_burn(r->db, INVITE_CLIENT, &body->invitation, r->who.account, conversation,
                                 r->now_ms, &role, ret_only_for);
    if (err == HK_NOT_THERE)
        return wire_problem(reply, HK_NOT_THERE, "invitation_over",
                            "This invitation was used or is too old.");
    *ret_owner = *ret_only_for;
    return err;
}

/* POST /api/requests */
static hk_err ask(wire_request *r, wire_reply *reply)
{
    const ask_body *body = r->body;
    vault_first_words words;
    uint8_t first_hash[VAULT_HASH_BYTES];
    account_id owner, only_for;
    bool before;
    HK_TRY(check_words(r, reply, body->first_words, &words));
    vault_first_words_hash(body->first_words, first_hash);
    HK_TRY(asked_before(r, words.conv, first_hash, &before));
    if (before)
        return reply_request(r, reply, words.conv);
    HK_TRY(check_count(r, reply));
    HK_TRY(find_owner(r, reply, body, words.conv, &owner, &only_for));
    HK_TRY(add_request(r, body, words.conv, first_hash, owner, only_for));
    HK_TRY(tell_request(r, words.conv, r->who.account, only_for, REQUEST_WAITING));
    return reply_request(r, reply, words.conv);
}

/* GET /api/requests/mine */
static hk_err mine(wire_request *r, wire_reply *reply)
{
    request_body *items = hk_arena_get_array(r->arena, REQUESTS_MINE_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    my_requests_body body = {.requests = {.items = items}};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUESTS_MINE));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, REQUESTS_MINE_MAX);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_request(r, &c, &items[body.requests.count++]));
    }
    return wire_reply_body(r, reply, &MY_REQUESTS, &body);
}

/* DELETE /api/requests/:conversation */
static hk_err withdraw(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    account_id only_for = {0};
    HK_TRY(wire_param_id(r, 0, conversation.b));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_WITHDRAW));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    if (!store_is_null(&c, 0))
        HK_TRY(store_slice_into(&c, 0, only_for.b, HK_ID_BYTES));
    HK_TRY(tell_request(r, conversation, r->who.account, only_for, REQUEST_WITHDRAWN));
    return wire_reply_nothing(reply);
}

/* ---- Listening */

static hk_err read_waiting(wire_request *r, store_cursor *c, waiting_item *item)
{
    HK_TRY(store_slice_into(c, 0, item->conversation.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(c, 1, item->client.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(c, 2, item->ik, sizeof item->ik));
    HK_TRY(store_slice_into(c, 3, item->ek, sizeof item->ek));
    HK_TRY(store_copy(c, 4, r->arena, &item->first_words));
    item->made_ms = store_int(c, 5);
    item->promise_by_ms = store_int(c, 6);
    if (!store_is_null(c, 7))
        HK_TRY(store_slice_into(c, 7, item->owner.b, HK_ID_BYTES));
    item->offered_ms = store_int(c, 8);
    item->passed = store_int(c, 9);
    item->for_me = HK_ID_EQ(item->owner, r->who.account) || !store_is_null(c, 10);
    return HK_OK;
}

/* GET /api/requests */
static hk_err waiting(wire_request *r, wire_reply *reply)
{
    waiting_item *items = hk_arena_get_array(r->arena, REQUESTS_SHOWN_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    waiting_body body = {.requests = {.items = items}};
    size_t bytes = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUESTS_WAITING));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, REQUESTS_SHOWN_MAX);
    while (bytes < REQUESTS_BYTES_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        bytes += store_slice(&c, 4).n;
        HK_TRY(read_waiting(r, &c, &items[body.requests.count++]));
    }
    return wire_reply_body(r, reply, &WAITING, &body);
}

typedef struct accepting {
    account_id client, only_for;
    uint8_t first_hash[VAULT_HASH_BYTES];
    int64_t state;
} accepting;

static hk_err read_for_accept(wire_request *r, conversation_id conversation, accepting *ret)
{
    *ret = (accepting){0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_FOR_ACCEPT));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    ret->state = store_int(&c, 0);
    HK_TRY(store_slice_into(&c, 1, ret->client.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 2, ret->first_hash, sizeof ret->first_hash));
    return store_is_null(&c, 4) ? HK_OK : store_slice_into(&c, 4, ret->only_for.b, HK_ID_BYTES);
}

/* Not waiting any more: the same acceptance again is answered as before, anything else says what happened. */
static hk_err answer_over(wire_request *r, wire_reply *reply, conversation_id conversation,
                          const accepting *a, conv_kept *ret)
{
    const accept_body *body = r->body;
    hk_err err;
    switch ((request_state)a->state) {
    case REQUEST_WAITING:
        break;
    case REQUEST_ACCEPTED:
        err = conv_begun(r, reply, conversation, body->commit, ret);
        if (err != HK_NOT_THERE && err != HK_CONFLICT)
            return err;
        return wire_problem(reply, HK_CONFLICT, "already_accepted", "Somebody else is with them already.");
    case REQUEST_WITHDRAWN:
        return wire_problem(reply, HK_CONFLICT, "withdrawn", "They took their words back.");
    case REQUEST_EXPIRED:
        return wire_problem(reply, HK_CONFLICT, "expired", "Their words waited too long and are gone.");
    }
    return HK_CONFLICT;
}

static hk_err open_door(wire_request *r, wire_reply *reply, conversation_id conversation, const accepting *a,
                        conv_kept *ret)
{
    const accept_body *body = r->body;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_ACCEPT));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    HK_TRY(store_finish(&c));
    HK_TRY(conv_begin(r, reply,
                      &(conv_genesis){.conversation = conversation,
                                      .kind = VAULT_KIND_PAIR,
                                      .author = r->who.account,
                                      .client = a->client,
                                      .first_hash = a->first_hash,
                                      .commit = body->commit,
                                      .wraps = body->wraps},
                      ret));
    return tell_request(r, conversation, a->client, a->only_for, REQUEST_ACCEPTED);
}

/* POST /api/requests/:conversation/accept */
static hk_err accept(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    accepting a;
    conv_kept kept;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    HK_TRY(read_for_accept(r, conversation, &a));
    HK_TRY(a.state == REQUEST_WAITING ? open_door(r, reply, conversation, &a, &kept)
                                      : answer_over(r, reply, conversation, &a, &kept));
    return wire_reply_body(r, reply, &ACCEPTED, &(accepted_body){kept.position, kept.at_ms});
}

/* POST /api/requests/:conversation/pass */
static hk_err pass(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    accepting a;
    account_id owner;
    HK_TRY(wire_param_id(r, 0, conversation.b));
    HK_TRY(read_for_accept(r, conversation, &a));
    if (a.state != REQUEST_WAITING)
        return HK_NOT_THERE;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, PASS_ADD));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, r->db, &REQUESTS_ROOM, REQUEST_OPEN_TO_ALL));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    HK_TRY(store_finish(&c));
    HK_TRY(next_owner(r->db, conversation, r->who.account, r->now_ms, &owner));
    HK_TRY(offer(r->db, conversation, owner, r->now_ms));
    HK_TRY(tell_request(r, conversation, a.client, (account_id){0}, REQUEST_WAITING));
    return wire_reply_nothing(reply);
}

#define AT "/api/requests/:conversation"

const wire_route REQUESTS_ROUTES[] = {
    {"POST", "/api/requests", WIRE_CLIENT, WIRE_WRITE, &ASK, &REQUEST, ask, "ask to be heard"},
    {"GET", "/api/requests/mine", WIRE_CLIENT, WIRE_READ, NULL, &MY_REQUESTS, mine, "what I asked"},
    {"DELETE", AT, WIRE_CLIENT, WIRE_WRITE, NULL, NULL, withdraw, "take it back; the words are destroyed"},
    {"GET", "/api/requests", WIRE_LISTENER, WIRE_READ, NULL, &WAITING, waiting, "who waits now"},
    {"POST", AT "/accept", WIRE_LISTENER, WIRE_WRITE, &ACCEPT, &ACCEPTED, accept, "open the door"},
    {"POST", AT "/pass", WIRE_LISTENER, WIRE_WRITE, &SHAPE_NOTHING, NULL, pass, "offer it to the next"},
};
const size_t REQUESTS_ROUTE_COUNT = HK_COUNT(REQUESTS_ROUTES);
