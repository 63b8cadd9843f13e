/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hk_arena_block {
    hk_arena_block *older;
    size_t cap;
    size_t used;
    _Alignas(16) uint8_t bytes[];
};

/* Most requests fit one block; a bigger piece gets a block of its own size. */
#define ARENA_BLOCK_BYTES ((size_t)4096 - sizeof(hk_arena_block))

void hk_arena_init(hk_arena *a, size_t limit)
{
    *a = (hk_arena){.limit = limit};
}

void hk_arena_done(hk_arena *a)
{
    if (!a)
        return;
    for (hk_arena_block *b = a->blocks, *older; b; b = older) {
        older = b->older;
        free(b);
    }
    *a = (hk_arena){.limit = a->limit};
}

void hk_arena_clear(hk_arena *a)
{
    hk_arena_block *keep = NULL;
    for (hk_arena_block *b = a->blocks, *older; b; b = older) {
        older = b->older;
        if (!keep && b->cap == ARENA_BLOCK_BYTES)
            keep = b;
        else
            free(b);
    }
    if (keep) {
        keep->older = NULL;
        keep->used = 0;
    }
    a->blocks = keep;
    a->given = 0;
    a->count = 0;
}

static hk_arena_block *block_for(hk_arena *a, size_t n)
{
    hk_arena_block *b = a->blocks;
    if (b && b->cap - b->used >= n)
        return b;
    size_t cap = n > ARENA_BLOCK_BYTES ? n : ARENA_BLOCK_BYTES;
    b = malloc(sizeof *b + cap);
    if (!b)
        return NULL;
    b->older = a->blocks;
    b->cap = cap;
    b->used = 0;
    a->blocks = b;
    return b;
}

void *hk_arena_get(hk_arena *a, size_t n)
{
    a->count++;
    if (a->fail_at && a->count == a->fail_at)
        return NULL;
    size_t rounded;
    if (__builtin_add_overflow(n, (size_t)15, &rounded))
        return NULL;
    rounded &= ~(size_t)15;
    if (rounded == 0)
        rounded = 16;
    if (a->given > a->limit || a->limit - a->given < rounded)
        return NULL;
    hk_arena_block *b = block_for(a, rounded);
    if (!b)
        return NULL;
    uint8_t *p = b->bytes + b->used;
    b->used += rounded;
    a->given += rounded;
    memset(p, 0, rounded);
    return p;
}

void *hk_arena_get_array(hk_arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    return hk_arena_get(a, n);
}

hk_err hk_arena_copy(hk_arena *a, hk_slice s, hk_slice *ret)
{
    uint8_t *p = hk_arena_get(a, s.n);
    if (!p)
        return HK_NO_MEMORY;
    if (s.n)
        memcpy(p, s.p, s.n);
    *ret = (hk_slice){p, s.n};
    return HK_OK;
}

char *hk_arena_text(hk_arena *a, hk_slice s)
{
    if (hk_slice_find(s, 0) != s.n)
        return NULL;
    char *p = hk_arena_get(a, s.n + 1);
    if (p && s.n)
        memcpy(p, s.p, s.n);
    return p;
}

char *hk_arena_printf(hk_arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : hk_arena_get(a, (size_t)n + 1);
    if (p)
        (void)vsnprintf(p, (size_t)n + 1, format, again); /* the size was measured just above */
    va_end(again);
    return p;
}
