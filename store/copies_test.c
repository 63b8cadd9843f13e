/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Backups, restores and scrubbing, one at a time; care_test.c does it in the middle of everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/test_words.h"

static void progress_to(void *ctx, int64_t done, int64_t total)
{
    assert_true(done <= total);
    *(int64_t *)ctx = done;
}

static void a_backup_taken_while_serving_restores_with_a_new_epoch(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place);
    int64_t epoch = store_epoch(s), done = 0, seen;
    assert_int_equal(store_write_now(s, put_and_wrap, &seen), HK_OK);
    char copy[300];
    snprintf(copy, sizeof copy, "%s/copy", place->folder);
    assert_int_equal(store_backup(s, copy, progress_to, &done), HK_OK);
    assert_true(done > 0);
    assert_int_equal(store_backup(s, copy, NULL, NULL), HK_CONFLICT); /* never over another */
    put_one(s, 51);
    assert_int_equal(store_restore(copy, place->db), HK_BUSY); /* somebody serves it */
    store_close(s);

    assert_int_equal(store_restore(copy, place->db), HK_OK);
    s = open_at(place);
    assert_int_equal(words_in(s), 1);
    assert_true(store_epoch(s) != epoch);
    assert_int_equal(store_check(s), HK_OK);
    store_close(s);
    char aside[320];
    snprintf(aside, sizeof aside, "%s-before-restore", place->db);
    assert_int_equal(test_place_int(aside, "SELECT count(*) FROM words"), 2); /* nothing was thrown away */
}

static void the_epoch_stays_over_a_restart(void **state)
{
    store *s = open_at(*state);
    int64_t epoch = store_epoch(s);
    assert_true(epoch > 0 && epoch <= HK_INT_MAX);
    store_close(s);
    s = open_at(*state);
    assert_int_equal(store_epoch(s), epoch);
    store_close(s);
}

static void a_damaged_or_foreign_file_is_not_restored(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place);
    put_one(s, 1);
    char copy[300];
    snprintf(copy, sizeof copy, "%s/copy", place->folder);
    assert_int_equal(store_backup(s, copy, NULL, NULL), HK_OK);
    store_close(s);
    char foreign[300];
    snprintf(foreign, sizeof foreign, "%s/foreign", place->folder);
    test_place_sql(foreign, "CREATE TABLE theirs (x)");
    assert_int_equal(store_restore(foreign, place->db), HK_BAD);
    assert_int_equal(store_restore("/nowhere/at/all", place->db), HK_NOT_THERE);
    test_place_damage(copy, 4096, 8192);
    assert_int_equal(store_restore(copy, place->db), HK_STORE);
    s = open_at(place); /* the database that was there is still there */
    assert_int_equal(words_in(s), 1);
    store_close(s);
}

static void an_older_wraps_file_under_a_newer_database_is_refused(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place);
    int64_t seen;
    char old[300], wraps[300];
    snprintf(old, sizeof old, "%s/old", place->folder);
    snprintf(wraps, sizeof wraps, "%s-wraps", place->db);
    assert_int_equal(store_backup(s, old, NULL, NULL), HK_OK);
    assert_int_equal(store_write_now(s, put_and_wrap, &seen), HK_OK);
    store_close(s);
    snprintf(old, sizeof old, "%s/old-wraps", place->folder);
    assert_int_equal(rename(old, wraps), 0);
    assert_int_equal(open_with(place, &WORDS), HK_REFUSED);
    assert_non_null(strstr(store_open_problem(), "is older than"));
    unlink(wraps);
    assert_int_equal(open_with(place, &WORDS), HK_REFUSED);
    assert_non_null(strstr(store_open_problem(), "is missing"));
}

static void beside_the_server_one_may_look_and_copy_but_not_write(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place);
    put_one(s, 1);
    store_options o = {.path = place->db, .rooms = ROOMS, .readers = 1, .beside = true};
    store *beside = NULL;
    assert_int_equal(store_open(&o, &beside), HK_OK);
    assert_int_equal(words_in(beside), 1);
    int64_t n = 2;
    assert_int_equal(store_write_now(beside, put_n, &n), HK_REFUSED);
    assert_int_equal(store_check(beside), HK_OK);
    char copy[300];
    snprintf(copy, sizeof copy, "%s/copy", place->folder);
    assert_int_equal(store_backup(beside, copy, NULL, NULL), HK_OK);
    store_close(beside);
    store_close(s);
    assert_int_equal(store_open(&o, &beside), HK_OK); /* also when nobody serves */
    assert_int_equal(words_in(beside), 1);
    store_close(beside);
}

static void deleted_words_are_gone_from_the_files_after_a_scrub(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place);
    put_one(s, 1);
    assert_int_equal(store_scrub(s), HK_OK);
    store_figures figures;
    store_figures_read(s, &figures);
    assert_int_equal(figures.wal_bytes, 0);
    assert_true(figures.db_bytes > 0);
    assert_int_equal(words_in(s), 1);
    store_close(s);
}

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, test_place_make, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_backup_taken_while_serving_restores_with_a_new_epoch),
        HERE(the_epoch_stays_over_a_restart),
        HERE(a_damaged_or_foreign_file_is_not_restored),
        HERE(an_older_wraps_file_under_a_newer_database_is_refused),
        HERE(beside_the_server_one_may_look_and_copy_but_not_write),
        HERE(deleted_words_are_gone_from_the_files_after_a_scrub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
