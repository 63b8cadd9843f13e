/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/fault_vfs.h"

#include <assert.h>
#include <stddef.h>

typedef struct shown_file {
    sqlite3_file base;
    const char *path;   /* SQLite keeps it until the file is closed */
    sqlite3_file *real; /* stands behind this struct */
} shown_file;

static sqlite3_vfs *under; /* the system's */
static fault_hook the_hook;
static void *the_ctx;

static int show(fault_kind kind, const char *path, const void *bytes, int n, int64_t at)
{
    const fault_call call = {.kind = kind, .path = path ? path : "", .bytes = bytes, .n = n, .at = at};
    return the_hook(the_ctx, &call);
}

#define FILE_OF(f)           ((shown_file *)(void *)(f))
#define REAL(f)              (FILE_OF(f)->real)
#define CALL(f, method, ...) (REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__))

static int f_close(sqlite3_file *f)
{
    return CALL(f, xClose);
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    int rc = show(FAULT_READ, FILE_OF(f)->path, NULL, n, at);
    return rc == SQLITE_OK ? CALL(f, xRead, p, n, at) : rc;
}

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    int rc = show(FAULT_WRITE, FILE_OF(f)->path, p, n, at);
    return rc == SQLITE_OK ? CALL(f, xWrite, p, n, at) : rc;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = show(FAULT_TRUNCATE, FILE_OF(f)->path, NULL, 0, size);
    return rc == SQLITE_OK ? CALL(f, xTruncate, size) : rc;
}

static int f_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    return show(FAULT_SYNC, FILE_OF(f)->path, NULL, 0, 0);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return CALL(f, xFileSize, ret);
}

static int f_lock(sqlite3_file *f, int level)
{
    return CALL(f, xLock, level);
}

static int f_unlock(sqlite3_file *f, int level)
{
    return CALL(f, xUnlock, level);
}

static int f_reserved(sqlite3_file *f, int *ret)
{
    return CALL(f, xCheckReservedLock, ret);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_OK; /* a hint that would change the file behind our back */
    return CALL(f, xFileControl, op, arg);
}

static int f_sector(sqlite3_file *f)
{
    return CALL(f, xSectorSize);
}

static int f_traits(sqlite3_file *f)
{
    return CALL(f, xDeviceCharacteristics);
}

static int f_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **ret)
{
    int rc = extend ? show(FAULT_SHM, FILE_OF(f)->path, NULL, size, (int64_t)region * size) : SQLITE_OK;
    return rc == SQLITE_OK ? CALL(f, xShmMap, region, size, extend, ret) : rc;
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return CALL(f, xShmLock, at, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
    CALL(f, xShmBarrier);
}

static int f_shm_unmap(sqlite3_file *f, int and_delete)
{
    return CALL(f, xShmUnmap, and_delete);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2, /* with shared memory, without mapped pages */
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_traits,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
    (void)v;
    shown_file *file = FILE_OF(f);
    *file = (shown_file){.path = path, .real = (sqlite3_file *)(void *)(file + 1)};
    int rc = flags & SQLITE_OPEN_CREATE ? show(FAULT_OPEN, path, NULL, 0, 0) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = under->xOpen(under, path, file->real, flags, ret_flags);
    if (rc == SQLITE_OK)
        file->base.pMethods = &METHODS;
    return rc;
}

static int v_delete(sqlite3_vfs *v, const char *path, int sync_folder)
{
    (void)v;
    int rc = show(FAULT_DELETE, path, NULL, 0, sync_folder);
    return rc == SQLITE_OK ? under->xDelete(under, path, sync_folder) : rc;
}

void fault_vfs_install(const char *name, fault_hook hook, void *ctx)
{
    static sqlite3_vfs vfs;
    the_hook = hook;
    the_ctx = ctx;
    if (vfs.zName)
        return;
    under = sqlite3_vfs_find(NULL);
    assert(under);
    vfs = *under; /* all that is not about files is the system's, which takes no notice of who asks */
    vfs.zName = name;
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(shown_file) + under->szOsFile;
    vfs.xOpen = v_open;
    vfs.xDelete = v_delete;
    int rc = sqlite3_vfs_register(&vfs, 0);
    assert(rc == SQLITE_OK);
}
