/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Everything that can fail, failing at every k-th call: a full disk, an error of the disk, no memory.
 * Whatever happens, three things stay true: nothing is acknowledged that is not there, nothing hangs, and
 * when the trouble is over work goes on - or the process has stopped, where going on would be a lie
 * (problem.c).
 *
 * Each trial runs in a process of its own, because some of them must end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/crash/ledger.h"
#include "store/fault_vfs.h"
#include "store/inside.h"
#include "store/test_place.h"

#define ENTRIES       24 /* in three rounds with a checkpoint between */
#define LATER_ENTRIES 6  /* after the trouble is over */
#define HANGS_AFTER_S 30
#define LEFT_STOPPED  3 /* the child's exit: the store stopped the process */
#define LEFT_REFUSED  4 /* it did not open, and said so */

/* ---- The trouble */

typedef struct trouble {
    fault_kind kind;
    int code;           /* what the call answers */
    const char *ending; /* only files whose name ends so; NULL: all */
    int64_t from;       /* the first call that fails, counted from 1 */
    int64_t times;      /* and how many fail from there on */
    bool memory;        /* SQLite's allocations instead of its calls to the disk */
} trouble;

static trouble the_trouble; /* the child's; set before the store is opened */
static int64_t the_count;
static bool over;

static bool fails_now(void)
{
    int64_t n = __atomic_add_fetch(&the_count, 1, __ATOMIC_SEQ_CST);
    return !__atomic_load_n(&over, __ATOMIC_SEQ_CST) && n >= the_trouble.from &&
           n < the_trouble.from + the_trouble.times;
}

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = ending ? strlen(ending) : 0;
    return n >= m && strcmp(path + n - m, ending ? ending : "") == 0;
}

static int on_call(void *ctx, const fault_call *call)
{
    (void)ctx;
    if (the_trouble.memory || call->kind != the_trouble.kind || !ends_with(call->path, the_trouble.ending))
        return SQLITE_OK;
    return fails_now() ? the_trouble.code : SQLITE_OK;
}

static sqlite3_mem_methods real_memory;

static void *failing_malloc(int n)
{
    return fails_now() ? NULL : real_memory.xMalloc(n);
}

static void *failing_realloc(void *p, int n)
{
    return fails_now() ? NULL : real_memory.xRealloc(p, n);
}

static void make_memory_fail(void)
{
    (void)sqlite3_shutdown(); /* nothing is open in this process */
    int rc = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods failing = real_memory;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    if (rc != SQLITE_OK || sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK)
        _exit(9);
}

/* ---- One trial */

typedef struct shared {                       /* between the child and the test */
    int64_t calls;                            /* that could have failed: the loop over k ends here */
    int answers[ENTRIES + LATER_ENTRIES + 1]; /* by seq: 0 none, 1 acknowledged, 2 refused */
    bool closed;
} shared;

static shared *board;

static void stop(void *ctx, const char *what)
{
    (void)ctx;
    (void)what;
    board->calls = the_count;
    _exit(LEFT_STOPPED);
}

typedef struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int waiting;
} waiter;

static void note(store_job *job, hk_err result)
{
    ledger_entry *e = (ledger_entry *)job;
    waiter *w = e->owner;
    pthread_mutex_lock(&w->lock);
    board->answers[e->seq] = result == HK_OK ? 1 : 2;
    w->waiting--;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

/* Entries of one author each (author = seq): one that fails must not look like a gap of the others. */
static void append_round(store *s, waiter *w, ledger_entry *entries, int from, int n)
{
    for (int i = from; i < from + n; i++) {
        ledger_prepare(&entries[i], i, 1, true);
        entries[i].seq = i; /* a name for the board; the author has one entry */
        entries[i].job.done = note;
        entries[i].owner = w;
        pthread_mutex_lock(&w->lock);
        w->waiting++;
        pthread_mutex_unlock(&w->lock);
        if (store_write(s, &entries[i].job) != HK_OK)
            _exit(8);
    }
    pthread_mutex_lock(&w->lock);
    while (w->waiting)
        pthread_cond_wait(&w->answered, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static hk_err look(void *ctx, store_db *db)
{
    (void)ctx;
    (void)db;
    return HK_OK;
}

static int child(const char *path)
{
    alarm(HANGS_AFTER_S); /* ends the child by a signal: that is a failure */
    over = true;          /* not yet */
    if (the_trouble.memory)
        make_memory_fail();
    fault_vfs_install("failing", on_call, NULL);
    the_count = 0;
    over = false;
    store_options o = {.path = path,
                       .rooms = LEDGER_ROOMS,
                       .readers = 1,
                       .vfs = "failing",
                       .wal_pages = 20,
                       .on_fatal = stop};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK) {
        board->calls = the_count;
        return store_open_problem()[0] ? LEFT_REFUSED : 9;
    }
    static ledger_entry entries[ENTRIES + LATER_ENTRIES + 1];
    waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    for (int round = 0; round < 3; round++) {
        append_round(s, &w, entries, 1 + round * ENTRIES / 3, ENTRIES / 3);
        (void)store_scrub(s);                /* may fail: it only tidies */
        (void)store_read_now(s, look, NULL); /* may fail: it must only come back */
    }
    board->calls = the_count;
    __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
    append_round(s, &w, entries, 1 + ENTRIES, LATER_ENTRIES);
    store_close(s);
    board->closed = true;
    return 0;
}

/* ---- The look at what is left */

static void remove_files(const char *path)
{
    static const char *const ENDINGS[] = {"",       "-wal",       "-shm",       "-journal",      "-lock",
                                          "-wraps", "-wraps-wal", "-wraps-shm", "-wraps-journal"};
    for (size_t i = 0; i < HK_COUNT(ENDINGS); i++) {
        char name[300];
        snprintf(name, sizeof name, "%s%s", path, ENDINGS[i]);
        unlink(name);
    }
}

static bool is_there(sqlite3 *file, int author)
{
    sqlite3_stmt *stmt = NULL;
    bool there =
        sqlite3_prepare_v2(file, "SELECT 1 FROM ledger WHERE author = ?", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_bind_int(stmt, 1, author) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return there;
}

typedef struct tally {
    int trials, stopped, refused, troubled; /* troubled: some entry was refused, and work went on */
    int64_t acknowledged;
} tally;

static void look_at_trial(const char *path, int left, tally *t)
{
    store_options o = {.path = path, .rooms = LEDGER_ROOMS, .readers = 1};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK) /* whatever happened, the next start works */
        fail_msg("after trouble at call %lld: %s", (long long)the_trouble.from, store_open_problem());
    assert_int_equal(store_check(s), HK_OK);
    store_close(s);
    sqlite3 *file = NULL;
    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    bool some_refused = false;
    for (int i = 1; i <= ENTRIES + LATER_ENTRIES; i++) {
        if (board->answers[i] == 1 && !is_there(file, i))
            fail_msg("entry %d was acknowledged and is lost (trouble at call %lld)", i,
                     (long long)the_trouble.from);
        if (board->answers[i] == 2 && left == 0 && is_there(file, i))
            fail_msg("entry %d was refused and is there (trouble at call %lld)", i,
                     (long long)the_trouble.from);
        some_refused |= board->answers[i] == 2;
        t->acknowledged += board->answers[i] == 1;
    }
    for (int i = ENTRIES + 1; left == 0 && i <= ENTRIES + LATER_ENTRIES; i++)
        if (board->answers[i] != 1)
            fail_msg("work did not go on after trouble at call %lld", (long long)the_trouble.from);
    sqlite3_close(file);
    t->troubled += left == 0 && some_refused;
}

static void one_trial(const char *path, tally *t)
{
    remove_files(path);
    memset(board, 0, sizeof *board);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child(path));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status))
        fail_msg("trouble at call %lld ended the process with signal %d", (long long)the_trouble.from,
                 WTERMSIG(status));
    int left = WEXITSTATUS(status);
    if (left != 0 && left != LEFT_STOPPED && left != LEFT_REFUSED)
        fail_msg("trouble at call %lld: the child left with %d", (long long)the_trouble.from, left);
    t->trials++;
    t->stopped += left == LEFT_STOPPED;
    t->refused += left == LEFT_REFUSED;
    look_at_trial(path, left, t);
}

/* Every k-th call; HEARKEN_LONG=1 takes every single one, the short form some forty of them. */
static tally at_every_call(const test_place *place, trouble kind)
{
    tally t = {0};
    the_trouble = kind;
    the_trouble.from = INT64_MAX / 2; /* a first trial without trouble, to count */
    one_trial(place->db, &t);
    assert_int_equal(t.stopped + t.refused + t.troubled, 0);
    int64_t calls = board->calls, step = getenv("HEARKEN_LONG") ? 1 : calls / 40 + 1;
    assert_true(calls > 0);
    for (int64_t k = 1; k <= calls; k += step) {
        the_trouble.from = k;
        one_trial(place->db, &t);
    }
    print_message("%s: %lld calls, %d trials: %d stopped the process, %d did not open, %d went on; %lld "
                  "acknowledged\n",
                  kind.memory ? "memory" : sqlite3_errstr(kind.code), (long long)calls, t.trials, t.stopped,
                  t.refused, t.troubled, (long long)t.acknowledged);
    assert_true(t.acknowledged >= ENTRIES + LATER_ENTRIES); /* a test that did nothing has shown nothing */
    return t;
}

static void a_disk_that_is_full_for_a_moment_refuses_and_goes_on(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_WRITE, .code = SQLITE_FULL, .times = 1});
    assert_int_equal(t.stopped, 0);
    assert_true(t.troubled > 0);
}

static void a_disk_that_stays_full_refuses_until_there_is_space(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_WRITE, .code = SQLITE_FULL, .times = 10000});
    assert_int_equal(t.stopped, 0);
    assert_true(t.troubled > 0);
}

static void a_write_error_stops_the_process(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_WRITE, .code = SQLITE_IOERR_WRITE, .times = 1});
    assert_true(t.stopped > 0);
    assert_int_equal(t.troubled, 0);
}

static void a_failed_sync_stops_the_process_wherever_it_is(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_SYNC, .code = SQLITE_IOERR_FSYNC, .times = 1});
    assert_true(t.stopped > 0);
    assert_int_equal(t.troubled, 0);
}

static void a_read_error_fails_what_needed_the_bytes(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_READ, .code = SQLITE_IOERR_READ, .times = 1});
    assert_true(t.trials > 5);
}

static void a_truncation_error_stops_or_waits(void **state)
{
    (void)at_every_call(*state, (trouble){.kind = FAULT_TRUNCATE, .code = SQLITE_IOERR_TRUNCATE, .times = 1});
}

static void no_room_for_the_shared_index_is_a_full_disk(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_SHM, .code = SQLITE_IOERR_SHMSIZE, .times = 1});
    assert_int_equal(t.stopped, 0);
}

static void a_file_that_cannot_be_opened_refuses_the_start(void **state)
{
    tally t = at_every_call(*state, (trouble){.kind = FAULT_OPEN, .code = SQLITE_CANTOPEN, .times = 1});
    assert_true(t.refused > 0);
}

static void an_allocation_that_fails_once_costs_at_most_its_own_work(void **state)
{
    tally t = at_every_call(*state, (trouble){.memory = true, .times = 1});
    assert_int_equal(t.stopped, 0);
    assert_true(t.refused > 0);
}

static void memory_that_stays_short_refuses_until_there_is_some(void **state)
{
    tally t = at_every_call(*state, (trouble){.memory = true, .times = 400});
    assert_int_equal(t.stopped, 0);
    assert_true(t.refused > 0);
}

static int make_place_and_board(void **state)
{
    if (!board)
        board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return board == MAP_FAILED ? -1 : test_place_make(state);
}

int main(void)
{
#define HERE(name) cmocka_unit_test_setup_teardown(name, make_place_and_board, test_place_remove)
    const struct CMUnitTest tests[] = {
        HERE(a_disk_that_is_full_for_a_moment_refuses_and_goes_on),
        HERE(a_disk_that_stays_full_refuses_until_there_is_space),
        HERE(a_write_error_stops_the_process),
        HERE(a_failed_sync_stops_the_process_wherever_it_is),
        HERE(a_read_error_fails_what_needed_the_bytes),
        HERE(a_truncation_error_stops_or_waits),
        HERE(no_room_for_the_shared_index_is_a_full_disk),
        HERE(a_file_that_cannot_be_opened_refuses_the_start),
        HERE(an_allocation_that_fails_once_costs_at_most_its_own_work),
        HERE(memory_that_stays_short_refuses_until_there_is_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
