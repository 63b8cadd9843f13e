/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/erase/erase.h"

#include "features/accounts/accounts.h"
#include "features/conversations/conversations.h"
#include "features/deletions/deletions.h"
#include "features/erase/rows.h"
#include "features/files/files.h"
#include "features/invitations/invitations.h"
#include "features/requests/requests.h"
#include "features/returns/returns.h"
#include "features/staff/staff.h"

hk_err erase_all(store_db *db, account_id account, int64_t *ret_conversations)
{
    HK_TRY(conv_forget(db, account, ret_conversations));
    HK_TRY(files_forget(db));
    HK_TRY(requests_forget(db, account));
    HK_TRY(returns_forget(db, account));
    HK_TRY(invitations_forget(db, account));
    HK_TRY(staff_forget(db, account));
    return accounts_forget(db, account);
}

typedef struct replaying {
    store_db *db;
    int64_t count;
} replaying;

static hk_err delete_again(void *ctx, const deletion *d)
{
    replaying *p = ctx;
    int64_t conversations;
    p->count++;
    return d->is_account ? erase_all(p->db, d->account, &conversations)
                         : conv_forget_message(p->db, d->conversation, d->position);
}

hk_err erase_replay(store_db *db, const char *deletions, int64_t *ret_count)
{
    replaying p = {.db = db};
    HK_TRY(deletions_each(deletions, delete_again, &p));
    *ret_count = p.count;
    return HK_OK;
}

hk_err erase_prune(const char *deletions, int64_t before_ms)
{
    return deletions_prune(deletions, before_ms);
}
