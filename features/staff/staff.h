/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who works here, what vouches for them, who is on duty, and the team's key. What other features may ask.
 */
#ifndef HK_FEATURES_STAFF_H
#define HK_FEATURES_STAFF_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* An account is erased or its certificate ended: its team wraps and duty go. */
hk_err staff_forget(store_db *db, account_id account);

extern const store_room STAFF_ROOM;
extern const wire_route STAFF_ROUTES[];
extern const size_t STAFF_ROUTE_COUNT;
extern const shape *const STAFF_SHAPES[];

#endif
