/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Power cuts: runs the store on a disk whose every write and sync is logged, then takes the power away at
 * random points of that log, lets the store open what a disk could hold, and looks whether every acknowledged
 * entry is there.
 *
 *     power_loss [--points 200] [--seed 1] [--expect-loss]
 *
 * Prints one line of JSON. Exit 0: as expected; 1: not; 2: a wrong call. --expect-loss turns the answer
 * round: the broken copies of the store must be caught. A run that acknowledged too little is a failure
 * either way.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/crash/disk_log.h"
#include "store/crash/ledger.h"

#define POINTS_A_RUN  200 /* then a fresh run of the store with other windows */
#define ENTRIES_A_RUN 1500
#define AUTHORS       5
#define WINDOW_MAX    48
#define WAL_PAGES     150 /* so that checkpoints and fresh starts of the WAL happen often */

typedef struct run {
    disk_log *log;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int waiting;
    int64_t refused;
} run;

/* ---- The run that is logged */

static void note(store_job *job, hk_err result)
{
    ledger_entry *e = (ledger_entry *)job;
    run *r = e->owner;
    if (result == HK_OK)
        disk_log_acknowledge(r->log, e->author, e->seq);
    pthread_mutex_lock(&r->lock);
    r->refused += result != HK_OK;
    r->waiting--;
    pthread_cond_signal(&r->answered);
    pthread_mutex_unlock(&r->lock);
    free(e);
}

static void wait_until(run *r, int waiting)
{
    pthread_mutex_lock(&r->lock);
    while (r->waiting > waiting)
        pthread_cond_wait(&r->answered, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

static store *open_here(const char *path)
{
    store_options o = {.path = path,
                       .rooms = LEDGER_ROOMS,
                       .readers = 1,
                       .vfs = "logged",
                       .wal_pages = WAL_PAGES,
                       .trust_file_system = true};
    store *s = NULL;
    return store_open(&o, &s) == HK_OK ? s : NULL;
}

static void append_entries(run *r, store *s, int64_t seqs[AUTHORS], int entries, uint64_t *random)
{
    int window = 1;
    for (int i = 0; i < entries; i++) {
        if (i % 50 == 0)
            window = 1 + (int)(disk_random(random) % WINDOW_MAX);
        wait_until(r, window - 1);
        int author = (int)(disk_random(random) % AUTHORS);
        ledger_entry *e = calloc(1, sizeof *e);
        assert(e);
        ledger_prepare(e, author, ++seqs[author], true);
        e->job.done = note;
        e->owner = r;
        pthread_mutex_lock(&r->lock);
        r->waiting++;
        pthread_mutex_unlock(&r->lock);
        hk_err err = store_write(s, &e->job);
        assert(err == HK_OK); /* the window is far below the queue */
        if (disk_random(random) % 200 == 0) {
            err = store_scrub(s);
            assert(err == HK_OK);
        }
    }
    wait_until(r, 0);
}

static void run_logged(run *r, const char *folder, uint64_t *random)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/db", folder); /* short */
    fault_vfs_install("logged", disk_log_hook, r->log);
    int64_t seqs[AUTHORS] = {0};
    for (int part = 0; part < 2; part++) { /* with a stop and a start between */
        store *s = open_here(path);
        if (!s) {
            (void)fprintf(stderr, "power_loss: %s\n", store_open_problem());
            exit(1);
        }
        append_entries(r, s, seqs, ENTRIES_A_RUN / 2, random);
        store_close(s);
    }
}

/* ---- The cuts */

static int let_all_pass(void *ctx, const fault_call *call)
{
    (void)ctx;
    (void)call;
    return SQLITE_OK;
}

static int by_size(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* A third of the cuts anywhere, a third right behind an acknowledgement, where a false one shows, and a third
 * before a sync, where most is still on its way. */
static void choose_points(disk_log *log, size_t points[], size_t n, uint64_t *random)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = disk_random(random) % disk_log_length(log);
        while (i % 3 == 1 && at < disk_log_length(log) && !disk_just_acknowledged(log, at))
            at++;
        while (i % 3 == 2 && at < disk_log_length(log) && !disk_about_to_sync(log, at))
            at++;
        points[i] = at;
    }
    qsort(points, n, sizeof points[0], by_size);
}

static void cut_and_look(const disk *d, const char *folder, uint64_t *random, ledger_findings *found,
                         disk_losses *losses)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/db", folder); /* short */
    disk_survive(d, folder, random, losses);
    store *s = open_here(path);
    if (!s) {
        (void)fprintf(stderr, "power_loss: after a cut: %s\n", store_open_problem());
        found->damaged++;
        return;
    }
    store_close(s);
    ledger_check(path, disk_acknowledged(d), found);
}

typedef struct tally {
    int64_t points, points_with_faults, acknowledged;
    ledger_findings found;
    disk_losses losses;
} tally;

static void cut_run(disk_log *log, const char *folder, size_t points, uint64_t *random, tally *ret)
{
    size_t at[POINTS_A_RUN];
    choose_points(log, at, points, random);
    fault_vfs_install("logged", let_all_pass, NULL);
    disk *d = disk_new(log);
    for (size_t i = 0; i < points; i++) {
        disk_advance(d, at[i]);
        ledger_findings found = ret->found;
        cut_and_look(d, folder, random, &ret->found, &ret->losses);
        ret->points++;
        ret->points_with_faults += ledger_faults(&ret->found) != ledger_faults(&found);
    }
    disk_advance(d, disk_log_length(log));
    for (int a = 0; a < AUTHORS; a++)
        ret->acknowledged += disk_acknowledged(d)[a];
    disk_free(d);
}

static void remove_folder(const char *folder)
{
    static const char *const NAMES[] = {"db",           "db-wal",       "db-shm",
                                        "db-journal",   "db-lock",      "db-wraps",
                                        "db-wraps-wal", "db-wraps-shm", "db-wraps-journal"};
    for (size_t i = 0; i < HK_COUNT(NAMES); i++) {
        char path[300];
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]); /* short */
        (void)unlink(path);                                           /* most are not there */
    }
    (void)rmdir(folder); /* what else stands there is not ours */
}

static void one_run(size_t points, uint64_t *random, tally *ret)
{
    const char *tmp = getenv("TMPDIR");
    char live[128], cut[128];
    (void)snprintf(live, sizeof live, "%s/hearken-power-XXXXXX", tmp ? tmp : "/tmp");
    (void)snprintf(cut, sizeof cut, "%s/hearken-power-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(live) || !mkdtemp(cut)) {
        (void)fprintf(stderr, "power_loss: no folder: %s\n", strerror(errno));
        exit(1);
    }
    run r = {.log = disk_log_new(), .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    run_logged(&r, live, random);
    cut_run(r.log, cut, points, random, ret);
    disk_log_free(r.log);
    remove_folder(live);
    remove_folder(cut);
}

static int judge(const tally *t, bool expect_loss, uint64_t seed)
{
    const ledger_findings *f = &t->found;
    printf("{\"points\":%lld,\"points_with_faults\":%lld,\"acknowledged\":%lld,\"entries_seen\":%lld,"
           "\"lost\":%lld,\"doubled\":%lld,\"disordered\":%lld,\"altered\":%lld,\"unwrapped\":%lld,"
           "\"damaged\":%lld,\"writes_dropped\":%lld,\"writes_torn\":%lld,\"writes_moved\":%lld,\"seed\":%"
           "llu}\n",
           (long long)t->points, (long long)t->points_with_faults, (long long)t->acknowledged,
           (long long)f->entries, (long long)f->lost, (long long)f->doubled, (long long)f->disordered,
           (long long)f->altered, (long long)f->unwrapped, (long long)f->damaged,
           (long long)t->losses.dropped, (long long)t->losses.torn, (long long)t->losses.moved,
           (unsigned long long)seed);
    int64_t runs = (t->points + POINTS_A_RUN - 1) / POINTS_A_RUN;
    if (t->acknowledged < runs * (ENTRIES_A_RUN - ENTRIES_A_RUN / 100) || f->entries < t->points * 50 ||
        t->losses.dropped < t->points / 2 || t->losses.torn < t->points / 10) {
        (void)fprintf(stderr, "power_loss: too little was done to mean anything\n");
        return 1;
    }
    if (expect_loss)
        return ledger_faults(f) > 0 ? 0 : 1;
    return ledger_faults(f) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"points", required_argument, NULL, 'p'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"expect-loss", no_argument, NULL, 'x'},
                                            {NULL, 0, NULL, 0}};
    size_t points = POINTS_A_RUN;
    uint64_t seed = 1;
    bool expect_loss = false;
    for (int o; (o = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (o == 'p')
            points = strtoul(optarg, NULL, 10);
        else if (o == 's')
            seed = strtoull(optarg, NULL, 10);
        else if (o == 'x')
            expect_loss = true;
        else
            return 2;
    }
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 1;
    tally t = {0};
    for (size_t left = points; left > 0;) {
        size_t now = left < POINTS_A_RUN ? left : POINTS_A_RUN;
        one_run(now, &random, &t);
        left -= now;
    }
    return judge(&t, expect_loss, seed);
}
