/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Figures for Prometheus, counted as things happen. They say how many, never who.
 */
#include "wire/inside.h"

#include <stdarg.h>
#include <stdlib.h>

void wire_text_add(wire_text *t, const char *format, ...)
{
    va_list args;
    if (t->full)
        return;
    va_start(args, format);
    int n = vsnprintf(t->p + t->n, t->cap - t->n, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= t->cap - t->n)
        t->full = true;
    else
        t->n += (size_t)n;
}

static void add(wire_text *t, const char *name, const char *type, const char *help, unsigned long long value)
{
    wire_text_add(t, "# HELP hearken_%s %s\n# TYPE hearken_%s %s\nhearken_%s %llu\n", name, help, name, type,
                  name, value);
}

static void add_all(wire *w, wire_text *t)
{
    wire_figures *f = &w->figures;
    add(t, "connections", "gauge", "Connections held now.", w->conn_count);
    add(t, "sockets", "gauge", "Signed-in sockets held now.", w->socket_count);
    add(t, "jobs", "gauge", "Requests on their way to the database now.", w->jobs);
    add(t, "connections_accepted_total", "counter", "Connections accepted.", f->accepted);
    add(t, "requests_total", "counter", "Requests that reached a route.", f->requests);
    add(t, "messages_in_total", "counter", "Socket messages received.", f->messages_in);
    add(t, "messages_out_total", "counter", "Socket messages sent.", f->messages_out);
    add(t, "problems_client_total", "counter", "Answers with a status of 4xx.", f->problems_client);
    add(t, "problems_server_total", "counter", "Answers with a status of 5xx.", f->problems_server);
    add(t, "refused_heads_total", "counter", "Heads that were no strict HTTP/1.1.", f->refused_heads);
    add(t, "refused_origins_total", "counter", "Requests from a foreign or missing Origin.",
        f->refused_origins);
    add(t, "refused_rates_total", "counter", "Requests over a rate limit.", f->refused_rates);
    add(t, "dropped_slow_total", "counter", "Connections dropped because they read too slowly.",
        f->dropped_slow);
    add(t, "deadlines_total", "counter", "Connections that ran out of time.", f->deadlines);
    if (w->options.metrics_more)
        w->options.metrics_more(w->options.place, t);
}

/* Pages on this machine's browser have no business here: whatever a browser marks as its own is refused. */
static bool is_asked_by_a_page(const wire_head *h)
{
    hk_slice value;
    return wire_head_field(h, "origin", &value) != HK_NOT_THERE ||
           wire_head_field(h, "sec-fetch-site", &value) != HK_NOT_THERE;
}

void metrics_answer(conn *c, const wire_head *h)
{
    if (!hk_slice_eq_z(h->method, "GET") || !hk_slice_eq_z(h->path, "/metrics") || is_asked_by_a_page(h)) {
        http_refuse(c, 404);
        return;
    }
    wire_text t = {.p = malloc(WIRE_METRICS_BYTES), .cap = WIRE_METRICS_BYTES};
    if (t.p)
        add_all(c->w, &t);
    if (!t.p || t.full) {
        free(t.p);
        http_refuse(c, 503);
        return;
    }
    reply_head head = {
        .status = 200, .content_type = "text/plain; version=0.0.4", .length = t.n, .close = c->close_after};
    struct evbuffer *out = bufferevent_get_output(c->be);
    bool written = reply_write_head(c->w, out, &head, NULL) == HK_OK && evbuffer_add(out, t.p, t.n) == 0;
    free(t.p);
    if (written)
        http_sent(c);
    else
        conn_free(c);
}
