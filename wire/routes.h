/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The tables of all rooms, compiled once at start: which route a method and a path mean, which message a
 * name. A path is matched segment by segment; ":name" takes any one segment. Where two routes fit, the one
 * with the literal segment wins ("/api/requests/mine" before "/api/requests/:conversation").
 */
#ifndef HK_WIRE_ROUTES_H
#define HK_WIRE_ROUTES_H

#include "wire/head.h"
#include "wire/wire.h"

typedef struct wire_routes wire_routes;

/* HK_BAD with *ret_problem: a table says something impossible (two equal routes, an unknown rate, ...). */
hk_err wire_routes_new(const wire_options *options, wire_routes **ret, const char **ret_problem);
void wire_routes_free(wire_routes *routes);

typedef struct wire_match {
    const wire_route *route;      /* NULL: no such path, or no such method for it */
    hk_slice params[WIRE_PARAMS]; /* borrowed from the path */
    size_t param_count;
    char allow[64]; /* the methods of the path, for a 405; "" when there is no such path */
} wire_match;

void wire_routes_find(const wire_routes *routes, hk_slice method, hk_slice path, wire_match *ret);
const wire_message *wire_routes_message(const wire_routes *routes, hk_slice name);

#endif
