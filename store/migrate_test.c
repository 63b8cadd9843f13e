/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tables only go forward, from every version there was. Also here: what the store says about the file system
 * it stands on (statfs is replaced by the linker, see meson.build).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <cmocka.h>

#include "store/inside.h"
#include "store/test_place.h"

/* ---- A room that grew over four versions */

static const store_migration GROWN[] = {
    {1, "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL)"},
    {2, "ALTER TABLE notes ADD COLUMN written_ms INTEGER NOT NULL DEFAULT 0"},
    {3, "CREATE TABLE keys (id INTEGER NOT NULL PRIMARY KEY, wrap BLOB NOT NULL)", .in_wraps = true},
    {4, "CREATE TABLE marks (note INTEGER NOT NULL REFERENCES notes (id), mark TEXT NOT NULL,"
        " PRIMARY KEY (note, mark));"
        "INSERT INTO marks (note, mark) SELECT id, 'old' FROM notes;"
        "CREATE INDEX notes_written ON notes (written_ms)"},
};
static const char *const TABLES[] = {"notes", "keys", "marks", NULL};

static hk_err open_version(const test_place *place, const store_migration *migrations, size_t count)
{
    const store_room room = {
        .name = "notes", .migrations = migrations, .migration_count = count, .writes = TABLES};
    const store_room *const rooms[] = {&room, NULL};
    store_options o = {.path = place->db, .rooms = rooms, .readers = 1};
    store *s = NULL;
    hk_err err = store_open(&o, &s);
    store_close(s);
    return err;
}

static void a_newer_programs_database_is_refused(void **state)
{
    assert_int_equal(open_version(*state, GROWN, 4), HK_OK);
    assert_int_equal(open_version(*state, GROWN, 3), HK_REFUSED);
    assert_non_null(strstr(store_open_problem(), "newer version"));
    assert_int_equal(open_version(*state, GROWN, 4), HK_OK);
}

static void every_version_grows_into_the_newest_with_its_rows(void **state)
{
    const test_place *place = *state;
    for (size_t from = 1; from <= HK_COUNT(GROWN); from++) {
        for (size_t i = from; i <= HK_COUNT(GROWN); i++) {
            assert_int_equal(open_version(place, GROWN, i), HK_OK);
            if (i == from)
                test_place_sql(place->db, "INSERT INTO notes (id, body) VALUES (1, 'kept')");
        }
        assert_int_equal(test_place_int(place->db, "SELECT count(*) FROM notes WHERE body = 'kept'"), 1);
        assert_int_equal(test_place_int(place->db, "SELECT count(*) FROM marks"), from < 4 ? 1 : 0);
        assert_int_equal(test_place_int(place->db, "SELECT version FROM store_migrations"), 4);
        char wraps[300];
        snprintf(wraps, sizeof wraps, "%s-wraps", place->db);
        assert_int_equal(test_place_int(wraps, "SELECT count(*) FROM keys"), 0);
        test_place_empty(place);
    }
}

static void one_jump_equals_many_steps(void **state)
{
    const test_place *place = *state;
    assert_int_equal(open_version(place, GROWN, 1), HK_OK);
    test_place_sql(place->db, "INSERT INTO notes (id, body) VALUES (1, 'kept')");
    assert_int_equal(open_version(place, GROWN, 4), HK_OK);
    assert_int_equal(test_place_int(place->db, "SELECT count(*) FROM marks WHERE mark = 'old'"), 1);
}

static void a_migration_that_fails_leaves_nothing_and_runs_again_when_mended(void **state)
{
    const test_place *place = *state;
    store_migration broken[HK_COUNT(GROWN)];
    memcpy(broken, GROWN, sizeof GROWN);
    broken[3].sql = "CREATE TABLE marks (note INTEGER NOT NULL PRIMARY KEY);"
                    "INSERT INTO marks (note) SELECT nothing FROM notes";
    assert_int_not_equal(open_version(place, broken, 4), HK_OK);
    assert_non_null(strstr(store_open_problem(), "room notes, migration 4"));
    assert_int_equal(test_place_int(place->db, "SELECT version FROM store_migrations"), 2);
    assert_int_equal(test_place_int(place->db, "SELECT count(*) FROM sqlite_master WHERE name = 'marks'"), 0);
    assert_int_equal(open_version(place, GROWN, 4), HK_OK);
}

static void a_migration_may_shape_only_the_rooms_own_tables(void **state)
{
    static const char *const TRIED[] = {
        "CREATE TABLE others (id INTEGER)",
        "CREATE INDEX on_facts ON store_facts (value)",
        "UPDATE store_facts SET value = 1",
        "DELETE FROM store_migrations",
        "DROP TABLE store_facts",
        "CREATE VIEW notes_seen AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END",
        "ATTACH DATABASE ':memory:' AS other",
    };
    assert_int_equal(open_version(*state, GROWN, 4), HK_OK);
    for (size_t i = 0; i < HK_COUNT(TRIED); i++) {
        store_migration more[HK_COUNT(GROWN) + 1];
        memcpy(more, GROWN, sizeof GROWN);
        more[4] = (store_migration){5, TRIED[i]};
        if (open_version(*state, more, 5) == HK_OK)
            fail_msg("%s was taken", TRIED[i]);
        assert_int_equal(open_version(*state, GROWN, 4), HK_OK); /* and nothing changed */
    }
}

static void a_migration_postgresql_would_not_take_is_refused(void **state)
{
    static const char *const TRIED[] = {
        "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE [notes] (id INTEGER)",
        "PRAGMA foreign_keys=OFF",
    };
    for (size_t i = 0; i < HK_COUNT(TRIED); i++) {
        const store_migration one[] = {{1, TRIED[i]}};
        assert_int_equal(open_version(*state, one, 1), HK_BAD);
    }
}

static void numbers_that_are_not_dense_are_refused(void **state)
{
    const store_migration gap[] = {{1, "CREATE TABLE notes (id INTEGER)"}, {3, "DROP TABLE notes"}};
    assert_int_equal(open_version(*state, gap, 2), HK_BAD);
    const store_migration zero[] = {{0, "CREATE TABLE notes (id INTEGER)"}};
    assert_int_equal(open_version(*state, zero, 1), HK_BAD);
}

static void a_start_cut_off_between_the_two_files_goes_on_where_each_stands(void **state)
{
    const test_place *place = *state;
    assert_int_equal(open_version(place, GROWN, 2), HK_OK);
    assert_int_equal(open_version(place, GROWN, 3), HK_OK); /* the wraps file is at 3, the other at 2 */
    assert_int_equal(test_place_int(place->db, "SELECT version FROM store_migrations"), 2);
    assert_int_equal(open_version(place, GROWN, 4), HK_OK);
    assert_int_equal(test_place_int(place->db, "SELECT version FROM store_migrations"), 4);
}

/* ---- The file system */

static int64_t pretended; /* what statfs answers; 0: the truth */

int __real_statfs64(const char *path, struct statfs *ret);
int __wrap_statfs64(const char *path, struct statfs *ret);
int __wrap_statfs64(const char *path, struct statfs *ret)
{
    int rc = __real_statfs64(path, ret);
    if (rc == 0 && pretended)
        ret->f_type = (__typeof__(ret->f_type))pretended;
    return rc;
}

static void a_network_file_system_is_refused_by_name(void **state)
{
    static const struct {
        int64_t magic;
        const char *name;
    } REFUSED[] = {{0x6969, "NFS"},      {0xFF534D42, "CIFS"}, {0xFE534D42, "SMB2"},
                   {0x65735546, "FUSE"}, {0x01021997, "9P"},   {0x00C36400, "Ceph"}};
    for (size_t i = 0; i < HK_COUNT(REFUSED); i++) {
        pretended = REFUSED[i].magic;
        hk_err err = open_version(*state, GROWN, 4);
        pretended = 0;
        assert_int_equal(err, HK_REFUSED);
        assert_non_null(strstr(store_open_problem(), REFUSED[i].name));
        assert_false(store_file_is_there(((const test_place *)*state)->db)); /* nothing was made there */
    }
    pretended = 0xEF53; /* ext4 */
    assert_int_equal(open_version(*state, GROWN, 4), HK_OK);
    pretended = 0;
}

static void a_folder_that_is_not_there_is_said_in_words(void **state)
{
    test_place nowhere = *(const test_place *)*state;
    snprintf(nowhere.db, sizeof nowhere.db, "/nowhere/at/all/db");
    assert_int_equal(open_version(&nowhere, GROWN, 4), HK_STORE);
    assert_non_null(strstr(store_open_problem(), "/nowhere/at/all"));
}

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, test_place_make, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_newer_programs_database_is_refused),
        HERE(a_migration_that_fails_leaves_nothing_and_runs_again_when_mended),
        HERE(a_migration_may_shape_only_the_rooms_own_tables),
        HERE(a_migration_postgresql_would_not_take_is_refused),
        HERE(numbers_that_are_not_dense_are_refused),
        HERE(every_version_grows_into_the_newest_with_its_rows),
        HERE(one_jump_equals_many_steps),
        HERE(a_start_cut_off_between_the_two_files_goes_on_where_each_stands),
        HERE(a_network_file_system_is_refused_by_name),
        HERE(a_folder_that_is_not_there_is_said_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
