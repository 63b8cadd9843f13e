/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Waiting and being heard: first words, who looks after them, and by when. What other features may ask.
 */
#ifndef HK_FEATURES_REQUESTS_H
#define HK_FEATURES_REQUESTS_H

#include "base/ids.h"
#include "features/place/place.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* Once a second: offers on what nobody answered in half its time, ends what is too old. Writer; the news it
 * makes are handed back for the loop to tell. */
typedef struct requests_news requests_news;
hk_err requests_tick(store_db *db, int64_t now_ms, requests_news **ret);
void requests_news_tell(place *p, requests_news *news); /* loop thread; frees it; NULL is fine */
void requests_news_free(requests_news *news);           /* of a tick that was undone */
/* An account is erased: what it asked goes, what it looked after is offered on. */
hk_err requests_forget(store_db *db, account_id account);

extern const store_room REQUESTS_ROOM;
extern const wire_route REQUESTS_ROUTES[];
extern const size_t REQUESTS_ROUTE_COUNT;
extern const shape *const REQUESTS_SHAPES[];

#endif
