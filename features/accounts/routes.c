/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <sodium.h>

#include "features/accounts/rows.h"

/* GET /api/session */
static hk_err read_session(wire_request *r, wire_reply *reply)
{
    return session_reply(r, reply, r->who.session);
}

/* DELETE /api/session */
static hk_err sign_out(wire_request *r, wire_reply *reply)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_END));
    store_bind_int(&c, r->who.session);
    HK_TRY(store_finish(&c));
    HK_TRY(place_drop_session(r, r->who.session));
    wire_reply_cookie(reply, (hk_slice){0}, 0);
    return wire_reply_nothing(reply);
}

/* The person is here: an idle session would have ended. */
static hk_err session_seen(wire_request *r)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, SESSION_SEEN));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, r->who.session);
    return store_finish(&c);
}

/* POST /api/challenge */
static hk_err give_challenge(wire_request *r, wire_reply *reply)
{
    uint8_t challenge[VAULT_CHALLENGE_BYTES];
    randombytes_buf(challenge, sizeof challenge);
    challenge_body body = {hk_slice_of(challenge, sizeof challenge)};
    HK_TRY(session_seen(r));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, CHALLENGE_ADD));
    store_bind_slice(&c, body.challenge);
    store_bind_int(&c, r->who.session);
    store_bind_int(&c, r->now_ms + CHALLENGE_MS);
    HK_TRY(store_finish(&c));
    return wire_reply_body(r, reply, &CHALLENGE, &body);
}

/* POST /api/socket-ticket */
static hk_err give_ticket(wire_request *r, wire_reply *reply)
{
    uint8_t hash[32], ticket[TOKEN_BYTES];
    hk_slice text;
    HK_TRY(token_make(r->arena, &text, hash));
    size_t n;
    HK_TRY(hk_b64_decode(text, ticket, sizeof ticket, &n));
    const place *p = r->place;
    socket_tickets_add(p->tickets, hash, r->who.session, r->now_ms + TICKET_MS);
    ticket_body body = {hk_slice_of(ticket, n)};
    return wire_reply_body(r, reply, &SOCKET_TICKET, &body);
}

/* GET /api/account/state */
static hk_err read_state(wire_request *r, wire_reply *reply)
{
    state_body body;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_READ));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    body.serial = store_int(&c, 0);
    HK_TRY(store_copy(&c, 1, r->arena, &body.state));
    return wire_reply_body(r, reply, &ACCOUNT_STATE, &body);
}

/* PUT /api/account/state: compare and set, so that two devices never overwrite each other unseen. */
static hk_err write_state(wire_request *r, wire_reply *reply)
{
    const state_body *body = r->body;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STATE_SET));
    store_bind_int(&c, body->serial);
    store_bind_slice(&c, body->state);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, body->serial - 1);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return wire_problem(reply, HK_CONFLICT, "stale_state",
                            "Another device was first. Please look again.");
    HK_TRY(place_tell(r, &r->who.account, 1, "state", &STATE_TOLD, &(state_told){body->serial}));
    return wire_reply_nothing(reply);
}

#define IN       WIRE_SIGNED_IN
#define EVEN_NOW (WIRE_SIGNED_IN | WIRE_RECOVERING)

const wire_route ACCOUNTS_ROUTES[] = {
    {"POST", "/api/arrivals", WIRE_ANYBODY, WIRE_WRITE, &SHAPE_NOTHING, &ARRIVAL, arrive,
     "come as somebody new", 0, "arrivals"},
    {"POST", "/api/accounts", WIRE_PRE_LOGIN, WIRE_WRITE, &NEW_ACCOUNT, &SESSION, make_account,
     "become somebody"},
    {"POST", "/api/sign-in/start", WIRE_ANYBODY, WIRE_WRITE, &SIGN_IN_START, &SIGN_IN_STARTED, sign_in_start,
     "the salt and a challenge", 0, "sign_in"},
    {"POST", "/api/sign-in", WIRE_PRE_LOGIN, WIRE_WRITE, &SIGN_IN, &SESSION, sign_in, "the proof", 0,
     "sign_in"},
    {"GET", "/api/session", EVEN_NOW, WIRE_READ, NULL, &SESSION, read_session, "who is signed in"},
    {"DELETE", "/api/session", EVEN_NOW, WIRE_WRITE, NULL, NULL, sign_out, "sign out"},
    {"POST", "/api/challenge", EVEN_NOW, WIRE_WRITE, &SHAPE_NOTHING, &CHALLENGE, give_challenge,
     "to prove oneself again"},
    {"POST", "/api/account/change", EVEN_NOW, WIRE_WRITE, &ACCOUNT_CHANGE, &SESSION, change_account,
     "a new password, sheet, passkey or key"},
    {"GET", "/api/account/state", IN, WIRE_READ, NULL, &ACCOUNT_STATE, read_state,
     "what the account remembers"},
    {"PUT", "/api/account/state", IN, WIRE_WRITE, &ACCOUNT_STATE, NULL, write_state, "remember this"},
    {"POST", "/api/socket-ticket", IN, WIRE_READ, &SHAPE_NOTHING, &SOCKET_TICKET, give_ticket,
     "to open one socket"},
};
const size_t ACCOUNTS_ROUTE_COUNT = HK_COUNT(ACCOUNTS_ROUTES);
