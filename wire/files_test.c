/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/files.h"

static char directory[] = "/tmp/wire-files-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

#define TWICE                                                                                                \
    "{\"files\":[{\"path\":\"/\",\"file\":\"a.html\",\"type\":\"t\"},"                                       \
    "{\"path\":\"/\",\"file\":\"a.html\",\"type\":\"t\"}]}"

static void a_manifest_that_leads_astray_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{\"files\":[{\"path\":\"/\",\"file\":\"none.html\",\"type\":\"text/html\"}]}",
        "{\"files\":[{\"path\":\"/\",\"file\":\"../files_test\",\"type\":\"text/html\"}]}",
        "{\"files\":[{\"path\":\"/\",\"file\":\"..\",\"type\":\"text/html\"}]}",
        "{\"files\":[{\"path\":\"index\",\"file\":\"a.html\",\"type\":\"text/html\"}]}",
        "{\"files\":[{\"path\":\"/api/x\",\"file\":\"a.html\",\"type\":\"text/html\"}]}",
        "{\"files\":[{\"path\":\"/\",\"file\":\"a.html\",\"type\":\"text/html\\nX: y\"}]}",
        TWICE,
        "{\"files\":[{\"path\":\"/\",\"file\":\"a.html\"}]}",
    };
    put("a.html", "<p>a");
    for (size_t i = 0; i < HK_COUNT(bad); i++) {
        wire_files *files = NULL;
        put("manifest.json", bad[i]);
        if (wire_files_load(directory, &files) != HK_BAD || !wire_files_problem()[0])
            fail_msg("%s", bad[i]);
    }
    wire_files *files = NULL;
    assert_int_equal(wire_files_load("/nonexistent", &files), HK_BAD);
}

static void files_are_found_exactly_and_pages_also_below_them(void **state)
{
    (void)state;
    wire_files *files;
    put("a.html", "<p>a");
    put("a.html.br", "short");
    put("b.js", "b()");
    put("manifest.json",
        "{\"files\":[{\"path\":\"/\",\"file\":\"a.html\",\"type\":\"text/html\",\"brotli\":\"a.html.br\"},"
        "{\"path\":\"/talk/\",\"file\":\"a.html\",\"type\":\"text/html\",\"below\":true},"
        "{\"path\":\"/talk/deep/\",\"file\":\"b.js\",\"type\":\"text/html\",\"below\":true},"
        "{\"path\":\"/b-1.js\",\"file\":\"b.js\",\"type\":\"text/javascript\",\"immutable\":true}]}");
    assert_int_equal(wire_files_load(directory, &files), HK_OK);
    const wire_file *f = wire_files_find(files, HK_LIT("/"));
    assert_true(f && hk_slice_eq_z(f->bytes, "<p>a") && hk_slice_eq_z(f->brotli, "short") && !f->immutable);
    assert_string_not_equal(f->etag, f->etag_brotli);
    assert_true(f->etag[0] == '"');
    f = wire_files_find(files, HK_LIT("/b-1.js"));
    assert_true(f && f->immutable && !f->brotli.p);
    f = wire_files_find(files, HK_LIT("/talk/AbC"));
    assert_true(f && hk_slice_eq_z(f->bytes, "<p>a"));
    f = wire_files_find(files, HK_LIT("/talk/deep/x"));
    assert_true(f && hk_slice_eq_z(f->bytes, "b()"));
    static const char *const none[] = {"/talk", "/b-1.j", "/b-1.jsx", "/a.html", "//", "/../a.html", ""};
    for (size_t i = 0; i < HK_COUNT(none); i++)
        assert_null(wire_files_find(files, hk_slice_z(none[i])));
    wire_files_free(files);
    wire_files_free(NULL);
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const names[] = {"manifest.json", "a.html", "a.html.br", "b.js"};
    char path[256];
    for (size_t i = 0; i < HK_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        (void)unlink(path); /* a test that failed early did not write it */
    }
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_that_leads_astray_is_refused),
        cmocka_unit_test(files_are_found_exactly_and_pages_also_below_them),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
