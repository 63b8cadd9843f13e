/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A folder of its own for each test, and a look into its files from outside of the store. Tests only.
 */
#ifndef HK_STORE_TEST_PLACE_H
#define HK_STORE_TEST_PLACE_H

#include <stdint.h>

typedef struct test_place {
    char folder[128];
    char db[160]; /* folder/db */
} test_place;

int test_place_make(void **state); /* cmocka's set-up and tear-down; *state is the test_place */
int test_place_remove(void **state);
void test_place_empty(const test_place *place); /* removes every file in it */
/* Plain SQLite on a file that nobody has open; both abort on an error, which is then the test's own. */
void test_place_sql(const char *path, const char *sql);
int64_t test_place_int(const char *path, const char *sql);
void test_place_damage(const char *path, long at, int bytes); /* writes nonsense over a part of the file */

#endif
