/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/feature_table.h"

#include "features/accounts/accounts.h"
#include "features/audit/audit.h"
#include "features/conversations/conversations.h"
#include "features/erase/erase.h"
#include "features/files/files.h"
#include "features/invitations/invitations.h"
#include "features/place/place.h"
#include "features/requests/requests.h"
#include "features/returns/returns.h"
#include "features/staff/staff.h"

#define FEATURE(name, PREFIX)                                                                                \
    {                                                                                                        \
        name, &PREFIX##_ROOM, PREFIX##_ROUTES, &PREFIX##_ROUTE_COUNT, NULL, NULL, PREFIX##_SHAPES            \
    }

const feature FEATURES[] = {
    FEATURE("audit", AUDIT),
    FEATURE("place", PLACE),
    FEATURE("invitations", INVITATIONS),
    FEATURE("accounts", ACCOUNTS),
    FEATURE("staff", STAFF),
    {"conversations", &CONVERSATIONS_ROOM, CONVERSATIONS_ROUTES, &CONVERSATIONS_ROUTE_COUNT,
     CONVERSATIONS_MESSAGES, &CONVERSATIONS_MESSAGE_COUNT, CONVERSATIONS_SHAPES},
    FEATURE("requests", REQUESTS),
    FEATURE("files", FILES),
    FEATURE("returns", RETURNS),
    {"erase", NULL, ERASE_ROUTES, &ERASE_ROUTE_COUNT, NULL, NULL, ERASE_SHAPES},
};
const size_t FEATURE_COUNT = HK_COUNT(FEATURES);

const store_room *const FEATURE_ROOMS[] = {
    &AUDIT_ROOM,         &PLACE_ROOM,    &INVITATIONS_ROOM, &ACCOUNTS_ROOM, &STAFF_ROOM,
    &CONVERSATIONS_ROOM, &REQUESTS_ROOM, &FILES_ROOM,       &RETURNS_ROOM,  NULL};
