/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What staff did, in a hash chain. The chain alone finds an edited row only against a head kept elsewhere, so
 * its head goes to staff devices at sign-in and to a second file beside the database.
 */
#ifndef HK_FEATURES_AUDIT_H
#define HK_FEATURES_AUDIT_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

typedef struct audit_head {
    int64_t count;
    uint8_t hash[32];
} audit_head;

/* Adds one act to the chain in the running transaction. act is one of ours ("staff_disabled"); actor all
 * zero: at the machine itself. */
hk_err audit_note(store_db *db, int64_t at_ms, account_id actor, const char *act, account_id subject);
hk_err audit_head_read(store_db *db, audit_head *ret);
/* Walks the whole chain. HK_CONFLICT: it breaks, ret->count tells at which row. known: a head kept elsewhere
 * that must be part of the chain, or NULL. */
hk_err audit_verify(store_db *db, const audit_head *known, audit_head *ret);
/* Appends the head to the second file when it moved; called by the server's tick on the writer. last: what
 * the file ends with, kept by the caller. */
hk_err audit_head_keep(store_db *db, const char *path, int64_t now_ms, audit_head *last);
/* The last head in the second file; zero count when there is none. HK_BAD: the file is not ours. */
hk_err audit_head_kept(const char *path, audit_head *ret);

extern const store_room AUDIT_ROOM;
extern const wire_route AUDIT_ROUTES[];
extern const size_t AUDIT_ROUTE_COUNT;
extern const shape *const AUDIT_SHAPES[];

#endif
