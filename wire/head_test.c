/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/head.h"

static int status_of(const char *text, size_t n, wire_head *ret)
{
    size_t seen = 0, end = wire_head_end(hk_slice_of(text, n), &seen);
    if (end == 0)
        return -1;
    if (end == WIRE_HEAD_BROKEN)
        return 400;
    assert_int_equal(end, n);
    return wire_head_parse(hk_slice_of(text, n), ret);
}

static void what_is_unusual_is_refused_and_not_repaired(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
        {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400},
        {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"GET /\r\nHost: a\r\n\r\n", 400},
        {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"VERYLONGMETHODNAME / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /# HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\\ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\xc3\xbc HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /%0 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
        {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
        {"PRI * HTTP/2.0\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tfolded: c\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nTRANSFER-encoding: identity\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 01\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567890\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n", 400},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        wire_head h;
        int status = status_of(cases[i].head, strlen(cases[i].head), &h);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].head, status);
    }
    static const char nul[] = "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n";
    wire_head h;
    assert_int_equal(status_of(nul, sizeof nul - 1, &h), 400);
}

static void too_many_fields_and_too_big_heads_are_refused(void **state)
{
    (void)state;
    static char text[WIRE_HEAD_BYTES + 64];
    for (int fields = WIRE_FIELDS; fields <= WIRE_FIELDS + 1; fields++) {
        size_t n = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < fields; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "X: y\r\n");
        n += (size_t)snprintf(text + n, sizeof text - n, "\r\n");
        wire_head h;
        assert_int_equal(status_of(text, n, &h), fields == WIRE_FIELDS ? 0 : 431);
    }
    size_t n = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(text + n, 'y', sizeof text - n);
    memcpy(text + sizeof text - 4, "\r\n\r\n", 4);
    wire_head h;
    assert_int_equal(status_of(text, sizeof text, &h), 431);
}

static const char ORDINARY[] = "POST /api/messages?after=7&limit=2 HTTP/1.1\r\n"
                               "Host: talk.example.org:8443\r\n"
                               "Connection: keep-alive, Upgrade\r\n"
                               "upgrade: WebSocket\r\n"
                               "Content-Length: 12\r\n"
                               "X-Spaces: \t two words \t\r\n"
                               "Cookie: a=b\r\n\r\n";

static void an_ordinary_head_says_what_it_says(void **state)
{
    (void)state;
    wire_head h;
    assert_int_equal(status_of(ORDINARY, sizeof ORDINARY - 1, &h), 0);
    assert_true(hk_slice_eq_z(h.method, "POST"));
    assert_true(hk_slice_eq_z(h.path, "/api/messages"));
    assert_true(hk_slice_eq_z(h.query, "after=7&limit=2"));
    assert_true(hk_slice_eq_z(h.host, "talk.example.org:8443"));
    assert_true(h.content_length == 12);
    assert_true(h.upgrade);
    assert_false(h.close);
    hk_slice value;
    assert_int_equal(wire_head_field(&h, "x-spaces", &value), HK_OK);
    assert_true(hk_slice_eq_z(value, "two words"));
    assert_int_equal(wire_head_field(&h, "x-space", &value), HK_NOT_THERE);
}

static void no_proper_prefix_of_a_head_is_a_head_and_bytes_one_by_one_find_the_same_end(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t n = 0; n < sizeof ORDINARY - 1; n++) {
        size_t fresh = 0;
        wire_head h;
        assert_int_equal(wire_head_end(hk_slice_of(ORDINARY, n), &fresh), 0);
        assert_int_equal(wire_head_end(hk_slice_of(ORDINARY, n), &seen), 0);
        assert_int_not_equal(wire_head_parse(hk_slice_of(ORDINARY, n), &h), 0);
    }
    assert_int_equal(wire_head_end(hk_slice_of(ORDINARY, sizeof ORDINARY - 1), &seen), sizeof ORDINARY - 1);
}

static void a_head_ends_where_it_ends_also_when_more_follows(void **state)
{
    (void)state;
    static const char two[] = "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n";
    size_t seen = 0, n = wire_head_end(hk_slice_of(two, sizeof two - 1), &seen);
    wire_head h;
    assert_int_equal(n, 28);
    assert_int_equal(wire_head_parse(hk_slice_of(two, n), &h), 0);
    assert_true(hk_slice_eq_z(h.path, "/a"));
    assert_int_equal(wire_head_parse(hk_slice_of(two, sizeof two - 1), &h), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_unusual_is_refused_and_not_repaired),
        cmocka_unit_test(too_many_fields_and_too_big_heads_are_refused),
        cmocka_unit_test(no_proper_prefix_of_a_head_is_a_head_and_bytes_one_by_one_find_the_same_end),
        cmocka_unit_test(a_head_ends_where_it_ends_also_when_more_follows),
        cmocka_unit_test(an_ordinary_head_says_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
