/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One statement on a database, from outside of its program: what a person with the disk in their hands can
 * do.
 *
 *     sql FILE STATEMENT
 *
 * Prints each row, its columns joined by |. Exit 0: done; 1: SQLite refused; 2: a wrong call.
 */
#include <sqlite3.h>
#include <stdio.h>

static int print_row(void *ctx, int count, char **values, char **names)
{
    (void)ctx;
    (void)names;
    for (int i = 0; i < count; i++)
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    sqlite3 *file = NULL;
    char *why = NULL;
    int rc = sqlite3_open_v2(argv[1], &file, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(file, argv[2], print_row, NULL, &why);
    if (rc != SQLITE_OK)
        (void)fprintf(stderr, "sql: %s\n", why ? why : sqlite3_errstr(rc));
    sqlite3_free(why);
    (void)sqlite3_close(file); /* its statements are over */
    return rc == SQLITE_OK ? 0 : 1;
}
