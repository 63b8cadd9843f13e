/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Looking after the files: online backup, restore with a new epoch, and the check.
 *
 * A backup is taken from one snapshot of MAIN and then one of WRAPS, in this order: WRAPS may be ahead of
 * MAIN, never behind. Files are written under another name, synced and renamed at the end, so that half a
 * backup is never taken for a whole one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"

#define BACKUP_PAGES_A_STEP 256 /* 1 MiB, then progress is told */

/* ---- Copying */

typedef struct telling {
    void (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
    int64_t before, of; /* pages of the files already copied; pages of both */
} telling;

static hk_err copy_pages(sqlite3 *from, sqlite3 *to, telling *t)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b)
        return store_say(HK_STORE, "the copy cannot begin: %s", sqlite3_errmsg(to));
    int rc = SQLITE_OK, pages = 0;
    while (rc == SQLITE_OK) {
        rc = sqlite3_backup_step(b, BACKUP_PAGES_A_STEP);
        pages = sqlite3_backup_pagecount(b);
        if (t->progress)
            t->progress(t->ctx, t->before + pages - sqlite3_backup_remaining(b), t->of);
    }
    t->before += pages;
    int finished = sqlite3_backup_finish(b);
    if (rc != SQLITE_DONE || finished != SQLITE_OK)
        return store_say(store_err(rc == SQLITE_DONE ? finished : rc) == HK_NO_MEMORY ? HK_NO_MEMORY
                                                                                      : HK_STORE,
                         "the copy failed: %s", sqlite3_errstr(rc == SQLITE_DONE ? finished : rc));
    return HK_OK;
}

static void remove_all(const char *path)
{
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < HK_COUNT(ENDINGS); i++) {
        char name[STORE_PATH_MAX];
        if (snprintf(name, sizeof name, "%s%s", path, ENDINGS[i]) < (int)sizeof name)
            (void)unlink(name); /* most of them are not there */
    }
}

static hk_err sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return store_say(HK_STORE, "%s cannot be opened: %s", path, strerror(errno));
    int rc = fsync(fd);
    (void)close(fd); /* read only */
    return rc == 0 ? HK_OK : store_say(HK_STORE, "%s cannot be synced: %s", path, strerror(errno));
}

/* A plain file, outside of WAL, from what `from` sees in its open read transaction. */
static hk_err copy_to_file(sqlite3 *from, const char *to_path, telling *t)
{
    remove_all(to_path);
    sqlite3 *to = NULL;
    int rc =
        sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    hk_err err = rc == SQLITE_OK ? HK_OK : store_say(HK_STORE, "%s cannot be made", to_path);
    if (err == HK_OK)
        err = copy_pages(from, to, t);
    if (err == HK_OK)
        err = store_exec(to, "PRAGMA journal_mode=DELETE");
    (void)sqlite3_close(to); /* nothing is prepared on it */
    if (err == HK_OK)
        err = sync_file(to_path);
    if (err != HK_OK)
        remove_all(to_path);
    return err;
}

static hk_err rename_file(const char *from, const char *to)
{
    if (rename(from, to) != 0)
        return store_say(HK_STORE, "%s cannot be renamed: %s", from, strerror(errno));
    return HK_OK;
}

/* ---- Backup */

/* Copies what stands at from[] into part files beside to[], then renames them, wraps first. */
static hk_err copy_both(sqlite3 *const from[STORE_FILES], char to[STORE_FILES][STORE_PATH_MAX], telling *t,
                        hk_err (*before_rename)(char part[STORE_FILES][STORE_PATH_MAX], void *ctx), void *ctx)
{
    char part[STORE_FILES][STORE_PATH_MAX];
    for (int f = 0; f < STORE_FILES; f++)
        (void)snprintf(part[f], sizeof part[f], "%s-part", to[f]); /* store_paths left room */
    hk_err err = HK_OK;
    for (int f = 0; f < STORE_FILES && err == HK_OK; f++)
        if (from[f])
            err = copy_to_file(from[f], part[f], t);
    if (err == HK_OK && before_rename)
        err = before_rename(part, ctx);
    for (int f = STORE_FILES - 1; f >= 0 && err == HK_OK; f--)
        if (from[f])
            err = rename_file(part[f], to[f]);
    if (err == HK_OK)
        err = store_directory_sync(to[STORE_MAIN]);
    for (int f = 0; f < STORE_FILES; f++)
        if (err != HK_OK)
            remove_all(part[f]);
    return err;
}

/* A read transaction that is held: the copy sees one moment, whatever the writer does meanwhile. */
static hk_err hold_snapshot(sqlite3 *file, int64_t *ret_pages)
{
    int64_t tables;
    HK_TRY(store_exec(file, "BEGIN"));
    HK_TRY(store_ask_int(file, "SELECT count(*) FROM sqlite_master", &tables));
    int64_t pages = 0;
    HK_TRY(store_ask_int(file, "PRAGMA page_count", &pages));
    *ret_pages += pages;
    return HK_OK;
}

static void close_both(sqlite3 *file[STORE_FILES])
{
    for (int f = 0; f < STORE_FILES; f++)
        (void)sqlite3_close(file[f]); /* ends its snapshot; nothing is prepared */
}

hk_err store_backup(store *s, const char *to_path, void (*progress)(void *ctx, int64_t done, int64_t total),
                    void *ctx)
{
    char to[STORE_FILES][STORE_PATH_MAX];
    HK_TRY(store_paths(to_path, to));
    for (int f = 0; f < STORE_FILES; f++)
        if (store_file_is_there(to[f]))
            return store_say(HK_CONFLICT, "%s is there already; a backup never writes over another", to[f]);
    sqlite3 *from[STORE_FILES] = {0};
    telling t = {.progress = progress, .ctx = ctx};
    hk_err err = HK_OK;
    for (int f = 0; f < (s->has_wraps ? STORE_FILES : 1) && err == HK_OK; f++) {
        err = store_connect(s->path[f], s->vfs, STORE_AS_READER, &from[f]);
        if (err == HK_OK)
            err = hold_snapshot(from[f], &t.of);
    }
    if (err == HK_OK)
        err = copy_both(from, to, &t, NULL, NULL);
    close_both(from);
    return err;
}

/* ---- Restore */

static hk_err new_epoch(const char *path)
{
    sqlite3 *file = NULL;
    int64_t epoch;
    HK_TRY(store_draw_number(&epoch));
    int rc = sqlite3_open_v2(path, &file, SQLITE_OPEN_READWRITE, NULL);
    hk_err err = rc == SQLITE_OK ? store_fact_set(file, "epoch", epoch)
                                 : store_say(HK_STORE, "%s cannot be opened", path);
    (void)sqlite3_close(file); /* nothing is prepared on it */
    return err == HK_OK ? sync_file(path) : err;
}

static hk_err sound(sqlite3 *file)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(file, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    bool ok = rc == SQLITE_ROW && hk_slice_eq_z(hk_slice_z((const char *)sqlite3_column_text(stmt, 0)), "ok");
    (void)sqlite3_finalize(stmt); /* repeats the error already seen */
    if (!ok)
        return store_say(HK_STORE, "the file is damaged");
    rc = sqlite3_prepare_v2(file, "PRAGMA foreign_key_check", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt); /* likewise */
    return rc == SQLITE_DONE ? HK_OK : store_say(HK_STORE, "rows point to rows that are not there");
}

static hk_err open_backup(const char *path, sqlite3 **ret)
{
    int rc = sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return store_say(HK_NOT_THERE, "%s cannot be opened", path);
    HK_TRY(sound(*ret));
    int64_t pair;
    if (store_fact(*ret, "pair", &pair) != HK_OK)
        return store_say(HK_BAD, "%s is not a backup of this program", path);
    return HK_OK;
}

/* ---- Making room for a restored database */

static void aside_name(char ret[STORE_PATH_MAX], const char *path)
{
    (void)snprintf(ret, STORE_PATH_MAX, "%s-before-restore", path); /* store_paths left room */
}

/* Everything in its WAL is moved into the file first, because a WAL must not be taken for the restored
 * file's. */
static hk_err put_aside(const char *path)
{
    char aside[STORE_PATH_MAX];
    aside_name(aside, path);
    if (!store_file_is_there(path))
        return HK_OK;
    sqlite3 *file = NULL;
    int rc = sqlite3_open_v2(path, &file, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(file, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    (void)sqlite3_close(file); /* nothing is prepared; the last one out removes the WAL */
    (void)rc;                  /* a damaged database may be the very reason for the restore */
    HK_TRY(rename_file(path, aside));
    remove_all(path); /* a WAL that a damaged database left */
    return HK_OK;
}

/* Between the old files' going and the new ones' coming there is a moment without any, and a start would make
 * a new, empty place. So a mark stands from before the first to after the last, and store_open refuses it. */
static hk_err mark_restoring(const char *path)
{
    char mark[STORE_PATH_MAX];
    store_restoring_name(path, mark);
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return store_say(HK_STORE, "%s cannot be made: %s", mark, strerror(errno));
    (void)close(fd); /* empty: its name is all that matters */
    return store_directory_sync(path);
}

/* What stands in the way is kept under another name: a restore is often a person's mistake. MAIN goes first
 * and comes back last. So when MAIN is missing, an earlier restore was cut off: WRAPS is then the old one if
 * it has not been put aside yet, and the new one otherwise. */
static hk_err make_room(char part[STORE_FILES][STORE_PATH_MAX], void *ctx)
{
    char(*to)[STORE_PATH_MAX] = ctx;
    char aside[STORE_FILES][STORE_PATH_MAX];
    HK_TRY(new_epoch(part[STORE_MAIN]));
    for (int f = 0; f < STORE_FILES; f++)
        aside_name(aside[f], to[f]);
    HK_TRY(mark_restoring(to[STORE_MAIN]));
    if (store_file_is_there(to[STORE_MAIN])) {
        for (int f = STORE_FILES - 1; f >= 0; f--)
            remove_all(aside[f]); /* of a restore before this one */
        HK_TRY(put_aside(to[STORE_MAIN]));
    }
    if (!store_file_is_there(aside[STORE_WRAPS]))
        HK_TRY(put_aside(to[STORE_WRAPS]));
    remove_all(to[STORE_MAIN]);
    remove_all(to[STORE_WRAPS]);
    return store_directory_sync(to[STORE_MAIN]);
}

static hk_err restore_locked(const char *from_path, char to[STORE_FILES][STORE_PATH_MAX])
{
    char source[STORE_FILES][STORE_PATH_MAX];
    HK_TRY(store_paths(from_path, source));
    sqlite3 *from[STORE_FILES] = {0};
    telling quiet = {0};
    hk_err err = open_backup(source[STORE_MAIN], &from[STORE_MAIN]);
    int64_t seq = 0;
    bool needs_wraps = err == HK_OK && store_fact(from[STORE_MAIN], "wraps_seq", &seq) == HK_OK && seq > 0;
    if (err == HK_OK && (needs_wraps || store_file_is_there(source[STORE_WRAPS])))
        err = open_backup(source[STORE_WRAPS], &from[STORE_WRAPS]);
    if (err == HK_OK)
        err = copy_both(from, to, &quiet, make_room, to);
    close_both(from);
    HK_TRY(err);
    char mark[STORE_PATH_MAX];
    store_restoring_name(to[STORE_MAIN], mark);
    (void)unlink(mark); /* both files are there and synced; it may never have been made */
    return store_directory_sync(to[STORE_MAIN]);
}

hk_err store_restore(const char *from_path, const char *to_path)
{
    char to[STORE_FILES][STORE_PATH_MAX];
    HK_TRY(store_paths(to_path, to));
    HK_TRY(store_file_system_check(to[STORE_MAIN]));
    int lock;
    HK_TRY(store_lock(to[STORE_MAIN], &lock));
    hk_err err = restore_locked(from_path, to);
    store_unlock(lock);
    return err;
}

/* ---- Check */

hk_err store_check(store *s)
{
    hk_err err = HK_OK;
    for (int f = 0; f < (s->has_wraps ? STORE_FILES : 1) && err == HK_OK; f++) {
        sqlite3 *file = NULL;
        err = store_connect(s->path[f], s->vfs, STORE_AS_READER, &file);
        if (err == HK_OK)
            err = sound(file);
        (void)sqlite3_close(file); /* nothing is prepared on it */
    }
    return err;
}
