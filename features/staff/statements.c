/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What staff keep and ask of the database.
 */
#include "features/staff/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/staff/tables.sql.inc"
                                              , false}};

static const store_statement STATEMENTS[] = {
    [STAFF_LIST] =
        {"staff_list",
         "SELECT accounts.account, public_name, role, ik, ek, ek_serial, ek_certificate, disabled, "
         "certificate, lead, certified_from_ms, certified_until_ms, licence_authority, licence_number, "
         "licence_country, licence_expires_ms, licence_checked_ms, licence_checked_by, here_until_ms "
         "FROM accounts LEFT JOIN staff ON staff.account = accounts.account WHERE role > 0 AND EXISTS "
         "(SELECT 1 FROM accounts AS me WHERE me.account = ? AND me.role > 0) ORDER BY public_name, "
         "accounts.account LIMIT ?"},
    [STAFF_CERTIFY] =
        {"staff_certify",
         "INSERT INTO staff (account, certificate, lead, certified_from_ms, certified_until_ms, "
         "certificate_serial) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET "
         "certificate = excluded.certificate, lead = excluded.lead, certified_from_ms = "
         "excluded.certified_from_ms, certified_until_ms = excluded.certified_until_ms, "
         "certificate_serial = excluded.certificate_serial WHERE excluded.certificate_serial >= "
         "staff.certificate_serial"},
    [STAFF_CERTIFICATE_OF] =
        {"staff_certificate_of",
         "SELECT certificate FROM staff WHERE account = ? AND lead = 1 AND certificate IS NOT "
         "NULL AND certified_from_ms <= ? AND certified_until_ms > ?"},
    [STAFF_LICENSE] =
        {"staff_license",
         "INSERT INTO staff (account, licence_authority, licence_number, licence_country, "
         "licence_expires_ms, licence_checked_ms, licence_checked_by) VALUES (?, ?, ?, ?, ?, ?, ?) "
         "ON CONFLICT (account) DO UPDATE SET licence_authority = excluded.licence_authority, "
         "licence_number = excluded.licence_number, licence_country = excluded.licence_country, "
         "licence_expires_ms = excluded.licence_expires_ms, licence_checked_ms = "
         "excluded.licence_checked_ms, licence_checked_by = excluded.licence_checked_by"},
    [STAFF_HERE] = {"staff_here", "UPDATE staff SET here_until_ms = ? WHERE account = ?"},
    [STAFF_END] = {"staff_end", "DELETE FROM staff WHERE account = ?"},
    [TEAM_LAST] = {"team_last", "SELECT serial, team, certificate FROM teams ORDER BY serial DESC LIMIT 1"},
    [TEAM_ADD] = {"team_add",
                  "INSERT INTO teams (serial, team, certificate, lead, made_ms) VALUES (?, ?, ?, ?, ?)"},
    [TEAM_WRAP_PUT] =
        {"team_wrap_put",
         "INSERT INTO team_wraps (serial, account, sealed_wrap) SELECT ?, account, ? FROM accounts "
         "WHERE account = ? AND role IN (1, 2) ON CONFLICT (serial, account) DO UPDATE SET "
         "sealed_wrap = excluded.sealed_wrap"},
    [TEAM_WRAP_MINE] = {"team_wrap_mine",
                        "SELECT sealed_wrap FROM team_wraps WHERE serial = ? AND account = ?"},
    [TEAM_MISSING] =
        {"team_missing",
         "SELECT staff.account FROM staff JOIN accounts ON accounts.account = staff.account WHERE role "
         "IN (1, 2) AND disabled = 0 AND certified_from_ms <= ? AND certified_until_ms > ? AND NOT "
         "EXISTS (SELECT 1 FROM team_wraps WHERE serial = ? AND team_wraps.account = staff.account) "
         "LIMIT ?"},
    [TEAM_WRAPS_END] = {"team_wraps_end", "DELETE FROM team_wraps WHERE account = ?"},
};
static const char *const WRITES[] = {"staff", "teams", "team_wraps", NULL};
static const char *const READS[] = {"accounts", NULL};
const store_room STAFF_ROOM = {.name = "staff",
                               .migrations = MIGRATIONS,
                               .migration_count = HK_COUNT(MIGRATIONS),
                               .writes = WRITES,
                               .reads = READS,
                               .statements = STATEMENTS,
                               .statement_count = HK_COUNT(STATEMENTS)};
