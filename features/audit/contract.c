/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/audit/contract.h"

#include "features/audit/audit.h"

static const shape_member AUDIT_ITEM_MEMBERS[] = {
    SHAPE_INT(audit_item, count, SHAPE_REQUIRED, 1, HK_INT_MAX, "its number"),
    SHAPE_INT(audit_item, at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when"),
    SHAPE_ID(audit_item, actor, SHAPE_OPTIONAL, "who; missing: at the machine itself"),
    SHAPE_TEXT(audit_item, act, SHAPE_REQUIRED, 1, 40, "what was done"),
    SHAPE_ID(audit_item, subject, SHAPE_OPTIONAL, "to whom"),
    SHAPE_HASH(audit_item, hash, SHAPE_REQUIRED, "the chain up to here"),
};
static const shape AUDIT_ITEM = SHAPE("AuditEntry", audit_item, AUDIT_ITEM_MEMBERS, "one act of staff");

static const shape_member AUDIT_MEMBERS[] = {
    SHAPE_LIST(audit_body, entries, SHAPE_REQUIRED, 0, AUDIT_PAGE_MAX, &AUDIT_ITEM, "oldest first"),
    SHAPE_INT(audit_body, count, SHAPE_REQUIRED, 0, HK_INT_MAX, "of all"),
    SHAPE_HASH(audit_body, head, SHAPE_REQUIRED, "of all"),
};
const shape AUDIT = SHAPE("Audit", audit_body, AUDIT_MEMBERS, "what staff did, in a chain");

const shape *const AUDIT_SHAPES[] = {&AUDIT, NULL};
