/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The place itself: its name, hours, promise and key; and `place`, what the server composes and every handler
 * finds in wire_request.place. The features below it say here how they tell people things after a commit.
 */
#ifndef HK_FEATURES_PLACE_H
#define HK_FEATURES_PLACE_H

#include <stdatomic.h>

#include "base/ids.h"
#include "live/live.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* client, therapist, peer, supervisor, admin: the words of every `role`, and the numbers in the database. */
typedef enum place_role { ROLE_CLIENT, ROLE_THERAPIST, ROLE_PEER, ROLE_SUPERVISOR, ROLE_ADMIN } place_role;
extern const char *const ROLE_WORDS[];

typedef struct place_presence place_presence; /* who is connected, readable from every thread */

/* Composed by the server, borrowed by everybody; lives as long as the server. */
typedef struct place {
    store *store;
    live *live;
    wire *wire;
    place_presence *presence;
    struct socket_tickets *tickets; /* features/accounts */
    const struct rest_key *rest;    /* seals unlock records in the database (features/accounts) */
    const char *deletions;          /* the deletion list's file, NULL: kept nowhere (tests) */
    const char *demo_people;        /* a file of people who are not real, or NULL */
    int64_t session_ms;             /* a session ends after this, whatever happens */
    int64_t idle_ms;                /* and after this without a socket or a change */
    int64_t lock_client_s, lock_staff_s;
    atomic_bool scrub_wanted; /* something was destroyed: the clock has the files truncated (store_scrub) */
} place;

/* ---- Telling, after the commit and in its order. The value is encoded now; accounts are copied. */
hk_err place_tell(wire_request *r, const account_id *accounts, size_t count, const char *told, const shape *s,
                  const void *value);
hk_err place_drop_account(wire_request *r, account_id account); /* its sockets end */
hk_err place_drop_session(wire_request *r, int64_t session);    /* one session's */
hk_err place_drop_others(wire_request *r, account_id account, int64_t but_session);
hk_err
place_scrub_soon(wire_request *r); /* what is destroyed in this transaction leaves the WAL soon after */

/* ---- Who is connected. Set on the loop's thread by the server, read anywhere. */
hk_err place_presence_new(place_presence **ret);
void place_presence_free(place_presence *p);
void place_presence_set(place_presence *p, account_id account, bool here);
bool place_presence_is_here(place_presence *p, account_id account);

/* ---- The place's row, made by `hearkend init`; HK_CONFLICT: it was made before. */
hk_err place_make(store_db *db, hk_slice name, hk_slice language, hk_slice country, hk_slice time_zone);
hk_err place_exists(store_db *db, bool *ret);
hk_err place_promise_ms(store_db *db, int64_t *ret);
hk_err place_retention_ms(store_db *db, int64_t *ret);
/* The name of the zone its opening hours are in, "Europe/London". HK_TOO_MUCH: it does not fit. */
hk_err place_time_zone(store_db *db, char *ret, size_t size);
/* The place key; HK_NOT_THERE: not set yet. */
hk_err place_key(store_db *db, uint8_t ret[static 32]);

extern const store_room PLACE_ROOM;
extern const wire_route PLACE_ROUTES[];
extern const size_t PLACE_ROUTE_COUNT;
extern const shape *const PLACE_SHAPES[];

#endif
