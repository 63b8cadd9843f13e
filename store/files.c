/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The files a database stands in: where they are, on what they are, who holds them, and how a connection to
 * one of them is set up.
 *
 *     PATH         the database          PATH-wal, PATH-shm        SQLite's
 *     PATH-wraps   epoch-key wraps       PATH-wraps-wal, -shm      SQLite's
 *     PATH-lock    held by the one process that serves
 *     PATH-restoring                             stands while a restore is not over; PATH-before-restore:
 * what was there (care.c)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/inside.h"

static bool join(char ret[STORE_PATH_MAX], const char *path, const char *ending)
{
    int n = snprintf(ret, STORE_PATH_MAX, "%s%s", path, ending);
    return n > 0 && n < STORE_PATH_MAX - 32; /* room for "-wal" and our own endings */
}

hk_err store_paths(const char *path, char ret_paths[STORE_FILES][STORE_PATH_MAX])
{
    if (!path || !*path || !join(ret_paths[STORE_MAIN], path, "") ||
        !join(ret_paths[STORE_WRAPS], path, "-wraps"))
        return store_say(HK_BAD, "the database needs a path of at most %d characters", STORE_PATH_MAX - 64);
    return HK_OK;
}

void store_restoring_name(const char *path, char ret[STORE_PATH_MAX])
{
    (void)join(ret, path, "-restoring"); /* store_paths left room */
}

/* File systems where locks, shared memory or fsync are promises of another machine (statfs(2),
 * linux/magic.h). FUSE stands here because nobody can say what is behind it (sshfs, cloud storage, a virtual
 * machine's shared folder). */
bool store_is_network_fs(int64_t magic, const char **ret_name)
{
    static const struct {
        uint32_t magic;
        const char *name;
    } KNOWN[] = {
        {0x6969, "NFS"},       {0x517B, "SMB"},       {0xFF534D42, "CIFS"}, {0xFE534D42, "SMB2"},
        {0x65735546, "FUSE"},  {0x01021997, "9P"},    {0x5346414F, "AFS"},  {0x6B414653, "AFS"},
        {0x73757245, "Coda"},  {0x564C, "NCP"},       {0x00C36400, "Ceph"}, {0x0BD00BD0, "Lustre"},
        {0x47504653, "GPFS"},  {0x7461636F, "OCFS2"}, {0x01161970, "GFS2"}, {0x786F4256, "VirtualBox share"},
        {0x19830326, "BeeGFS"}};
    for (size_t i = 0; i < HK_COUNT(KNOWN); i++) {
        if ((uint32_t)magic == KNOWN[i].magic) {
            *ret_name = KNOWN[i].name;
            return true;
        }
    }
    return false;
}

static void directory_of(const char *path, char ret[STORE_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int n = slash ? (int)(slash - path) : 0;
    if (!slash)
        (void)snprintf(ret, STORE_PATH_MAX, "."); /* fits */
    else if (n == 0)
        (void)snprintf(ret, STORE_PATH_MAX, "/"); /* fits */
    else
        (void)snprintf(ret, STORE_PATH_MAX, "%.*s", n, path); /* shorter than path, which fits */
}

hk_err store_file_system_check(const char *path)
{
    char directory[STORE_PATH_MAX];
    directory_of(path, directory);
    struct statfs fs;
    if (statfs(directory, &fs) != 0)
        return store_say(HK_STORE, "the folder %s cannot be used: %s", directory, strerror(errno));
    const char *name;
    if (store_is_network_fs((int64_t)fs.f_type, &name) ||
        (statfs(path, &fs) == 0 && store_is_network_fs((int64_t)fs.f_type, &name)))
        return store_say(HK_REFUSED,
                         "%s is on a network or shared file system (%s), which cannot promise that words are "
                         "kept through a power cut; use a disk of this machine",
                         path, name);
    return HK_OK;
}

bool store_file_is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

hk_err store_directory_sync(const char *path)
{
    char directory[STORE_PATH_MAX];
    directory_of(path, directory);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return store_say(HK_STORE, "the folder %s cannot be opened: %s", directory, strerror(errno));
    int rc = fsync(fd);
    (void)close(fd); /* nothing was written through it */
    return rc == 0 ? HK_OK : store_say(HK_STORE, "the folder %s cannot be synced", directory);
}

hk_err store_lock(const char *path, int *ret_fd)
{
    char name[STORE_PATH_MAX];
    if (!join(name, path, "-lock"))
        return HK_BAD;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return store_say(HK_STORE, "%s cannot be made: %s", name, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd); /* it was never ours */
        return store_say(HK_BUSY, "another process has the database %s open", path);
    }
    *ret_fd = fd;
    return HK_OK;
}

void store_unlock(int fd)
{
    if (fd >= 0)
        (void)close(fd); /* lets the lock go; the file stays, so that nobody locks a deleted one */
}

hk_err store_exec(sqlite3 *file, const char *sql)
{
    int rc = sqlite3_exec(file, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? HK_OK : store_say(store_err(rc), "the database says: %s", sqlite3_errmsg(file));
}

hk_err store_ask_int(sqlite3 *file, const char *sql, int64_t *ret)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(file, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    hk_err err = store_err(rc);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else if (rc == SQLITE_DONE)
        err = HK_NOT_THERE;
    else
        err = store_say(err, "the database says: %s", sqlite3_errmsg(file));
    (void)sqlite3_finalize(stmt); /* repeats the error already told */
    return err;
}

static hk_err set_up(sqlite3 *file, store_as as)
{
    (void)sqlite3_extended_result_codes(file, 1); /* cannot fail on an open connection */
    HK_TRY(store_err(sqlite3_busy_timeout(file, STORE_BUSY_MS)));
    /* A file that somebody else prepared must not be able to run code in us, and a typing slip in SQL
     * ("name" for 'name') must be an error. */
    (void)sqlite3_db_config(file, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL); /* known to this version */
    (void)sqlite3_db_config(file, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(file, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(file, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(file, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_limit(file, SQLITE_LIMIT_ATTACHED, 0);
    HK_TRY(store_exec(file, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
                            "PRAGMA mmap_size=0;"));
    if (as == STORE_AS_READER)
        return store_exec(file, "PRAGMA query_only=ON; PRAGMA cache_size=-8192;");
    /* Checkpoints are ours (checkpoint.c): SQLite's own would swallow a failed sync. journal_size_limit keeps
     * a WAL that was reset from holding on to a flood's size. */
    return store_exec(file, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                            "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
                            "PRAGMA secure_delete=ON; PRAGMA cache_size=-65536;");
}

hk_err store_connect(const char *path, const char *vfs, store_as as, sqlite3 **ret)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
    flags |= as == STORE_AS_WRITER ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3 *file = NULL;
    int rc = sqlite3_open_v2(path, &file, flags, vfs);
    hk_err err = rc == SQLITE_OK ? HK_OK
                                 : store_say(store_err(rc), "the database %s cannot be opened: %s", path,
                                             file ? sqlite3_errmsg(file) : sqlite3_errstr(rc));
    if (err == HK_OK)
        err = set_up(file, as);
    if (err != HK_OK) {
        (void)sqlite3_close(file); /* nothing is prepared on it yet */
        return err;
    }
    *ret = file;
    return HK_OK;
}
