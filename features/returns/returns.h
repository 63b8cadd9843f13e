/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Coming back without password and sheet: the listener gives a code by voice, both read four words to each
 * other, both say they are the same, and only then the client's new keys take the place of the lost ones.
 * What other features may ask.
 */
#ifndef HK_FEATURES_RETURNS_H
#define HK_FEATURES_RETURNS_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* Once a minute: what took too long goes. Writer. */
hk_err returns_tick(store_db *db, int64_t now_ms);
/* An account is erased. */
hk_err returns_forget(store_db *db, account_id account);

extern const store_room RETURNS_ROOM;
extern const wire_route RETURNS_ROUTES[];
extern const size_t RETURNS_ROUTE_COUNT;
extern const shape *const RETURNS_SHAPES[];

#endif
