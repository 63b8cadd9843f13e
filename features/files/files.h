/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealed files of a conversation: chunks that the place cannot read. What other features may ask.
 */
#ifndef HK_FEATURES_FILES_H
#define HK_FEATURES_FILES_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* Once a minute: uploads that were never closed go. Writer. */
hk_err files_tick(store_db *db, int64_t now_ms);
/* Files of conversations that are not there any more go. */
hk_err files_forget(store_db *db);

extern const store_room FILES_ROOM;
extern const wire_route FILES_ROUTES[];
extern const size_t FILES_ROUTE_COUNT;
extern const shape *const FILES_SHAPES[];

#endif
