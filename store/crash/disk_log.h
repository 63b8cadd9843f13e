/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a disk may hold after the power went: a log of every write, sync and acknowledgement of a run, and
 * from any point of it one of the many states that a real disk could be in.
 *
 * Until a file is synced, each of its writes may be there, be missing, or be there in part (512-byte sectors
 * of it), in any order; a truncation may or may not have happened. What was synced is there. A new name is
 * there for sure once a log in its folder was synced, because SQLite syncs the folder with it.
 */
#ifndef HK_STORE_CRASH_DISK_LOG_H
#define HK_STORE_CRASH_DISK_LOG_H

#include "store/fault_vfs.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct disk_log disk_log;

disk_log *disk_log_new(void);
void disk_log_free(disk_log *log);
int disk_log_hook(void *log, const fault_call *call); /* for fault_vfs_install; thread-safe */
void disk_log_acknowledge(disk_log *log, int author, int64_t seq);
size_t disk_log_length(disk_log *log);

/* One walk through a log, forward only. */
typedef struct disk disk;
disk *disk_new(const disk_log *log);
void disk_free(disk *d);
void disk_advance(disk *d, size_t to);           /* the power goes before the log's entry `to` */
const int64_t *disk_acknowledged(const disk *d); /* by author: the last seq acknowledged so far */
bool disk_just_acknowledged(const disk_log *log, size_t at);
bool disk_about_to_sync(const disk_log *log, size_t at);

typedef struct disk_losses {
    int64_t dropped, torn, moved;
} disk_losses;
/* Writes one possible surviving state of every file into `folder`, under the files' last names. */
void disk_survive(const disk *d, const char *folder, uint64_t *random, disk_losses *ret);

uint64_t disk_random(uint64_t *state); /* the harness's own, so that a seed tells the whole story */

#endif
