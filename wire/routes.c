/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "wire/routes.h"

#include <stdlib.h>
#include <string.h>

#include "wire/rate.h"

typedef struct compiled {
    const wire_route *route;
    hk_slice segments[WIRE_SEGMENTS]; /* a parameter's is empty */
    size_t count, param_count;
} compiled;

struct wire_routes {
    compiled routes[WIRE_ROUTES];
    size_t count;
    const wire_message *messages[WIRE_MESSAGES];
    size_t message_count;
};

/* "/a/b" is two segments. False when there are too many, or an empty one. */
static bool cut_path(hk_slice path, hk_slice ret[static WIRE_SEGMENTS], size_t *ret_count)
{
    *ret_count = 0;
    if (path.n == 0 || path.p[0] != '/')
        return false;
    while (path.n) {
        if (*ret_count == WIRE_SEGMENTS)
            return false;
        path = hk_slice_part(path, 1, path.n);
        size_t at = hk_slice_find(path, '/');
        if (at == 0)
            return false;
        ret[(*ret_count)++] = hk_slice_part(path, 0, at);
        path = hk_slice_part(path, at, path.n);
    }
    return true;
}

static const char *compile_path(const char *path, compiled *ret)
{
    if (!cut_path(hk_slice_z(path), ret->segments, &ret->count))
        return "a route's path does not begin with /, has an empty segment or too many";
    for (size_t i = 0; i < ret->count; i++) {
        if (ret->segments[i].p[0] != ':')
            continue;
        ret->segments[i] = (hk_slice){0};
        ret->param_count++;
    }
    return ret->param_count <= WIRE_PARAMS ? NULL : "a route has too many parameters";
}

static const char *check_route(const wire_route *r)
{
    static const char *const METHODS[] = {"GET", "POST", "PUT", "DELETE"};
    wire_rate rate;
    bool known = false;
    for (size_t i = 0; i < HK_COUNT(METHODS); i++)
        known |= strcmp(METHODS[i], r->method) == 0;
    if (!known || !r->handler)
        return "a route has an unknown method or no handler";
    if (r->mode == WIRE_LOOP && r->access != WIRE_ANYBODY)
        return "a route on the loop cannot ask who somebody is";
    if (r->mode == WIRE_WRITE && strcmp(r->method, "GET") == 0)
        return "a GET never changes anything";
    if (r->raw_max > WIRE_RAW_BYTES || (r->raw_max && r->body))
        return "a route's raw body is too big, or is both raw and declared";
    if (r->limit && !wire_rate_named(r->limit, &rate))
        return "a route names a rate that wire/limits.h does not have";
    return NULL;
}

static bool same_segments(const compiled *a, const compiled *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!hk_slice_eq(a->segments[i], b->segments[i]))
            return false;
    return true;
}

static const char *add_route(wire_routes *to, const wire_route *r)
{
    if (to->count == WIRE_ROUTES)
        return "there are too many routes";
    compiled *c = &to->routes[to->count];
    c->route = r;
    const char *problem = check_route(r);
    if (!problem)
        problem = compile_path(r->path, c);
    for (size_t i = 0; i < to->count && !problem; i++)
        if (same_segments(&to->routes[i], c) && strcmp(to->routes[i].route->method, r->method) == 0)
            problem = "a route is there twice";
    to->count++;
    return problem;
}

static const char *add_message(wire_routes *to, const wire_message *m)
{
    if (to->message_count == WIRE_MESSAGES)
        return "there are too many socket messages";
    if (!m->handler || wire_routes_message(to, hk_slice_z(m->name)))
        return "a socket message has no handler or is there twice";
    to->messages[to->message_count++] = m;
    return NULL;
}

hk_err wire_routes_new(const wire_options *options, wire_routes **ret, const char **ret_problem)
{
    wire_routes *to = calloc(1, sizeof *to);
    if (!to)
        return HK_NO_MEMORY;
    const char *problem = NULL;
    for (size_t room = 0; room < options->room_count && !problem; room++) {
        for (size_t i = 0; options->routes && i < options->route_counts[room] && !problem; i++)
            problem = add_route(to, &options->routes[room][i]);
        for (size_t i = 0; options->messages && i < options->message_counts[room] && !problem; i++)
            problem = add_message(to, &options->messages[room][i]);
    }
    if (problem) {
        free(to);
        *ret_problem = problem;
        return HK_BAD;
    }
    *ret = to;
    return HK_OK;
}

void wire_routes_free(wire_routes *routes)
{
    free(routes);
}

static bool fits(const compiled *c, const hk_slice *segments, size_t count)
{
    if (c->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (c->segments[i].p ? !hk_slice_eq(c->segments[i], segments[i]) : !wire_is_url_token(segments[i]))
            return false;
    return true;
}

static void add_allowed(wire_match *m, const char *method)
{
    size_t n = strlen(m->allow);
    if (strstr(m->allow, method))
        return;
    (void)snprintf(m->allow + n, sizeof m->allow - n, "%s%s", n ? ", " : "", method);
}

void wire_routes_find(const wire_routes *routes, hk_slice method, hk_slice path, wire_match *ret)
{
    *ret = (wire_match){0};
    hk_slice segments[WIRE_SEGMENTS];
    size_t count;
    if (!cut_path(path, segments, &count))
        return;
    const compiled *best = NULL;
    for (size_t i = 0; i < routes->count; i++) {
        const compiled *c = &routes->routes[i];
        if (!fits(c, segments, count))
            continue;
        add_allowed(ret, c->route->method);
        if (hk_slice_eq_z(method, c->route->method) && (!best || c->param_count < best->param_count))
            best = c;
    }
    if (!best)
        return;
    ret->route = best->route;
    for (size_t i = 0; i < count; i++)
        if (!best->segments[i].p)
            ret->params[ret->param_count++] = segments[i];
}

const wire_message *wire_routes_message(const wire_routes *routes, hk_slice name)
{
    for (size_t i = 0; i < routes->message_count; i++)
        if (hk_slice_eq_z(name, routes->messages[i]->name))
            return routes->messages[i];
    return NULL;
}
