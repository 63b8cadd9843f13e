/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Erasing an account: its keys are destroyed, its rows removed, and the receipt says what remains and until
 * when. A list of what was deleted is kept outside the backups, so that a restore deletes it again.
 */
#ifndef HK_FEATURES_ERASE_H
#define HK_FEATURES_ERASE_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* After a restore: deletes again what the list names. Writer. ret_count: what was deleted again. */
hk_err erase_replay(store_db *db, const char *deletions, int64_t *ret_count);
/* Once a day: lines older than the backups go. */
hk_err erase_prune(const char *deletions, int64_t before_ms);

extern const wire_route ERASE_ROUTES[];
extern const size_t ERASE_ROUTE_COUNT;
extern const shape *const ERASE_SHAPES[];

#endif
