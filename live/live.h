/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is connected, and who must hear. Knows accounts and connections by number; knows no tables and no
 * sockets: the server gives it the two functions that send and close. Loop thread only; nothing here blocks
 * or does I/O.
 *
 * Nothing is kept for somebody who is away: they read on from the table after their last position. A
 * connection whose queue is over its bound is dropped by the sender function and resumes in the same way.
 */
#ifndef HK_LIVE_LIVE_H
#define HK_LIVE_LIVE_H

#include "base/ids.h"

typedef struct live live;

/* Close codes of docs/interface.md. */
#define LIVE_CLOSE_ENDED    4001 /* signed out or disabled */
#define LIVE_CLOSE_TOO_MANY 4003 /* too many connections of this account */

/* send and close must not call back into live before they return (wire's do not). */
typedef struct live_options {
    hk_err (*send)(void *ctx, uint64_t connection, hk_slice text);
    void (*close)(void *ctx, uint64_t connection, int code);
    void *ctx;
    /* An account's first connection came, or its last one went (after LIVE_GRACE_MS, so that a reload is
     * silent). */
    void (*presence)(void *ctx, account_id account, bool here);
} live_options;

#define LIVE_GRACE_MS 5000
#define LIVE_CONNECTIONS_MAX                                                                                 \
    16 /* of one account: its devices and tabs; the oldest goes when one more comes */

hk_err live_new(const live_options *options, live **ret);
void live_free(live *l);
/* HK_NO_MEMORY; HK_CONFLICT for a connection that is there already. Over LIVE_CONNECTIONS_MAX the oldest one
 * is closed with LIVE_CLOSE_TOO_MANY. */
hk_err live_join(live *l, uint64_t connection, account_id account, int64_t session);
/* A connection ended; one that never joined is fine. */
void live_leave(live *l, uint64_t connection, int64_t now_ms);
void live_tick(live *l, int64_t now_ms); /* once a second: lets grace run out */
/* Sends text to every connection of each account but `except` (0: to all). */
void live_tell(live *l, const account_id *accounts, size_t count, hk_slice text, uint64_t except);
/* Within its grace somebody still is. */
bool live_is_here(const live *l, account_id account);
/* Ends every connection of an account (disabled, erased), or of one session (signed out, password changed).
 */
void live_drop_account(live *l, account_id account);
void live_drop_session(live *l, int64_t session);
void live_drop_other_sessions(live *l, account_id account, int64_t but_session);
size_t live_count(const live *l);

#endif
