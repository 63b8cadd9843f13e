/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Named statements: prepared once for each connection at start, under the authorizer and the portability
 * check, and run through a cursor that cleans itself.
 */
#include <assert.h>
#include <stdlib.h>

#include "store/inside.h"

/* ---- One connection (to both files) */

static hk_err prepare_steering(store_db *db, int f)
{
    const char *const sql[STEER_COUNT] = {[STEER_BEGIN] = db->writes ? "BEGIN IMMEDIATE" : "BEGIN",
                                          [STEER_COMMIT] = "COMMIT",
                                          [STEER_ROLLBACK] = "ROLLBACK",
                                          [STEER_SAVE] = "SAVEPOINT job",
                                          [STEER_RELEASE] = "RELEASE job",
                                          [STEER_UNDO] = "ROLLBACK TO job"};
    for (int i = 0; i < STEER_COUNT; i++) {
        int rc =
            sqlite3_prepare_v3(db->file[f], sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->steer[f][i], NULL);
        if (rc != SQLITE_OK)
            return store_say(store_err(rc), "the database says: %s", sqlite3_errmsg(db->file[f]));
    }
    return HK_OK;
}

static hk_err prepare_one(store_db *db, const store_room *room, const store_statement *st, sqlite3_stmt **ret)
{
    if (!st->sql)
        return store_say(HK_BAD, "room %s has a statement without words", room->name);
    const char *why = store_unportable(st->sql, false);
    if (why)
        return store_say(HK_BAD, "room %s, statement %s: %s", room->name, st->name, why);
    sqlite3 *file = db->file[st->in_wraps ? STORE_WRAPS : STORE_MAIN];
    store_warrant warrant = {.room = room};
    store_authorize(file, &warrant);
    const char *tail = NULL;
    int rc = sqlite3_prepare_v3(file, st->sql, -1, SQLITE_PREPARE_PERSISTENT, ret, &tail);
    store_authorize_end(file);
    if (warrant.refused[0]) /* SQLITE_AUTH, or SQLITE_ERROR for a function */
        return store_say(HK_REFUSED, "room %s, statement %s: %s", room->name, st->name, warrant.refused);
    if (rc != SQLITE_OK || !*ret || *tail)
        return store_say(rc == SQLITE_NOMEM ? HK_NO_MEMORY : HK_BAD, "room %s, statement %s: %s", room->name,
                         st->name, rc == SQLITE_OK ? "one statement only" : sqlite3_errmsg(file));
    return HK_OK;
}

static hk_err prepare_rooms(store_db *db)
{
    store *s = db->s;
    db->statements = calloc(s->first_statement[s->room_count] + 1, sizeof(sqlite3_stmt *));
    if (!db->statements)
        return HK_NO_MEMORY;
    for (size_t r = 0; r < s->room_count; r++) {
        const store_room *room = s->rooms[r];
        for (size_t i = 0; i < room->statement_count; i++) {
            sqlite3_stmt **stmt = &db->statements[s->first_statement[r] + i];
            HK_TRY(prepare_one(db, room, &room->statements[i], stmt));
            if (!db->writes && !sqlite3_stmt_readonly(*stmt)) {
                (void)sqlite3_finalize(*stmt); /* it never ran */
                *stmt = NULL;
            }
        }
    }
    return HK_OK;
}

static int remember_frames(void *ctx, sqlite3 *file, const char *schema, int frames)
{
    (void)file;
    (void)schema;
    *(int *)ctx = frames;
    return SQLITE_OK;
}

hk_err store_db_open(store *s, store_as as, store_db *ret)
{
    ret->s = s;
    ret->writes = as == STORE_AS_WRITER;
    for (int f = 0; f < (s->has_wraps ? STORE_FILES : 1); f++) {
        if (!ret->file[f]) /* the writer's are open since the migrations */
            HK_TRY(store_connect(s->path[f], s->vfs, as, &ret->file[f]));
        HK_TRY(prepare_steering(ret, f));
        if (ret->writes)
            (void)sqlite3_wal_hook(ret->file[f], remember_frames,
                                   &ret->wal_frames[f]); /* the old hook: none */
    }
    return prepare_rooms(ret);
}

void store_db_close(store_db *db)
{
    for (size_t i = 0; db->statements && i < db->s->first_statement[db->s->room_count]; i++)
        (void)sqlite3_finalize(db->statements[i]); /* repeats an old error at most */
    free(db->statements);
    db->statements = NULL;
    for (int f = 0; f < STORE_FILES; f++) {
        for (int i = 0; i < STEER_COUNT; i++)
            (void)sqlite3_finalize(db->steer[f][i]); /* likewise */
        int rc = sqlite3_close(db->file[f]);
        assert(rc == SQLITE_OK); /* everything prepared on it was finalized above */
        db->file[f] = NULL;
    }
}

int store_steer(store_db *db, int file, int what)
{
    sqlite3_stmt *stmt = db->steer[file][what];
    (void)sqlite3_step(stmt);   /* the reset repeats its error */
    return sqlite3_reset(stmt); /* SQLITE_OK or the extended code */
}

void store_notice_loss(store_db *db)
{
    for (int f = 0; f < STORE_FILES; f++)
        if (db->begun[f] && sqlite3_get_autocommit(db->file[f]))
            db->lost = true;
}

hk_err store_db_begin(store_db *db, int file)
{
    if (!db->begun[file]) {
        int rc = store_steer(db, file, STEER_BEGIN);
        if (rc != SQLITE_OK)
            return HK_STORE;
        db->begun[file] = true;
        if (file == STORE_WRAPS)
            db->wraps_changes_before = sqlite3_total_changes64(db->file[file]);
    }
    return HK_OK;
}

/* Before a job's first write to a file: from here on it can be undone alone. */
static hk_err save(store_db *db, int file)
{
    if (db->saved[file])
        return HK_OK;
    int rc = store_steer(db, file, STEER_SAVE);
    if (rc != SQLITE_OK) {
        store_notice_loss(db);
        return store_err(rc);
    }
    db->saved[file] = true;
    return HK_OK;
}

/* ---- The cursor */

static sqlite3_stmt *statement_of(store_db *db, const store_room *room, size_t statement)
{
    assert(statement < room->statement_count);
    for (size_t r = 0; r < db->s->room_count; r++)
        if (db->s->rooms[r] == room)
            return db->statements[db->s->first_statement[r] + statement];
    return NULL; /* a room that was not given to store_open */
}

static hk_err run(store_cursor *c, store_db *db, const store_room *room, size_t statement, bool last)
{
    store_cursor_end(c);
    if (db->lost)
        return HK_STORE;
    sqlite3_stmt *stmt = statement_of(db, room, statement);
    assert(stmt);                     /* a known room, and a reader's job must not write */
    assert(!sqlite3_stmt_busy(stmt)); /* nor use a statement inside itself */
    int file = room->statements[statement].in_wraps ? STORE_WRAPS : STORE_MAIN;
    HK_TRY(store_db_begin(db, file));
    if (!sqlite3_stmt_readonly(stmt)) {
        assert(!db->written_last);
        if (!last)
            HK_TRY(save(db, file));
    }
    *c = (store_cursor){.db = db, .stmt = stmt, .last = last};
    return HK_OK;
}

hk_err store_run(store_cursor *c, store_db *db, const store_room *room, size_t statement)
{
    return run(c, db, room, statement, false);
}

hk_err store_run_last(store_cursor *c, store_db *db, const store_room *room, size_t statement)
{
    return run(c, db, room, statement, true);
}

void store_cursor_end(store_cursor *c)
{
    if (!c || !c->stmt)
        return;
    (void)sqlite3_reset(c->stmt);          /* repeats an error already told */
    (void)sqlite3_clear_bindings(c->stmt); /* borrowed bytes must not stay reachable; cannot fail */
    *c = (store_cursor){0};
}

static void bound(store_cursor *c, int rc)
{
    if (rc != SQLITE_OK && c->problem == HK_OK)
        c->problem = store_err(rc);
}

void store_bind_int(store_cursor *c, int64_t v)
{
    bound(c, sqlite3_bind_int64(c->stmt, ++c->bound, v));
}

void store_bind_slice(store_cursor *c, hk_slice bytes)
{
    /* No bytes are an empty BLOB; a NULL pointer would bind NULL. */
    bound(c, sqlite3_bind_blob64(c->stmt, ++c->bound, bytes.n ? (const void *)bytes.p : "", bytes.n,
                                 SQLITE_STATIC));
}

void store_bind_text(store_cursor *c, hk_slice text)
{
    bound(c, sqlite3_bind_text64(c->stmt, ++c->bound, text.n ? (const char *)text.p : "", text.n,
                                 SQLITE_STATIC, SQLITE_UTF8));
}

void store_bind_null(store_cursor *c)
{
    bound(c, sqlite3_bind_null(c->stmt, ++c->bound));
}

static hk_err failed(store_cursor *c, int rc)
{
    store_db *db = c->db;
    store_notice_loss(db);
    if (db->writes && store_stops_process(rc, false))
        store_fatal(db->s, "while writing", rc);
    return c->problem = store_err(rc);
}

hk_err store_next(store_cursor *c, bool *ret_row)
{
    if (c->problem != HK_OK)
        return c->problem;
    assert(!c->done); /* a finished statement would start again from the top */
    int rc = sqlite3_step(c->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return failed(c, rc);
    c->db->written_last |= c->last;
    c->done = rc == SQLITE_DONE;
    if (c->done)
        c->db->changed = sqlite3_changes64(sqlite3_db_handle(c->stmt));
    *ret_row = rc == SQLITE_ROW;
    return HK_OK;
}

hk_err store_finish(store_cursor *c)
{
    bool row = true;
    while (row)
        HK_TRY(store_next(c, &row));
    return HK_OK;
}

int64_t store_int(store_cursor *c, int column)
{
    return sqlite3_column_int64(c->stmt, column);
}

bool store_is_null(store_cursor *c, int column)
{
    return sqlite3_column_type(c->stmt, column) == SQLITE_NULL;
}

hk_slice store_slice(store_cursor *c, int column)
{
    const void *p = sqlite3_column_blob(c->stmt, column); /* before the length: it may convert */
    int n = sqlite3_column_bytes(c->stmt, column);
    return hk_slice_of(p, p && n > 0 ? (size_t)n : 0);
}

hk_err store_slice_into(store_cursor *c, int column, uint8_t *ret, size_t n)
{
    hk_slice found = store_slice(c, column);
    if (found.n != n)
        return HK_STORE;
    if (n)
        __builtin_memcpy(ret, found.p, n);
    return HK_OK;
}

hk_err store_copy(store_cursor *c, int column, hk_arena *arena, hk_slice *ret)
{
    return hk_arena_copy(arena, store_slice(c, column), ret);
}

int64_t store_changed(store_db *db)
{
    return db->changed;
}
