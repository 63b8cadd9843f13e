/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of features: the only list of what the place can do.
 */
#ifndef HK_SERVER_FEATURE_TABLE_H
#define HK_SERVER_FEATURE_TABLE_H

#include "store/store.h"
#include "wire/wire.h"

typedef struct feature {
    const char *name;
    const store_room *room; /* NULL: keeps nothing of its own */
    const wire_route *routes;
    const size_t *route_count;
    const wire_message *messages; /* NULL: none */
    const size_t *message_count;
    const shape *const *shapes; /* NULL-terminated */
} feature;

/* In the order of their migrations. */
extern const feature FEATURES[];
extern const size_t FEATURE_COUNT;
extern const store_room
    *const FEATURE_ROOMS[]; /* their rooms in the same order, NULL-terminated, for the store */

#endif
