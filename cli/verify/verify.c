/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken verify`: does a place serve the very pages that were built here? Every file of the build's
 * manifest is fetched and its SHA-384 compared. It finds altered JavaScript served to everybody; a place that
 * serves altered pages to one person only can still lie to that person (PROMISES.md).
 */
#include <jansson.h>
#include <sodium.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/settings.h"
#include "cli/commands.h"
#include "cli/device/http.h"

typedef struct verdict {
    size_t same, different, missing;
} verdict;

static bool sha384_is(hk_slice bytes, const char *expected_base64)
{
    uint8_t digest[48];
    char text[sodium_base64_ENCODED_LEN(48, sodium_base64_VARIANT_ORIGINAL)];
    if (EVP_Digest(bytes.p, bytes.n, digest, NULL, EVP_sha384(), NULL) != 1)
        return false;
    sodium_bin2base64(text, sizeof text, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
    return strcmp(text, expected_base64) == 0;
}

static void compare_file(http_client *h, json_t *file, verdict *v, bool quiet)
{
    const char *path = json_string_value(json_object_get(file, "path"));
    const char *hash = json_string_value(json_object_get(file, "sha384"));
    if (!path || path[0] != '/' || !hash)
        return;
    hk_arena arena;
    hk_arena_init(&arena, HTTP_ANSWER_MAX_BYTES + 4096);
    hk_slice bytes;
    const char *said = NULL;
    if (http_call_bytes(h, "GET", path, (hk_slice){0}, &arena, &bytes) != HK_OK) {
        v->missing++;
        said = "not served";
    } else if (!sha384_is(bytes, hash)) {
        v->different++;
        said = "DIFFERENT";
    } else {
        v->same++;
    }
    if (said && !quiet)
        printf("%-12s %s\n", said, path);
    hk_arena_done(&arena);
}

static int report(const verdict *v, const char *url, bool json)
{
    bool good = v->different == 0 && v->missing == 0 && v->same > 0;
    if (json)
        printf("{\"same\":%zu,\"different\":%zu,\"missing\":%zu}\n", v->same, v->different, v->missing);
    else if (good)
        printf("%s serves the %zu files that were built here, byte for byte.\n", url, v->same);
    else
        printf(
            "%s does not serve what was built here: %zu the same, %zu different, %zu not served.\n"
            "If both are of the same release, do not type a password there and ask the people who run it.\n",
            url, v->same, v->different, v->missing);
    return good ? EXIT_DONE : EXIT_WENT_WRONG;
}

int hk_cmd_verify(int argc, char **argv, char *file)
{
    const char *url, *web;
    bool json, want_help;
    const setting settings[] = {
        {"url", SETTING_TEXT, &url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"web", SETTING_TEXT, &web, "build-web", 0, 0, "DIR", "the pages built here"},
        {"json", SETTING_FLAG, &json, "no", 0, 0, NULL, "print the counts as JSON"},
        {"help", SETTING_FLAG, &want_help, "no", 0, 0, NULL, "this text"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "HEARKEN", file, &argc, argv, &problem) != HK_OK ||
        argc > 1) {
        (void)fprintf(stderr, "hearken verify: %s\n", argc > 1 ? "it takes options only." : problem.words);
        return EXIT_ASKED_WRONGLY;
    }
    if (want_help) {
        printf("hearken verify - compare the pages a place serves with the ones built here\n\n");
        settings_help(settings, HK_COUNT(settings), stdout);
        return EXIT_DONE;
    }
    char path[1200];
    (void)snprintf(path, sizeof path, "%s/manifest.json", web);
    json_error_t ignored;
    json_t *manifest = json_load_file(path, 0, &ignored);
    json_t *files = json_object_get(manifest, "files");
    if (!json_is_array(files)) {
        (void)fprintf(
            stderr,
            "hearken verify: there is no manifest.json in the folder of built pages. Run `make build` "
            "in the same release as the place, or name the folder with --web.\n");
        json_decref(manifest);
        return EXIT_ASKED_WRONGLY;
    }
    http_client *h;
    if (http_open(url, &h) != HK_OK) {
        (void)fprintf(stderr,
                      "hearken verify: --url is http:// or https:// and a host, nothing behind it.\n");
        json_decref(manifest);
        return EXIT_ASKED_WRONGLY;
    }
    verdict v = {0};
    size_t i;
    json_t *one;
    json_array_foreach(files, i, one) compare_file(h, one, &v, json);
    int code = report(&v, url, json);
    http_close(h);
    json_decref(manifest);
    return code;
}
