/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A room to try things in: words, their wraps in the second file, and answers that owe a word. Tests only.
 */
#ifndef HK_STORE_TEST_WORDS_H
#define HK_STORE_TEST_WORDS_H

#include "store/store.h"
#include "store/test_place.h"

enum { PUT, PUT_WRAP, GET, COUNT, COUNT_WRAPS, CHILD, HEAD };

extern const store_room WORDS;
extern const store_room *const ROOMS[];

store *open_at(const test_place *place);                           /* the test fails when it does not open */
hk_err open_with(const test_place *place, const store_room *room); /* and closed again */
hk_err put(store_db *db, size_t statement, int64_t n);
hk_err ask(store_db *db, size_t statement, int64_t *ret); /* -1: there is no row */
int64_t words_in(store *s);
hk_err put_n(void *ctx, store_db *db); /* ctx: the int64_t to put */
void put_one(store *s, int64_t n);
hk_err put_and_wrap(void *ctx,
                    store_db *db); /* 50, in both files; ctx: an int64_t, how many words it then saw */

#endif
