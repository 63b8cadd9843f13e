/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Moving what the WAL holds into the database files, by the writer between two transactions.
 *
 * SQLite's own automatic checkpoint is off: it ignores errors, and a failed sync that is ignored and tried
 * again may report pages as written that are gone. Here such an error stops the process.
 */
#include "store/inside.h"

/* At wal_pages: copy what no reader needs, without waiting. At so many times as much: wait for the readers,
 * so that the WAL starts again from its beginning. */
#define TIMES_UNTIL_WAIT 4

static hk_err checkpoint(store *s, int f, int mode)
{
    int rc = sqlite3_wal_checkpoint_v2(s->writer.file[f], "main", mode, NULL, NULL);
    if (store_stops_process(rc, true))
        store_fatal(s, "while emptying the write-ahead log", rc);
    if (rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE)
        s->checkpointed_frames[f] = s->writer.wal_frames[f] = 0;
    if ((rc & 0xff) == SQLITE_BUSY)
        return HK_BUSY;
    return rc == SQLITE_OK ? HK_OK : HK_STORE; /* no space for the copy: the WAL keeps everything */
}

void store_checkpoint_busy(store *s)
{
    for (int f = 0; f < STORE_FILES; f++) {
        int frames = s->writer.wal_frames[f];
        if (frames < s->checkpointed_frames[f]) /* the WAL began anew since */
            s->checkpointed_frames[f] = 0;
        int fresh = frames - s->checkpointed_frames[f];
        if (fresh < s->wal_pages)
            continue;
        bool wait = frames >= s->wal_pages * TIMES_UNTIL_WAIT;
        (void)checkpoint(s, f, wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
        /* Done or not (readers, space), the next try comes after as many frames, not after each commit. */
        s->checkpointed_frames[f] = frames;
    }
}

void store_checkpoint_idle(store *s)
{
    for (int f = 0; f < STORE_FILES; f++) {
        if (s->writer.wal_frames[f] == 0)
            continue;
        /* With a reader in the way the next quiet moment does. */
        (void)sqlite3_busy_timeout(s->writer.file[f], 0);
        (void)checkpoint(s, f, SQLITE_CHECKPOINT_TRUNCATE);
        (void)sqlite3_busy_timeout(s->writer.file[f], STORE_BUSY_MS); /* valid numbers */
    }
}

hk_err store_checkpoint_all(store *s)
{
    hk_err result = HK_OK;
    for (int f = 0; f < STORE_FILES; f++) {
        hk_err err = s->writer.file[f] ? checkpoint(s, f, SQLITE_CHECKPOINT_TRUNCATE) : HK_OK;
        if (result == HK_OK)
            result = err;
    }
    return result;
}

bool store_wal_is_empty(const store *s)
{
    return s->writer.wal_frames[STORE_MAIN] == 0 && s->writer.wal_frames[STORE_WRAPS] == 0;
}
