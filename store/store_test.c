/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "store/store.h"
#include "store/test_place.h"

/* ---- A room to try things in */

enum { PUT, PUT_WRAP, GET, COUNT, COUNT_WRAPS, CHILD, HEAD };
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
static const store_room WORDS = {.name = "words",
                                 .migrations = MIGRATIONS,
                                 .migration_count = HK_COUNT(MIGRATIONS),
                                 .writes = TABLES,
                                 .statements = STATEMENTS,
                                 .statement_count = HK_COUNT(STATEMENTS)};
static const store_room *const ROOMS[] = {&WORDS, NULL};

static store *open_at(const test_place *place)
{
    store_options o = {.path = place->db, .rooms = ROOMS, .readers = 2};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK)
        fail_msg("%s", store_open_problem());
    return s;
}

static hk_err put(store_db *db, size_t statement, int64_t n)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &WORDS, statement));
    store_bind_int(&c, n);
    store_bind_slice(&c, HK_LIT("words"));
    return store_finish(&c);
}

static hk_err ask(store_db *db, size_t statement, int64_t *ret)
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

static int64_t words_in(store *s)
{
    int64_t n = -1;
    assert_int_equal(store_read_now(s, count_words, &n), HK_OK);
    return n;
}

static hk_err put_n(void *ctx, store_db *db)
{
    return put(db, PUT, *(int64_t *)ctx);
}

static void put_one(store *s, int64_t n)
{
    assert_int_equal(store_write_now(s, put_n, &n), HK_OK);
}

/* ---- What is refused at start */

static hk_err open_with(const test_place *place, const store_room *room)
{
    const store_room *const rooms[] = {room, NULL};
    store_options o = {.path = place->db, .rooms = rooms, .readers = 1};
    store *s = NULL;
    hk_err err = store_open(&o, &s);
    store_close(s);
    return err;
}

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

/* ---- Jobs */

typedef struct tried {
    store_job job;
    int64_t n;
    hk_err answer; /* what run() returns in the end */
    hk_err result;
    int64_t place_in_line; /* drawn in done() */
} tried;

static int64_t line; /* how many jobs were answered; the writer's thread only */

static hk_err run_tried(store_job *job, store_db *db)
{
    tried *t = (tried *)job;
    HK_TRY(put(db, PUT, t->n));
    HK_TRY(put(db, PUT_WRAP, t->n));
    return t->answer;
}

static void note_tried(store_job *job, hk_err result)
{
    tried *t = (tried *)job;
    t->result = result;
    t->place_in_line = line++;
}

static hk_err nothing(void *ctx, store_db *db)
{
    (void)ctx;
    (void)db;
    return HK_OK;
}

static void a_failing_job_leaves_the_others_alone_and_nothing_of_itself(void **state)
{
    store *s = open_at(*state);
    enum { JOBS = 600 };
    static tried jobs[JOBS];
    line = 0;
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (tried){.job = {.run = run_tried, .done = note_tried},
                          .n = i + 1,
                          .answer = i % 7 == 3 ? HK_REFUSED : HK_OK};
        assert_int_equal(store_write(s, &jobs[i].job), HK_OK);
    }
    assert_int_equal(store_write_now(s, nothing, NULL), HK_OK);
    int64_t good = 0;
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(jobs[i].result, jobs[i].answer);
        assert_int_equal(jobs[i].place_in_line, i); /* answered in the order they came */
        good += jobs[i].answer == HK_OK;
    }
    assert_int_equal(words_in(s), good);
    store_figures figures;
    store_figures_read(s, &figures);
    assert_int_equal(figures.jobs, JOBS + 1);
    assert_true(figures.commits < JOBS); /* they were committed in groups */
    assert_true(figures.largest_batch <= STORE_BATCH_MAX);
    store_close(s);
    char wraps[300];
    snprintf(wraps, sizeof wraps, "%s-wraps", ((const test_place *)*state)->db);
    assert_int_equal(test_place_int(wraps, "SELECT count(*) FROM wraps"), good);
}

static void a_word_that_is_there_is_a_conflict(void **state)
{
    store *s = open_at(*state);
    put_one(s, 7);
    int64_t n = 7;
    assert_int_equal(store_write_now(s, put_n, &n), HK_CONFLICT);
    assert_int_equal(words_in(s), 1);
    store_close(s);
}

static hk_err answer_nobody(void *ctx, store_db *db)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &WORDS, CHILD));
    store_bind_int(&c, *(int64_t *)ctx);
    store_bind_int(&c, 424242); /* a word that is not there: SQLite would only notice at COMMIT */
    return store_finish(&c);
}

static void a_debt_that_commit_would_refuse_undoes_its_own_job_only(void **state)
{
    store *s = open_at(*state);
    tried good = {.job = {.run = run_tried, .done = note_tried}, .n = 1};
    assert_int_equal(store_write(s, &good.job), HK_OK);
    int64_t n = 1;
    assert_int_equal(store_write_now(s, answer_nobody, &n), HK_CONFLICT);
    assert_int_equal(good.result, HK_OK);
    assert_int_equal(words_in(s), 1);
    store_close(s);
}

/* A job whose one write is its last; what it answers behind it is t->answer. */
static hk_err run_last(store_job *job, store_db *db)
{
    tried *t = (tried *)job;
    STORE_CURSOR(c);
    HK_TRY(store_run_last(&c, db, &WORDS, PUT));
    store_bind_int(&c, t->n);
    store_bind_slice(&c, HK_LIT("words"));
    HK_TRY(store_finish(&c));
    return t->answer;
}

static void a_last_write_that_fails_undoes_itself_and_nobody_else(void **state)
{
    store *s = open_at(*state);
    enum { JOBS = 60 };
    static tried jobs[JOBS];
    for (int i = 0; i < JOBS; i++) {
        bool is_there = i % 6 == 5; /* the word of the job before */
        jobs[i] = (tried){.job = {.run = i % 2 ? run_last : run_tried, .done = note_tried},
                          .n = is_there ? i : i + 1};
        assert_int_equal(store_write(s, &jobs[i].job), HK_OK);
    }
    assert_int_equal(store_write_now(s, nothing, NULL), HK_OK);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(jobs[i].result, i % 6 == 5 ? HK_CONFLICT : HK_OK);
    assert_int_equal(words_in(s), JOBS - JOBS / 6);
    store_close(s);
}

static void what_fails_behind_its_last_write_is_not_kept_and_nobody_is_told_a_lie(void **state)
{
    store *s = open_at(*state);
    enum { JOBS = 60, FAILS = 30 };
    static tried jobs[JOBS];
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (tried){.job = {.run = run_last, .done = note_tried},
                          .n = i + 1,
                          .answer = i == FAILS ? HK_REFUSED : HK_OK};
        assert_int_equal(store_write(s, &jobs[i].job), HK_OK);
    }
    assert_int_equal(store_write_now(s, nothing, NULL), HK_OK);
    int64_t kept = 0;
    for (int i = 0; i < JOBS; i++) {
        bool expected =
            i == FAILS ? jobs[i].result == HK_REFUSED : jobs[i].result == HK_OK || jobs[i].result == HK_STORE;
        assert_true(expected);
        kept += jobs[i].result == HK_OK;
    }
    assert_int_equal(words_in(s), kept);
    put_one(s, FAILS + 1); /* its word is free */
    store_close(s);
}

typedef struct gate {
    store_job job;
    pthread_mutex_t lock;
} gate;

static hk_err wait_at_gate(store_job *job, store_db *db)
{
    gate *g = (gate *)job;
    pthread_mutex_lock(&g->lock);
    pthread_mutex_unlock(&g->lock);
    return put(db, PUT, 1);
}

static void forget(store_job *job, hk_err result)
{
    (void)job;
    (void)result;
}

static void a_queue_that_is_full_says_so_and_recovers(void **state)
{
    store *s = open_at(*state);
    static gate g = {.job = {.run = wait_at_gate, .done = forget}, .lock = PTHREAD_MUTEX_INITIALIZER};
    static tried jobs[STORE_QUEUE_MAX + STORE_BATCH_MAX + 1];
    pthread_mutex_lock(&g.lock);
    assert_int_equal(store_write(s, &g.job), HK_OK);
    size_t taken = 0;
    hk_err err = HK_OK;
    for (; err == HK_OK && taken < HK_COUNT(jobs); taken += err == HK_OK) {
        jobs[taken] = (tried){.job = {.run = run_tried, .done = note_tried}, .n = (int64_t)taken + 2};
        err = store_write(s, &jobs[taken].job);
    }
    assert_int_equal(err, HK_BUSY);
    assert_true(taken >= STORE_QUEUE_MAX - 1);
    pthread_mutex_unlock(&g.lock);
    store_close(s); /* finishes what is queued */
    s = open_at(*state);
    assert_int_equal(words_in(s), (int64_t)taken + 1);
    store_close(s);
}

static hk_err read_inside_a_write(void *ctx, store_db *db)
{
    HK_TRY(put(db, PUT, 50));
    HK_TRY(ask(db, COUNT, ctx)); /* sees its own word */
    return put(db, PUT_WRAP, 50);
}

static void a_job_sees_its_own_changes_and_readers_see_the_last_commit(void **state)
{
    store *s = open_at(*state);
    int64_t seen = 0;
    assert_int_equal(store_write_now(s, read_inside_a_write, &seen), HK_OK);
    assert_int_equal(seen, 1);
    assert_int_equal(words_in(s), 1);
    store_close(s);
}

static hk_err look_at_columns(void *ctx, store_db *db)
{
    (void)ctx;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &WORDS, PUT));
    store_bind_int(&c, 1);
    store_bind_slice(&c, (hk_slice){NULL, 0}); /* empty, not NULL */
    HK_TRY(store_finish(&c));
    assert_int_equal(store_changed(db), 1);
    HK_TRY(store_run(&c, db, &WORDS, PUT));
    store_bind_int(&c, 2);
    store_bind_null(&c);
    assert_int_equal(store_finish(&c), HK_STORE); /* NOT NULL: our bug, nobody was first */
    HK_TRY(store_run(&c, db, &WORDS, PUT));
    store_bind_int(&c, 3);
    store_bind_slice(&c, HK_LIT("\0\1\2"));
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, db, &WORDS, GET));
    store_bind_int(&c, 3);
    bool row;
    HK_TRY(store_next(&c, &row));
    assert_true(row);
    uint8_t three[3], four[4];
    assert_int_equal(store_slice_into(&c, 0, four, 4), HK_STORE);
    HK_TRY(store_slice_into(&c, 0, three, 3));
    assert_memory_equal(three, "\0\1\2", 3);
    hk_arena arena;
    hk_arena_init(&arena, 1000);
    hk_slice copy;
    HK_TRY(store_copy(&c, 0, &arena, &copy));
    store_cursor_end(&c);
    assert_true(hk_slice_eq(copy, HK_LIT("\0\1\2")));
    hk_arena_done(&arena);
    HK_TRY(store_run(&c, db, &WORDS, GET));
    store_bind_int(&c, 1);
    HK_TRY(store_next(&c, &row));
    assert_false(store_is_null(&c, 0));
    assert_int_equal(store_slice(&c, 0).n, 0);
    return HK_OK;
}

static void bytes_come_back_as_they_went_in(void **state)
{
    store *s = open_at(*state);
    assert_int_equal(store_write_now(s, look_at_columns, NULL), HK_OK);
    store_close(s);
}

/* ---- Care */

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
    assert_int_equal(store_write_now(s, read_inside_a_write, &seen), HK_OK);
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
    assert_int_equal(store_write_now(s, read_inside_a_write, &seen), HK_OK);
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
        HERE(a_statement_on_a_table_that_was_not_declared_stops_the_start),
        HERE(a_table_that_may_be_read_may_not_be_written),
        HERE(sql_that_only_sqlite_takes_stops_the_start),
        HERE(sql_that_both_take_is_taken),
        HERE(two_statements_in_one_are_refused),
        HERE(a_second_process_cannot_serve_the_same_database),
        HERE(another_programs_database_is_not_touched),
        HERE(wraps_without_their_database_or_of_another_are_refused),
        HERE(a_failing_job_leaves_the_others_alone_and_nothing_of_itself),
        HERE(a_word_that_is_there_is_a_conflict),
        HERE(a_last_write_that_fails_undoes_itself_and_nobody_else),
        HERE(what_fails_behind_its_last_write_is_not_kept_and_nobody_is_told_a_lie),
        HERE(a_debt_that_commit_would_refuse_undoes_its_own_job_only),
        HERE(a_queue_that_is_full_says_so_and_recovers),
        HERE(a_job_sees_its_own_changes_and_readers_see_the_last_commit),
        HERE(bytes_come_back_as_they_went_in),
        HERE(a_backup_taken_while_serving_restores_with_a_new_epoch),
        HERE(the_epoch_stays_over_a_restart),
        HERE(a_damaged_or_foreign_file_is_not_restored),
        HERE(an_older_wraps_file_under_a_newer_database_is_refused),
        HERE(beside_the_server_one_may_look_and_copy_but_not_write),
        HERE(deleted_words_are_gone_from_the_files_after_a_scrub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
