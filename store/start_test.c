/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is refused at start, and what is not.
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

static hk_err open_with_statement(const test_place *place, const char *sql)
{
    const store_statement statement = {"tried", sql};
    store_room room = WORDS;
    room.statements = &statement;
    room.statement_count = 1;
    return open_with(place, &room);
}

static void a_statement_on_a_table_that_was_not_declared_stops_the_start(void **state)
{
    const test_place *place = *state;
    store_close(open_at(place));
    static const char *const TRIED[] = {
        "SELECT value FROM store_facts",
        "UPDATE store_facts SET value = 1",
        "SELECT w.n FROM words w JOIN store_migrations m ON m.version = w.n",
        "DELETE FROM store_migrations",
        "SELECT name FROM sqlite_master",
        "INSERT INTO words (n, body) SELECT value, name FROM store_facts",
    };
    for (size_t i = 0; i < HK_COUNT(TRIED); i++) {
        assert_int_equal(open_with_statement(place, TRIED[i]), HK_REFUSED);
        assert_non_null(strstr(store_open_problem(), "which the room does not declare"));
    }
    assert_int_equal(open_with_statement(place, "SELECT n FROM words"), HK_OK);
}

static void a_table_that_may_be_read_may_not_be_written(void **state)
{
    const test_place *place = *state;
    store_close(open_at(place));
    static const char *const WORDS_ONLY[] = {"words", NULL};
    static const store_statement READS[] = {{"reads", "SELECT n FROM words"}};
    static const store_statement WRITES[] = {{"writes", "DELETE FROM words WHERE n = ?"}};
    const store_room reader = {
        .name = "reader", .reads = WORDS_ONLY, .statements = READS, .statement_count = 1};
    const store_room writer = {
        .name = "writer", .reads = WORDS_ONLY, .statements = WRITES, .statement_count = 1};
    assert_int_equal(open_with(place, &reader), HK_OK);
    assert_int_equal(open_with(place, &writer), HK_REFUSED);
    assert_non_null(strstr(store_open_problem(), "writes the table words"));
}

static void sql_that_only_sqlite_takes_stops_the_start(void **state)
{
    const test_place *place = *state;
    store_close(open_at(place));
    static const char *const TRIED[] = {
        "INSERT OR IGNORE INTO words (n, body) VALUES (?, ?)",
        "insert or replace into words (n, body) values (?, ?)",
        "REPLACE INTO words (n, body) VALUES (?, ?)",
        "SELECT rowid FROM words",
        "SELECT n FROM words WHERE body IS ?",
        "SELECT n FROM words WHERE n == ?",
        "SELECT n FROM words WHERE n = ?1",
        "SELECT n FROM words WHERE n = :n",
        "SELECT n FROM words WHERE n = $n",
        "SELECT [n] FROM words",
        "SELECT `n` FROM words",
        "SELECT n FROM words LIMIT 5, 10",
        "SELECT max(n, 5) FROM words",
        "SELECT n FROM words WHERE body = x'00'",
        "SELECT n FROM words WHERE body LIKE ?",
        "SELECT n FROM words WHERE n = TRUE",
        "SELECT n FROM words NOT INDEXED",
        "PRAGMA journal_mode=DELETE",
        "DROP TABLE words",
        "CREATE TABLE more (n INTEGER)",
        "VACUUM",
    };
    for (size_t i = 0; i < HK_COUNT(TRIED); i++)
        if (open_with_statement(place, TRIED[i]) != HK_BAD)
            fail_msg("%s was taken", TRIED[i]);
    static const char *const FUNCTIONS[] = {
        "SELECT datetime('now')",     "SELECT ifnull(body, ?) FROM words", "SELECT random()",
        "SELECT last_insert_rowid()", "SELECT group_concat(n) FROM words", "SELECT hex(body) FROM words",
        "SELECT load_extension('x')",
    };
    for (size_t i = 0; i < HK_COUNT(FUNCTIONS); i++)
        if (open_with_statement(place, FUNCTIONS[i]) != HK_REFUSED)
            fail_msg("%s was taken", FUNCTIONS[i]);
}

static void sql_that_both_take_is_taken(void **state)
{
    const test_place *place = *state;
    store_close(open_at(place));
    static const char *const TAKEN[] = {
        "INSERT INTO words (n, body) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET body = excluded.body",
        "INSERT INTO words (n, body) SELECT ?, ? WHERE EXISTS (SELECT 1 FROM answers WHERE word = ?)",
        "SELECT n FROM words WHERE body IS NOT NULL AND n IS NOT DISTINCT FROM ? -- rowid in a comment\n",
        "SELECT max(n) FROM words WHERE body <> 'a rowid in a text'",
        "WITH late AS (SELECT n FROM words WHERE n > ?) SELECT count(*) FROM late",
        "DELETE FROM words WHERE n = ? RETURNING body",
        "SELECT n FROM words ORDER BY n DESC LIMIT ? OFFSET ?",
        "SELECT CASE WHEN n > ? THEN n ELSE 0 END FROM words",
    };
    for (size_t i = 0; i < HK_COUNT(TAKEN); i++)
        if (open_with_statement(place, TAKEN[i]) != HK_OK)
            fail_msg("%s: %s", TAKEN[i], store_open_problem());
}

static void two_statements_in_one_are_refused(void **state)
{
    store_close(open_at(*state));
    assert_int_equal(open_with_statement(*state, "SELECT n FROM words; SELECT 1"), HK_BAD);
    assert_int_equal(open_with_statement(*state, ""), HK_BAD);
    assert_int_equal(open_with_statement(*state, "SELECT nonsense FROM words"), HK_BAD);
}

static void a_second_process_cannot_serve_the_same_database(void **state)
{
    store *s = open_at(*state);
    assert_int_equal(open_with(*state, &WORDS), HK_BUSY);
    store_close(s);
    assert_int_equal(open_with(*state, &WORDS), HK_OK);
}

static void another_programs_database_is_not_touched(void **state)
{
    const test_place *place = *state;
    test_place_sql(place->db, "CREATE TABLE theirs (x); PRAGMA application_id=7;");
    assert_int_equal(open_with(place, &WORDS), HK_REFUSED);
    assert_int_equal(test_place_int(place->db, "SELECT count(*) FROM sqlite_master"), 1);
}

static void wraps_without_their_database_or_of_another_are_refused(void **state)
{
    const test_place *place = *state;
    store_close(open_at(place));
    char wraps[300];
    snprintf(wraps, sizeof wraps, "%s-wraps", place->db);
    unlink(place->db);
    assert_int_equal(open_with(place, &WORDS), HK_REFUSED);
    unlink(wraps);
    store_close(open_at(place));
    test_place_sql(wraps, "UPDATE store_facts SET value = 5 WHERE name = 'pair'");
    assert_int_equal(open_with(place, &WORDS), HK_REFUSED);
    assert_non_null(strstr(store_open_problem(), "belongs to another database"));
}

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, test_place_make, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_statement_on_a_table_that_was_not_declared_stops_the_start),
        HERE(a_table_that_may_be_read_may_not_be_written),
        HERE(sql_that_only_sqlite_takes_stops_the_start),
        HERE(sql_that_both_take_is_taken),
        HERE(two_statements_in_one_are_refused),
        HERE(a_second_process_cannot_serve_the_same_database),
        HERE(another_programs_database_is_not_touched),
        HERE(wraps_without_their_database_or_of_another_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
