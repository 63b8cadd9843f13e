/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The database, opened our way: SQLite in WAL with synchronous=FULL, one writer thread with adaptive group
 * commit, readers beside it, named statements prepared at start, and nothing acknowledged before it is on the
 * disk.
 *
 * A feature declares its room once:
 *
 *     enum { CONV_HEAD, CONV_INSERT };
 *     static const store_statement STATEMENTS[] = {
 *         [CONV_HEAD]   = {"conv_head",   "SELECT head FROM conversations WHERE conversation = ?"},
 *         [CONV_INSERT] = {"conv_insert", "INSERT INTO messages (...) VALUES (?, ?, ?)"},
 *     };
 *     const store_room CONVERSATIONS_ROOM = {
 *         .name = "conversations", .migrations = MIGRATIONS, .migration_count = ...,
 *         .writes = (const char *const[]){"conversations", "messages", NULL},
 *         .reads = (const char *const[]){"accounts", NULL},
 *         .statements = STATEMENTS, .statement_count = HK_COUNT(STATEMENTS)};
 *
 * A statement that touches any other table fails at start (SQLite's authorizer), and so does SQL that
 * PostgreSQL would not take: no rowid, no INSERT OR REPLACE (use ON CONFLICT), `?` parameters only, the
 * functions listed in authorizer.c. Flags are 0 and 1. Migrations are translated by three words: BLOB is
 * BYTEA, INTEGER is BIGINT, STRICT is left out. A foreign key to another room's table needs that table in
 * `reads`; no ON DELETE CASCADE reaches across rooms.
 *
 * Running one, straight down (the cursor cleans itself):
 *
 *     STORE_CURSOR(c);
 *     HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, CONV_HEAD));
 *     store_bind_slice(&c, HK_ID_SLICE(conversation));
 *     bool row;
 *     HK_TRY(store_next(&c, &row));
 *     if (!row) return HK_NOT_THERE;
 *     head = store_int(&c, 0);
 *
 * Errors: HK_CONFLICT a uniqueness, check or foreign-key constraint said no; HK_NO_MEMORY; HK_STORE anything
 * else of the database's, a full disk too. Each leaves the request's own changes undone when run() returns
 * it. An I/O error of a COMMIT ends the process (store_options.on_fatal): a retried fsync can lie
 * (problem.c).
 *
 * In a reader's job only statements that read may run, and no statement may run inside itself: both are bugs
 * of ours and assert.
 */
#ifndef HK_STORE_STORE_H
#define HK_STORE_STORE_H

#include "base/arena.h"

typedef struct store store;       /* the whole database; server lifetime; safe from any thread */
typedef struct store_db store_db; /* one connection, inside one job on one thread; borrowed */

typedef struct store_statement {
    const char *name;
    const char *sql;
    bool in_wraps; /* runs in the second file, which holds only epoch-key wraps */
} store_statement;

typedef struct store_migration {
    int version; /* from 1, dense, forward only; never edited after a release */
    const char *sql;
    bool in_wraps;
} store_migration;

typedef struct store_room {
    const char *name;
    const store_migration *migrations;
    size_t migration_count;
    const char *const *writes; /* tables, NULL-terminated; writing includes reading */
    const char *const *reads;  /* other rooms' tables it may read, NULL-terminated, or NULL */
    const store_statement *statements;
    size_t statement_count;
} store_room;

typedef struct store_options {
    const char *path;               /* the database file; its wraps stand beside it in PATH-wraps */
    const store_room *const *rooms; /* NULL-terminated, in migration order */
    int readers;                    /* reader threads, 1 to STORE_READERS_MAX */
    int wal_pages;                  /* begin to empty the WAL at so many pages of 4 KiB; 0: 4,000 */
    const char *vfs;                /* an SQLite VFS by name, for power-loss tests; NULL: the default */
    bool trust_file_system;         /* skip the network-file-system refusal (tests only) */
    bool beside;                    /* read only, beside the process that serves: backup and check by hand */
    void (*on_fatal)(void *ctx, const char *what); /* called instead of abort() when set; must not return */
    void *on_fatal_ctx;
    /* Called on a thread of the store behind the last done() of a transaction, or of a reader's job: the
     * moment to wake whoever was answered, once for all of them. NULL: nobody. */
    void (*answered)(void *ctx);
    void *answered_ctx;
} store_options;

#define STORE_READERS_MAX 8
#define STORE_BATCH_MAX   256  /* jobs in one transaction: beyond it batches gain nothing (architecture.md) */
#define STORE_QUEUE_MAX   8192 /* jobs waiting for the writer; one more is HK_BUSY */

hk_err store_open(const store_options *options, store **ret);
void store_close(store *s); /* finishes what is queued, checkpoints, closes; NULL is fine */
/* A random number drawn when the database was made and again at every restore: clients compare it. */
int64_t store_epoch(const store *s);
/* Words a person can act on for the last failed store_open on this thread ("... is on a network file
 * system"). */
const char *store_open_problem(void);

/* ---- Jobs
 *
 * run() is called on the writer (or a reader) thread inside an open transaction; an error undoes this job
 * alone. done() is called on the same thread after COMMIT with run's answer, or with HK_STORE if the commit
 * failed. The job's memory belongs to the caller and must live until done() was called. */
typedef struct store_job store_job;
struct store_job {
    hk_err (*run)(store_job *job, store_db *db);
    void (*done)(store_job *job, hk_err result);
    store_job *next; /* the queue's */
    hk_err result;   /* the store's */
};

hk_err store_write(store *s, store_job *job); /* queue for the writer; HK_BUSY when full or closing */
hk_err store_read(store *s, store_job *job);  /* queue for a reader: sees the last commit */
/* Run now and wait for the commit: for start-up, command lines and tests; never on the loop's thread. */
hk_err store_write_now(store *s, hk_err (*run)(void *ctx, store_db *db), void *ctx);
hk_err store_read_now(store *s, hk_err (*run)(void *ctx, store_db *db), void *ctx);

/* ---- Statements */
typedef struct store_cursor {
    store_db *db;
    void *stmt;
    int bound;
    hk_err problem;
    bool done, last;
} store_cursor;

#define STORE_CURSOR(name) store_cursor name __attribute__((cleanup(store_cursor_end))) = {0}

hk_err store_run(store_cursor *c, store_db *db, const store_room *room, size_t statement);
/* For the job's last write, when nothing that could fail comes after it. A failed statement undoes itself, so
 * such a job needs no savepoint, which costs as much as the statement: SQLite copies every page that the job
 * changes. Were the job to fail after it all the same, its whole batch would be taken back and answered
 * HK_STORE. */
hk_err store_run_last(store_cursor *c, store_db *db, const store_room *room, size_t statement);
void store_cursor_end(
    store_cursor *c); /* resets the statement; also before running another in the same cursor */
/* Bind the next parameter, in order. A failed bind is reported by store_next. */
void store_bind_int(store_cursor *c, int64_t v);
void store_bind_slice(store_cursor *c, hk_slice bytes); /* BLOB; borrowed until store_cursor_end */
void store_bind_text(store_cursor *c, hk_slice text);
void store_bind_null(store_cursor *c);
hk_err store_next(store_cursor *c, bool *ret_row);
hk_err store_finish(store_cursor *c); /* for statements without rows; HK_CONFLICT from constraints */
int64_t store_int(store_cursor *c, int column);
bool store_is_null(store_cursor *c, int column);
hk_slice store_slice(store_cursor *c, int column); /* borrowed until the next store_next */
hk_err store_slice_into(store_cursor *c, int column, uint8_t *ret,
                        size_t n); /* HK_STORE unless exactly n bytes */
hk_err store_copy(store_cursor *c, int column, hk_arena *arena, hk_slice *ret);
int64_t store_changed(store_db *db); /* rows changed by the last finished statement */

/* ---- Care */
hk_err store_backup(store *s, const char *to_path, void (*progress)(void *ctx, int64_t done, int64_t total),
                    void *ctx);
/* Put a backup in the place of a database that no process has open; draws a new epoch. What stood there is
 * kept beside it as PATH-before-restore. Words in store_open_problem, as after the backup and the check. */
hk_err store_restore(const char *from_path, const char *to_path);
hk_err store_check(store *s); /* PRAGMA quick_check and foreign keys of both files */
/* Remove deleted bytes from the files as far as SQLite can: secure_delete is always on, this truncates the
 * WAL. */
hk_err store_scrub(store *s);

typedef struct store_figures {
    int64_t commits, jobs, largest_batch, commit_us_total, queue_depth, wal_bytes,
        db_bytes; /* since the start */
} store_figures;
void store_figures_read(store *s, store_figures *ret);

#endif
