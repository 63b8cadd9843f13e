/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of sealed files (docs/interface.md, "Conversations"). Their chunks are raw bytes.
 */
#ifndef HK_FEATURES_FILES_CONTRACT_H
#define HK_FEATURES_FILES_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define FILES_CHUNK_MAX      65600 /* 65,536 bytes of plaintext, a tag and, on the first, a header */
#define FILES_CHUNKS_MAX     1600  /* 100 MiB */
#define FILES_SIZE_MAX       ((int64_t)FILES_CHUNK_MAX * FILES_CHUNKS_MAX)
#define FILES_OPEN_MAX       8                                 /* one account's uploads that are not closed */
#define FILES_OPEN_LIFE_MS   ((int64_t)24 * 3600 * 1000)       /* then an unfinished upload is removed */
#define FILES_ROOM_BYTES_MAX ((int64_t)2 * 1024 * 1024 * 1024) /* of one conversation */

typedef struct file_close_body {
    int64_t chunks, size_bytes;
} file_close_body;

extern const shape FILE_CLOSE;

#endif
