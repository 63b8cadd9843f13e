/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/replay/conversation.h"

static hk_err read_text(const char *text, size_t *ret_count, replay_problem *problem)
{
    char copy[4096];
    (void)snprintf(copy, sizeof copy, "%s", text);
    FILE *f = fmemopen(copy, strlen(copy) ? strlen(copy) : 1, "r");
    assert_non_null(f);
    hk_arena arena;
    hk_arena_init(&arena, 1 << 20);
    replay_conversation *all = NULL;
    hk_err err = replay_read(f, &arena, &all, ret_count, problem);
    (void)fclose(f); /* opened for reading from memory */
    hk_arena_done(&arena);
    return err;
}

static void a_wrong_line_is_named_with_what_was_expected(void **state)
{
    (void)state;
    static const char GOOD[] = "{\"id\":\"a\",\"turns\":[{\"who\":\"speaker\",\"text\":\"x\"}]}\n";
    static const char *const bad[] = {
        "[]",
        "{\"id\":1,\"turns\":[]}",
        "{\"id\":\"a\",\"turns\":[]}",
        "{\"id\":\"a\",\"turns\":[{}]}",
        "{\"id\":\"a\",\"turns\":[{\"who\":\"me\",\"text\":\"x\"}]}",
        "{\"id\":\"a\",\"turns\":[{\"who\":\"speaker\"}]}",
        "{\"id\":\"a\",\"id\":\"b\",\"turns\":[{\"who\":\"speaker\",\"text\":\"x\"}]}",
        "{\"id\":\"a\"",
        "\xff",
    };
    for (size_t i = 0; i < HK_COUNT(bad); i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "%s\n%s\n%s", GOOD, bad[i], GOOD);
        replay_problem problem;
        size_t count = 0;
        assert_int_equal(read_text(text, &count, &problem), HK_BAD);
        assert_int_equal(problem.line, 3);
        assert_non_null(problem.expected);
        assert_int_equal(count, 0);
    }
}

static void an_empty_file_is_refused(void **state)
{
    (void)state;
    replay_problem problem;
    size_t count = 0;
    assert_int_equal(read_text("\n\n", &count, &problem), HK_BAD);
    assert_int_equal(problem.line, 0);
}

static void codes_and_times_beside_the_words_are_passed_over(void **state)
{
    (void)state;
    replay_problem problem;
    size_t count = 0;
    assert_int_equal(
        read_text("{\"id\":\"a\",\"quality\":\"high\",\"turns\":[{\"who\":\"listener\",\"text\":\"h\\u00e9\","
                  "\"start_ms\":1,\"gold\":{}},{\"who\":\"speaker\",\"text\":\"\"}]}\r\n\r\n"
                  "{\"id\":\"b\",\"turns\":[{\"who\":\"speaker\",\"text\":\"x\"}]}",
                  &count, &problem),
        HK_OK);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_line_is_named_with_what_was_expected),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(codes_and_times_beside_the_words_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
