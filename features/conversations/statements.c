/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What conversations keep and ask of the database. Permission stands in the statements: whoever is not a
 * member now finds no row.
 */
#include "features/conversations/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/conversations/tables.sql.inc"
                                              , false},
                                             {2,
#include "features/conversations/wraps.sql.inc"
                                              , true}};

#define HEARS "gone = 0 AND (until_ms = 0 OR until_ms > ?)"

static const store_statement STATEMENTS[] = {
    [CONV_AT] = {"conv_at",
                 "SELECT conversations.conv, conversations.kind, epoch, commit_position, from_position, "
                 "entries.position, entries.hash, chain FROM conversations JOIN members ON members.conv = "
                 "conversations.conv JOIN accounts ON accounts.account = members.account JOIN entries ON "
                 "entries.conv = conversations.conv WHERE conversation = ? AND members.account = ? AND " HEARS
                 " AND disabled = 0 ORDER BY entries.position DESC LIMIT 1"},
    [CONV_ADD] =
        {"conv_add",
         "INSERT INTO conversations (conversation, kind, epoch, commit_position, chain, made_ms) VALUES "
         "(?, ?, 1, 1, ?, ?) RETURNING conv"},
    [CONV_EPOCH] = {"conv_epoch",
                    "UPDATE conversations SET epoch = ?, commit_position = ?, chain = ? WHERE conv = ?"},
    [CONV_MINE] = {"conv_mine",
                   "SELECT conversations.conv, conversation, conversations.kind, epoch, read_position, "
                   "entries.position, entries.hash, entries.at_ms, chain FROM members JOIN conversations ON "
                   "conversations.conv = members.conv JOIN entries ON entries.conv = conversations.conv AND "
                   "entries.position = (SELECT max(position) FROM entries AS newest WHERE newest.conv = "
                   "conversations.conv) WHERE members.account = ? AND " HEARS
                   " ORDER BY entries.at_ms DESC LIMIT ?"},
    [CONV_END] = {"conv_end", "DELETE FROM conversations WHERE conv = ?"},
    [CONV_DYING] =
        {"conv_dying",
         "SELECT conversations.conv, conversation FROM members JOIN conversations ON "
         "conversations.conv = members.conv WHERE account = ? AND (kind = 3 OR (kind = 1 AND part = "
         "1)) ORDER BY conversations.conv LIMIT 1"},
    [CONV_PRIVATE] = {"conv_private",
                      "SELECT conversations.conv, conversation FROM members JOIN conversations ON "
                      "conversations.conv = members.conv WHERE account = ? AND kind = 3 ORDER BY "
                      "conversations.conv LIMIT 1"},
    [MEMBER_ADD] = {"member_add",
                    "INSERT INTO members (conv, account, part, from_position, until_ms) VALUES (?, "
                    "?, ?, ?, ?)"},
    [MEMBER_STAY] = {"member_stay",
                     "UPDATE members SET part = ?, until_ms = ? WHERE conv = ? AND account = ?"},
    [MEMBER_OUT] = {"member_out", "DELETE FROM members WHERE conv = ? AND account = ?"},
    [MEMBER_LEAVE] = {"member_leave", "UPDATE members SET gone = 1 WHERE conv = ? AND account = ?"},
    [MEMBER_READ] = {"member_read", "UPDATE members SET read_position = ? WHERE conv = ? AND account = ? AND "
                                    "read_position < ?"},
    [MEMBERS_TOLD] = {"members_told", "SELECT account FROM members WHERE conv = ? AND " HEARS},
    [MEMBERS_SHOWN] =
        {"members_shown",
         "SELECT members.account, part, read_position, gone, role, public_name, disabled, "
         "certificate, ik FROM members LEFT JOIN accounts ON accounts.account = members.account LEFT JOIN "
         "staff ON staff.account = members.account WHERE conv = ? ORDER BY members.account"},
    [MEMBERS_ALL] = {"members_all", "SELECT account FROM members WHERE conv = ?"},
    [MEMBERS_END] = {"members_end", "DELETE FROM members WHERE conv = ?"},
    [MEMBER_GONE_ALL] = {"member_gone_all", "UPDATE members SET gone = 1 WHERE account = ?"},
    [PEERS] = {"peers",
               "SELECT DISTINCT others.account FROM members AS mine JOIN members AS others ON others.conv = "
               "mine.conv WHERE mine.account = ? AND mine.gone = 0 AND others.gone = 0 AND others.account <> "
               "mine.account LIMIT ?"},
    [ENTRY_ADD] =
        {"entry_add",
         "INSERT INTO entries (conv, position, kind, stream, n, at_ms, entry_hash, hash, sealed_bytes) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    [ENTRY_REPEAT] = {"entry_repeat",
                      "SELECT position, at_ms, entry_hash FROM entries WHERE stream = ? AND n = ?"},
    [ENTRY_HASH_AT] = {"entry_hash_at", "SELECT hash FROM entries WHERE conv = ? AND position = ?"},
    [ENTRY_GO] =
        {"entry_go",
         "UPDATE entries SET kind = 2, sealed_bytes = NULL WHERE conv = ? AND position = ? AND kind = 0 "
         "AND stream IN (SELECT stream FROM streams WHERE conv = ? AND account = ?) RETURNING at_ms, "
         "entry_hash"},
    [ENTRY_GO_AGAIN] =
        {"entry_go_again",
         "UPDATE entries SET kind = 2, sealed_bytes = NULL WHERE position = ? AND kind = 0 AND "
         "conv = (SELECT conv FROM conversations WHERE conversation = ?)"},
    [ENTRIES_AFTER] =
        {"entries_after",
         "SELECT position, kind, n, at_ms, entry_hash, sealed_bytes FROM entries WHERE conv = ? AND "
         "position > ? ORDER BY position LIMIT ?"},
    [ENTRIES_GONE] = {"entries_gone", "SELECT count(*) FROM entries WHERE conv = ? AND position <= ? AND "
                                      "sealed_bytes IS NULL"},
    [ENTRIES_END] = {"entries_end", "DELETE FROM entries WHERE conv = ?"},
    [STREAM_LAST] =
        {"stream_last",
         "SELECT stream, account, (SELECT max(n) FROM entries WHERE entries.stream = streams.stream) "
         "FROM streams WHERE conv = ? AND name = ? AND epoch = ?"},
    [STREAM_OWNER] = {"stream_owner", "SELECT account FROM streams WHERE conv = ? AND name = ? LIMIT 1"},
    [STREAM_COUNT] = {"stream_count",
                      "SELECT count(*) FROM streams WHERE conv = ? AND epoch = ? AND account = ?"},
    [STREAM_ADD] = {"stream_add",
                    "INSERT INTO streams (conv, epoch, name, account) VALUES (?, ?, ?, ?) RETURNING stream"},
    [STREAMS_END] = {"streams_end", "DELETE FROM streams WHERE conv = ?"},
    [COMMIT_ADD] = {"commit_add", "INSERT INTO commits (conv, epoch, position) VALUES (?, ?, ?)"},
    [COMMIT_AT] =
        {"commit_at",
         "SELECT entries.position, at_ms, entry_hash FROM commits JOIN entries ON entries.conv = "
         "commits.conv AND entries.position = commits.position WHERE commits.conv = ? AND epoch = ?"},
    [COMMIT_THERE] = {"commit_there", "SELECT 1 FROM conversations JOIN commits ON commits.conv = "
                                      "conversations.conv WHERE conversation = ? AND commits.epoch = ?"},
    [COMMITS_END] = {"commits_end", "DELETE FROM commits WHERE conv = ?"},
    [RECEIPT_PUT] = {"receipt_put",
                     "INSERT INTO receipts (conv, account, position, sealed_receipt) VALUES (?, ?, ?, ?) ON "
                     "CONFLICT (conv, account) DO UPDATE SET position = excluded.position, sealed_receipt = "
                     "excluded.sealed_receipt WHERE excluded.position > receipts.position"},
    [RECEIPTS_OF] = {"receipts_of",
                     "SELECT account, sealed_receipt FROM receipts WHERE conv = ? AND account <> ? LIMIT 16"},
    [RECEIPTS_END] = {"receipts_end", "DELETE FROM receipts WHERE conv = ?"},
    [WRAP_PUT] =
        {"wrap_put",
         "INSERT INTO wraps (conversation, epoch, account, sealed_wrap) VALUES (?, ?, ?, ?) ON CONFLICT "
         "(conversation, epoch, account) DO UPDATE SET sealed_wrap = excluded.sealed_wrap",
         true},
    [WRAP_MINE] = {"wrap_mine",
                   "SELECT sealed_wrap FROM wraps WHERE conversation = ? AND epoch = ? AND account = ?",
                   true},
    [WRAPS_CLEAR] = {"wraps_clear", "DELETE FROM wraps WHERE conversation = ? AND epoch = ?", true},
    [WRAPS_END] = {"wraps_end", "DELETE FROM wraps WHERE conversation = ?", true},
    [WRAPS_FORGET] = {"wraps_forget", "DELETE FROM wraps WHERE account = ?", true},
    [WRAPS_ALL] = {"wraps_all", "SELECT DISTINCT conversation, epoch FROM wraps", true},
};
static const char *const WRITES[] = {"conversations", "members",  "entries", "streams",
                                     "commits",       "receipts", "wraps",   NULL};
static const char *const READS[] = {"accounts", "staff", NULL};
const store_room CONVERSATIONS_ROOM = {.name = "conversations",
                                       .migrations = MIGRATIONS,
                                       .migration_count = HK_COUNT(MIGRATIONS),
                                       .writes = WRITES,
                                       .reads = READS,
                                       .statements = STATEMENTS,
                                       .statement_count = HK_COUNT(STATEMENTS)};
