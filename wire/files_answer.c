/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers from the table of files: brotli where it is taken, 304 where it is known, HEAD like GET.
 */
#include "wire/inside.h"

#include <string.h>

/* Accept-Encoding names br, and not with q=0 (RFC 9110 section 12.5.3). */
static bool takes_brotli(const wire_head *h)
{
    hk_slice rest, one;
    if (wire_head_field(h, "accept-encoding", &rest) != HK_OK)
        return false;
    while (wire_list_next(&rest, &one)) {
        size_t at = hk_slice_find(one, ';');
        hk_slice name = hk_slice_part(one, 0, at), weight = hk_slice_part(one, at + 1, one.n);
        if (wire_list_has(name, "br"))
            return !wire_list_has(weight, "q=0") && !wire_list_has(weight, "q=0.0");
    }
    return false;
}

/* If-None-Match compares weakly (RFC 9110 section 13.1.2): a W/ that a proxy put there is not looked at. */
static bool is_known(const wire_head *h, const char *etag)
{
    hk_slice rest, one;
    if (wire_head_field(h, "if-none-match", &rest) != HK_OK)
        return false;
    while (wire_list_next(&rest, &one)) {
        if (hk_slice_starts(one, HK_LIT("W/")))
            one = hk_slice_part(one, 2, one.n);
        if (hk_slice_eq_z(one, etag) || hk_slice_eq_z(one, "*"))
            return true;
    }
    return false;
}

static bool wants_html(const wire_head *h)
{
    hk_slice rest, one;
    if (wire_head_field(h, "accept", &rest) != HK_OK)
        return false;
    while (wire_list_next(&rest, &one))
        if (hk_slice_eq_z(hk_slice_part(one, 0, hk_slice_find(one, ';')), "text/html"))
            return true;
    return false;
}

static void answer(conn *c, const wire_head *h, const wire_file *f, int status)
{
    bool brotli = f->brotli.p && takes_brotli(h);
    const char *etag = brotli ? f->etag_brotli : f->etag;
    if (status == 200 && is_known(h, etag))
        status = 304;
    hk_slice body = brotli ? f->brotli : f->bytes;
    reply_head head = {.status = status,
                       .content_type = status == 304 ? NULL : f->content_type,
                       .cache =
                           f->immutable && status != 404 ? "public, max-age=31536000, immutable" : "no-cache",
                       .etag = status == 404 ? NULL : etag,
                       .encoding = brotli && status != 304 ? "br" : NULL,
                       .length = body.n,
                       .close = c->close_after || c->w->draining,
                       .varies = f->brotli.p != NULL};
    bool with_body = status != 304 && hk_slice_eq_z(h->method, "GET");
    struct evbuffer *out = bufferevent_get_output(c->be);
    if (reply_write_head(c->w, out, &head, NULL) == HK_OK &&
        (!with_body || !body.n || evbuffer_add_reference(out, body.p, body.n, NULL, NULL) == 0))
        http_sent(c);
    else
        conn_free(c);
}

bool files_answer(conn *c, const wire_head *h)
{
    const wire_files *files = c->w->options.files;
    if (!files || hk_slice_starts(h->path, HK_LIT("/api/")))
        return false;
    const wire_file *f = wire_files_find(files, h->path);
    int status = f ? 200 : 404;
    if (!f && wants_html(h))
        f = wire_files_at(files, HK_LIT("/404.html"));
    if (f)
        answer(c, h, f, status);
    return f != NULL;
}
