/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/files/contract.h"

#include "features/files/files.h"

static const shape_member CLOSE_MEMBERS[] = {
    SHAPE_INT(file_close_body, chunks, SHAPE_REQUIRED, 1, FILES_CHUNKS_MAX, "how many there are"),
    SHAPE_INT(file_close_body, size_bytes, SHAPE_REQUIRED, 1, FILES_SIZE_MAX,
              "of all chunks as they were sent"),
};
const shape FILE_CLOSE = SHAPE("FileClose", file_close_body, CLOSE_MEMBERS, "the file is whole");

const shape *const FILES_SHAPES[] = {&FILE_CLOSE, NULL};
