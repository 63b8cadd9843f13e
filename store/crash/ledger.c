/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/crash/ledger.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { HEAD, FIND, APPEND, WRAP };
static const store_statement STATEMENTS[] = {
    [HEAD] = {"head", "SELECT coalesce(max(position), 0) FROM ledger"},
    [FIND] = {"find", "SELECT position FROM ledger WHERE author = ? AND seq = ?"},
    [APPEND] = {"append", "INSERT INTO ledger (position, author, seq, body) VALUES (?, ?, ?, ?)"},
    [WRAP] = {"wrap",
              "INSERT INTO ledger_wraps (position, seq) VALUES (?, ?) "
              "ON CONFLICT (position) DO UPDATE SET seq = excluded.seq",
              .in_wraps = true},
};
static const store_migration MIGRATIONS[] = {
    {1, "CREATE TABLE ledger (position INTEGER NOT NULL PRIMARY KEY, author INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, body BLOB NOT NULL);"
        "CREATE INDEX ledger_author ON ledger (author, seq)"},
    {2, "CREATE TABLE ledger_wraps (position INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL)",
     .in_wraps = true},
};
static const char *const TABLES[] = {"ledger", "ledger_wraps", NULL};
static const store_room LEDGER = {.name = "ledger",
                                  .migrations = MIGRATIONS,
                                  .migration_count = HK_COUNT(MIGRATIONS),
                                  .writes = TABLES,
                                  .statements = STATEMENTS,
                                  .statement_count = HK_COUNT(STATEMENTS)};
const store_room *const LEDGER_ROOMS[] = {&LEDGER, NULL};

/* The bytes an entry must have: different for each, the same whenever asked. */
static void body_of(int author, int64_t seq, uint8_t ret[static LEDGER_BODY_BYTES])
{
    uint64_t x = (uint64_t)author * 0x9e3779b97f4a7c15u + (uint64_t)seq;
    for (int i = 0; i < LEDGER_BODY_BYTES; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        ret[i] = (uint8_t)(x >> 24);
    }
}

static hk_err find(store_db *db, ledger_entry *e, bool *ret_there)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &LEDGER, FIND));
    store_bind_int(&c, e->author);
    store_bind_int(&c, e->seq);
    HK_TRY(store_next(&c, ret_there));
    if (*ret_there)
        e->position = store_int(&c, 0);
    return HK_OK;
}

static hk_err head(store_db *db, int64_t *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &LEDGER, HEAD));
    bool row;
    HK_TRY(store_next(&c, &row));
    *ret = store_int(&c, 0);
    return HK_OK;
}

static hk_err wrap(store_db *db, const ledger_entry *e)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &LEDGER, WRAP));
    store_bind_int(&c, e->position);
    store_bind_int(&c, e->seq);
    return store_finish(&c);
}

static hk_err append(store_job *job, store_db *db)
{
    ledger_entry *e = (ledger_entry *)job;
    bool there = false;
    if (e->dedup)
        HK_TRY(find(db, e, &there));
    if (there)
        return HK_OK;
    HK_TRY(head(db, &e->position));
    e->position++;
    uint8_t body[LEDGER_BODY_BYTES];
    body_of(e->author, e->seq, body);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &LEDGER, APPEND));
    store_bind_int(&c, e->position);
    store_bind_int(&c, e->author);
    store_bind_int(&c, e->seq);
    store_bind_slice(&c, hk_slice_of(body, sizeof body));
    HK_TRY(store_finish(&c));
    return e->seq % LEDGER_WRAP_EVERY == 0 ? wrap(db, e) : HK_OK;
}

void ledger_prepare(ledger_entry *e, int author, int64_t seq, bool dedup)
{
    e->job.run = append;
    e->author = author;
    e->seq = seq;
    e->dedup = dedup;
}

/* ---- Looking back */

static sqlite3 *open_plain(const char *path, const char *ending)
{
    char name[512];
    (void)snprintf(name, sizeof name, "%s%s", path, ending); /* harness paths are short */
    sqlite3 *file = NULL;
    if (sqlite3_open_v2(name, &file, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        (void)sqlite3_close(file); /* never used */
        return NULL;
    }
    return file;
}

static bool sound(sqlite3 *file)
{
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(file, "PRAGMA quick_check", -1, &stmt, NULL) == SQLITE_OK &&
              sqlite3_step(stmt) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    (void)sqlite3_finalize(stmt); /* the answer is what counts */
    return ok;
}

static bool wrapped(sqlite3_stmt *wraps, int64_t position, int64_t seq)
{
    (void)sqlite3_reset(wraps); /* from the row before */
    (void)sqlite3_bind_int64(wraps, 1, position);
    return sqlite3_step(wraps) == SQLITE_ROW && sqlite3_column_int64(wraps, 0) == seq;
}

/* Rows by position: positions count 1, 2, 3, ...; each author's numbers do the same among their own rows. */
static void walk(sqlite3_stmt *rows, sqlite3_stmt *wraps, int64_t last[static LEDGER_AUTHORS_MAX],
                 ledger_findings *ret)
{
    for (int64_t expected = 1; sqlite3_step(rows) == SQLITE_ROW; expected++) {
        int64_t position = sqlite3_column_int64(rows, 0), seq = sqlite3_column_int64(rows, 2);
        int author = sqlite3_column_int(rows, 1);
        uint8_t body[LEDGER_BODY_BYTES];
        ret->entries++;
        ret->disordered += position != expected;
        if (author < 0 || author >= LEDGER_AUTHORS_MAX) {
            ret->altered++;
            continue;
        }
        ret->doubled += seq <= last[author];
        ret->disordered += seq > last[author] + 1;
        if (seq > last[author])
            last[author] = seq;
        body_of(author, seq, body);
        ret->altered += sqlite3_column_bytes(rows, 3) != LEDGER_BODY_BYTES ||
                        memcmp(sqlite3_column_blob(rows, 3), body, LEDGER_BODY_BYTES) != 0;
        ret->unwrapped += seq % LEDGER_WRAP_EVERY == 0 && !wrapped(wraps, position, seq);
    }
}

void ledger_check(const char *path, const int64_t acknowledged[static LEDGER_AUTHORS_MAX],
                  ledger_findings *ret)
{
    sqlite3 *files[2] = {open_plain(path, ""), open_plain(path, "-wraps")};
    sqlite3_stmt *rows = NULL, *wraps = NULL;
    int64_t last[LEDGER_AUTHORS_MAX] = {0};
    bool ready =
        files[0] && files[1] && sound(files[0]) && sound(files[1]) &&
        sqlite3_prepare_v2(files[0], "SELECT position, author, seq, body FROM ledger ORDER BY position", -1,
                           &rows, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(files[1], "SELECT seq FROM ledger_wraps WHERE position = ?", -1, &wraps, NULL) ==
            SQLITE_OK;
    if (ready)
        walk(rows, wraps, last, ret);
    else
        ret->damaged++;
    for (int a = 0; a < LEDGER_AUTHORS_MAX; a++)
        if (acknowledged[a] > last[a])
            ret->lost += acknowledged[a] - last[a];
    (void)sqlite3_finalize(rows); /* looked at above */
    (void)sqlite3_finalize(wraps);
    for (int f = 0; f < 2; f++)
        (void)sqlite3_close(files[f]); /* nothing is prepared any more */
}

int64_t ledger_faults(const ledger_findings *f)
{
    return f->lost + f->doubled + f->disordered + f->altered + f->unwrapped + f->damaged;
}
