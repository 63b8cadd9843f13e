/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * As much of cmocka's face as the vault's tests use, for running them as WASM, where cmocka is not packaged.
 * An assertion that fails ends the program: there is no longjmp.
 */
#ifndef HK_VAULT_WASM_TESTING_CMOCKA_H
#define HK_VAULT_WASM_TESTING_CMOCKA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
    void *initial;
};

#define cmocka_unit_test(f)                                                                                  \
    {                                                                                                        \
#f, f, NULL, NULL, NULL                                                                              \
    }
#define cmocka_unit_test_setup(f, setup)                                                                     \
    {                                                                                                        \
#f, f, setup, NULL, NULL                                                                             \
    }
#define cmocka_unit_test_setup_teardown(f, setup, down)                                                      \
    {                                                                                                        \
#f, f, setup, down, NULL                                                                             \
    }
#define print_message printf
#define fail_msg(...)                                                                                        \
    do {                                                                                                     \
        printf(__VA_ARGS__);                                                                                 \
        stop_here("fail_msg", __FILE__, __LINE__);                                                           \
    } while (0)

#define assert_true(x)         expect_here((x) != 0, #x, __FILE__, __LINE__)
#define assert_false(x)        expect_here((x) == 0, #x, __FILE__, __LINE__)
#define assert_null(x)         expect_here((x) == NULL, #x, __FILE__, __LINE__)
#define assert_non_null(x)     expect_here((x) != NULL, #x, __FILE__, __LINE__)
#define assert_int_equal(a, b) expect_here((long long)(a) == (long long)(b), #a " == " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b)                                                                           \
    expect_here((long long)(a) != (long long)(b), #a " != " #b, __FILE__, __LINE__)
#define assert_string_equal(a, b)    expect_here(strcmp((a), (b)) == 0, #a " == " #b, __FILE__, __LINE__)
#define assert_memory_equal(a, b, n) expect_here(memcmp((a), (b), (n)) == 0, #a " == " #b, __FILE__, __LINE__)
#define assert_memory_not_equal(a, b, n)                                                                     \
    expect_here(memcmp((a), (b), (n)) != 0, #a " != " #b, __FILE__, __LINE__)

static _Noreturn inline void stop_here(const char *what, const char *file, int line)
{
    printf("%s:%d: %s\n", file, line, what);
    exit(1);
}

static inline void expect_here(int holds, const char *what, const char *file, int line)
{
    if (!holds)
        stop_here(what, file, line);
}

static inline int run_tests_here(const struct CMUnitTest *tests, size_t n, int (*setup)(void **),
                                 int (*down)(void **))
{
    void *state = NULL;
    if (setup != NULL && setup(&state) != 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        if (tests[i].setup != NULL && tests[i].setup(&state) != 0)
            return 1;
        tests[i].test(&state);
        if (tests[i].teardown != NULL && tests[i].teardown(&state) != 0)
            return 1;
        printf("ok %s\n", tests[i].name);
    }
    return down != NULL ? down(&state) : 0;
}

#define cmocka_run_group_tests(tests, setup, down)                                                           \
    run_tests_here((tests), sizeof(tests) / sizeof((tests)[0]), (setup), (down))

#endif
