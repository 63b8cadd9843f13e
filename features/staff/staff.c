/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/staff/staff.h"

#include "features/staff/rows.h"

hk_err staff_forget(store_db *db, account_id account)
{
    static const size_t ROWS[] = {TEAM_WRAPS_END, STAFF_END};
    for (size_t i = 0; i < HK_COUNT(ROWS); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &STAFF_ROOM, ROWS[i]));
        store_bind_slice(&c, HK_ID_SLICE(account));
        HK_TRY(store_finish(&c));
    }
    return HK_OK;
}
