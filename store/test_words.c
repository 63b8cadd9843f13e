/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/test_words.h"

static const store_statement STATEMENTS[] = {
    [PUT] = {"put", "INSERT INTO words (n, body) VALUES (?, ?)"},
    [PUT_WRAP] = {"put_wrap", "INSERT INTO wraps (n, body) VALUES (?, ?)", .in_wraps = true},
    [GET] = {"get", "SELECT body FROM words WHERE n = ?"},
    [COUNT] = {"count", "SELECT count(*) FROM words"},
    [COUNT_WRAPS] = {"count_wraps", "SELECT count(*) FROM wraps", .in_wraps = true},
    [CHILD] = {"child", "INSERT INTO answers (n, word) VALUES (?, ?)"},
    [HEAD] = {"head", "SELECT coalesce(max(n), 0) FROM words"},
};
static const store_migration MIGRATIONS[] = {
    {1, "CREATE TABLE words (n INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL)"},
    {2, "CREATE TABLE wraps (n INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL)", .in_wraps = true},
    {3, "CREATE TABLE answers (n INTEGER NOT NULL PRIMARY KEY,"
        " word INTEGER NOT NULL REFERENCES words (n) DEFERRABLE INITIALLY DEFERRED)"},
};
static const char *const TABLES[] = {"words", "wraps", "answers", NULL};
const store_room WORDS = {.name = "words",
                          .migrations = MIGRATIONS,
                          .migration_count = HK_COUNT(MIGRATIONS),
                          .writes = TABLES,
                          .statements = STATEMENTS,
                          .statement_count = HK_COUNT(STATEMENTS)};
const store_room *const ROOMS[] = {&WORDS, NULL};

store *open_at(const test_place *place)
{
    store_options o = {.path = place->db, .rooms = ROOMS, .readers = 2};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK)
        fail_msg("%s", store_open_problem());
    return s;
}

hk_err put(store_db *db, size_t statement, int64_t n)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &WORDS, statement));
    store_bind_int(&c, n);
    store_bind_slice(&c, HK_LIT("words"));
    return store_finish(&c);
}

hk_err ask(store_db *db, size_t statement, int64_t *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &WORDS, statement));
    bool row;
    HK_TRY(store_next(&c, &row));
    *ret = row ? store_int(&c, 0) : -1;
    return HK_OK;
}

static hk_err count_words(void *ctx, store_db *db)
{
    return ask(db, COUNT, ctx);
}

int64_t words_in(store *s)
{
    int64_t n = -1;
    assert_int_equal(store_read_now(s, count_words, &n), HK_OK);
    return n;
}

hk_err put_n(void *ctx, store_db *db)
{
    return put(db, PUT, *(int64_t *)ctx);
}

void put_one(store *s, int64_t n)
{
    assert_int_equal(store_write_now(s, put_n, &n), HK_OK);
}

hk_err open_with(const test_place *place, const store_room *room)
{
    const store_room *const rooms[] = {room, NULL};
    store_options o = {.path = place->db, .rooms = rooms, .readers = 1};
    store *s = NULL;
    hk_err err = store_open(&o, &s);
    store_close(s);
    return err;
}

hk_err put_and_wrap(void *ctx, store_db *db)
{
    HK_TRY(put(db, PUT, 50));
    HK_TRY(ask(db, COUNT, ctx)); /* sees its own word */
    return put(db, PUT_WRAP, 50);
}
