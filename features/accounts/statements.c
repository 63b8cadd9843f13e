/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What accounts keep and ask of the database.
 */
#include "features/accounts/accounts.h"
#include "features/accounts/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/accounts/tables.sql.inc"
                                              , false}};

static const store_statement STATEMENTS[] = {
    [ACCOUNT_ADD] =
        {"account_add",
         "INSERT INTO accounts (account, handle, role, public_name, ik, ek, ek_serial, ek_certificate, "
         "sealed_identity, record_serial, made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)"},
    [ACCOUNT_BY_HANDLE] = {"account_by_handle", "SELECT account, disabled FROM accounts WHERE handle = ?"},
    [ACCOUNT_READ] =
        {"account_read",
         "SELECT handle, role, ik, ek, ek_serial, ek_certificate, sealed_identity, "
         "certified_from_ms, certified_until_ms, lead FROM accounts LEFT JOIN staff ON staff.account "
         "= accounts.account WHERE accounts.account = ?"},
    [ACCOUNT_SERIALS] = {"account_serials", "SELECT record_serial, ek_serial, ik, role FROM accounts WHERE "
                                            "account = ?"},
    [ACCOUNT_SET_EK] = {"account_set_ek",
                        "UPDATE accounts SET ek = ?, ek_serial = ?, ek_certificate = ? WHERE account = ?"},
    [ACCOUNT_SET_IDENTITY] = {"account_set_identity",
                              "UPDATE accounts SET sealed_identity = ? WHERE account = ?"},
    [ACCOUNT_SET_SERIAL] = {"account_set_serial", "UPDATE accounts SET record_serial = ? WHERE account = ?"},
    [ACCOUNT_DOOR] = {"account_door", "SELECT ek_serial, record_serial FROM accounts WHERE account = ? AND "
                                      "role = 0 AND disabled = 0"},
    [ACCOUNT_SET_KEYS] =
        {"account_set_keys",
         "UPDATE accounts SET handle = ?, ik = ?, ek = ?, ek_serial = ?, ek_certificate = ?, sealed_identity "
         "= ?, record_serial = record_serial + 1 WHERE account = ? AND ek_serial = ? AND record_serial = ? "
         "AND role = 0 AND disabled = 0"},
    [ACCOUNT_FACTS] = {"account_facts", "SELECT role, disabled, ik FROM accounts WHERE account = ?"},
    [ACCOUNT_DISABLE] = {"account_disable", "UPDATE accounts SET disabled = ? WHERE account = ?"},
    [ADMINS_LEFT] = {"admins_left", "SELECT count(*) FROM accounts WHERE role = 4 AND disabled = 0"},
    [ACCOUNT_END] = {"account_end", "DELETE FROM accounts WHERE account = ?"},
    [HANDLE_TAKEN] = {"handle_taken", "SELECT 1 FROM accounts WHERE handle = ?"},
    [NAME_TAKEN] = {"name_taken", "SELECT 1 FROM accounts WHERE role > 0 AND trim(public_name) = trim(?) "
                                  "COLLATE NOCASE"},
    [STATE_ADD] = {"state_add",
                   "INSERT INTO account_states (account, serial, sealed_state) VALUES (?, 1, ?)"},
    [STATE_READ] = {"state_read", "SELECT serial, sealed_state FROM account_states WHERE account = ?"},
    [STATE_SET] = {"state_set",
                   "UPDATE account_states SET serial = ?, sealed_state = ? WHERE account = ? AND "
                   "serial = ?"},
    [STATE_END] = {"state_end", "DELETE FROM account_states WHERE account = ?"},
    [RECORD_PUT] =
        {"record_put",
         "INSERT INTO records (account, kind, sealed_record, sealed_login_key) VALUES (?, ?, ?, ?) ON "
         "CONFLICT (account, kind) DO UPDATE SET sealed_record = excluded.sealed_record, "
         "sealed_login_key = excluded.sealed_login_key"},
    [RECORD_ADD] =
        {"record_add",
         "INSERT INTO records (account, kind, sealed_record, sealed_login_key) VALUES (?, ?, ?, ?)"},
    [RECORD_GET] = {"record_get",
                    "SELECT sealed_record, sealed_login_key FROM records WHERE account = ? AND kind = ?"},
    [RECORD_END] = {"record_end", "DELETE FROM records WHERE account = ? AND kind = ?"},
    [RECORDS_END] = {"records_end", "DELETE FROM records WHERE account = ?"},
    [DOOR_ADD] = {"door_add", "INSERT INTO doors (token_hash, arriving, account, handle, kind, challenge, "
                              "expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"},
    [DOOR_OPEN] = {"door_open", "SELECT account, handle, kind, challenge FROM doors WHERE token_hash = ? AND "
                                "arriving = ? AND expires_ms > ?"},
    [DOOR_CLOSE] = {"door_close", "DELETE FROM doors WHERE token_hash = ?"},
    [DOORS_OVER] = {"doors_over", "DELETE FROM doors WHERE expires_ms <= ?"},
    [SESSION_ADD] = {"session_add",
                     "INSERT INTO sessions (session, token_hash, account, record_kind, made_ms, "
                     "ends_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"},
    [SESSION_WHO] =
        {"session_who",
         "SELECT session, sessions.account, record_kind, role, certified_from_ms, "
         "certified_until_ms FROM sessions JOIN accounts ON accounts.account = sessions.account LEFT "
         "JOIN staff ON staff.account = sessions.account WHERE token_hash = ? AND ends_ms > ? AND "
         "disabled = 0 AND (sockets > 0 OR seen_ms > ?)"},
    [SESSION_READ] = {"session_read", "SELECT account, record_kind, ends_ms FROM sessions WHERE session = ?"},
    [SESSION_RENEW] = {"session_renew",
                       "UPDATE sessions SET token_hash = ?, record_kind = ?, seen_ms = ? WHERE "
                       "session = ?"},
    [SESSION_END] = {"session_end", "DELETE FROM sessions WHERE session = ?"},
    [SESSIONS_END] = {"sessions_end", "DELETE FROM sessions WHERE account = ?"},
    [SESSIONS_END_OTHERS] = {"sessions_end_others",
                             "DELETE FROM sessions WHERE account = ? AND session <> ?"},
    [SESSIONS_END_OLDEST] = {"sessions_end_oldest",
                             "DELETE FROM sessions WHERE account = ? AND session NOT IN (SELECT session FROM "
                             "sessions WHERE account = ? ORDER BY made_ms DESC, session LIMIT ?) "
                             "RETURNING session"},
    [SESSIONS_OVER] = {"sessions_over",
                       "DELETE FROM sessions WHERE ends_ms <= ? OR (sockets = 0 AND seen_ms <= ?)"},
    [SESSIONS_START] = {"sessions_start", "UPDATE sessions SET sockets = 0, seen_ms = ? WHERE sockets > 0"},
    [SESSION_SOCKET] = {"session_socket",
                        "UPDATE sessions SET sockets = sockets + ?, seen_ms = ? WHERE session = ?"},
    [SESSION_SEEN] = {"session_seen", "UPDATE sessions SET seen_ms = ? WHERE session = ?"},
    [CHALLENGE_ADD] = {"challenge_add",
                       "INSERT INTO challenges (challenge, session, expires_ms) VALUES (?, ?, ?)"},
    [CHALLENGE_BURN] = {"challenge_burn",
                        "DELETE FROM challenges WHERE challenge = ? AND session = ? AND expires_ms > ?"},
    [CHALLENGES_OVER] = {"challenges_over", "DELETE FROM challenges WHERE expires_ms <= ?"},
    [STAFF_ACCOUNTS] = {"staff_accounts", "SELECT account FROM accounts WHERE role > 0 LIMIT 500"},
};
static const char *const WRITES[] = {"accounts", "account_states", "records", "doors",
                                     "sessions", "challenges",     NULL};
static const char *const READS[] = {"staff", NULL};
const store_room ACCOUNTS_ROOM = {.name = "accounts",
                                  .migrations = MIGRATIONS,
                                  .migration_count = HK_COUNT(MIGRATIONS),
                                  .writes = WRITES,
                                  .reads = READS,
                                  .statements = STATEMENTS,
                                  .statement_count = HK_COUNT(STATEMENTS)};
