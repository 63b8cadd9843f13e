/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a path to a running database, and back: refuse what cannot be trusted, bring the tables up to date,
 * prepare every statement, start the threads. Whatever fails leaves nothing behind but words
 * (store_open_problem).
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "store/inside.h"

static hk_err list_rooms(store *s)
{
    for (size_t r = 0; s->rooms && s->rooms[r]; r++) {
        const store_room *room = s->rooms[r];
        if (r == STORE_ROOMS_MAX || room->statement_count > STORE_STATEMENTS_MAX)
            return store_say(HK_TOO_MUCH, "too many rooms or statements (room %s)", room->name);
        for (size_t i = 0; i < room->migration_count; i++)
            s->has_wraps |= room->migrations[i].in_wraps;
        s->first_statement[r + 1] = s->first_statement[r] + room->statement_count;
        s->room_count = r + 1;
    }
    for (size_t r = 0; r < s->room_count && !s->has_wraps; r++)
        for (size_t i = 0; i < s->rooms[r]->statement_count; i++)
            if (s->rooms[r]->statements[i].in_wraps)
                return store_say(HK_BAD, "room %s has a statement on wraps, but no table there",
                                 s->rooms[r]->name);
    return HK_OK;
}

static store *make(const store_options *o, hk_err *ret_err)
{
    store *s = calloc(1, sizeof *s);
    if (!s) {
        *ret_err = store_say(HK_NO_MEMORY, "no memory for the database");
        return NULL;
    }
    s->vfs = o->vfs;
    s->rooms = o->rooms;
    s->beside = o->beside;
    s->lock_fd = -1;
    s->wal_pages = o->wal_pages > 0 ? o->wal_pages : STORE_WAL_PAGES;
    s->on_fatal = o->on_fatal;
    s->on_fatal_ctx = o->on_fatal_ctx;
    s->answered = o->answered;
    s->answered_ctx = o->answered_ctx;
    hk_err err = store_queue_init(&s->writing);
    if (err == HK_OK)
        err = store_queue_init(&s->reading);
    if (err == HK_OK && pthread_cond_init(&s->scrubbed, NULL) != 0)
        err = HK_NO_MEMORY;
    if (err != HK_OK) {
        free(s);
        s = NULL;
    }
    *ret_err = err;
    return s;
}

/* A database without its wraps, or wraps without their database, is half of something: a file moved away by
 * hand, say. Making the missing half anew would lose the other for good. */
static hk_err refuse_halves(store *s)
{
    bool main_there = store_file_is_there(s->path[STORE_MAIN]);
    bool wraps_there = store_file_is_there(s->path[STORE_WRAPS]);
    char restoring[STORE_PATH_MAX];
    store_restoring_name(s->path[STORE_MAIN], restoring);
    if (store_file_is_there(restoring))
        return store_say(HK_REFUSED, "a restore of %s was cut off: run it again", s->path[STORE_MAIN]);
    if (wraps_there && !main_there)
        return store_say(HK_REFUSED, "%s is there but %s is not: restore both from a backup",
                         s->path[STORE_WRAPS], s->path[STORE_MAIN]);
    if (s->beside && !main_there)
        return store_say(HK_NOT_THERE, "there is no database at %s", s->path[STORE_MAIN]);
    return HK_OK;
}

static hk_err bring_up(store *s)
{
    sqlite3 **file = s->writer.file;
    int files = s->has_wraps ? STORE_FILES : 1;
    bool wraps_were_there = store_file_is_there(s->path[STORE_WRAPS]);
    store_as as = s->beside ? STORE_AS_READER : STORE_AS_WRITER;
    for (int f = 0; f < files; f++)
        HK_TRY(store_connect(s->path[f], s->vfs, as, &file[f]));
    if (!s->beside) {
        int64_t seq = 0;
        if (s->has_wraps && !wraps_were_there && store_fact(file[STORE_MAIN], "wraps_seq", &seq) == HK_OK &&
            seq > 0)
            return store_say(HK_REFUSED, "%s is missing: restore both files from a backup",
                             s->path[STORE_WRAPS]);
        HK_TRY(store_migrate(s, file[STORE_MAIN], file[STORE_WRAPS]));
        HK_TRY(store_directory_sync(s->path[STORE_MAIN]));
    }
    return store_facts_read(s, file[STORE_MAIN], file[STORE_WRAPS]);
}

static hk_err open_all(store *s, const store_options *o)
{
    int readers = o->readers < 1 ? 1 : o->readers;
    if (readers > STORE_READERS_MAX)
        return store_say(HK_TOO_MUCH, "at most %d readers", STORE_READERS_MAX);
    HK_TRY(store_paths(o->path, s->path));
    HK_TRY(list_rooms(s));
    if (!o->trust_file_system)
        HK_TRY(store_file_system_check(s->path[STORE_MAIN]));
    if (!s->beside)
        HK_TRY(store_lock(s->path[STORE_MAIN], &s->lock_fd));
    HK_TRY(refuse_halves(s));
    HK_TRY(bring_up(s));
    HK_TRY(s->beside ? HK_OK : store_db_open(s, STORE_AS_WRITER, &s->writer));
    HK_TRY(store_readers_start(s, readers));
    return s->beside ? HK_OK : store_writer_start(s);
}

hk_err store_open(const store_options *options, store **ret)
{
    (void)store_say(HK_OK, "%s", ""); /* no problem yet */
    /* SQLite's account of its own memory takes a lock at every malloc, dozens for a message, and nobody asks
     * for it. Once SQLite runs this is refused, which only costs time. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    hk_err err;
    store *s = make(options, &err);
    if (!s)
        return err;
    err = open_all(s, options);
    if (err != HK_OK) {
        if (!store_open_problem()[0])
            (void)store_say(err, "the database cannot be opened (%s)", hk_err_name(err)); /* words at least */
        store_close(s);
        return err;
    }
    *ret = s;
    return HK_OK;
}

void store_close(store *s)
{
    if (!s)
        return;
    store_writer_stop(s);
    store_readers_stop(s);
    if (!s->beside && s->writer.file[STORE_MAIN])
        (void)store_checkpoint_all(s); /* what stays in the WAL is found again at the next start */
    s->writer.s = s;
    store_db_close(&s->writer);
    store_unlock(s->lock_fd);
    (void)pthread_cond_destroy(&s->scrubbed); /* nobody waits any more */
    store_queue_done(&s->writing);
    store_queue_done(&s->reading);
    free(s);
}

int64_t store_epoch(const store *s)
{
    return s->epoch;
}

static int64_t size_of(const char *path, const char *ending)
{
    char name[STORE_PATH_MAX];
    (void)snprintf(name, sizeof name, "%s%s", path, ending); /* store_paths left room */
    struct stat st;
    return stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
}

void store_figures_read(store *s, store_figures *ret)
{
    pthread_mutex_lock(&s->writing.lock);
    *ret = s->figures;
    ret->queue_depth = s->writing.depth;
    pthread_mutex_unlock(&s->writing.lock);
    for (int f = 0; f < STORE_FILES; f++) {
        ret->db_bytes += size_of(s->path[f], "");
        ret->wal_bytes += size_of(s->path[f], "-wal");
    }
}
