/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the staff's room (statements.c) and what its files share.
 */
#ifndef HK_FEATURES_STAFF_ROWS_H
#define HK_FEATURES_STAFF_ROWS_H

#include "features/accounts/accounts.h"
#include "features/place/place.h"
#include "features/staff/contract.h"
#include "features/staff/staff.h"
#include "vault/public.h"

enum {
    STAFF_LIST,
    STAFF_CERTIFY,
    STAFF_CERTIFICATE_OF,
    STAFF_LICENSE,
    STAFF_HERE,
    STAFF_END,
    TEAM_LAST,
    TEAM_ADD,
    TEAM_WRAP_PUT,
    TEAM_WRAP_MINE,
    TEAM_MISSING,
    TEAM_WRAPS_END,
};

hk_err read_team_key(wire_request *r, wire_reply *reply);
hk_err make_team_key(wire_request *r, wire_reply *reply);
hk_err add_team_wraps(wire_request *r, wire_reply *reply);

#endif
