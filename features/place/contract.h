/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of the place's own routes (docs/interface.md, "The place"), as declared tables.
 */
#ifndef HK_FEATURES_PLACE_CONTRACT_H
#define HK_FEATURES_PLACE_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define PLACE_NAME_MAX      120
#define PLACE_HOURS_MAX     42        /* six openings on each of seven days */
#define PLACE_PROMISE_MAX   (72 * 60) /* minutes: a request lives no longer */
#define PLACE_RETENTION_MAX 36500
#define PLACE_DEMO_MAX      64

typedef struct place_hours {
    int64_t weekday, from_minute, to_minute;
} place_hours;

typedef struct place_team {
    team_id team;
    int64_t serial;
    hk_slice certificate;
    account_id lead;
    uint8_t lead_ik[32];
    hk_slice lead_certificate;
} place_team;

typedef struct place_body {
    hk_slice name, language, country;
    int64_t promise_minutes, retention_days;
    shape_list hours; /* place_hours */
    hk_slice time_zone;
    uint8_t place_key[32];
    bool demo;
    int64_t epoch, now_ms, listeners_here, waiting;
    bool has_team;
    place_team team;
} place_body;

typedef struct place_change_body {
    hk_slice name, language, country;
    int64_t promise_minutes, retention_days;
    hk_slice time_zone;
    shape_list hours;
} place_change_body;

typedef struct place_key_body {
    uint8_t place_key[32];
} place_key_body;

typedef struct demo_person {
    hk_slice name;
    int64_t role;
    hk_slice handle, password, secret_key;
} demo_person;

typedef struct demo_body {
    shape_list people; /* demo_person */
} demo_body;

extern const shape PLACE, PLACE_CHANGE, PLACE_KEY, DEMO;
extern const shape *const PLACE_SHAPES[]; /* NULL-terminated, for tools/contract */

#endif
