/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>

#include "tools/contract/print.h"

bool contract_is_bare(const shape *s)
{
    return s->count == 1 && s->members[0].name[0] == 0;
}

static bool has(const contract_shapes *shapes, const shape *s)
{
    for (size_t i = 0; i < shapes->count; i++)
        if (shapes->all[i] == s)
            return true;
    return false;
}

/* Shapes nest at most SHAPE_DEPTH_MAX deep; what is being added stands on a stack of that size. */
static void add(contract_shapes *shapes, const shape *s)
{
    const shape *stack[SHAPE_DEPTH_MAX + 1];
    size_t next[SHAPE_DEPTH_MAX + 1];
    size_t depth = 1;
    stack[0] = s;
    next[0] = 0;
    while (depth > 0) {
        const shape *at = stack[depth - 1];
        size_t i = next[depth - 1]++;
        if (i < at->count) {
            const shape *of = at->members[i].of;
            if (of && !contract_is_bare(of) && !has(shapes, of)) {
                assert(depth <= SHAPE_DEPTH_MAX);
                stack[depth] = of;
                next[depth++] = 0;
            }
            continue;
        }
        depth--;
        if (has(shapes, at))
            continue;
        assert(shapes->count < CONTRACT_SHAPES_MAX);
        shapes->all[shapes->count++] = at;
    }
}

void contract_collect(contract_shapes *ret)
{
    ret->count = 0;
    add(ret, &SHAPE_NOTHING);
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        for (size_t j = 0; FEATURES[i].shapes[j]; j++)
            add(ret, FEATURES[i].shapes[j]);
}
