/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Jobs: what one leaves behind, to the others and to itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "store/test_words.h"

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

static void a_job_sees_its_own_changes_and_readers_see_the_last_commit(void **state)
{
    store *s = open_at(*state);
    int64_t seen = 0;
    assert_int_equal(store_write_now(s, put_and_wrap, &seen), HK_OK);
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

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, test_place_make, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_failing_job_leaves_the_others_alone_and_nothing_of_itself),
        HERE(a_word_that_is_there_is_a_conflict),
        HERE(a_last_write_that_fails_undoes_itself_and_nobody_else),
        HERE(what_fails_behind_its_last_write_is_not_kept_and_nobody_is_told_a_lie),
        HERE(a_debt_that_commit_would_refuse_undoes_its_own_job_only),
        HERE(a_queue_that_is_full_says_so_and_recovers),
        HERE(a_job_sees_its_own_changes_and_readers_see_the_last_commit),
        HERE(bytes_come_back_as_they_went_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
