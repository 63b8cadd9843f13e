/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A small place for the tests of features: the real store in a folder of its own, every feature's routes,
 * real people with the native vault on their side. Requests run as a database thread would run them; what is
 * told and which sockets end is written down.
 */
#ifndef HK_FEATURES_HOUSE_TEST_H
#define HK_FEATURES_HOUSE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "features/accounts/accounts.h"
#include "features/accounts/contract.h"
#include "features/audit/audit.h"
#include "features/audit/contract.h"
#include "features/conversations/contract.h"
#include "features/invitations/contract.h"
#include "features/place/contract.h"
#include "features/place/place.h"
#include "features/requests/contract.h"
#include "features/staff/contract.h"
#include "vault/people.h"
#include "vault/state.h"
#include "vault/unlock.h"
#include "vault/vault.h"

#define must(call)         assert_int_equal((call), HK_OK)
#define refuses(err, call) assert_int_equal((call), (err))

#define HOUSE_HOST     "talk.example.org"
#define HOUSE_TOLD_MAX 64
#define HOUSE_DAY_MS   ((int64_t)24 * 3600 * 1000)

typedef struct house_told {
    uint64_t connection;
    char text[512]; /* its beginning */
} house_told;

/* What a request made the libraries do. */
typedef struct house_work {
    int64_t signatures, signed_bytes; /* looked at */
    int64_t hashed_bytes;             /* BLAKE2b */
    int64_t steps;                    /* of statements in the database */
} house_work;

void house_work_start(void);
house_work house_work_done(void);

typedef struct house {
    char folder[64], db[96], deletions[96], audit_heads[96];
    store *store;
    place place;
    rest_key *rest;
    wire_options options;
    vault_place key;
    team_id team;
    vault_team_key team_key;
    vault_team team_certificate;
    hk_arena arena;    /* of the test */
    hk_arena requests; /* of one request, cleared before the next; fail_at is the test's to set */
    bool starving; /* HOUSE_STARVE is set: every request runs first with each of its allocations failing */
    int64_t asked, starved; /* requests; allocations that failed in them */
    int64_t now_ms;
    char code[64];   /* of the last refusal */
    house_work work; /* of the last request, inside its transaction */
    house_told told[HOUSE_TOLD_MAX];
    size_t told_count;
    uint64_t ended[HOUSE_TOLD_MAX]; /* connections that were closed */
    size_t ended_count;
} house;

typedef struct person {
    vault_account me;
    char handle[64], cookie[64], door[64];
    uint8_t r[4][VAULT_KEY_BYTES]; /* the secret of each record_kind */
    uint32_t serial;               /* of the records */
    int64_t state_serial;
} person;

house *house_open(void);
void house_close(house *h);
void house_reopen(house *h, const char *backup); /* the same place, restored from a backup */

/* One request of somebody (NULL: a stranger). answer_shape NULL: not looked at. */
hk_err house_call(house *h, person *p, const char *method, const char *path, const shape *body_shape,
                  const void *body, const shape *answer_shape, void *ret_answer);
/* The same with bytes as they are: bodies that no honest device sends. */
hk_err house_call_raw(house *h, person *p, const char *method, const char *path, const char *body);
hk_err house_call_bytes(house *h, person *p, const char *method, const char *path, hk_slice body,
                        hk_slice *ret);
#define house_get(h, p, path, shape, ret) house_call(h, p, "GET", path, NULL, NULL, shape, ret)
#define house_post(h, p, path, shape_in, body, shape_out, ret)                                               \
    house_call(h, p, "POST", path, shape_in, body, shape_out, ret)
/* printf with ids: "%s" takes what house_id gives; lives in the test's arena. */
const char *house_path(house *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *house_id(house *h, const uint8_t id[static HK_ID_BYTES]);

/* ---- People */

void house_keep_token(char *to, size_t size, hk_slice token);    /* as text; nothing when there is none */
void house_arrive(house *h, person *ret);                        /* a client with a device record */
void house_arrive_with(house *h, person *ret, record_kind kind); /* or with a password and a sheet */
/* The body of a new account for an arrival, to be broken by a test. */
void house_new_account(house *h, person *p, const arrival_body *arrival, record_kind kind,
                       new_account_body *ret);
hk_err house_sign_in_start(house *h, person *p, record_kind kind, sign_in_started_body *ret);
hk_err house_sign_in(house *h, person *p, record_kind kind); /* both steps */
/* One record of a kind under a fresh secret, with the given serial. */
void house_record(house *h, person *p, record_kind kind, uint32_t serial, record_body *ret);
hk_err house_challenge(house *h, person *p, hk_slice *ret);
/* An account change that replaces these kinds, signed by `by`. */
hk_err house_change(house *h, person *p, record_kind by, const record_kind *kinds, size_t count);
hk_err house_change_more(house *h, person *p, record_kind by, const record_kind *kinds, size_t count,
                         const change_body *more); /* with a new key, identity, state of the test's own */
/* Invites, joins, certifies: somebody of staff. */
void house_admin(house *h, person *ret); /* the first: makes the place's key too */
void house_staff(house *h, person *admin, int64_t role, bool lead, person *ret);
/* An invitation's token; role as in the contract, -1 for a client. */
hk_err house_invite(house *h, person *who, int64_t role, uint8_t ret_token[static 32]);
/* The lead makes the team's key and everybody named goes on duty. */
void house_team(house *h, person *lead, person *const *listeners, size_t count);
void house_duty(house *h, person *p, int64_t hours);

/* ---- Talking */

typedef struct house_talk { /* one device's view of one conversation */
    person *who;
    conversation_id conversation;
    vault_log log;
    vault_stream stream;
    uint64_t history[VAULT_HISTORY_SLOTS_MIN], mids[VAULT_MID_SLOTS_MIN];
    int64_t shown;
    vault_taken last;
} house_talk;

/* The client seals and asks; ret: the conversation to be. */
hk_err house_ask(house *h, person *client, const char *text, conversation_id *ret);
hk_err house_accept(house *h, person *listener, conversation_id conversation);
/* A pair that has met: asked and accepted. */
conversation_id house_pair(house *h, person *client, person *listener);
void house_talk_open(house *h, person *who, conversation_id conversation, house_talk *ret);
hk_err house_catch_up(house *h, house_talk *t);
hk_slice house_seal(house *h, house_talk *t, const char *text);
hk_err house_send(house *h, house_talk *t, hk_slice envelope, kept_body *ret);
hk_err house_say(house *h, house_talk *t, const char *text); /* seals, sends, reads back */
hk_err house_commit(house *h, house_talk *t, const vault_made_commit *made, kept_body *ret);

/* ---- Sockets: a connection of somebody, by number; what it is told stands in h->told. */
void house_connect(house *h, person *p, uint64_t connection);
int house_told_count(const house *h, uint64_t connection, const char *told); /* how often told this name */
bool house_is_ended(const house *h, uint64_t connection);
/* How many rows a statement of the test's own finds in the database, looked at from outside. */
int64_t house_count(house *h, const char *sql);

#endif
