/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files must look like before anybody uses them: our own two tables, the epoch, and every room's
 * migrations in order, forward only.
 *
 * Each file keeps its own list of versions, because the two cannot commit together; a start that was cut off
 * goes on where each file stands.
 *
 *     store_facts       epoch      drawn when the database was made and again at every restore (MAIN)
 *                       pair       the same in both files: wraps of another database are refused
 *                       wraps_seq  counts group commits that touched WRAPS; WRAPS may be ahead, never behind
 *     store_migrations  the highest version of each room that ran in this file
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "store/inside.h"

#define APPLICATION_MAIN  0x484b524e /* "HKRN" */
#define APPLICATION_WRAPS 0x484b5257 /* "HKRW" */

hk_err store_draw_number(int64_t *ret)
{
    uint64_t n = 0;
    while (n == 0) {
        if (getrandom(&n, sizeof n, 0) != (ssize_t)sizeof n)
            return store_say(HK_STORE, "the system gives no random numbers: %s", strerror(errno));
        n &= (uint64_t)HK_INT_MAX;
    }
    *ret = (int64_t)n;
    return HK_OK;
}

static hk_err bind_and_step(sqlite3 *file, const char *sql, const char *name, const int64_t *value,
                            int64_t *ret_value)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(file, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && value)
        rc = sqlite3_bind_int64(stmt, 2, *value);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    hk_err err = store_err(rc);
    if (err != HK_OK)
        err = store_say(err, "the database says: %s", sqlite3_errmsg(file));
    else if (ret_value && rc == SQLITE_ROW)
        *ret_value = sqlite3_column_int64(stmt, 0);
    else if (ret_value)
        err = HK_NOT_THERE;
    (void)sqlite3_finalize(stmt); /* repeats the error already told */
    return err;
}

hk_err store_fact(sqlite3 *file, const char *name, int64_t *ret)
{
    return bind_and_step(file, "SELECT value FROM store_facts WHERE name = ?", name, NULL, ret);
}

hk_err store_fact_set(sqlite3 *file, const char *name, int64_t value)
{
    return bind_and_step(file,
                         "INSERT INTO store_facts (name, value) VALUES (?, ?) "
                         "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                         name, &value, NULL);
}

/* A file is ours, or new; anything else is somebody's and stays untouched. */
static hk_err claim(sqlite3 *file, const char *path, int64_t application)
{
    int64_t found = 0, tables = 0;
    HK_TRY(store_ask_int(file, "PRAGMA application_id", &found));
    HK_TRY(store_ask_int(file, "SELECT count(*) FROM sqlite_master", &tables));
    if (found == application)
        return HK_OK;
    if (found != 0 || tables != 0)
        return store_say(HK_REFUSED, "%s is a database of another program (or the other of our two files)",
                         path);
    return store_exec(file, application == APPLICATION_MAIN ? "PRAGMA application_id=0x484b524e"
                                                            : "PRAGMA application_id=0x484b5257");
}

static hk_err own_tables(sqlite3 *file)
{
    return store_exec(file, "CREATE TABLE IF NOT EXISTS store_facts (name TEXT NOT NULL PRIMARY KEY,"
                            " value INTEGER NOT NULL);"
                            "CREATE TABLE IF NOT EXISTS store_migrations (room TEXT NOT NULL PRIMARY KEY,"
                            " version INTEGER NOT NULL);");
}

static hk_err fact_or_draw(sqlite3 *file, const char *name, int64_t *ret)
{
    hk_err err = store_fact(file, name, ret);
    if (err != HK_NOT_THERE)
        return err;
    HK_TRY(store_draw_number(ret));
    return store_fact_set(file, name, *ret);
}

static hk_err make_main_ours(store *s, sqlite3 *file, int64_t *ret_pair)
{
    HK_TRY(claim(file, s->path[STORE_MAIN], APPLICATION_MAIN));
    HK_TRY(own_tables(file));
    int64_t epoch;
    HK_TRY(fact_or_draw(file, "epoch", &epoch));
    return fact_or_draw(file, "pair", ret_pair);
}

static hk_err make_wraps_ours(store *s, sqlite3 *file, int64_t pair)
{
    HK_TRY(claim(file, s->path[STORE_WRAPS], APPLICATION_WRAPS));
    HK_TRY(own_tables(file));
    int64_t found = 0;
    hk_err err = store_fact(file, "pair", &found);
    return err == HK_NOT_THERE ? store_fact_set(file, "pair", pair) : err;
}

static hk_err in_one_transaction(sqlite3 *file, hk_err (*make)(store *, sqlite3 *, int64_t *), store *s,
                                 int64_t *pair)
{
    HK_TRY(store_exec(file, "BEGIN IMMEDIATE"));
    hk_err err = make(s, file, pair);
    if (err == HK_OK)
        err = store_exec(file, "COMMIT");
    if (err != HK_OK)
        (void)sqlite3_exec(file, "ROLLBACK", NULL, NULL, NULL); /* the first error is the one to tell */
    return err;
}

static hk_err make_wraps_ours_by_pointer(store *s, sqlite3 *file, int64_t *pair)
{
    return make_wraps_ours(s, file, *pair);
}

static hk_err version_of(sqlite3 *file, const char *room, int64_t *ret)
{
    *ret = 0;
    hk_err err = bind_and_step(file, "SELECT version FROM store_migrations WHERE room = ?", room, NULL, ret);
    return err == HK_NOT_THERE ? HK_OK : err;
}

static hk_err run_migration(sqlite3 *file, const store_room *room, const store_migration *m)
{
    const char *why = store_unportable(m->sql, true);
    if (why)
        return store_say(HK_BAD, "room %s, migration %d: %s", room->name, m->version, why);
    store_warrant warrant = {.room = room, .migrating = true};
    HK_TRY(store_exec(file, "BEGIN IMMEDIATE"));
    store_authorize(file, &warrant);
    hk_err err = store_exec(file, m->sql);
    store_authorize_end(file);
    if (err != HK_OK) {
        char words[200];
        (void)snprintf(words, sizeof words, "%s",
                       warrant.refused[0] ? warrant.refused : sqlite3_errmsg(file));
        err = store_say(err, "room %s, migration %d: %s", room->name, m->version, words);
    }
    int64_t version = m->version;
    if (err == HK_OK)
        err = bind_and_step(file,
                            "INSERT INTO store_migrations (room, version) VALUES (?, ?) "
                            "ON CONFLICT (room) DO UPDATE SET version = excluded.version",
                            room->name, &version, NULL);
    if (err == HK_OK)
        err = store_exec(file, "COMMIT");
    if (err != HK_OK)
        (void)sqlite3_exec(file, "ROLLBACK", NULL, NULL, NULL); /* the first error is the one to tell */
    return err;
}

static hk_err migrate_room(sqlite3 *const files[STORE_FILES], const store_room *room)
{
    int64_t reached[STORE_FILES] = {0};
    for (int f = 0; f < STORE_FILES; f++) {
        if (files[f])
            HK_TRY(version_of(files[f], room->name, &reached[f]));
        if (reached[f] > (int64_t)room->migration_count)
            return store_say(HK_REFUSED,
                             "the database was used by a newer version of this program (%s is at %lld, this "
                             "program knows %zu); install that version again",
                             room->name, (long long)reached[f], room->migration_count);
    }
    for (size_t i = 0; i < room->migration_count; i++) {
        const store_migration *m = &room->migrations[i];
        if (m->version != (int)i + 1)
            return store_say(HK_BAD, "room %s: migrations must be numbered 1, 2, 3, ...", room->name);
        int f = m->in_wraps ? STORE_WRAPS : STORE_MAIN;
        if (m->version > reached[f])
            HK_TRY(run_migration(files[f], room, m));
    }
    return HK_OK;
}

hk_err store_migrate(store *s, sqlite3 *main_file, sqlite3 *wraps_file)
{
    int64_t pair = 0;
    HK_TRY(in_one_transaction(main_file, make_main_ours, s, &pair));
    if (wraps_file)
        HK_TRY(in_one_transaction(wraps_file, make_wraps_ours_by_pointer, s, &pair));
    sqlite3 *const files[STORE_FILES] = {main_file, wraps_file};
    for (size_t i = 0; i < s->room_count; i++)
        HK_TRY(migrate_room(files, s->rooms[i]));
    return HK_OK;
}

static hk_err fact_or_zero(sqlite3 *file, const char *name, int64_t *ret)
{
    *ret = 0;
    hk_err err = store_fact(file, name, ret);
    return err == HK_NOT_THERE ? HK_OK : err;
}

hk_err store_facts_read(store *s, sqlite3 *main_file, sqlite3 *wraps_file)
{
    int64_t pair, wraps_pair, seq, wraps_seq;
    HK_TRY(store_fact(main_file, "epoch", &s->epoch));
    HK_TRY(store_fact(main_file, "pair", &pair));
    HK_TRY(fact_or_zero(main_file, "wraps_seq", &seq));
    if (!wraps_file)
        return HK_OK;
    HK_TRY(store_fact(wraps_file, "pair", &wraps_pair));
    HK_TRY(fact_or_zero(wraps_file, "wraps_seq", &wraps_seq));
    if (pair != wraps_pair)
        return store_say(HK_REFUSED, "%s belongs to another database", s->path[STORE_WRAPS]);
    if (wraps_seq < seq)
        return store_say(HK_REFUSED, "%s is older than %s; restore both files from one backup",
                         s->path[STORE_WRAPS], s->path[STORE_MAIN]);
    return HK_OK;
}
