/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/frame.h"

static const uint8_t MASK[4] = {0x12, 0x34, 0x56, 0x78};
static uint8_t buffer[WIRE_MESSAGE_BYTES * 2];

/* Writes a client's frame into buffer at `at` and returns its end. */
static size_t put(size_t at, int opcode, bool last, const void *payload, size_t n)
{
    at += wire_frame_head(buffer + at, (wire_opcode)opcode, last, n, MASK);
    if (n)
        memcpy(buffer + at, payload, n);
    wire_frame_mask(buffer + at, n, MASK);
    return at + n;
}

static int code_of(size_t n)
{
    wire_frame_reader r = {.from_client = true};
    size_t at = 0;
    for (;;) {
        wire_frame f;
        switch (wire_frame_next(&r, buffer + at, n - at, &f)) {
        case WIRE_FRAME_MORE:
            return 0;
        case WIRE_FRAME_BROKEN:
            return f.close_code;
        case WIRE_FRAME_WHOLE:
            at += f.used;
        }
    }
}

static void frames_that_break_the_protocol_name_their_close_code(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint8_t bytes[12];
        size_t n;
        int code;
    } cases[] = {
        {"unmasked", {0x81, 1, 'a'}, 3, WIRE_CLOSE_PROTOCOL},
        {"reserved bit", {0xc1, 0x81}, 2, WIRE_CLOSE_PROTOCOL},
        {"binary", {0x82, 0x81}, 2, WIRE_CLOSE_KIND},
        {"opcode 3", {0x83, 0x81}, 2, WIRE_CLOSE_PROTOCOL},
        {"opcode 11", {0x8b, 0x81}, 2, WIRE_CLOSE_PROTOCOL},
        {"fragmented ping", {0x09, 0x80}, 2, WIRE_CLOSE_PROTOCOL},
        {"ping of 126", {0x89, 0xfe}, 2, WIRE_CLOSE_PROTOCOL},
        {"continuation of nothing", {0x80, 0x80}, 2, WIRE_CLOSE_PROTOCOL},
        {"long form of 125", {0x81, 0xfe, 0, 125}, 4, WIRE_CLOSE_PROTOCOL},
        {"longest form of 65535", {0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 10, WIRE_CLOSE_PROTOCOL},
        {"64 KiB and one", {0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1}, 10, WIRE_CLOSE_SIZE},
        {"2^63", {0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, 10, WIRE_CLOSE_PROTOCOL},
        {"2^62", {0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0}, 10, WIRE_CLOSE_SIZE},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        memcpy(buffer, cases[i].bytes, cases[i].n);
        if (code_of(cases[i].n) != cases[i].code)
            fail_msg("%s: %d", cases[i].name, code_of(cases[i].n));
    }
}

static void a_client_refuses_frames_that_are_masked(void **state)
{
    (void)state;
    wire_frame_reader r = {.from_client = false};
    wire_frame f;
    size_t n = put(0, WIRE_TEXT_FRAME, true, "a", 1);
    assert_int_equal(wire_frame_next(&r, buffer, n, &f), WIRE_FRAME_BROKEN);
    uint8_t server[] = {0x81, 2, 'o', 'k'};
    assert_int_equal(wire_frame_next(&r, server, sizeof server, &f), WIRE_FRAME_WHOLE);
    assert_memory_equal(f.payload, "ok", 2);
}

static void fragments_out_of_order_or_without_end_are_refused(void **state)
{
    (void)state;
    size_t n = put(0, WIRE_TEXT_FRAME, false, "a", 1);
    n = put(n, WIRE_TEXT_FRAME, true, "b", 1);
    assert_int_equal(code_of(n), WIRE_CLOSE_PROTOCOL);
    n = put(0, WIRE_TEXT_FRAME, false, "a", 1);
    for (int i = 1; i < WIRE_FRAGMENTS; i++)
        n = put(n, WIRE_CONTINUE, false, "b", 1);
    assert_int_equal(code_of(n), 0);
    n = put(n, WIRE_CONTINUE, true, "b", 1);
    assert_int_equal(code_of(n), WIRE_CLOSE_SIZE);
    static uint8_t half[WIRE_MESSAGE_BYTES / 2 + 1];
    memset(half, 'x', sizeof half);
    n = put(0, WIRE_TEXT_FRAME, false, half, sizeof half);
    n = put(n, WIRE_CONTINUE, true, half, sizeof half);
    assert_int_equal(code_of(n), WIRE_CLOSE_SIZE);
}

static void text_must_be_utf8_over_the_whole_message(void **state)
{
    (void)state;
    static const char euro[] = "\xe2\x82\xac", face[] = "\xf0\x9f\x99\x82";
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        n = put(n, i ? WIRE_CONTINUE : WIRE_TEXT_FRAME, i == 2, euro + i, 1);
    assert_int_equal(code_of(n), 0);
    n = put(0, WIRE_TEXT_FRAME, false, face, 2);
    n = put(n, WIRE_PING, true, "\xff", 1);
    n = put(n, WIRE_CONTINUE, true, face + 2, 2);
    assert_int_equal(code_of(n), 0);
    n = put(0, WIRE_TEXT_FRAME, true, euro, 2);
    assert_int_equal(code_of(n), WIRE_CLOSE_TEXT);
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xff",
                                      "12345678\xfe",
                                      "12345678abcdefgh\xc3("};
    for (size_t i = 0; i < HK_COUNT(bad); i++) {
        n = put(0, WIRE_TEXT_FRAME, true, bad[i], strlen(bad[i]));
        if (code_of(n) != WIRE_CLOSE_TEXT)
            fail_msg("case %zu", i);
    }
}

/* The check that runs over cut pieces and the one in base agree on every two-byte and many longer texts. */
static void the_utf8_check_across_fragments_agrees_with_the_one_in_base(void **state)
{
    (void)state;
    uint32_t draw = 1;
    for (int i = 0; i < 200000; i++) {
        uint8_t text[6];
        static const uint8_t edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                        0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
                                        0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
        size_t n = 1 + (size_t)(i % 6);
        for (size_t k = 0; k < n; k++) {
            draw = draw * 1664525u + 1013904223u;
            text[k] = edges[(draw >> 16) % sizeof edges];
        }
        size_t cut = n / 2, end = put(0, WIRE_TEXT_FRAME, false, text, cut);
        end = put(end, WIRE_CONTINUE, true, text + cut, n - cut);
        assert_int_equal(code_of(end) == 0, hk_utf8_valid(hk_slice_of(text, n)));
    }
}

static void close_frames_carry_a_code_that_may_be_sent(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[4];
        size_t n;
        int broken, said;
    } cases[] = {
        {{0}, 0, 0, WIRE_CLOSE_NOTHING},
        {{3}, 1, WIRE_CLOSE_PROTOCOL, 0},
        {{3, 0xe8}, 2, 0, 1000},
        {{3, 0xed}, 2, WIRE_CLOSE_PROTOCOL, 0}, /* 1005 */
        {{3, 0xe7}, 2, WIRE_CLOSE_PROTOCOL, 0},
        {{0x0f, 0xa1}, 2, 0, 4001},
        {{0x13, 0x88}, 2, WIRE_CLOSE_PROTOCOL, 0},
        {{3, 0xe8, 0xff}, 3, WIRE_CLOSE_TEXT, 0},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        wire_frame_reader r = {.from_client = true};
        wire_frame f;
        size_t n = put(0, WIRE_CLOSE, true, cases[i].bytes, cases[i].n);
        wire_frame_result result = wire_frame_next(&r, buffer, n, &f);
        assert_int_equal(result, cases[i].broken ? WIRE_FRAME_BROKEN : WIRE_FRAME_WHOLE);
        assert_int_equal(f.close_code, cases[i].broken ? cases[i].broken : cases[i].said);
    }
}

static void every_length_comes_back_and_no_byte_less_is_enough(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536};
    static uint8_t text[WIRE_MESSAGE_BYTES];
    memset(text, 'y', sizeof text);
    for (size_t i = 0; i < HK_COUNT(sizes); i++) {
        wire_frame_reader r = {.from_client = true};
        wire_frame f;
        size_t n = put(0, WIRE_TEXT_FRAME, true, text, sizes[i]);
        assert_int_equal(wire_frame_next(&r, buffer, n - 1, &f), WIRE_FRAME_MORE);
        assert_true(f.used <= n);
        assert_int_equal(wire_frame_next(&r, buffer, n, &f), WIRE_FRAME_WHOLE);
        assert_int_equal(f.used, n);
        assert_int_equal(f.n, sizes[i]);
        assert_memory_equal(f.payload, text, f.n);
    }
}

static void the_handshake_answers_as_the_rfc_does(void **state)
{
    (void)state;
    char accept[29];
    wire_socket_accept(HK_LIT("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_true(wire_socket_key_valid(HK_LIT("dGhlIHNhbXBsZSBub25jZQ==")));
    assert_false(wire_socket_key_valid(HK_LIT("dGhlIHNhbXBsZSBub25jZQ")));
    assert_false(wire_socket_key_valid(HK_LIT("dGhlIHNhbXBsZSBub25j_Q==")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_that_break_the_protocol_name_their_close_code),
        cmocka_unit_test(a_client_refuses_frames_that_are_masked),
        cmocka_unit_test(fragments_out_of_order_or_without_end_are_refused),
        cmocka_unit_test(text_must_be_utf8_over_the_whole_message),
        cmocka_unit_test(the_utf8_check_across_fragments_agrees_with_the_one_in_base),
        cmocka_unit_test(close_frames_carry_a_code_that_may_be_sent),
        cmocka_unit_test(every_length_comes_back_and_no_byte_less_is_enough),
        cmocka_unit_test(the_handshake_answers_as_the_rfc_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
