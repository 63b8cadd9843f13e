/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rate limits: token buckets in one table of fixed size, keyed by class and key. A bucket nobody knows is
 * full. Safe from any thread. The classes stand in wire/limits.h.
 */
#ifndef HK_WIRE_RATE_H
#define HK_WIRE_RATE_H

#include "base/slice.h"
#include "wire/limits.h"

typedef enum wire_rate {
#define WIRE_RATE_ENUM(id, name, key, burst, per_hour) WIRE_RATE_##id,
    WIRE_RATES(WIRE_RATE_ENUM)
#undef WIRE_RATE_ENUM
        WIRE_RATE_COUNT
} wire_rate;

/* What a class counts by. HANDLE: the body's member `handle` together with the address. */
typedef enum wire_rate_key { WIRE_BY_ADDRESS, WIRE_BY_ACCOUNT, WIRE_BY_HANDLE } wire_rate_key;

typedef struct wire_rates wire_rates;

/* factor: every burst and refill times this (0 is 1). */
hk_err wire_rates_new(uint32_t factor, wire_rates **ret);
void wire_rates_free(wire_rates *r);
/* Takes one token; false when the bucket is empty. *ret_wait_s: when one will be there (may be NULL). */
bool wire_rate_take(wire_rates *r, wire_rate class, uint64_t key, int64_t now_ms, int *ret_wait_s);
bool wire_rate_named(const char *name, wire_rate *ret);
wire_rate_key wire_rate_counts_by(wire_rate class);
/* The key of bytes and a number together, under the table's own secret (SipHash-2-4). */
uint64_t wire_rate_hash(const wire_rates *r, hk_slice bytes, uint64_t with);

#endif
