/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What was deleted, kept in a file outside the backups, so that a restore deletes it again. A line is on the
 * disk before the deletion is acknowledged; it holds random ids and no words.
 */
#ifndef HK_FEATURES_DELETIONS_H
#define HK_FEATURES_DELETIONS_H

#include "base/ids.h"

/* path NULL: no list is kept (tests). */
hk_err deletions_add_account(const char *path, int64_t at_ms, account_id account);
hk_err deletions_add_message(const char *path, int64_t at_ms, conversation_id conversation, int64_t position);

typedef struct deletion {
    int64_t at_ms;
    bool is_account;
    account_id account;           /* is_account */
    conversation_id conversation; /* else a message */
    int64_t position;
} deletion;

/* Calls each for every line, oldest first. HK_BAD: the file is not ours. A missing file has no lines. */
hk_err deletions_each(const char *path, hk_err (*each)(void *ctx, const deletion *d), void *ctx);
/* Keeps only lines from after before_ms, by writing the file anew beside it. */
hk_err deletions_prune(const char *path, int64_t before_ms);

#endif
