/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The body of reading what staff did (docs/interface.md, "Staff and invitations").
 */
#ifndef HK_FEATURES_AUDIT_CONTRACT_H
#define HK_FEATURES_AUDIT_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define AUDIT_PAGE_MAX 500

typedef struct audit_item {
    int64_t count, at_ms;
    account_id actor;
    hk_slice act;
    account_id subject;
    uint8_t hash[32];
} audit_item;

typedef struct audit_body {
    shape_list entries; /* audit_item */
    int64_t count;
    uint8_t head[32];
} audit_body;

extern const shape AUDIT;

#endif
