/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a head asks for, and whether it may: host, route, origin, the body's announcement, the upgrade, the
 * rates.
 */
#include "wire/inside.h"

static bool is_api(hk_slice path)
{
    return hk_slice_starts(path, HK_LIT("/api/"));
}

/* Does the request bring the body that its route wants? */
static int judge_body(const wire_route *route, const wire_head *h, size_t *ret_n)
{
    *ret_n = 0;
    if (!route->body && !route->raw_max)
        return h->content_length > 0 ? 400 : 0;
    if (h->content_length < 0)
        return 411;
    if ((uint64_t)h->content_length > (route->raw_max ? route->raw_max : WIRE_BODY_BYTES))
        return 413;
    hk_slice type;
    if (route->body && (wire_head_field(h, "content-type", &type) != HK_OK ||
                        !hk_slice_eq_z(hk_slice_part(type, 0, hk_slice_find(type, ';')), "application/json")))
        return 415;
    *ret_n = (size_t)h->content_length;
    return 0;
}

static int judge_upgrade(const wire *w, const wire_head *h, judged *j)
{
    if (!hk_slice_eq_z(h->method, "GET"))
        return 405;
    if (!h->upgrade)
        return 426;
    if (h->content_length > 0)
        return 400;
    int status = gate_origin(w, h, true);
    j->is_upgrade = true;
    return status ? status : socket_judge(h, &j->ticket);
}

static int judge_api(const wire *w, const wire_head *h, judged *j)
{
    if (hk_slice_eq_z(h->path, "/api/socket"))
        return judge_upgrade(w, h, j);
    if (h->upgrade)
        return 400;
    wire_routes_find(w->routes, h->method, h->path, &j->match);
    if (!j->match.route)
        return j->match.allow[0] ? 405 : 404;
    int status = gate_origin(w, h, !hk_slice_eq_z(h->method, "GET"));
    return status ? status : judge_body(j->match.route, h, &j->body_n);
}

static void take_rate(conn *c, wire_rate rate, uint64_t key, judged *j)
{
    if (j->status || key == 0 || wire_rate_take(c->w->rates, rate, key, c->w->now_ms, &j->retry_after_s))
        return; /* an address nobody told us (0) must not become one bucket for everybody */
    atomic_fetch_add(&c->w->figures.refused_rates, 1);
    j->status = 429;
}

/* Rates by address are taken when the head is there; those by handle need the body (body_rate). */
void judge_rates(conn *c, judged *j)
{
    wire_rate rate;
    take_rate(c, WIRE_RATE_GENERAL, c->address_key, j);
    if (j->status || !j->match.route || !j->match.route->limit ||
        !wire_rate_named(j->match.route->limit, &rate))
        return;
    if (rate == WIRE_RATE_SIGN_IN)
        rate = WIRE_RATE_SIGN_IN_ALL;
    take_rate(c, rate, c->address_key, j);
}

void judge(conn *c, const wire_head *h, judged *j)
{
    *j = (judged){0};
    if (c->is_proxied)
        c->address_key = gate_forwarded_key(c->w, h);
    j->status = gate_host(c->w, h);
    if (!j->status && is_api(h->path))
        j->status = judge_api(c->w, h, j);
    else if (!j->status && h->upgrade)
        j->status = 400;
    if (j->status == 403)
        atomic_fetch_add(&c->w->figures.refused_origins, 1);
}
