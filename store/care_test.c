/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Backups taken in the middle of everything, and restores that are killed half-way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/crash/ledger.h"
#include "store/inside.h"
#include "store/test_place.h"

#define WINDOW 32

static store *open_at(const char *path)
{
    store_options o = {.path = path, .rooms = LEDGER_ROOMS, .readers = 1, .wal_pages = 100};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK)
        fail_msg("%s", store_open_problem());
    return s;
}

/* ---- A flood that does not end until it is told to */

typedef struct flood {
    store *s;
    pthread_mutex_t lock;
    pthread_cond_t over;
    int waiting;
    bool stop;
    int64_t seq; /* the last one sent; one author */
    ledger_entry entries[WINDOW];
} flood;

static void send_next(flood *f, ledger_entry *e)
{
    ledger_prepare(e, 1, ++f->seq, true);
    if (store_write(f->s, &e->job) != HK_OK)
        abort();
}

static void again(store_job *job, hk_err result)
{
    ledger_entry *e = (ledger_entry *)job;
    flood *f = e->owner;
    if (result != HK_OK)
        abort();
    pthread_mutex_lock(&f->lock);
    if (f->stop) {
        f->waiting--;
        pthread_cond_signal(&f->over);
    } else {
        send_next(f, e);
    }
    pthread_mutex_unlock(&f->lock);
}

static void flood_start(flood *f, store *s, int64_t after)
{
    *f = (flood){.s = s,
                 .lock = PTHREAD_MUTEX_INITIALIZER,
                 .over = PTHREAD_COND_INITIALIZER,
                 .waiting = WINDOW,
                 .seq = after};
    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < WINDOW; i++) {
        f->entries[i].job.done = again;
        f->entries[i].owner = f;
        send_next(f, &f->entries[i]);
    }
    pthread_mutex_unlock(&f->lock);
}

static int64_t flood_stop(flood *f)
{
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    while (f->waiting)
        pthread_cond_wait(&f->over, &f->lock);
    pthread_mutex_unlock(&f->lock);
    return f->seq;
}

static void sleep_us(long us)
{
    const struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

/* Until so many entries are committed, whatever else the machine does: at most a window of those sent is not.
 */
static void flood_reaches(flood *f, int64_t entries)
{
    for (bool there = false; !there; sleep_us(1000)) {
        pthread_mutex_lock(&f->lock);
        there = f->seq - WINDOW >= entries;
        pthread_mutex_unlock(&f->lock);
    }
}

static void a_backup_under_a_flood_is_one_moment_with_every_wrap(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place->db);
    static flood f;
    flood_start(&f, s, 0);
    int64_t before = 0;
    for (int i = 0; i < 5; i++) {
        char copy[300];
        snprintf(copy, sizeof copy, "%s/copy%d", place->folder, i);
        flood_reaches(&f, before + 1);
        assert_int_equal(store_backup(s, copy, NULL, NULL), HK_OK);
        int64_t nothing_promised[LEDGER_AUTHORS_MAX] = {0};
        ledger_findings found = {0};
        ledger_check(copy, nothing_promised, &found);
        assert_int_equal(ledger_faults(&found), 0);
        assert_true(found.entries > before); /* each later than the one before */
        before = found.entries;
    }
    int64_t all[LEDGER_AUTHORS_MAX] = {[1] = flood_stop(&f)};
    store_close(s);
    ledger_findings found = {0};
    ledger_check(place->db, all, &found);
    assert_int_equal(ledger_faults(&found), 0);
    assert_int_equal(found.entries, all[1]);
}

static void the_wal_stays_bounded_under_a_flood(void **state)
{
    const test_place *place = *state;
    store *s = open_at(place->db);
    static flood f;
    flood_start(&f, s, 0);
    int64_t highest = 0;
    for (int i = 0; i < 60; i++) {
        flood_reaches(&f, (int64_t)10 * i);
        sleep_us(10000);
        store_figures figures;
        store_figures_read(s, &figures);
        if (figures.wal_bytes > highest)
            highest = figures.wal_bytes;
    }
    (void)flood_stop(&f);
    store_close(s);
    /* Both files: four times 100 pages, and what one more batch may add. */
    assert_true(highest < (int64_t)2 * (4 * 100 + 400) * 4200);
}

/* ---- Restores that are killed */

static int64_t entries_in(const char *path)
{
    return test_place_int(path, "SELECT count(*) FROM ledger");
}

/* Appends to what is there: one author, so the count is the last number. */
static void append_some(const char *path, int n)
{
    store *s = open_at(path);
    static flood f;
    int64_t there = entries_in(path);
    flood_start(&f, s, there);
    flood_reaches(&f, there + n);
    (void)flood_stop(&f);
    store_close(s);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static hk_err try_open(const char *path)
{
    store_options o = {.path = path, .rooms = LEDGER_ROOMS, .readers = 1};
    store *s = NULL;
    hk_err err = store_open(&o, &s);
    store_close(s);
    return err;
}

static void a_restore_that_is_killed_leaves_the_old_place_the_new_one_or_a_clear_refusal(void **state)
{
    const test_place *place = *state;
    char copy[300], aside[320], aside_wraps[320];
    snprintf(copy, sizeof copy, "%s/copy", place->folder);
    snprintf(aside, sizeof aside, "%s-before-restore", place->db);
    snprintf(aside_wraps, sizeof aside_wraps, "%s-wraps-before-restore", place->db);
    append_some(place->db, 200);
    store *s = open_at(place->db);
    assert_int_equal(store_backup(s, copy, NULL, NULL), HK_OK);
    store_close(s);
    int64_t backed_up = entries_in(copy), began = now_us();
    assert_int_equal(store_restore(copy, place->db), HK_OK);
    int64_t takes_us = now_us() - began;
    int killed = 0, refused = 0;
    for (int trial = 0; trial < 40; trial++) {
        append_some(place->db, 20);
        int64_t now = entries_in(place->db);
        assert_true(now > backed_up);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            _exit(store_restore(copy, place->db) == HK_OK ? 0 : 1);
        sleep_us((long)(takes_us * trial / 16));
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status);
        if (try_open(place->db) == HK_OK) {
            int64_t there = entries_in(place->db);
            assert_true(there == now || there == backed_up);
        } else {
            refused++;
            assert_non_null(strstr(store_open_problem(), "was cut off: run it again"));
        }
        assert_int_equal(store_restore(copy, place->db), HK_OK); /* again, and whole */
        assert_int_equal(entries_in(place->db), backed_up);
        assert_true(store_file_is_there(aside) && store_file_is_there(aside_wraps));
        int64_t promised[LEDGER_AUTHORS_MAX] = {[1] = backed_up};
        ledger_findings found = {0};
        ledger_check(place->db, promised, &found);
        assert_int_equal(ledger_faults(&found), 0);
    }
    print_message("%d of 40 restores were killed, %d left a place that refuses to start\n", killed, refused);
    assert_true(killed > 5);
}

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, test_place_make, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_backup_under_a_flood_is_one_moment_with_every_wrap),
        HERE(the_wal_stays_bounded_under_a_flood),
        HERE(a_restore_that_is_killed_leaves_the_old_place_the_new_one_or_a_clear_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
