/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the files' room (files.c).
 */
#ifndef HK_FEATURES_FILES_ROWS_H
#define HK_FEATURES_FILES_ROWS_H

#include "features/files/contract.h"

enum {
    FILE_MEMBER,
    FILE_FIND,
    FILE_ADD,
    FILES_OPEN,
    FILES_SIZE,
    FILE_GROW,
    FILE_SHUT,
    CHUNK_ADD,
    CHUNK_LAST,
    CHUNK_READ,
    CHUNKS_OVER,
    FILES_OVER,
    CHUNKS_LOST,
    FILES_LOST,
};

#endif
