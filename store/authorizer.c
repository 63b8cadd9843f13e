/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a room's SQL may touch. SQLite asks this file about every table, column and function while it compiles
 * a statement; whatever a room did not declare is refused, and the place does not start.
 *
 * Functions are a closed list, for PostgreSQL's sake: each of these means the same in both.
 */
#include <stdio.h>
#include <string.h>

#include "store/inside.h"

static bool listed(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool function_is_portable(const char *name)
{
    static const char *const SAME_IN_BOTH[] = {
        "abs",     "avg",   "coalesce",   "count", "length", "lower", "max",   "min",  "nullif",
        "replace", "round", "row_number", "rank",  "substr", "sum",   "upper", "trim", NULL};
    return listed(SAME_IN_BOTH, name);
}

static int refuse(store_warrant *w, const char *does, const char *what)
{
    if (!w->refused[0])
        (void)snprintf(w->refused, sizeof w->refused, "%s %s, which the room does not declare", does,
                       what ? what : "something"); /* cut if long */
    return SQLITE_DENY;
}

static int may_read(store_warrant *w, const char *table)
{
    if (!*table || listed(w->room->writes, table) || listed(w->room->reads, table))
        return SQLITE_OK;
    return refuse(w, "reads the table", table);
}

static int may_write(store_warrant *w, const char *table)
{
    return listed(w->room->writes, table) ? SQLITE_OK : refuse(w, "writes the table", table);
}

/* A migration may shape the room's own tables and nothing else; SQLite's catalogue changes on the way. */
static int may_shape(store_warrant *w, int action, const char *one, const char *two)
{
    bool catalogue = one && strncmp(one, "sqlite_", 7) == 0;
    switch (action) {
    case SQLITE_CREATE_TABLE:
    case SQLITE_DROP_TABLE:
        return may_write(w, one);
    case SQLITE_CREATE_INDEX:
    case SQLITE_DROP_INDEX:
    case SQLITE_ALTER_TABLE:
        return may_write(w, two);
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return catalogue ? SQLITE_OK : action == SQLITE_READ ? may_read(w, one) : may_write(w, one);
    case SQLITE_FUNCTION: /* ALTER TABLE calls SQLite's own */
    case SQLITE_REINDEX:
    case SQLITE_SELECT:
        return SQLITE_OK;
    default:
        return refuse(w, "does something other than shaping its tables:", one);
    }
}

static int decide(void *ctx, int action, const char *one, const char *two, const char *schema,
                  const char *within)
{
    store_warrant *w = ctx;
    (void)schema;
    (void)within;
    if (w->migrating)
        return may_shape(w, action, one, two);
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        return may_read(w, one);
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return may_write(w, one);
    case SQLITE_FUNCTION:
        return function_is_portable(two) ? SQLITE_OK : refuse(w, "calls the function", two);
    default:
        return refuse(w, "does something other than reading and writing rows:", one);
    }
}

void store_authorize(sqlite3 *file, store_warrant *warrant)
{
    warrant->refused[0] = 0;
    (void)sqlite3_set_authorizer(file, decide, warrant); /* cannot fail on an open connection */
}

void store_authorize_end(sqlite3 *file)
{
    (void)sqlite3_set_authorizer(file, NULL, NULL); /* likewise */
}
