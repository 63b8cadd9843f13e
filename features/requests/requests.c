/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/requests/requests.h"

#include "features/requests/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/requests/tables.sql.inc"
                                              , false}};

/* A listener who may be asked now. */
#define LISTENS                                                                                              \
    "accounts.role IN (1, 2) AND accounts.disabled = 0 AND staff.certified_from_ms <= ? AND "                \
    "staff.certified_until_ms > ? AND staff.here_until_ms > ?"
#define SHOWN                                                                                                \
    "SELECT conversation, state, requests.made_ms, promise_by_ms, (SELECT count(*) FROM requests AS before " \
    "WHERE before.state = 0 AND before.only_for IS NULL AND before.made_ms < requests.made_ms AND "          \
    "requests.only_for IS NULL AND requests.state = 0), owner, public_name, offered_ms, expires_ms FROM "    \
    "requests LEFT JOIN accounts ON accounts.account = owner "

static const store_statement STATEMENTS[] = {
    [REQUEST_ADD] =
        {"request_add",
         "INSERT INTO requests (conversation, client, state, sealed_first_words, first_hash, made_ms, "
         "promise_by_ms, expires_ms, owner, offered_ms, only_for) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, "
         "?, ?)"},
    [REQUEST_READ] = {"request_read", SHOWN "WHERE conversation = ? AND client = ?"},
    [REQUEST_SAME] = {"request_same",
                      "SELECT 1 FROM requests WHERE conversation = ? AND client = ? AND first_hash = ?"},
    [REQUEST_CLIENT] = {"request_client", "SELECT ik FROM accounts WHERE account = ?"},
    [REQUEST_COUNT] = {"request_count", "SELECT count(*) FROM requests WHERE client = ? AND state = 0"},
    [REQUESTS_MINE] = {"requests_mine", SHOWN "WHERE client = ? ORDER BY requests.made_ms DESC LIMIT ?"},
    [REQUESTS_WAITING] = {"requests_waiting",
                          "SELECT conversation, client, ik, ek, sealed_first_words, requests.made_ms, "
                          "promise_by_ms, owner, offered_ms, (SELECT count(*) FROM request_passes WHERE "
                          "request_passes.conversation = requests.conversation), only_for FROM requests JOIN "
                          "accounts ON accounts.account = client WHERE state = 0 AND (only_for IS NULL OR "
                          "only_for = ?) ORDER BY requests.made_ms LIMIT ?"},
    [REQUEST_WITHDRAW] =
        {"request_withdraw",
         "UPDATE requests SET state = 2, sealed_first_words = NULL WHERE conversation = ? AND "
         "client = ? AND state = 0 RETURNING only_for"},
    [REQUEST_ACCEPT] = {"request_accept",
                        "UPDATE requests SET state = 1, sealed_first_words = NULL, owner = ? "
                        "WHERE conversation = ? AND state = 0"},
    [REQUEST_FOR_ACCEPT] =
        {"request_for_accept",
         "SELECT state, client, first_hash, owner, only_for FROM requests WHERE conversation = "
         "? AND (only_for IS NULL OR only_for = ?)"},
    [REQUEST_OFFER] = {"request_offer",
                       "UPDATE requests SET owner = ?, offered_ms = ? WHERE conversation = ? AND state = 0"},
    [REQUEST_OPEN_TO_ALL] = {"request_open_to_all",
                             "UPDATE requests SET only_for = NULL WHERE conversation = ?"},
    [REQUEST_EXPIRE] = {"request_expire",
                        "UPDATE requests SET state = 3, sealed_first_words = NULL WHERE conversation = ?"},
    [REQUESTS_DUE] =
        {"requests_due",
         "SELECT conversation, client, owner, only_for, expires_ms, promise_by_ms FROM requests WHERE "
         "state = 0 AND (expires_ms <= ? OR (only_for IS NOT NULL AND promise_by_ms <= ?) OR "
         "(only_for IS NULL AND offered_ms + (promise_by_ms - made_ms) / 2 <= ?) OR (only_for IS "
         "NULL AND EXISTS (SELECT 1 FROM staff JOIN accounts ON accounts.account = staff.account "
         "WHERE " LISTENS " AND NOT EXISTS (SELECT 1 FROM request_passes WHERE "
         "request_passes.conversation = requests.conversation AND request_passes.account = "
         "staff.account)) AND NOT EXISTS (SELECT 1 FROM staff WHERE staff.account = requests.owner "
         "AND staff.here_until_ms > ?))) ORDER BY made_ms LIMIT ?"},
    [REQUESTS_END] = {"requests_end", "DELETE FROM requests WHERE client = ?"},
    [REQUESTS_ORPHAN] =
        {"requests_orphan",
         "UPDATE requests SET owner = NULL, only_for = NULL WHERE state = 0 AND (owner = ? OR "
         "only_for = ?)"},
    [PASS_ADD] = {"pass_add", "INSERT INTO request_passes (conversation, account, at_ms) VALUES (?, ?, ?) ON "
                              "CONFLICT (conversation, account) DO NOTHING"},
    [PASSES_LOST] = {"passes_lost",
                     "DELETE FROM request_passes WHERE NOT EXISTS (SELECT 1 FROM requests WHERE "
                     "requests.conversation = request_passes.conversation)"},
    [PASSES_END] = {"passes_end", "DELETE FROM request_passes WHERE account = ?"},
    [NEXT_OWNER] =
        {"next_owner",
         "SELECT staff.account FROM staff JOIN accounts ON accounts.account = staff.account WHERE " LISTENS
         " AND staff.account <> ? AND NOT EXISTS (SELECT 1 FROM request_passes WHERE conversation = ? "
         "AND request_passes.account = staff.account) ORDER BY (SELECT count(*) FROM requests WHERE "
         "state = 0 AND owner = staff.account), staff.account LIMIT 1"},
    [TEAM_LEAD] = {"team_lead", "SELECT lead FROM teams ORDER BY serial DESC LIMIT 1"},
    [TEAM_NOW] = {"team_now", "SELECT team, serial FROM teams ORDER BY serial DESC LIMIT 1"},
    [ON_DUTY] = {"on_duty",
                 "SELECT staff.account FROM staff JOIN accounts ON accounts.account = staff.account "
                 "WHERE " LISTENS " LIMIT ?"},
};
static const char *const WRITES[] = {"requests", "request_passes", NULL};
static const char *const READS[] = {"accounts", "staff", "teams", NULL};
const store_room REQUESTS_ROOM = {.name = "requests",
                                  .migrations = MIGRATIONS,
                                  .migration_count = HK_COUNT(MIGRATIONS),
                                  .writes = WRITES,
                                  .reads = READS,
                                  .statements = STATEMENTS,
                                  .statement_count = HK_COUNT(STATEMENTS)};

hk_err requests_forget(store_db *db, account_id account)
{
    static const struct {
        size_t statement;
        int times;
    } ROWS[] = {{REQUESTS_END, 1}, {REQUESTS_ORPHAN, 2}, {PASSES_END, 1}, {PASSES_LOST, 0}};
    for (size_t i = 0; i < HK_COUNT(ROWS); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &REQUESTS_ROOM, ROWS[i].statement));
        for (int j = 0; j < ROWS[i].times; j++)
            store_bind_slice(&c, HK_ID_SLICE(account));
        HK_TRY(store_finish(&c));
    }
    return HK_OK;
}
