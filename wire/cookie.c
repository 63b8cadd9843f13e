/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Our two cookies. Both are __Host- cookies: Secure, bound to this host and to Path=/, so that no subdomain
 * and no plain-text neighbour can set one. Chromium and Firefox accept them on http://127.0.0.1 and
 * http://localhost too, which they trust as they trust TLS.
 */
#include "wire/inside.h"

#include <string.h>

#define COOKIE_VALUE_MAX 128 /* a token is 43 characters */

hk_slice cookie_find(const wire_head *h, const char *name)
{
    hk_slice rest, found = {0};
    if (wire_head_field(h, "cookie", &rest) != HK_OK)
        return found;
    size_t name_n = strlen(name);
    while (rest.n) {
        size_t end = hk_slice_find(rest, ';');
        hk_slice pair = hk_slice_part(rest, 0, end);
        rest = hk_slice_part(rest, end + 1, rest.n);
        while (pair.n && pair.p[0] == ' ')
            pair = hk_slice_part(pair, 1, pair.n);
        if (!hk_slice_starts(pair, hk_slice_of(name, name_n)) || pair.n == name_n || pair.p[name_n] != '=')
            continue;
        if (found.p)
            return (hk_slice){0};
        found = hk_slice_part(pair, name_n + 1, pair.n);
    }
    return wire_is_url_token(found) && found.n <= COOKIE_VALUE_MAX ? found : (hk_slice){0};
}

void cookie_write(wire_text *out, const char *name, hk_slice token, int64_t max_age_s)
{
    wire_text_add(out, "Set-Cookie: %s=%.*s; Max-Age=%lld; Path=/; Secure; HttpOnly; SameSite=Strict\r\n",
                  name, (int)token.n, token.n ? (const char *)token.p : "",
                  token.n ? (long long)max_age_s : 0LL);
}
