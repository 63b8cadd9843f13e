/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of erasing share.
 */
#ifndef HK_FEATURES_ERASE_ROWS_H
#define HK_FEATURES_ERASE_ROWS_H

#include "features/erase/contract.h"
#include "store/store.h"

/* Keys first, then rows: of every feature that knows the account. */
hk_err erase_all(store_db *db, account_id account, int64_t *ret_conversations);

#endif
