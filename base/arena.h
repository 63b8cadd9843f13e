/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One request, one arena: memory that is given out piece by piece and returned all at once. It has a limit;
 * over it is an error (NULL), never a crash. For tests it can be told to fail the n-th allocation.
 *
 *     hk_arena a;
 *     hk_arena_init(&a, 256 * 1024);
 *     char *text = hk_arena_get(&a, 100);     zeroed, aligned for anything; NULL when there is no more
 *     hk_arena_done(&a);
 *
 * Not safe for two threads at once: an arena belongs to whoever holds its request.
 */
#ifndef HK_BASE_ARENA_H
#define HK_BASE_ARENA_H

#include "base/slice.h"

typedef struct hk_arena_block hk_arena_block;

typedef struct hk_arena {
    hk_arena_block *blocks; /* newest first */
    size_t limit;           /* bytes that may be given out in all */
    size_t given;
    uint64_t fail_at; /* fail the allocation with this number, counted from 1; 0: never */
    uint64_t count;   /* allocations asked for so far */
} hk_arena;

void hk_arena_init(hk_arena *a, size_t limit);
void hk_arena_done(hk_arena *a);  /* gives everything back; NULL is fine */
void hk_arena_clear(hk_arena *a); /* empties it for reuse and keeps one block */

/* Zeroed bytes, aligned to 16; NULL over the limit, out of memory, or when told to fail. n = 0 gives a
 * pointer. */
[[nodiscard]] void *hk_arena_get(hk_arena *a, size_t n);
/* The same for count things of size bytes; NULL if the product overflows. */
[[nodiscard]] void *hk_arena_get_array(hk_arena *a, size_t count, size_t size);
/* A copy of s; *ret.p is never NULL on success. */
hk_err hk_arena_copy(hk_arena *a, hk_slice s, hk_slice *ret);
/* A NUL-terminated copy; NULL as above, or if s holds a NUL byte. */
[[nodiscard]] char *hk_arena_text(hk_arena *a, hk_slice s);
/* printf into the arena; NULL as above. */
[[nodiscard]] char *hk_arena_printf(hk_arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
