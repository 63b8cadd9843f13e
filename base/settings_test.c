/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/settings.h"

typedef struct values {
    const char *listen;
    int64_t readers;
    bool json;
} values;

static hk_err load(values *v, const char *file, int argc, char **argv, int *ret_argc,
                   settings_problem *problem)
{
    const setting settings[] = {
        {"listen", SETTING_TEXT, &v->listen, "here", 0, 0, "HOST:PORT", "where to listen"},
        {"reader-threads", SETTING_INT, &v->readers, "2", 1, 8, "N", "threads"},
        {"json", SETTING_FLAG, &v->json, NULL, 0, 0, NULL, "figures as JSON"},
    };
    static char text[512];
    if (file)
        (void)snprintf(text, sizeof text, "%s", file);
    *ret_argc = argc;
    return settings_load(settings, HK_COUNT(settings), "HKTEST", file ? text : NULL, ret_argc, argv, problem);
}

static void what_is_wrong_is_named_in_words(void **state)
{
    (void)state;
    values v = {0};
    settings_problem p;
    int n;
    static char *const no_such[] = {"x", "--nope"}, *const no_value[] = {"x", "--listen"};
    static char *const too_big[] = {"x", "--reader-threads=9"}, *const no_number[] = {"x", "--reader-threads",
                                                                                      "2x"};
    char *argv[3];
    memcpy(argv, no_such, sizeof no_such);
    assert_int_equal(load(&v, NULL, 2, argv, &n, &p), HK_BAD);
    assert_non_null(strstr(p.words, "--nope"));
    memcpy(argv, no_value, sizeof no_value);
    assert_int_equal(load(&v, NULL, 2, argv, &n, &p), HK_BAD);
    memcpy(argv, too_big, sizeof too_big);
    assert_int_equal(load(&v, NULL, 2, argv, &n, &p), HK_BAD);
    assert_non_null(strstr(p.words, "from 1 to 8"));
    memcpy(argv, no_number, sizeof no_number);
    assert_int_equal(load(&v, NULL, 3, argv, &n, &p), HK_BAD);
    assert_int_equal(load(&v, "# fine\n\nlisten here\n", 1, argv, &n, &p), HK_BAD);
    assert_non_null(strstr(p.words, "line 3"));
    assert_int_equal(load(&v, "nope = 1\n", 1, argv, &n, &p), HK_BAD);
    assert_int_equal(load(&v, "json = maybe\n", 1, argv, &n, &p), HK_BAD);
}

static void a_flag_beats_the_environment_beats_the_file_beats_the_default(void **state)
{
    (void)state;
    values v = {0};
    settings_problem p;
    int n;
    char *none[] = {"x"};
    assert_int_equal(load(&v, NULL, 1, none, &n, &p), HK_OK);
    assert_string_equal(v.listen, "here");
    assert_int_equal(v.readers, 2);
    assert_int_equal(load(&v, "  listen=file \nreader-threads = 3\njson = yes", 1, none, &n, &p), HK_OK);
    assert_string_equal(v.listen, "file");
    assert_int_equal(v.readers, 3);
    assert_true(v.json);
    setenv("HKTEST_READER_THREADS", "4", 1);
    assert_int_equal(load(&v, "reader-threads = 3", 1, none, &n, &p), HK_OK);
    assert_int_equal(v.readers, 4);
    char *flags[] = {"x", "word", "--reader-threads", "5", "--json", "--", "--listen"};
    assert_int_equal(load(&v, "reader-threads = 3", 7, flags, &n, &p), HK_OK);
    unsetenv("HKTEST_READER_THREADS");
    assert_int_equal(v.readers, 5);
    assert_int_equal(n, 3);
    assert_string_equal(flags[1], "word");
    assert_string_equal(flags[2], "--listen");
}

static void the_file_is_named_by_a_flag_or_the_environment_and_the_flag_is_taken_out(void **state)
{
    (void)state;
    settings_problem p;
    char *text = NULL, name[] = "/tmp/hk-settings-XXXXXX";
    int fd = mkstemp(name), n = 4;
    assert_int_equal(write(fd, "json = yes\n", 11), 11);
    assert_int_equal(close(fd), 0);
    char *argv[] = {"x", "--config", name, "word", NULL};
    assert_int_equal(settings_read_file("HKTEST", &n, argv, &text, &p), HK_OK);
    assert_int_equal(n, 2);
    assert_string_equal(argv[1], "word");
    assert_null(argv[2]);
    assert_string_equal(text, "json = yes\n");
    free(text);
    setenv("HKTEST_CONFIG", name, 1);
    assert_int_equal(settings_read_file("HKTEST", &n, argv, &text, &p), HK_OK);
    assert_string_equal(text, "json = yes\n");
    free(text);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(settings_read_file("HKTEST", &n, argv, &text, &p), HK_BAD); /* it is gone */
    assert_null(text);
    unsetenv("HKTEST_CONFIG");
    char *nothing[] = {"x", "--config", NULL};
    n = 2;
    assert_int_equal(settings_read_file("HKTEST", &n, nothing, &text, &p), HK_BAD);
    assert_non_null(strstr(p.words, "name of a file"));
    char *joined[] = {"x", "--config=/nowhere/at/all", NULL};
    n = 2;
    assert_int_equal(settings_read_file("HKTEST", &n, joined, &text, &p), HK_BAD);
    assert_non_null(strstr(p.words, "No such file"));
    char *after[] = {"x", "--", "--config", NULL};
    n = 3;
    assert_int_equal(settings_read_file("HKTEST", &n, after, &text, &p), HK_OK);
    assert_int_equal(n, 3);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named_in_words),
        cmocka_unit_test(a_flag_beats_the_environment_beats_the_file_beats_the_default),
        cmocka_unit_test(the_file_is_named_by_a_flag_or_the_environment_and_the_flag_is_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
