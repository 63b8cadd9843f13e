/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/test_place.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int test_place_make(void **state)
{
    test_place *place = calloc(1, sizeof *place);
    assert(place);
    const char *tmp = getenv("TMPDIR");
    snprintf(place->folder, sizeof place->folder, "%s/hearken-store-XXXXXX", tmp ? tmp : "/tmp");
    assert(mkdtemp(place->folder));
    snprintf(place->db, sizeof place->db, "%s/db", place->folder);
    *state = place;
    return 0;
}

void test_place_empty(const test_place *place)
{
    DIR *d = opendir(place->folder);
    assert(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        (void)unlinkat(dirfd(d), e->d_name, 0); /* "." and ".." stay */
    closedir(d);
}

int test_place_remove(void **state)
{
    test_place *place = *state;
    test_place_empty(place);
    rmdir(place->folder);
    free(place);
    return 0;
}

void test_place_sql(const char *path, const char *sql)
{
    sqlite3 *file;
    int rc = sqlite3_open(path, &file);
    assert(rc == SQLITE_OK);
    rc = sqlite3_exec(file, sql, NULL, NULL, NULL);
    assert(rc == SQLITE_OK);
    sqlite3_close(file);
}

int64_t test_place_int(const char *path, const char *sql)
{
    sqlite3 *file;
    sqlite3_stmt *stmt;
    int rc = sqlite3_open(path, &file);
    assert(rc == SQLITE_OK);
    rc = sqlite3_prepare_v2(file, sql, -1, &stmt, NULL);
    assert(rc == SQLITE_OK);
    rc = sqlite3_step(stmt);
    assert(rc == SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(file);
    return n;
}

void test_place_damage(const char *path, long at, int bytes)
{
    int fd = open(path, O_WRONLY);
    assert(fd >= 0);
    for (int i = 0; i < bytes; i++) {
        ssize_t n = pwrite(fd, "\xa5", 1, at + i);
        assert(n == 1);
    }
    close(fd);
}
