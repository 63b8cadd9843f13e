/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * kill -9: a child appends through the store as fast as it can and tells over a pipe what was acknowledged;
 * the parent kills it at a random moment, opens the files and looks whether all of it is there, once and in
 * order. The next child sends again whatever was not acknowledged, as a client would.
 *
 *     store_killed [--cycles 20] [--seed 1] [--no-dedup] [--expect-faults]
 *
 * Prints one line of JSON. Exit 0: as expected; 1: not; 2: a wrong call. --no-dedup breaks the ledger on
 * purpose; with --expect-faults the harness must catch that, or a broken copy of the store: --cycles is then
 * how many kills it may take at most, since chance decides where one falls. A killed process does not take
 * the kernel's memory with it, so this finds nothing about syncs: power_loss does.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/crash/disk_log.h"
#include "store/crash/ledger.h"

#define AUTHORS        8
#define WINDOW         48 /* entries on their way at once */
#define CYCLES_A_PLACE 25 /* then a new, empty place: making one is cut off, too */
#define EARLY          4 /* one child in so many dies whatever it has done: opening, making tables, recovering */
#define LIFE_MS_MAX    150 /* of such a child */
#define ACKED_MAX      300 /* the others die after 1 to so many acknowledgements, however slow the machine is, */
#define AFTER_US_MAX   20000 /* and up to so much later */
#define PATIENCE_MS    60000
#define ACKED_A_CYCLE  20 /* the least a meaningful run acknowledges on average */

typedef struct acked {
    int64_t author, seq;
} acked;

/* ---- The child */

typedef struct child {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int waiting;
    ledger_entry *free_entries; /* linked by job.next */
} child;

static void tell(store_job *job, hk_err result)
{
    ledger_entry *e = (ledger_entry *)job;
    child *c = e->owner;
    const acked a = {e->author, e->seq};
    if (result == HK_OK && write(STDOUT_FILENO, &a, sizeof a) != (ssize_t)sizeof a)
        _exit(1); /* the parent is gone */
    if (result != HK_OK)
        _exit(4); /* nothing here fails on a healthy disk */
    pthread_mutex_lock(&c->lock);
    e->job.next = c->free_entries ? &c->free_entries->job : NULL;
    c->free_entries = e;
    c->waiting--;
    pthread_cond_signal(&c->answered);
    pthread_mutex_unlock(&c->lock);
}

static ledger_entry *free_entry(child *c)
{
    pthread_mutex_lock(&c->lock);
    while (!c->free_entries)
        pthread_cond_wait(&c->answered, &c->lock);
    ledger_entry *e = c->free_entries;
    c->free_entries = (ledger_entry *)e->job.next;
    c->waiting++;
    pthread_mutex_unlock(&c->lock);
    return e;
}

static int live_until_killed(const char *path, char *from[AUTHORS], bool dedup)
{
    store_options o = {.path = path, .rooms = LEDGER_ROOMS, .readers = 1, .wal_pages = 400};
    store *s = NULL;
    if (store_open(&o, &s) != HK_OK) {
        (void)fprintf(stderr, "store_killed: %s\n", store_open_problem());
        return 3;
    }
    static ledger_entry entries[WINDOW];
    child c = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    for (int i = 0; i < WINDOW; i++) {
        entries[i].owner = &c;
        entries[i].job.next = c.free_entries ? &c.free_entries->job : NULL;
        c.free_entries = &entries[i];
    }
    int64_t seq[AUTHORS];
    for (int a = 0; a < AUTHORS; a++)
        seq[a] = strtoll(from[a], NULL, 10);
    for (int a = 0;; a = (a + 1) % AUTHORS) {
        ledger_entry *e = free_entry(&c);
        ledger_prepare(e, a, ++seq[a], dedup);
        e->job.done = tell;
        hk_err err = store_write(s, &e->job);
        assert(err == HK_OK); /* the window is far below the queue */
    }
}

/* ---- The parent */

typedef struct tally {
    bool until_caught; /* broken on purpose: done once that is seen */
    int64_t cycles, acknowledged, cycles_with_faults, refused_starts;
    ledger_findings found;
} tally;

static bool means_something(const tally *t)
{
    return t->acknowledged >= t->cycles * ACKED_A_CYCLE;
}

static bool is_done(const tally *t)
{
    return t->until_caught && t->cycles_with_faults > 0 && means_something(t);
}

static pid_t start_child(const char *self, const char *path, const int64_t from[AUTHORS], bool dedup,
                         int *ret_pipe)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    char numbers[AUTHORS][24];
    char *args[AUTHORS + 5] = {strdup(self), strdup("--child"), strdup(dedup ? "dedup" : "twice"),
                               strdup(path)};
    for (int a = 0; a < AUTHORS; a++) {
        (void)snprintf(numbers[a], sizeof numbers[a], "%lld", (long long)from[a]); /* fits */
        args[4 + a] = numbers[a];
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        execv("/proc/self/exe", args);
        _exit(5);
    }
    (void)close(ends[1]); /* the child has its own */
    for (int i = 0; i < 4; i++)
        free(args[i]);
    *ret_pipe = ends[0];
    return pid;
}

static void sleep_us(int64_t us)
{
    struct timespec t = {us / 1000000, (us % 1000000) * 1000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

typedef struct listening_end {
    int pipe_end;
    int64_t *acknowledged;
    _Atomic int64_t heard;
    atomic_bool over;
} listening_end;

/* Reads what the child says before it dies; a record cut in half was not said. */
static void *hear(void *arg)
{
    listening_end *l = arg;
    acked a;
    for (ssize_t n;
         (n = read(l->pipe_end, &a, sizeof a)) == (ssize_t)sizeof a || (n < 0 && errno == EINTR);) {
        if (n < 0)
            continue;
        if (a.seq > l->acknowledged[a.author])
            l->acknowledged[a.author] = a.seq;
        l->heard++;
    }
    (void)close(l->pipe_end); /* read to its end */
    l->over = true;
    return NULL;
}

static void let_live(const listening_end *l, uint64_t *random)
{
    if (disk_random(random) % EARLY == 0) {
        sleep_us((int64_t)(disk_random(random) % (LIFE_MS_MAX * 1000)));
        return;
    }
    int64_t wanted = 1 + (int64_t)(disk_random(random) % ACKED_MAX);
    for (int64_t waited = 0; l->heard < wanted && !l->over && waited < PATIENCE_MS; waited++)
        sleep_us(1000);
    sleep_us((int64_t)(disk_random(random) % AFTER_US_MAX));
}

static bool one_cycle(const char *self, const char *path, int64_t acknowledged[static LEDGER_AUTHORS_MAX],
                      bool dedup, uint64_t *random, tally *ret)
{
    int end = -1;
    pid_t pid = start_child(self, path, acknowledged, dedup, &end);
    if (pid < 0)
        return false;
    listening_end l = {.pipe_end = end, .acknowledged = acknowledged};
    pthread_t ears;
    int rc = pthread_create(&ears, NULL, hear, &l);
    assert(rc == 0);
    let_live(&l, random);
    (void)kill(pid, SIGKILL); /* ours, and not waited for yet */
    int status = 0;
    (void)waitpid(pid, &status, 0);
    (void)pthread_join(ears, NULL);
    ret->acknowledged += l.heard;
    ret->cycles++;
    if (!WIFSIGNALED(status)) /* it left by itself: the store refused to start, or a job failed */
        ret->refused_starts++;
    return true;
}

/* A child may have been killed before it made its tables; then there is nothing to look at. */
static bool something_there(const char *path, const int64_t acknowledged[static LEDGER_AUTHORS_MAX])
{
    for (int a = 0; a < LEDGER_AUTHORS_MAX; a++)
        if (acknowledged[a])
            return true;
    store_options o = {.path = path, .rooms = LEDGER_ROOMS, .readers = 1};
    store *s = NULL;
    bool ok = store_open(&o, &s) == HK_OK;
    if (!ok)
        (void)fprintf(stderr, "store_killed: %s\n", store_open_problem());
    store_close(s);
    return ok;
}

static void remove_place(const char *folder)
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

static bool one_place(const char *self, int64_t cycles, bool dedup, uint64_t *random, tally *ret)
{
    const char *tmp = getenv("TMPDIR");
    char folder[128], path[160];
    (void)snprintf(folder, sizeof folder, "%s/hearken-killed-XXXXXX", tmp ? tmp : "/tmp"); /* short */
    if (!mkdtemp(folder))
        return false;
    (void)snprintf(path, sizeof path, "%s/db", folder); /* short */
    int64_t acknowledged[LEDGER_AUTHORS_MAX] = {0};
    bool ok = true;
    for (int64_t i = 0; i < cycles && ok && !is_done(ret); i++) {
        ok = one_cycle(self, path, acknowledged, dedup, random, ret);
        ledger_findings found = {0};
        if (something_there(path, acknowledged))
            ledger_check(path, acknowledged, &found);
        else
            found.damaged++;
        ret->cycles_with_faults += ledger_faults(&found) > 0;
        ret->found.lost += found.lost;
        ret->found.doubled += found.doubled;
        ret->found.disordered += found.disordered;
        ret->found.altered += found.altered;
        ret->found.unwrapped += found.unwrapped;
        ret->found.damaged += found.damaged;
        ret->found.entries += i == cycles - 1 || is_done(ret) ? found.entries : 0;
    }
    remove_place(folder);
    return ok;
}

static int judge(const tally *t, uint64_t seed)
{
    const ledger_findings *f = &t->found;
    printf(
        "{\"cycles\":%lld,\"cycles_with_faults\":%lld,\"acknowledged\":%lld,\"entries\":%lld,\"lost\":%lld,"
        "\"doubled\":%lld,\"disordered\":%lld,\"altered\":%lld,\"unwrapped\":%lld,\"damaged\":%lld,"
        "\"refused_starts\":%lld,\"seed\":%llu}\n",
        (long long)t->cycles, (long long)t->cycles_with_faults, (long long)t->acknowledged,
        (long long)f->entries, (long long)f->lost, (long long)f->doubled, (long long)f->disordered,
        (long long)f->altered, (long long)f->unwrapped, (long long)f->damaged, (long long)t->refused_starts,
        (unsigned long long)seed);
    if (!means_something(t)) {
        (void)fprintf(stderr, "store_killed: too little was acknowledged to mean anything\n");
        return 1;
    }
    bool clean = ledger_faults(f) == 0 && t->refused_starts == 0;
    return clean != t->until_caught ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 + AUTHORS && strcmp(argv[1], "--child") == 0)
        return live_until_killed(argv[3], argv + 4, strcmp(argv[2], "dedup") == 0);
    static const struct option OPTIONS[] = {{"cycles", required_argument, NULL, 'c'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"no-dedup", no_argument, NULL, 'd'},
                                            {"expect-faults", no_argument, NULL, 'x'},
                                            {NULL, 0, NULL, 0}};
    int64_t cycles = 20;
    uint64_t seed = 1;
    bool dedup = true;
    tally t = {0};
    for (int o; (o = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (o == 'c')
            cycles = strtoll(optarg, NULL, 10);
        else if (o == 's')
            seed = strtoull(optarg, NULL, 10);
        else if (o == 'd')
            dedup = false;
        else if (o == 'x')
            t.until_caught = true;
        else
            return 2;
    }
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 1;
    for (int64_t left = cycles; left > 0 && !is_done(&t); left -= CYCLES_A_PLACE)
        if (!one_place(argv[0], left < CYCLES_A_PLACE ? left : CYCLES_A_PLACE, dedup, &random, &t))
            return 1;
    return judge(&t, seed);
}
