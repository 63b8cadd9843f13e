/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may knock at all: the Host we are, the Origin and Fetch-Metadata of whoever asks, and the key under
 * which an address is counted. The key is a hash under a secret that lives as long as this process, changed
 * by the day; the address itself is kept nowhere.
 */
#include "wire/inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static hk_slice authority(const char *origin)
{
    const char *at = strstr(origin, "://");
    return hk_slice_z(at ? at + 3 : origin);
}

int gate_host(const wire *w, const wire_head *h)
{
    for (size_t i = 0; w->options.origins && w->options.origins[i]; i++)
        if (hk_slice_eq(h->host, authority(w->options.origins[i])))
            return 0;
    return 421;
}

static bool is_our_origin(const wire *w, hk_slice origin)
{
    for (size_t i = 0; w->options.origins && w->options.origins[i]; i++)
        if (hk_slice_eq_z(origin, w->options.origins[i]))
            return true;
    return false;
}

/* Every unsafe request, and every socket, needs our own Origin; what a browser marks as coming from elsewhere
 * is refused for all of /api/. */
int gate_origin(const wire *w, const wire_head *h, bool unsafe)
{
    hk_slice origin, site;
    hk_err err = wire_head_field(h, "origin", &origin);
    if (err == HK_BAD || (err == HK_NOT_THERE && unsafe) || (err == HK_OK && !is_our_origin(w, origin)))
        return 403;
    err = wire_head_field(h, "sec-fetch-site", &site);
    if (err == HK_NOT_THERE)
        return 0;
    if (err == HK_OK && (hk_slice_eq_z(site, "same-origin") || (!unsafe && hk_slice_eq_z(site, "none"))))
        return 0;
    return 403;
}

static uint64_t key_of(const wire *w, const void *bytes, size_t n)
{
    return wire_rate_hash(w->rates, hk_slice_of(bytes, n), (uint64_t)(wire_clock_ms() / 86400000));
}

/* Of an IPv6 address only the /64 counts: one person has all of it. */
static uint64_t key_of_ipv6(const wire *w, const struct in6_addr *a)
{
    if (IN6_IS_ADDR_V4MAPPED(a))
        return key_of(w, a->s6_addr + 12, 4);
    return key_of(w, a->s6_addr, 8);
}

uint64_t gate_address_key(const wire *w, const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return key_of(w, &in.sin_addr, sizeof in.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        return key_of_ipv6(w, &in6.sin6_addr);
    }
    return 0;
}

/* Our proxy adds the address it sees at the end; what stands before it is hearsay. */
uint64_t gate_forwarded_key(const wire *w, const wire_head *h)
{
    hk_slice rest, one, last = {0};
    char text[INET6_ADDRSTRLEN];
    if (wire_head_field(h, "x-forwarded-for", &rest) != HK_OK)
        return 0;
    while (wire_list_next(&rest, &one))
        last = one;
    if (last.n == 0 || last.n >= sizeof text)
        return 0;
    memcpy(text, last.p, last.n);
    text[last.n] = 0;
    struct in_addr in;
    struct in6_addr in6;
    if (inet_pton(AF_INET, text, &in) == 1)
        return key_of(w, &in, sizeof in);
    return inet_pton(AF_INET6, text, &in6) == 1 ? key_of_ipv6(w, &in6) : 0;
}
