/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of the staff's own pages: who works here, what vouches for them, the team's key
 * (docs/interface.md, "Staff and invitations").
 */
#ifndef HK_FEATURES_STAFF_CONTRACT_H
#define HK_FEATURES_STAFF_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define STAFF_MAX         500
#define STAFF_DUTY_MAX_MS ((int64_t)24 * 3600 * 1000)

typedef struct licence_item {
    hk_slice authority, number, country;
    int64_t checked_ms;
    account_id checked_by;
    int64_t expires_ms;
} licence_item;

typedef struct staff_item {
    account_id account;
    hk_slice name;
    int64_t role;
    uint8_t ik[32], ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate, certificate;
    bool lead, certified, disabled;
    bool has_licence;
    licence_item licence;
    int64_t here_until_ms;
} staff_item;

typedef struct staff_body {
    shape_list staff; /* staff_item */
} staff_body;

typedef struct certificate_body {
    hk_slice certificate;
} certificate_body;

typedef struct licence_body {
    hk_slice authority, number, country;
    int64_t expires_ms;
    bool checked;
} licence_body;

typedef struct disabled_body {
    bool disabled;
} disabled_body;

typedef struct team_wrap_item {
    account_id account;
    hk_slice wrap;
} team_wrap_item;

typedef struct team_key_body {
    team_id team;
    int64_t serial;
    hk_slice certificate, wrap;
    shape_list missing; /* account_id */
} team_key_body;

typedef struct new_team_key_body {
    team_id team;
    int64_t serial;
    hk_slice certificate;
    shape_list wraps; /* team_wrap_item */
} new_team_key_body;

typedef struct team_wraps_body {
    int64_t serial;
    shape_list wraps; /* team_wrap_item */
} team_wraps_body;

typedef struct duty_body {
    int64_t here_until_ms;
} duty_body;

extern const shape STAFF, STAFF_CERTIFICATE, STAFF_LICENCE, STAFF_DISABLED, TEAM_KEY, NEW_TEAM_KEY,
    TEAM_WRAPS, DUTY;

#endif
