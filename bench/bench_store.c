/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What this machine's disk allows, and how much of it the store gives: all figures from one run, so that they
 * can be compared.
 *
 *     bench_store [--seconds 3] [--producers 50] [--window 4] [--folder DIR]
 *
 *     disk.fsync_per_s            4 KiB appended and synced, one after the other
 *     sqlite.rows_per_s           the floor: SQLite alone, WAL and FULL, 128 rows a transaction, nothing
 * looked up store.rows_per_s            the same rows through store_write by so many producers, each with
 * `window` on their way; acknowledged after COMMIT store.p50_us, p99_us        from store_write to done()
 *
 * Rows are messages of 200 bytes of text: 513 sealed bytes and the columns of a log entry.
 */
#include <assert.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

#define SEALED_BYTES  513
#define HASH_BYTES    32
#define FLOOR_BATCH   128
#define SAMPLES_MAX   4000000
#define PRODUCERS_MAX 1000
#define WINDOW_MAX    64

#define TABLE                                                                                                \
    "CREATE TABLE entries (entry INTEGER PRIMARY KEY, conv INTEGER NOT NULL, position INTEGER NOT NULL,"     \
    " kind INTEGER NOT NULL, stream INTEGER, n INTEGER, at_ms INTEGER NOT NULL, entry_hash BLOB NOT NULL,"   \
    " hash BLOB NOT NULL, sealed_bytes BLOB) STRICT;"                                                        \
    "CREATE UNIQUE INDEX entries_by_position ON entries (conv, position);"                                   \
    "CREATE UNIQUE INDEX entries_by_stream ON entries (stream, n)"
#define INSERT                                                                                               \
    "INSERT INTO entries (conv, position, kind, stream, n, at_ms, entry_hash, hash, sealed_bytes) "          \
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

static const uint8_t NOTHING[SEALED_BYTES]; /* SQLite writes zeros as slowly as anything else */

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* a valid clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    (void)fprintf(stderr, "bench_store: %s\n", what);
    exit(1);
}

/* ---- The disk */

static double fsyncs_per_s(const char *folder, int64_t seconds)
{
    char path[300];
    static uint8_t page[4096];
    (void)snprintf(path, sizeof path, "%s/raw", folder); /* short */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        die("no file to sync");
    int64_t n = 0, began = now_us();
    while (now_us() - began < seconds * 1000000) {
        if (pwrite(fd, page, sizeof page, n % 4096 * (int64_t)sizeof page) != (ssize_t)sizeof page ||
            fdatasync(fd) != 0)
            die("the disk does not sync");
        n++;
    }
    double rate = (double)n * 1e6 / (double)(now_us() - began);
    (void)close(fd); /* synced, and thrown away */
    (void)unlink(path);
    return rate;
}

/* ---- SQLite alone */

static void sql(sqlite3 *file, const char *words)
{
    if (sqlite3_exec(file, words, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(file));
}

static void insert_row(sqlite3_stmt *stmt, int64_t conv, int64_t n)
{
    const int64_t ints[] = {conv, n, 1, conv, n, 1790000000000 + n};
    bool ok = true;
    for (int i = 0; i < 6; i++)
        ok &= sqlite3_bind_int64(stmt, i + 1, ints[i]) == SQLITE_OK;
    ok &= sqlite3_bind_blob(stmt, 7, NOTHING, HASH_BYTES, SQLITE_STATIC) == SQLITE_OK;
    ok &= sqlite3_bind_blob(stmt, 8, NOTHING, HASH_BYTES, SQLITE_STATIC) == SQLITE_OK;
    ok &= sqlite3_bind_blob(stmt, 9, NOTHING, SEALED_BYTES, SQLITE_STATIC) == SQLITE_OK;
    if (!ok || sqlite3_step(stmt) != SQLITE_DONE || sqlite3_reset(stmt) != SQLITE_OK)
        die("SQLite does not take a row");
}

static double floor_rows_per_s(const char *folder, int64_t seconds, int producers)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/floor", folder); /* short */
    sqlite3 *file;
    sqlite3_stmt *stmt;
    if (sqlite3_open(path, &file) != SQLITE_OK)
        die("SQLite does not open");
    sql(file, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;" TABLE);
    if (sqlite3_prepare_v2(file, INSERT, -1, &stmt, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(file));
    int64_t rows = 0, began = now_us();
    while (now_us() - began < seconds * 1000000) {
        sql(file, "BEGIN IMMEDIATE");
        for (int i = 0; i < FLOOR_BATCH; i++, rows++)
            insert_row(stmt, rows % producers, rows / producers + 1);
        sql(file, "COMMIT");
    }
    double rate = (double)rows * 1e6 / (double)(now_us() - began);
    (void)sqlite3_finalize(stmt); /* done with it */
    (void)sqlite3_close(file);
    return rate;
}

/* ---- The store */

enum { HEAD, APPEND };
static const store_statement STATEMENTS[] = {
    [HEAD] = {"head", "SELECT coalesce(max(position), 0) FROM entries WHERE conv = ?"},
    [APPEND] = {"append", INSERT},
};
static const store_migration MIGRATIONS[] = {{1, TABLE}};
static const char *const TABLES[] = {"entries", NULL};
static const store_room ROOM = {.name = "bench",
                                .migrations = MIGRATIONS,
                                .migration_count = 1,
                                .writes = TABLES,
                                .statements = STATEMENTS,
                                .statement_count = HK_COUNT(STATEMENTS)};
static const store_room *const ROOMS[] = {&ROOM, NULL};

typedef struct producer producer;

typedef struct sent_row {
    store_job job;
    producer *from;
    int64_t at_us;
} sent_row;

struct producer {
    store *s;
    int64_t conv, until_us;
    sent_row rows[WINDOW_MAX];
};

typedef struct bench { /* the writer's thread only, after the start */
    int64_t rows;
    int32_t *samples;
    int waiting;
    pthread_mutex_t lock;
    pthread_cond_t over;
} bench;

static bench the_bench = {.lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER};

static hk_err append(store_job *job, store_db *db)
{
    sent_row *row = (sent_row *)job;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ROOM, HEAD));
    store_bind_int(&c, row->from->conv);
    bool there;
    HK_TRY(store_next(&c, &there));
    int64_t position = store_int(&c, 0) + 1;
    HK_TRY(store_run(&c, db, &ROOM, APPEND));
    const int64_t ints[] = {row->from->conv, position, 1,
                            row->from->conv, position, 1790000000000 + position};
    for (int i = 0; i < 6; i++)
        store_bind_int(&c, ints[i]);
    store_bind_slice(&c, hk_slice_of(NOTHING, HASH_BYTES));
    store_bind_slice(&c, hk_slice_of(NOTHING, HASH_BYTES));
    store_bind_slice(&c, hk_slice_of(NOTHING, SEALED_BYTES));
    return store_finish(&c);
}

static void send_row(sent_row *row)
{
    row->at_us = now_us();
    if (store_write(row->from->s, &row->job) != HK_OK)
        die("the queue is full");
}

/* An acknowledgement frees a place in its producer's window, and the producer sends the next. */
static void acknowledged(store_job *job, hk_err result)
{
    sent_row *row = (sent_row *)job;
    bench *b = &the_bench;
    int64_t now = now_us();
    if (result != HK_OK)
        die("a row was not stored");
    if (b->rows < SAMPLES_MAX)
        b->samples[b->rows] = (int32_t)(now - row->at_us);
    b->rows++;
    if (now < row->from->until_us) {
        send_row(row);
        return;
    }
    pthread_mutex_lock(&b->lock);
    if (--b->waiting == 0)
        pthread_cond_signal(&b->over);
    pthread_mutex_unlock(&b->lock);
}

static int by_value(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void through_the_store(const char *folder, int64_t seconds, int producers, int window)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/store", folder); /* short */
    store_options o = {.path = path, .rooms = ROOMS, .readers = 1};
    store *s;
    if (store_open(&o, &s) != HK_OK)
        die(store_open_problem());
    bench *b = &the_bench;
    b->samples = calloc(SAMPLES_MAX, sizeof *b->samples);
    producer *all = calloc((size_t)producers, sizeof *all);
    if (!b->samples || !all)
        die("no memory");
    b->waiting = producers * window;
    int64_t began = now_us();
    for (int p = 0; p < producers; p++) {
        all[p] = (producer){.s = s, .conv = p + 1, .until_us = began + seconds * 1000000};
        for (int w = 0; w < window; w++) {
            all[p].rows[w] = (sent_row){.job = {.run = append, .done = acknowledged}, .from = &all[p]};
            send_row(&all[p].rows[w]);
        }
    }
    pthread_mutex_lock(&b->lock);
    while (b->waiting)
        pthread_cond_wait(&b->over, &b->lock);
    pthread_mutex_unlock(&b->lock);
    double rate = (double)b->rows * 1e6 / (double)(now_us() - began);
    store_figures figures;
    store_figures_read(s, &figures);
    size_t n = (size_t)(b->rows < SAMPLES_MAX ? b->rows : SAMPLES_MAX);
    qsort(b->samples, n, sizeof *b->samples, by_value);
    printf("\"store\":{\"producers\":%d,\"window\":%d,\"rows_per_s\":%.0f,\"p50_us\":%d,\"p99_us\":%d,"
           "\"commits\":%lld,\"mean_batch\":%.1f,\"largest_batch\":%lld,\"wal_bytes\":%lld}",
           producers, window, rate, b->samples[n / 2], b->samples[n * 99 / 100], (long long)figures.commits,
           (double)figures.jobs / (double)figures.commits, (long long)figures.largest_batch,
           (long long)figures.wal_bytes);
    store_close(s);
    free(b->samples);
    free(all);
}

static void remove_all(const char *folder)
{
    static const char *const NAMES[] = {"floor",     "floor-wal", "floor-shm", "store",
                                        "store-wal", "store-shm", "store-lock"};
    for (size_t i = 0; i < HK_COUNT(NAMES); i++) {
        char path[300];
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]); /* short */
        (void)unlink(path);                                           /* some are gone already */
    }
    (void)rmdir(folder); /* ours and empty */
}

static int64_t number(const char *text, int64_t max)
{
    int64_t n = strtoll(text, NULL, 10);
    if (n < 1 || n > max)
        die("a number is out of its range");
    return n;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"seconds", required_argument, NULL, 's'},
                                            {"producers", required_argument, NULL, 'p'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"folder", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    int64_t seconds = 3, producers = 50, window = 4;
    const char *under = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    for (int o; (o = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (o == 's')
            seconds = number(optarg, 60);
        else if (o == 'p')
            producers = number(optarg, PRODUCERS_MAX);
        else if (o == 'w')
            window = number(optarg, WINDOW_MAX);
        else if (o == 'f')
            under = optarg;
        else
            return 2;
    }
    char folder[200];
    (void)snprintf(folder, sizeof folder, "%s/hearken-bench-XXXXXX", under); /* mkdtemp says if it was cut */
    if (!mkdtemp(folder))
        die("no folder to work in");
    printf("{\"disk\":{\"fsync_per_s\":%.0f},", fsyncs_per_s(folder, 1));
    printf("\"sqlite\":{\"batch\":%d,\"rows_per_s\":%.0f},", FLOOR_BATCH,
           floor_rows_per_s(folder, seconds, (int)producers));
    through_the_store(folder, seconds, (int)producers, (int)window);
    printf("}\n");
    remove_all(folder);
    return 0;
}
