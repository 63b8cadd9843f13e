/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Printing the declared bodies for others to read: TypeScript types for the web client, OpenAPI for
 * everybody.
 */
#ifndef HK_TOOLS_CONTRACT_PRINT_H
#define HK_TOOLS_CONTRACT_PRINT_H

#include <stdio.h>

#include "server/feature_table.h"

#define CONTRACT_SHAPES_MAX 256

/* Every shape once, in the order in which it is first named, the ones it holds before it. */
typedef struct contract_shapes {
    const shape *all[CONTRACT_SHAPES_MAX];
    size_t count;
} contract_shapes;

void contract_collect(contract_shapes *ret);
/* A list's item that is a bare value has one member without a name. */
bool contract_is_bare(const shape *s);
void contract_typescript(const contract_shapes *shapes, FILE *to);
void contract_openapi(const contract_shapes *shapes, FILE *to);

#endif
