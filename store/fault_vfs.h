/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A layer under SQLite that shows every call to the disk to a test before it happens, and lets the test
 * refuse it. For tests and crash harnesses only; the place does not link it.
 *
 *     static int on_call(void *ctx, const fault_call *call) { return SQLITE_OK; }   any other code: the call
 * fails fault_vfs_install("shown", on_call, ctx); store_options o = {.vfs = "shown", ...};
 *
 * Syncs are shown but not carried out: what a power cut leaves is decided by the test, and 10,000 of them
 * must not take a day.
 */
#ifndef HK_STORE_FAULT_VFS_H
#define HK_STORE_FAULT_VFS_H

#include <sqlite3.h>
#include <stdint.h>

typedef enum {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_TRUNCATE,
    FAULT_SYNC,
    FAULT_DELETE,
    FAULT_SHM, /* the shared index grows */
} fault_kind;

typedef struct fault_call {
    fault_kind kind;
    const char *path;
    const void *bytes; /* of a write */
    int n;             /* bytes written or read */
    int64_t at;        /* where; the new size of a truncation */
} fault_call;

typedef int (*fault_hook)(void *ctx, const fault_call *call); /* called from any thread */

/* Installs the one layer of this process, under a name for store_options.vfs. Again: another hook. */
void fault_vfs_install(const char *name, fault_hook hook, void *ctx);

#endif
