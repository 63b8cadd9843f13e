/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "wire/head.h"

#include <string.h>

/* What a byte may be part of. */
enum { TOKEN = 1, TARGET = 2, VALUE = 4 };

/* RFC 9110 section 5.6.2 (token), RFC 3986 (pchar, "/" and "?"), RFC 9110 section 5.5 (field value). */
static unsigned byte_class(uint8_t c)
{
    unsigned class = 0;
    bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alpha || (c && strchr("!#$%&'*+-.^_`|~", c)))
        class |= TOKEN;
    if (alpha || (c && strchr("-._~!$&'()*+,;=:@/?%", c)))
        class |= TARGET;
    if (c == '\t' || (c >= 0x20 && c != 0x7f))
        class |= VALUE;
    return class;
}

static bool all_are(hk_slice s, unsigned class)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(byte_class(s.p[i]) & class))
            return false;
    return true;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool equal_lower(hk_slice s, const char *word)
{
    for (size_t i = 0; i < s.n; i++)
        if (!word[i] || lower(s.p[i]) != (uint8_t)word[i])
            return false;
    return word[s.n] == 0;
}

static hk_slice trimmed(hk_slice s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = hk_slice_part(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

size_t wire_head_end(hk_slice bytes, size_t *seen)
{
    for (size_t i = *seen; i < bytes.n; i++) {
        uint8_t c = bytes.p[i];
        bool after_cr = i > 0 && bytes.p[i - 1] == '\r';
        if (c == 0 || after_cr != (c == '\n'))
            return WIRE_HEAD_BROKEN;
        if (c == '\n' && i >= 3 && bytes.p[i - 2] == '\n')
            return i + 1;
    }
    *seen = bytes.n;
    return 0;
}

/* Takes a line off *rest; the CRLF is not part of it. */
static bool next_line(hk_slice *rest, hk_slice *ret)
{
    size_t at = hk_slice_find(*rest, '\r');
    if (at + 1 >= rest->n || rest->p[at + 1] != '\n')
        return false;
    *ret = hk_slice_part(*rest, 0, at);
    *rest = hk_slice_part(*rest, at + 2, rest->n);
    return true;
}

static bool percents_are_whole(hk_slice target)
{
    for (size_t i = 0; i < target.n; i++) {
        if (target.p[i] != '%')
            continue;
        for (size_t k = 1; k <= 2; k++) {
            uint8_t c = i + k < target.n ? lower(target.p[i + k]) : 0;
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
                return false;
        }
    }
    return true;
}

static int parse_request_line(hk_slice line, wire_head *ret)
{
    size_t at = hk_slice_find(line, ' ');
    ret->method = hk_slice_part(line, 0, at);
    if (at == 0 || at > WIRE_METHOD_BYTES || at == line.n)
        return 400;
    for (size_t i = 0; i < at; i++)
        if (line.p[i] < 'A' || line.p[i] > 'Z')
            return 400;
    line = hk_slice_part(line, at + 1, line.n);
    at = hk_slice_find(line, ' ');
    hk_slice target = hk_slice_part(line, 0, at), version = hk_slice_part(line, at + 1, line.n);
    if (at == 0 || target.p[0] != '/' || !all_are(target, TARGET) || !percents_are_whole(target))
        return 400;
    if (hk_slice_eq_z(version, "HTTP/1.0") || hk_slice_eq_z(version, "HTTP/2.0"))
        return 505;
    if (!hk_slice_eq_z(version, "HTTP/1.1"))
        return 400;
    at = hk_slice_find(target, '?');
    ret->path = hk_slice_part(target, 0, at);
    ret->query = hk_slice_part(target, at + 1, target.n);
    return 0;
}

static int parse_field(hk_slice line, wire_head *ret)
{
    if (ret->field_count == WIRE_FIELDS)
        return 431;
    size_t at = hk_slice_find(line, ':');
    wire_field f = {hk_slice_part(line, 0, at), trimmed(hk_slice_part(line, at + 1, line.n))};
    if (at == 0 || at == line.n || !all_are(f.name, TOKEN) || !all_are(f.value, VALUE))
        return 400;
    ret->fields[ret->field_count++] = f;
    return 0;
}

hk_err wire_head_field(const wire_head *h, const char *name, hk_slice *ret)
{
    bool found = false;
    for (size_t i = 0; i < h->field_count; i++) {
        if (!equal_lower(h->fields[i].name, name))
            continue;
        if (found)
            return HK_BAD;
        found = true;
        *ret = h->fields[i].value;
    }
    return found ? HK_OK : HK_NOT_THERE;
}

bool wire_list_next(hk_slice *rest, hk_slice *ret)
{
    while (rest->n) {
        size_t at = hk_slice_find(*rest, ',');
        *ret = trimmed(hk_slice_part(*rest, 0, at));
        *rest = hk_slice_part(*rest, at + 1, rest->n);
        if (ret->n)
            return true;
    }
    return false;
}

bool wire_list_has(hk_slice value, const char *word)
{
    hk_slice one;
    while (wire_list_next(&value, &one))
        if (equal_lower(one, word))
            return true;
    return false;
}

bool wire_is_url_token(hk_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(lower(s.p[i]) >= 'a' && lower(s.p[i]) <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
            s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n > 0;
}

static int parse_length(const wire_head *h, int64_t *ret)
{
    hk_slice digits = {0};
    hk_err err = wire_head_field(h, "content-length", &digits);
    *ret = -1;
    if (err == HK_NOT_THERE)
        return 0;
    if (err != HK_OK || digits.n == 0 || digits.n > WIRE_LENGTH_DIGITS)
        return 400;
    int64_t n = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return 400;
        n = n * 10 + (digits.p[i] - '0');
    }
    if (digits.n > 1 && digits.p[0] == '0')
        return 400;
    *ret = n;
    return 0;
}

/* Connection options we know are close, keep-alive and upgrade; the only upgrade is to a WebSocket. */
static int parse_connection(wire_head *h)
{
    hk_slice connection = {0}, upgrade = {0};
    hk_err err = wire_head_field(h, "connection", &connection);
    hk_err upgrade_err = wire_head_field(h, "upgrade", &upgrade);
    if (err == HK_BAD || upgrade_err == HK_BAD)
        return 400;
    h->close = wire_list_has(connection, "close");
    bool asked = wire_list_has(connection, "upgrade");
    if (asked != (upgrade_err == HK_OK))
        return 400;
    if (asked && (!equal_lower(upgrade, "websocket") || h->close))
        return 400;
    h->upgrade = asked;
    return 0;
}

/* A host[:port] and nothing that could be read as something else. */
static int parse_host(wire_head *h)
{
    if (wire_head_field(h, "host", &h->host) != HK_OK || h->host.n == 0 || h->host.n > 255)
        return 400;
    for (size_t i = 0; i < h->host.n; i++) {
        uint8_t c = lower(h->host.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
              c == '[' || c == ']'))
            return 400;
    }
    return 0;
}

static int parse_framing(wire_head *h)
{
    hk_slice field;
    if (wire_head_field(h, "transfer-encoding", &field) != HK_NOT_THERE)
        return 501;
    if (wire_head_field(h, "expect", &field) != HK_NOT_THERE)
        return 417;
    int status = parse_length(h, &h->content_length);
    if (!status)
        status = parse_host(h);
    return status ? status : parse_connection(h);
}

int wire_head_parse(hk_slice head, wire_head *ret)
{
    *ret = (wire_head){.content_length = -1};
    if (head.n > WIRE_HEAD_BYTES)
        return 431;
    hk_slice line;
    if (!next_line(&head, &line))
        return 400;
    int status = parse_request_line(line, ret);
    while (!status) {
        if (!next_line(&head, &line))
            return 400;
        if (line.n == 0)
            break;
        status = parse_field(line, ret);
    }
    if (status)
        return status;
    if (head.n) /* bytes behind the blank line are not ours to judge, the caller cut wrongly */
        return 400;
    return parse_framing(ret);
}
