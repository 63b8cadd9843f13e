/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies as TypeScript interfaces: as the page holds them once a decoder let them in, bytes as bytes.
 */
#include <assert.h>

#include "tools/contract/print.h"

static void print_bare(const shape_member *m, FILE *to);

static void print_choices(const char *const *choices, FILE *to)
{
    for (size_t i = 0; choices[i]; i++)
        fprintf(to, "%s\"%s\"", i ? " | " : "", choices[i]);
}

static void print_type(const shape_member *m, FILE *to)
{
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        fputs("boolean", to);
        return;
    case SHAPE_KIND_INT:
        fputs("number", to);
        return;
    case SHAPE_KIND_TEXT:
        fputs("string", to);
        return;
    case SHAPE_KIND_ID:
        fputs("Id", to);
        return;
    case SHAPE_KIND_BYTES:
    case SHAPE_KIND_HASH:
        fputs("Uint8Array", to);
        return;
    case SHAPE_KIND_CHOICE:
        print_choices(m->choices, to);
        return;
    case SHAPE_KIND_OBJECT:
        fputs(m->of->name, to);
        return;
    case SHAPE_KIND_LIST:
        fputs("readonly ", to);
        if (contract_is_bare(m->of))
            print_bare(&m->of->members[0], to);
        else
            fputs(m->of->name, to);
        fputs("[]", to);
        return;
    }
}

/* A bare item is a plain value: lists of lists are not declared. */
static void print_bare(const shape_member *m, FILE *to)
{
    assert(m->kind != SHAPE_KIND_LIST && m->kind != SHAPE_KIND_CHOICE);
    print_type(m, to);
}

static void print_shape(const shape *s, FILE *to)
{
    fprintf(to, "\n/** %s */\n", s->about ? s->about : s->name);
    if (s->count == 0) {
        fprintf(to, "export type %s = Readonly<Record<string, never>>;\n", s->name);
        return;
    }
    fprintf(to, "export interface %s {\n", s->name);
    for (size_t i = 0; i < s->count; i++) {
        const shape_member *m = &s->members[i];
        fprintf(to, "  /** %s */\n  readonly %s%s: ", m->about, m->name,
                m->need == SHAPE_OPTIONAL ? "?" : "");
        print_type(m, to);
        if (m->need == SHAPE_OPTIONAL)
            fputs(" | undefined", to);
        fputs(";\n", to);
    }
    fputs("}\n", to);
}

void contract_typescript(const contract_shapes *shapes, FILE *to)
{
    fputs("// SPDX-License-Identifier: AGPL-3.0-or-later\n"
          "// Printed from features/*/contract.c by tools/contract; a check refuses drift. Do not edit.\n"
          "// What travels between the place and the page: bytes and hashes are base64url in JSON and bytes "
          "here,\n"
          "// ids stay as their 22 characters.\n\n"
          "export type Id = string;\n",
          to);
    for (size_t i = 0; i < shapes->count; i++)
        print_shape(shapes->all[i], to);
}
