/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the requests' room (requests.c) and what its files share.
 */
#ifndef HK_FEATURES_REQUESTS_ROWS_H
#define HK_FEATURES_REQUESTS_ROWS_H

#include "features/requests/contract.h"
#include "features/requests/requests.h"
#include "vault/public.h"

enum {
    REQUEST_ADD,
    REQUEST_READ,
    REQUEST_SAME,
    REQUEST_CLIENT,
    REQUEST_COUNT,
    REQUESTS_MINE,
    REQUESTS_WAITING,
    REQUEST_WITHDRAW,
    REQUEST_ACCEPT,
    REQUEST_FOR_ACCEPT,
    REQUEST_OFFER,
    REQUEST_OPEN_TO_ALL,
    REQUEST_EXPIRE,
    REQUESTS_DUE,
    REQUESTS_END,
    REQUESTS_ORPHAN,
    PASS_ADD,
    PASSES_LOST,
    PASSES_END,
    NEXT_OWNER,
    TEAM_LEAD,
    TEAM_NOW,
    ON_DUTY,
};

typedef enum request_state {
    REQUEST_WAITING,
    REQUEST_ACCEPTED,
    REQUEST_WITHDRAWN,
    REQUEST_EXPIRED
} request_state;

#define REQUEST_LIFE_MS      ((int64_t)72 * 3600 * 1000) /* first words expire */
#define REQUESTS_WAITING_MAX 3                           /* of one client */
#define DUTY_MAX             500

/* Who looks after it next: on duty, did not pass it on, fewest others to look after; else the team's lead;
 * all zero when there is nobody at all. */
hk_err next_owner(store_db *db, conversation_id conversation, account_id but, int64_t now_ms,
                  account_id *ret);
hk_err offer(store_db *db, conversation_id conversation, account_id owner, int64_t now_ms);
hk_err listeners_on_duty(store_db *db, int64_t now_ms, account_id ret[static DUTY_MAX], size_t *ret_count);
/* Its client, and the listeners on duty (or only whom it is for), hear how it stands. */
hk_err tell_request(wire_request *r, conversation_id conversation, account_id client, account_id only_for,
                    request_state state);

#endif
