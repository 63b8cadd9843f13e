/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/ids.h"

static void an_arena_refuses_past_its_limit_and_stays_usable(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 1024);
    assert_non_null(hk_arena_get(&a, 1000));
    assert_null(hk_arena_get(&a, 1000));
    assert_null(hk_arena_get(&a, SIZE_MAX));
    assert_null(hk_arena_get_array(&a, SIZE_MAX / 2, 4));
    assert_non_null(hk_arena_get(&a, 8));
    hk_arena_clear(&a);
    assert_non_null(hk_arena_get(&a, 1024));
    hk_arena_done(&a);
    hk_arena_done(NULL);
}

static void an_arena_fails_exactly_the_allocation_it_was_told_to(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 4096);
    a.fail_at = 3;
    assert_non_null(hk_arena_get(&a, 1));
    assert_non_null(hk_arena_get(&a, 1));
    assert_null(hk_arena_get(&a, 1));
    assert_non_null(hk_arena_get(&a, 1));
    hk_arena_done(&a);
}

static void text_with_a_nul_inside_is_no_text(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 4096);
    assert_null(hk_arena_text(&a, HK_LIT("a\0b")));
    assert_string_equal(hk_arena_text(&a, HK_LIT("ab")), "ab");
    assert_string_equal(hk_arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    hk_arena_done(&a);
}

static void base64url_has_one_spelling_for_each_value(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "-_8"};
    for (size_t i = 0; i < HK_COUNT(texts); i++) {
        uint8_t bytes[16];
        char again[32] = {0};
        size_t n = 0;
        assert_int_equal(hk_b64_decode(hk_slice_z(texts[i]), bytes, sizeof bytes, &n), HK_OK);
        assert_int_equal(hk_b64_size(n), strlen(texts[i]));
        hk_b64_encode(hk_slice_of(bytes, n), again);
        assert_string_equal(again, texts[i]);
    }
    static const char *const bad[] = {"Z", "Zh", "Zm9", "Zm9v=", "Zg==", "a+b/", "a b", "\xff"};
    for (size_t i = 0; i < HK_COUNT(bad); i++) {
        uint8_t bytes[16];
        size_t n = 0;
        assert_int_equal(hk_b64_decode(hk_slice_z(bad[i]), bytes, sizeof bytes, &n), HK_BAD);
    }
    uint8_t one[1];
    size_t n = 0;
    assert_int_equal(hk_b64_decode(HK_LIT("Zm9v"), one, sizeof one, &n), HK_TOO_MUCH);
}

static void a_reader_goes_bad_once_and_for_good(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 0, 0, 0, 2, 9};
    hk_reader r = hk_reader_of(hk_slice_of(bytes, sizeof bytes));
    assert_int_equal(hk_read_u8(&r), 1);
    assert_int_equal(hk_read_u32(&r), 2);
    assert_false(hk_reader_finished(&r));
    assert_int_equal(hk_read_u32(&r), 0);
    assert_true(r.bad);
    assert_int_equal(hk_read_u8(&r), 0);
    assert_false(hk_reader_finished(&r));
}

static void integers_stop_at_two_to_the_53(void **state)
{
    (void)state;
    uint8_t b[8];
    hk_writer w = hk_writer_of(b, sizeof b);
    hk_write_u53(&w, HK_INT_MAX);
    assert_false(w.bad);
    hk_reader r = hk_reader_of(hk_writer_done(&w));
    assert_true(hk_read_u53(&r) == HK_INT_MAX && hk_reader_finished(&r));
    b[1] = 0x20;
    r = hk_reader_of(hk_slice_of(b, sizeof b));
    (void)hk_read_u53(&r); /* only its being bad matters */
    assert_true(r.bad);
    w = hk_writer_of(b, sizeof b);
    hk_write_u53(&w, HK_INT_MAX + 1);
    assert_true(w.bad);
    w = hk_writer_of(b, 4);
    hk_write_u53(&w, 1);
    assert_true(w.bad);
}

static void utf8_refuses_overlong_surrogates_and_cut_characters(void **state)
{
    (void)state;
    assert_true(hk_utf8_valid(HK_LIT("")));
    assert_true(hk_utf8_valid(HK_LIT("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82 \xf4\x8f\xbf\xbf")));
    static const hk_slice bad[] = {
        {(const uint8_t *)"\x80", 1},
        {(const uint8_t *)"\xc0\xaf", 2},
        {(const uint8_t *)"\xc3", 1},
        {(const uint8_t *)"\xe0\x80\xaf", 3},
        {(const uint8_t *)"\xed\xa0\x80", 3},
        {(const uint8_t *)"\xf4\x90\x80\x80", 4},
        {(const uint8_t *)"\xf5\x80\x80\x80", 4},
        {(const uint8_t *)"\xf0\x9f\x99", 3},
    };
    for (size_t i = 0; i < HK_COUNT(bad); i++)
        assert_false(hk_utf8_valid(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_refuses_past_its_limit_and_stays_usable),
        cmocka_unit_test(an_arena_fails_exactly_the_allocation_it_was_told_to),
        cmocka_unit_test(text_with_a_nul_inside_is_no_text),
        cmocka_unit_test(base64url_has_one_spelling_for_each_value),
        cmocka_unit_test(a_reader_goes_bad_once_and_for_good),
        cmocka_unit_test(integers_stop_at_two_to_the_53),
        cmocka_unit_test(utf8_refuses_overlong_surrogates_and_cut_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
