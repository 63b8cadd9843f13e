/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Replies as bytes: heads with their security fields, and problems (RFC 9457).
 */
#include "wire/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int wire_status_of(hk_err err)
{
    switch (err) {
    case HK_OK:
        return 200;
    case HK_NOT_THERE:
        return 404;
    case HK_WHO:
        return 401;
    case HK_REFUSED:
        return 403;
    case HK_BAD:
        return 400;
    case HK_CONFLICT:
        return 409;
    case HK_TOO_MUCH:
        return 429;
    case HK_NO_MEMORY:
    case HK_STORE:
    case HK_BUSY:
        return 503;
    }
    return 500;
}

static const char *words_of(hk_err err)
{
    switch (err) {
    case HK_OK:
        break;
    case HK_NOT_THERE:
        return "There is nothing here, or it is not yours.";
    case HK_WHO:
        return "Please sign in first.";
    case HK_REFUSED:
        return "This cannot be done from here.";
    case HK_BAD:
        return "This could not be understood.";
    case HK_CONFLICT:
        return "Something else happened first. Please look again.";
    case HK_TOO_MUCH:
        return "This is more than can be taken at once. Please wait a little.";
    case HK_NO_MEMORY:
    case HK_STORE:
        return "This could not be kept. Nothing was lost; please try again.";
    case HK_BUSY:
        return "The place is busy for a moment. Please try again.";
    }
    return "Something went wrong here. Please try again.";
}

/* Statuses that the kit gives itself, beside those of hk_err. */
static const struct {
    int status;
    const char *reason, *code, *words;
} STATUSES[] = {
    {101, "Switching Protocols", NULL, NULL},
    {200, "OK", NULL, NULL},
    {204, "No Content", NULL, NULL},
    {304, "Not Modified", NULL, NULL},
    {400, "Bad Request", NULL, NULL},
    {401, "Unauthorized", NULL, NULL},
    {403, "Forbidden", NULL, NULL},
    {404, "Not Found", NULL, NULL},
    {405, "Method Not Allowed", "method", "This cannot be asked for in this way."},
    {408, "Request Timeout", "too_slow", "This took too long to arrive."},
    {409, "Conflict", NULL, NULL},
    {411, "Length Required", "length", "The length of this is not said."},
    {413, "Content Too Large", "too_big", "This is too big."},
    {414, "URI Too Long", "too_big", "This address is too long."},
    {415, "Unsupported Media Type", "media_type", "This kind of content is not taken here."},
    {417, "Expectation Failed", "expectation", "This cannot be asked for in this way."},
    {421, "Misdirected Request", "host", "This place has another name."},
    {426, "Upgrade Required", "upgrade", "Here only a WebSocket can be opened."},
    {429, "Too Many Requests", NULL, NULL},
    {431, "Request Header Fields Too Large", "too_big", "This is too big."},
    {500, "Internal Server Error", NULL, NULL},
    {501, "Not Implemented", "encoding", "This way of sending is not taken here."},
    {503, "Service Unavailable", NULL, NULL},
    {505, "HTTP Version Not Supported", "version", "Only HTTP/1.1 is spoken here."},
};

static size_t status_index(int status)
{
    for (size_t i = 0; i < HK_COUNT(STATUSES); i++)
        if (STATUSES[i].status == status)
            return i;
    return status_index(500);
}

static void put_problem(json_out *o, const wire_reply *r, int64_t socket_id)
{
    if (socket_id >= 0) {
        json_put(o, "{\"t\":\"problem\",\"id\":");
        json_put_int(o, socket_id);
    } else {
        json_put(o, "{\"type\":\"about:blank\",\"status\":");
        json_put_int(o, r->status);
    }
    json_put(o, ",\"code\":");
    json_put_text(o, hk_slice_z(r->code));
    json_put(o, ",\"title\":");
    json_put_text(o, hk_slice_z(r->sentence));
    if (r->member[0]) {
        json_put(o, ",\"member\":");
        json_put_text(o, hk_slice_z(r->member));
    }
    if (r->number_name) {
        json_put(o, ",");
        json_put_text(o, hk_slice_z(r->number_name));
        json_put(o, ":");
        json_put_int(o, r->number);
    }
    json_put(o, "}");
}

void wire_reply_fail(wire_reply *reply, hk_err err, int status, int64_t socket_id, hk_arena *arena)
{
    size_t known = status_index(status ? status : wire_status_of(err));
    reply->status = STATUSES[known].status;
    if (!reply->code)
        reply->code = STATUSES[known].code ? STATUSES[known].code : hk_err_name(err);
    if (!reply->sentence)
        reply->sentence = STATUSES[known].words ? STATUSES[known].words : words_of(err);
    reply->content_type = "application/problem+json";
    reply->cookie = reply->pre_login_cookie = (hk_slice){0};
    json_out o = {0};
    put_problem(&o, reply, socket_id);
    o = (json_out){.p = hk_arena_get(arena, o.n)};
    if (o.p)
        put_problem(&o, reply, socket_id);
    reply->body = hk_slice_of(o.p, o.p ? o.n : 0); /* no memory for words: the status says it */
}

/* web.md: proven to work with WebAssembly, Preact and workers, and with nothing else. */
static const char SECURITY[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src "
    "'self'; "
    "manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types hearken\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Embedder-Policy: require-corp\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(self), microphone=(self), geolocation=(), display-capture=(), usb=(), "
    "serial=(), payment=(), browsing-topics=()\r\n"
    "X-Content-Type-Options: nosniff\r\n";

char *reply_security_fields(bool https)
{
    static const char HSTS[] = "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";
    size_t n = sizeof SECURITY + sizeof HSTS;
    char *p = malloc(n);
    if (p)
        (void)snprintf(p, n, "%s%s", SECURITY, https ? HSTS : ""); /* the size was counted just above */
    return p;
}

static void add_field(wire_text *t, const char *name, const char *value)
{
    if (value)
        wire_text_add(t, "%s: %s\r\n", name, value);
}

#define REPLY_HEAD_BYTES 4096 /* the security fields are 1.1 KiB, all others short */

hk_err reply_write_head(wire *w, struct evbuffer *out, const reply_head *h, const wire_reply *cookies)
{
    char bytes[REPLY_HEAD_BYTES];
    wire_text t = {.p = bytes, .cap = sizeof bytes};
    wire_text_add(&t, "HTTP/1.1 %d %s\r\nDate: %s\r\nCache-Control: %s\r\n%s", h->status,
                  STATUSES[status_index(h->status)].reason, wire_date(w), h->cache ? h->cache : "no-store",
                  w->security);
    add_field(&t, "Content-Type", h->content_type);
    if (h->status != 204 && h->status != 304)
        wire_text_add(&t, "Content-Length: %zu\r\n", h->length);
    add_field(&t, "ETag", h->etag);
    add_field(&t, "Content-Encoding", h->encoding);
    add_field(&t, "Vary", h->varies ? "Accept-Encoding" : NULL);
    add_field(&t, "Allow", h->allow);
    add_field(&t, "Upgrade", h->status == 426 ? "websocket" : NULL);
    if (h->retry_after_s)
        wire_text_add(&t, "Retry-After: %d\r\n", h->retry_after_s);
    if (cookies && cookies->cookie.p)
        cookie_write(&t, WIRE_COOKIE, cookies->cookie, cookies->cookie_age_s);
    if (cookies && cookies->pre_login_cookie.p)
        cookie_write(&t, WIRE_PRE_LOGIN_COOKIE, cookies->pre_login_cookie, cookies->pre_login_cookie_age_s);
    add_field(&t, "Connection", h->status == 426 ? "close, Upgrade" : h->close ? "close" : NULL);
    wire_text_add(&t, "\r\n");
    return t.full || evbuffer_add(out, t.p, t.n) != 0 ? HK_NO_MEMORY : HK_OK;
}
