/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/files/files.h"

#include "features/files/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/files/tables.sql.inc"
                                              , false}};

#define MEMBER                                                                                               \
    "EXISTS (SELECT 1 FROM conversations JOIN members ON members.conv = conversations.conv WHERE "           \
    "conversations.conversation = ? AND members.account = ? AND members.gone = 0 AND (members.until_ms = 0 " \
    "OR members.until_ms > ?))"

static const store_statement STATEMENTS[] = {
    [FILE_MEMBER] = {"file_member", "SELECT 1 WHERE " MEMBER},
    [FILE_FIND] = {"file_find",
                   "SELECT file, account, closed, chunks, size_bytes FROM files WHERE conversation = ? "
                   "AND blob_id = ?"},
    [FILE_ADD] = {"file_add",
                  "INSERT INTO files (conversation, blob_id, account, made_ms) VALUES (?, ?, ?, ?) "
                  "RETURNING file"},
    [FILES_OPEN] = {"files_open", "SELECT count(*) FROM files WHERE account = ? AND closed = 0"},
    [FILES_SIZE] = {"files_size", "SELECT coalesce(sum(size_bytes), 0) FROM files WHERE conversation = ?"},
    [FILE_GROW] = {"file_grow",
                   "UPDATE files SET size_bytes = size_bytes + ?, chunks = chunks + 1 WHERE file = ?"},
    [FILE_SHUT] =
        {"file_shut",
         "UPDATE files SET closed = 1 WHERE file = ? AND closed = 0 AND chunks = ? AND size_bytes = ?"},
    [CHUNK_ADD] = {"chunk_add", "INSERT INTO file_chunks (file, chunk, sealed_bytes) VALUES (?, ?, ?)"},
    [CHUNK_LAST] = {"chunk_last",
                    "SELECT count(*), coalesce(max(chunk), -1) FROM file_chunks WHERE file = ?"},
    [CHUNK_READ] = {"chunk_read",
                    "SELECT sealed_bytes FROM file_chunks JOIN files ON files.file = file_chunks.file WHERE "
                    "files.conversation = ? AND blob_id = ? AND chunk = ? AND closed = 1 AND " MEMBER},
    [CHUNKS_OVER] =
        {"chunks_over",
         "DELETE FROM file_chunks WHERE file IN (SELECT file FROM files WHERE closed = 0 AND made_ms "
         "<= ?)"},
    [FILES_OVER] = {"files_over", "DELETE FROM files WHERE closed = 0 AND made_ms <= ?"},
    [CHUNKS_LOST] =
        {"chunks_lost",
         "DELETE FROM file_chunks WHERE file IN (SELECT file FROM files WHERE NOT EXISTS (SELECT 1 "
         "FROM conversations WHERE conversations.conversation = files.conversation))"},
    [FILES_LOST] = {"files_lost", "DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE "
                                  "conversations.conversation = files.conversation)"},
};
static const char *const WRITES[] = {"files", "file_chunks", NULL};
static const char *const READS[] = {"conversations", "members", NULL};
const store_room FILES_ROOM = {.name = "files",
                               .migrations = MIGRATIONS,
                               .migration_count = HK_COUNT(MIGRATIONS),
                               .writes = WRITES,
                               .reads = READS,
                               .statements = STATEMENTS,
                               .statement_count = HK_COUNT(STATEMENTS)};

hk_err files_tick(store_db *db, int64_t now_ms)
{
    static const size_t OVER[] = {CHUNKS_OVER, FILES_OVER};
    for (size_t i = 0; i < HK_COUNT(OVER); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &FILES_ROOM, OVER[i]));
        store_bind_int(&c, now_ms - FILES_OPEN_LIFE_MS);
        HK_TRY(store_finish(&c));
    }
    return HK_OK;
}

hk_err files_forget(store_db *db)
{
    static const size_t LOST[] = {CHUNKS_LOST, FILES_LOST};
    for (size_t i = 0; i < HK_COUNT(LOST); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &FILES_ROOM, LOST[i]));
        HK_TRY(store_finish(&c));
    }
    return HK_OK;
}
