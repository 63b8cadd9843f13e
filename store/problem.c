/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What went wrong: words for the person who starts the program, and the meaning of SQLite's codes.
 *
 * Which errors stop the process. In WAL mode a COMMIT writes frames behind the last known good one and then
 * syncs them. When a write says "no space" (SQLITE_FULL), or memory or the shared index cannot grow, SQLite
 * takes the transaction back; the frames it left behind are not counted and the next commit writes over them,
 * so answering "not stored" and going on is true. After a failed sync it is not: the kernel may have thrown
 * the dirty pages away and report the next sync as good, so a retry can lie (fsyncgate, 2018). The only
 * honest thing left is to stop and to recover from what is really on the disk. The same holds for a sync or
 * write error of a checkpoint, and for any write error that is not about space.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/inside.h"

/* Written by store_open and its helpers only, on the thread that called it. */
static _Thread_local char problem[512];

const char *store_open_problem(void)
{
    return problem;
}

hk_err store_say(hk_err err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem, sizeof problem, format, args); /* a cut sentence is still a sentence */
    va_end(args);
    return err;
}

hk_err store_err(int sqlite_code)
{
    switch (sqlite_code) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return HK_OK;
    case SQLITE_CONSTRAINT_NOTNULL: /* a bug of ours, not somebody who was first */
    case SQLITE_CONSTRAINT_DATATYPE:
        return HK_STORE;
    case SQLITE_IOERR_NOMEM:
        return HK_NO_MEMORY;
    default:
        break;
    }
    switch (sqlite_code & 0xff) {
    case SQLITE_CONSTRAINT:
        return HK_CONFLICT;
    case SQLITE_NOMEM:
        return HK_NO_MEMORY;
    default:
        return HK_STORE;
    }
}

bool store_stops_process(int sqlite_code, bool at_commit)
{
    if ((sqlite_code & 0xff) != SQLITE_IOERR)
        return false;
    switch (sqlite_code) {
    case SQLITE_IOERR_NOMEM:
    case SQLITE_IOERR_SHMSIZE: /* the shared index could not grow, be opened or locked: no space or no memory,
                                */
    case SQLITE_IOERR_SHMMAP:  /* and it is made anew at every start: nothing in it is a promise */
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMLOCK:
        return false;
    case SQLITE_IOERR_READ: /* nothing of ours was promised yet: this job fails, the others go on */
    case SQLITE_IOERR_SHORT_READ:
        return at_commit;
    default:
        return true;
    }
}

void store_fatal(store *s, const char *what, int sqlite_code)
{
    char words[160];
    (void)snprintf(words, sizeof words,
                   "the disk failed (%s, SQLite error %d): stopping, because what was "
                   "written last may not be there",
                   what, sqlite_code); /* bounded above */
    if (s->on_fatal)
        s->on_fatal(s->on_fatal_ctx, words);
    (void)!write(STDERR_FILENO, words, __builtin_strlen(words)); /* the last words of this process */
    abort();
}
