/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Looks at the database of a place from outside of its program, after a harness killed that again and again.
 *
 *     log_check PLACE.db
 *
 * Prints one line of JSON: how many entries there are, and everything that must be 0: logs with gaps, numbers
 * of a stream that are missing or there twice, epochs whose wraps are missing, and what SQLite finds wrong.
 * Exit 0: all of that is 0; 1: not; 2: a wrong call.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *open_file(const char *path, const char *ending)
{
    char name[512];
    sqlite3 *file = NULL;
    (void)snprintf(name, sizeof name, "%s%s", path, ending); /* a cut name does not open */
    if (sqlite3_open_v2(name, &file, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "log_check: %s does not open\n", name);
        exit(1);
    }
    return file;
}

static long long ask(sqlite3 *file, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(file, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW) {
        (void)fprintf(stderr, "log_check: %s\n", sqlite3_errmsg(file));
        exit(1);
    }
    long long n = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt); /* its row was read */
    return n;
}

static long long unsound(sqlite3 *file)
{
    return ask(file, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'") +
           ask(file, "SELECT count(*) FROM pragma_foreign_key_check");
}

/* Every epoch of every conversation has a wrap for somebody: the commit would not be there without. */
static long long epochs_without_wraps(sqlite3 *place, sqlite3 *wraps)
{
    sqlite3_stmt *epochs = NULL, *wrap = NULL;
    if (sqlite3_prepare_v2(place,
                           "SELECT conversation, commits.epoch FROM commits JOIN conversations ON "
                           "conversations.conv = commits.conv",
                           -1, &epochs, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(wraps, "SELECT count(*) FROM wraps WHERE conversation = ? AND epoch = ?", -1,
                           &wrap, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "log_check: %s %s\n", sqlite3_errmsg(place), sqlite3_errmsg(wraps));
        exit(1);
    }
    long long missing = 0;
    while (sqlite3_step(epochs) == SQLITE_ROW) {
        (void)sqlite3_reset(wrap); /* from the row before */
        (void)sqlite3_bind_value(wrap, 1, sqlite3_column_value(epochs, 0));
        (void)sqlite3_bind_value(wrap, 2, sqlite3_column_value(epochs, 1));
        missing += sqlite3_step(wrap) != SQLITE_ROW || sqlite3_column_int64(wrap, 0) == 0;
    }
    (void)sqlite3_finalize(epochs); /* walked to its end */
    (void)sqlite3_finalize(wrap);
    return missing;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    sqlite3 *place = open_file(argv[1], ""), *wraps = open_file(argv[1], "-wraps");
    long long entries = ask(place, "SELECT count(*) FROM entries");
    long long gaps =
        ask(place, "SELECT count(*) FROM (SELECT conv FROM entries GROUP BY conv HAVING count(*) <> "
                   "max(position) OR min(position) <> 1)");
    long long streams =
        ask(place, "SELECT count(*) FROM (SELECT stream FROM entries WHERE stream IS NOT NULL GROUP "
                   "BY stream HAVING count(*) <> max(n) OR count(DISTINCT n) <> count(*))");
    long long bare = epochs_without_wraps(place, wraps);
    long long broken = unsound(place) + unsound(wraps);
    printf(
        "{\"entries\":%lld,\"logs_with_gaps\":%lld,\"streams_with_gaps\":%lld,\"epochs_without_wraps\":%lld,"
        "\"unsound\":%lld}\n",
        entries, gaps, streams, bare, broken);
    (void)sqlite3_close(place); /* nothing is prepared on them */
    (void)sqlite3_close(wraps);
    return gaps || streams || bare || broken ? 1 : 0;
}
