/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The HTTP interface as OpenAPI 3.1, from the tables of routes and bodies.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/contract/print.h"

static void print_text(const char *text, FILE *to)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
    fputc('"', to);
}

static void print_bytes_schema(int64_t min, int64_t max, FILE *to)
{
    fprintf(to, "{\"type\":\"string\",\"contentEncoding\":\"base64url\",\"minLength\":%zu,\"maxLength\":%zu",
            hk_b64_size((size_t)min), hk_b64_size((size_t)max));
}

static void print_choices(const shape_member *m, FILE *to)
{
    fputs("{\"type\":\"string\",\"enum\":[", to);
    for (size_t i = 0; m->choices[i]; i++) {
        fputs(i ? "," : "", to);
        print_text(m->choices[i], to);
    }
    fputc(']', to);
}

static void print_ref(const shape *s, FILE *to)
{
    fprintf(to, "{\"$ref\":\"#/components/schemas/%s\"", s->name);
}

/* Opens the schema's object and leaves it open for a description. */
static void open_schema(const shape_member *m, FILE *to)
{
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        fputs("{\"type\":\"boolean\"", to);
        return;
    case SHAPE_KIND_INT:
        fprintf(to, "{\"type\":\"integer\",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64, m->min, m->max);
        return;
    case SHAPE_KIND_TEXT:
        fprintf(to, "{\"type\":\"string\",\"maxLength\":%" PRId64, m->max);
        return;
    case SHAPE_KIND_BYTES:
    case SHAPE_KIND_ID:
    case SHAPE_KIND_HASH:
        print_bytes_schema(m->min, m->max, to);
        return;
    case SHAPE_KIND_CHOICE:
        print_choices(m, to);
        return;
    case SHAPE_KIND_OBJECT:
        print_ref(m->of, to);
        return;
    case SHAPE_KIND_LIST:
        fprintf(to,
                "{\"type\":\"array\",\"minItems\":%" PRId64 ",\"maxItems\":%" PRId64 ",\"items\":", m->min,
                m->max);
        if (contract_is_bare(m->of))
            fputs(m->of->members[0].kind == SHAPE_KIND_ID ? "{\"type\":\"string\",\"contentEncoding\":"
                                                            "\"base64url\",\"minLength\":22,\"maxLength\":22"
                                                          : "{\"type\":\"string\"",
                  to);
        else
            print_ref(m->of, to);
        fputc('}', to);
        return;
    }
}

static void print_schema(const shape *s, FILE *to)
{
    fprintf(to,
            "      \"%s\": {\"type\":\"object\",\"additionalProperties\":false,\"description\":", s->name);
    print_text(s->about ? s->about : s->name, to);
    fputs(",\"required\":[", to);
    bool first = true;
    for (size_t i = 0; i < s->count; i++) {
        if (s->members[i].need == SHAPE_OPTIONAL)
            continue;
        fputs(first ? "" : ",", to);
        print_text(s->members[i].name, to);
        first = false;
    }
    fputs("],\"properties\":{", to);
    for (size_t i = 0; i < s->count; i++) {
        fputs(i ? ",\n        " : "\n        ", to);
        print_text(s->members[i].name, to);
        fputc(':', to);
        open_schema(&s->members[i], to);
        fputs(",\"description\":", to);
        print_text(s->members[i].about, to);
        fputc('}', to);
    }
    fputs("}}", to);
}

/* "/api/conversations/:conversation/log" as OpenAPI writes it. */
static void print_path(const char *path, FILE *to)
{
    bool inside = false;
    fputs("    \"", to);
    for (; *path; path++) {
        if (*path == ':') {
            fputc('{', to);
            inside = true;
            continue;
        }
        if (*path == '/' && inside) {
            fputc('}', to);
            inside = false;
        }
        fputc(*path, to);
    }
    fputs(inside ? "}\": {\n" : "\": {\n", to);
}

static void print_parameters(const char *path, FILE *to)
{
    bool first = true;
    fputs("\"parameters\":[", to);
    for (const char *at = strchr(path, ':'); at; at = strchr(at + 1, ':')) {
        fprintf(to,
                "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}",
                first ? "" : ",", (int)strcspn(at + 1, "/"), at + 1);
        first = false;
    }
    fputs("],", to);
}

static void print_content(const shape *s, FILE *to)
{
    fputs("{\"application/json\":{\"schema\":", to);
    print_ref(s, to);
    fputs("}}}", to);
}

static void print_operation(const wire_route *route, FILE *to)
{
    fputs("      \"", to);
    for (const char *c = route->method; *c; c++)
        fputc(*c - 'A' + 'a', to);
    fputs("\": {\"summary\":", to);
    print_text(route->about, to);
    fputc(',', to);
    print_parameters(route->path, to);
    if (route->raw_max)
        fputs("\"requestBody\":{\"required\":true,\"content\":{\"application/octet-stream\":{}}},", to);
    else if (route->body) {
        fputs("\"requestBody\":{\"required\":true,\"content\":", to);
        print_content(route->body, to);
        fputc(',', to);
    }
    fputs("\"responses\":{", to);
    if (route->answer) {
        fputs("\"200\":{\"description\":\"done\",\"content\":", to);
        print_content(route->answer, to);
    } else
        fputs("\"2XX\":{\"description\":\"done\"}", to);
    fputs(",\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}", to);
}

/* Routes of one path stand together, whatever feature they belong to. */
static void print_paths(FILE *to)
{
    const wire_route *all[512];
    size_t count = 0;
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        for (size_t j = 0; j < *FEATURES[i].route_count && count < 512; j++)
            all[count++] = &FEATURES[i].routes[j];
    bool first_path = true;
    for (size_t i = 0; i < count; i++) {
        if (!all[i])
            continue;
        fputs(first_path ? "" : ",\n", to);
        first_path = false;
        print_path(all[i]->path, to);
        print_operation(all[i], to);
        for (size_t j = i + 1; j < count; j++) {
            if (!all[j] || strcmp(all[j]->path, all[i]->path) != 0)
                continue;
            fputs(",\n", to);
            print_operation(all[j], to);
            all[j] = NULL;
        }
        fputs("}", to);
    }
}

void contract_openapi(const contract_shapes *shapes, FILE *to)
{
    fputs(
        "{\n  \"openapi\": \"3.1.0\",\n  \"info\": {\"title\": \"Hearken\", \"version\": \"1\", \"license\": "
        "{\"name\": \"AGPL-3.0-or-later\"},\n    \"description\": \"Order, meaning and the socket: "
        "docs/interface.md\"},\n  \"paths\": {\n",
        to);
    print_paths(to);
    fputs("\n  },\n  \"components\": {\n    \"responses\": {\"Problem\": {\"description\": \"RFC 9457\", "
          "\"content\": {\"application/problem+json\": {}}}},\n    \"schemas\": {\n",
          to);
    for (size_t i = 0; i < shapes->count; i++) {
        fputs(i ? ",\n" : "", to);
        print_schema(shapes->all[i], to);
    }
    fputs("\n    }\n  }\n}\n", to);
}
