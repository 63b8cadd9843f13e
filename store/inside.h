/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of this folder share among themselves; nobody else includes it.
 *
 * The database is two SQLite files: MAIN (PATH) and WRAPS (PATH-wraps). They do not commit together over a
 * power cut, so WRAPS always commits, and is synced, first: an entry without its wraps cannot exist, wraps
 * without an entry may.
 */
#ifndef HK_STORE_INSIDE_H
#define HK_STORE_INSIDE_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/store.h"

enum { STORE_MAIN, STORE_WRAPS, STORE_FILES };

#define STORE_ROOMS_MAX      64
#define STORE_STATEMENTS_MAX 4096 /* of one room */
#define STORE_PATH_MAX       1024 /* with every ending we add */
#define STORE_WAL_PAGES      4000 /* 16 MiB */
#define STORE_BUSY_MS        5000 /* how long we wait for somebody else's lock on the files */

/* Statements that steer a transaction, prepared once for each file of each connection. */
enum { STEER_BEGIN, STEER_COMMIT, STEER_ROLLBACK, STEER_SAVE, STEER_RELEASE, STEER_UNDO, STEER_COUNT };

struct store_db {
    store *s;
    sqlite3 *file[STORE_FILES];
    sqlite3_stmt *steer[STORE_FILES][STEER_COUNT];
    sqlite3_stmt **statements; /* every room's, in the order of the rooms; NULL: it writes and we only read */
    bool begun[STORE_FILES];   /* a transaction is open */
    bool saved[STORE_FILES];   /* the present job's savepoint is open */
    bool written_last;         /* the present job has done its last write */
    bool lost; /* SQLite gave up the whole transaction: nothing more may run until it is ended */
    bool writes;
    int64_t changed;
    int64_t wraps_changes_before; /* rows changed in WRAPS when its transaction began */
    int wal_frames[STORE_FILES];  /* as the last commit told us */
};

typedef struct store_queue {
    pthread_mutex_t lock;
    pthread_cond_t work;
    store_job *first, *last;
    int64_t depth;
    bool closing;
} store_queue;

typedef struct store_reader {
    store_db db;
    pthread_t thread;
    bool running;
} store_reader;

struct store {
    char path[STORE_FILES][STORE_PATH_MAX];
    const char *vfs;
    const store_room *const *rooms;
    size_t room_count;
    size_t first_statement[STORE_ROOMS_MAX + 1];
    bool beside; /* read only, beside the process that serves */
    bool has_wraps;
    int lock_fd;
    int64_t epoch;
    void (*on_fatal)(void *ctx, const char *what);
    void *on_fatal_ctx;
    void (*answered)(void *ctx);
    void *answered_ctx;

    store_queue writing;
    store_db writer;
    pthread_t writer_thread;
    bool writer_running;
    int64_t scrubs_asked, scrubs_done; /* under writing.lock */
    hk_err scrub_result;
    pthread_cond_t scrubbed;
    store_figures figures; /* under writing.lock */
    int wal_pages;
    int checkpointed_frames[STORE_FILES];

    store_queue reading;
    store_reader readers[STORE_READERS_MAX];
    int reader_count;
};

/* problem.c: words for the person who starts the program, and what an SQLite code means for us. */
hk_err store_say(hk_err err, const char *format, ...) __attribute__((format(printf, 2, 3)));
hk_err store_err(int sqlite_code);
bool store_stops_process(int sqlite_code, bool at_commit);
void store_fatal(store *s, const char *what, int sqlite_code);

/* files.c: paths, the file system, the lock, one connection with our pragmas. */
hk_err store_paths(const char *path, char ret_paths[STORE_FILES][STORE_PATH_MAX]);
void store_restoring_name(const char *path,
                          char ret[STORE_PATH_MAX]); /* stands while a restore is not over */
bool store_is_network_fs(int64_t magic, const char **ret_name);
hk_err store_file_system_check(const char *path);
hk_err store_lock(const char *path, int *ret_fd);
void store_unlock(int fd);
bool store_file_is_there(const char *path);
hk_err store_directory_sync(const char *path);
typedef enum { STORE_AS_WRITER, STORE_AS_READER } store_as;
hk_err store_connect(const char *path, const char *vfs, store_as as, sqlite3 **ret);
hk_err store_exec(sqlite3 *file, const char *sql);
hk_err store_ask_int(sqlite3 *file, const char *sql, int64_t *ret);

/* migrate.c: our own two tables, the epoch, the rooms' migrations. */
hk_err store_draw_number(int64_t *ret); /* random, 1 to HK_INT_MAX */
hk_err store_migrate(store *s, sqlite3 *main_file, sqlite3 *wraps_file);
hk_err store_facts_read(store *s, sqlite3 *main_file, sqlite3 *wraps_file);
hk_err store_fact_set(sqlite3 *file, const char *name, int64_t value);
hk_err store_fact(sqlite3 *file, const char *name, int64_t *ret);

/* authorizer.c and portable.c: what a room's SQL may touch, and which SQL we write. */
typedef struct store_warrant {
    const store_room *room;
    bool migrating;
    char refused[160]; /* "reads table accounts, ..." */
} store_warrant;
void store_authorize(sqlite3 *file, store_warrant *warrant);
void store_authorize_end(sqlite3 *file);
/* The first thing in sql that PostgreSQL would not take, in words; NULL when there is none. */
const char *store_unportable(const char *sql, bool migrating);

/* statements.c */
hk_err store_db_open(store *s, store_as as, store_db *ret);
void store_db_close(store_db *db);
hk_err store_db_begin(store_db *db, int file); /* its transaction, if it is not open */
/* An error can make SQLite give up the whole transaction; what runs next would then stand alone, outside of
 * any. */
void store_notice_loss(store_db *db);
int store_steer(store_db *db, int file, int what);

/* writer.c, readers.c, checkpoint.c */
hk_err store_queue_init(store_queue *q);
void store_queue_done(store_queue *q);
void store_queue_close(store_queue *q);
hk_err store_queue_push(store_queue *q, store_job *job);
store_job *store_queue_pop_locked(store_queue *q);
void store_say_answered(const store *s); /* behind the last done() of some jobs */
hk_err store_writer_start(store *s);
void store_writer_stop(store *s);
hk_err store_readers_start(store *s, int count);
void store_readers_stop(store *s);
void store_checkpoint_busy(store *s); /* after a group commit: keeps the WAL bounded */
void store_checkpoint_idle(store *s); /* nothing to do for a while: empties the WAL */
hk_err store_checkpoint_all(store *s);
bool store_wal_is_empty(const store *s);

#endif
