/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/place/place.h"

#include <string.h>

#include "features/place/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/place/tables.sql.inc"
                                              , false}};

static const store_statement STATEMENTS[] = {
    [PLACE_READ] = {"place_read", "SELECT name, language, country, time_zone, promise_minutes, "
                                  "retention_days, place_key FROM place WHERE place = 1"},
    [PLACE_MAKE] = {"place_make", "INSERT INTO place (place, name, language, country, time_zone, "
                                  "promise_minutes, retention_days) VALUES (1, ?, ?, ?, ?, 30, 31)"},
    [PLACE_WRITE] = {"place_write", "UPDATE place SET name = ?, language = ?, country = ?, time_zone = ?, "
                                    "promise_minutes = ?, retention_days = ? WHERE place = 1"},
    [PLACE_KEY_SET] = {"place_key_set",
                       "UPDATE place SET place_key = ? WHERE place = 1 AND place_key IS NULL"},
    [PLACE_HOURS] = {"place_hours", "SELECT weekday, from_minute, to_minute FROM place_hours "
                                    "ORDER BY weekday, from_minute, to_minute"},
    [PLACE_HOURS_CLEAR] = {"place_hours_clear", "DELETE FROM place_hours"},
    [PLACE_HOURS_ADD] = {"place_hours_add",
                         "INSERT INTO place_hours (weekday, from_minute, to_minute) VALUES (?, ?, ?)"},
    [PLACE_HERE] = {"place_here",
                    "SELECT count(*) FROM staff JOIN accounts ON accounts.account = staff.account WHERE "
                    "here_until_ms > ? AND certified_until_ms > ? AND certified_from_ms <= ? AND disabled = "
                    "0 AND role IN (1, 2)"},
    [PLACE_WAITING] = {"place_waiting", "SELECT count(*) FROM requests WHERE state = 0"},
    [PLACE_TEAM] = {"place_team",
                    "SELECT teams.team, teams.serial, teams.certificate, teams.lead, accounts.ik, "
                    "staff.certificate FROM teams JOIN accounts ON accounts.account = teams.lead JOIN staff "
                    "ON staff.account = teams.lead WHERE staff.certificate IS NOT NULL ORDER BY "
                    "teams.serial DESC LIMIT 1"},
};
static const char *const WRITES[] = {"place", "place_hours", NULL};
static const char *const READS[] = {"staff", "accounts", "requests", "teams", NULL};
const store_room PLACE_ROOM = {.name = "place",
                               .migrations = MIGRATIONS,
                               .migration_count = HK_COUNT(MIGRATIONS),
                               .writes = WRITES,
                               .reads = READS,
                               .statements = STATEMENTS,
                               .statement_count = HK_COUNT(STATEMENTS)};

hk_err place_make(store_db *db, hk_slice name, hk_slice language, hk_slice country, hk_slice time_zone)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &PLACE_ROOM, PLACE_MAKE));
    store_bind_text(&c, name);
    store_bind_text(&c, language);
    store_bind_text(&c, country);
    store_bind_text(&c, time_zone);
    return store_finish(&c);
}

/* One number of the place's row. HK_NOT_THERE: `hearkend init` was not run. */
static hk_err place_int(store_db *db, int column, int64_t *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &PLACE_ROOM, PLACE_READ));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    *ret = store_int(&c, column);
    return HK_OK;
}

hk_err place_exists(store_db *db, bool *ret)
{
    int64_t minutes;
    hk_err err = place_int(db, 4, &minutes);
    *ret = err == HK_OK;
    return err == HK_NOT_THERE ? HK_OK : err;
}

hk_err place_promise_ms(store_db *db, int64_t *ret)
{
    HK_TRY(place_int(db, 4, ret));
    *ret *= 60000;
    return HK_OK;
}

hk_err place_retention_ms(store_db *db, int64_t *ret)
{
    HK_TRY(place_int(db, 5, ret));
    *ret *= (int64_t)24 * 3600 * 1000;
    return HK_OK;
}

hk_err place_time_zone(store_db *db, char *ret, size_t size)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &PLACE_ROOM, PLACE_READ));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    hk_slice zone = store_slice(&c, 3);
    if (zone.n >= size)
        return HK_TOO_MUCH;
    memcpy(ret, zone.p, zone.n);
    ret[zone.n] = '\0';
    return HK_OK;
}

hk_err place_key(store_db *db, uint8_t ret[static 32])
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &PLACE_ROOM, PLACE_READ));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row || store_is_null(&c, 6))
        return HK_NOT_THERE;
    return store_slice_into(&c, 6, ret, 32);
}
