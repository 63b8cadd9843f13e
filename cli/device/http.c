/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/http.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Our own cookies by name: libcurl's engine will not send a Secure cookie over plain http to this machine. */
typedef struct kept_cookie {
    char name[32];
    char value[160];
} kept_cookie;

#define COOKIES_MAX 4

struct http_client {
    CURL *curl;
    char *url;
    const char *host;
    uint8_t *answer;
    size_t answer_n, answer_cap;
    long status;
    kept_cookie cookies[COOKIES_MAX];
    char cookie_line[800];
    char code[64];
    char words[CURL_ERROR_SIZE + 64];
    char curl_words[CURL_ERROR_SIZE];
};

static size_t take_answer(char *p, size_t size, size_t n, void *ctx)
{
    http_client *h = ctx;
    size_t more = size * n;
    if (more > HTTP_ANSWER_MAX_BYTES - h->answer_n)
        return 0; /* libcurl ends the call: an endless answer is no answer */
    if (h->answer_n + more > h->answer_cap) {
        size_t cap = (h->answer_n + more) * 2;
        uint8_t *bigger = realloc(h->answer, cap);
        if (!bigger)
            return 0;
        h->answer = bigger;
        h->answer_cap = cap;
    }
    memcpy(h->answer + h->answer_n, p, more);
    h->answer_n += more;
    return more;
}

static void keep_cookie(http_client *h, hk_slice name, hk_slice value)
{
    kept_cookie *place = NULL;
    for (size_t i = 0; i < COOKIES_MAX; i++) {
        kept_cookie *c = &h->cookies[i];
        if (hk_slice_eq_z(name, c->name)) {
            place = c;
            break;
        }
        if (!place && c->name[0] == '\0')
            place = c;
    }
    if (!place || name.n >= sizeof place->name || value.n >= sizeof place->value)
        return; /* not one of ours */
    memcpy(place->name, name.p, name.n);
    place->name[name.n] = '\0';
    if (value.n)
        memcpy(place->value, value.p, value.n);
    place->value[value.n] = '\0';
}

static void write_cookie_line(http_client *h)
{
    h->cookie_line[0] = '\0';
    size_t used = 0;
    for (size_t i = 0; i < COOKIES_MAX; i++) {
        if (h->cookies[i].name[0] == '\0' || h->cookies[i].value[0] == '\0')
            continue;
        int n = snprintf(h->cookie_line + used, sizeof h->cookie_line - used, "%s%s=%s", used ? "; " : "",
                         h->cookies[i].name, h->cookies[i].value);
        if (n < 0 || (size_t)n >= sizeof h->cookie_line - used)
            return;
        used += (size_t)n;
    }
}

static size_t take_header(char *p, size_t size, size_t n, void *ctx)
{
    http_client *h = ctx;
    hk_slice line = hk_slice_of(p, size * n);
    static const char NAME[] = "set-cookie:";
    if (line.n > sizeof NAME && strncasecmp(p, NAME, sizeof NAME - 1) == 0) {
        hk_slice rest = hk_slice_part(line, sizeof NAME - 1, line.n);
        while (rest.n && rest.p[0] == ' ')
            rest = hk_slice_part(rest, 1, rest.n);
        hk_slice pair = hk_slice_part(rest, 0, hk_slice_find(rest, ';'));
        size_t equals = hk_slice_find(pair, '=');
        hk_slice value = hk_slice_part(pair, equals + 1, pair.n);
        while (value.n && (value.p[value.n - 1] == '\r' || value.p[value.n - 1] == '\n'))
            value.n--;
        keep_cookie(h, hk_slice_part(pair, 0, equals), value);
        write_cookie_line(h);
    }
    return line.n;
}

hk_err http_open(const char *url, http_client **ret)
{
    const char *host = strncmp(url, "http://", 7) == 0    ? url + 7
                       : strncmp(url, "https://", 8) == 0 ? url + 8
                                                          : NULL;
    if (!host || *host == '\0' || *host == '/')
        return HK_BAD;
    http_client *h = calloc(1, sizeof *h);
    if (!h)
        return HK_NO_MEMORY;
    h->url = strdup(url);
    h->curl = curl_easy_init();
    if (!h->url || !h->curl) {
        http_close(h);
        return HK_NO_MEMORY;
    }
    size_t n = strlen(h->url);
    while (n && h->url[n - 1] == '/')
        h->url[--n] = '\0';
    h->host = h->url + (host - url);
    if (strchr(h->host, '/') || strchr(h->host, '@')) {
        http_close(h);
        return HK_BAD;
    }
    *ret = h;
    return HK_OK;
}

void http_close(http_client *h)
{
    if (!h)
        return;
    if (h->curl)
        curl_easy_cleanup(h->curl);
    free(h->url);
    free(h->answer);
    explicit_bzero(h->cookies, sizeof h->cookies);
    explicit_bzero(h->cookie_line, sizeof h->cookie_line);
    free(h);
}

/* What the place said went wrong: RFC 9457, its `code` and `title` members. */
static void read_problem(http_client *h)
{
    json_error_t ignored;
    json_t *problem = json_loadb((const char *)h->answer, h->answer_n, 0, &ignored);
    const char *code = json_string_value(json_object_get(problem, "code"));
    const char *title = json_string_value(json_object_get(problem, "title"));
    const char *member = json_string_value(json_object_get(problem, "member"));
    (void)snprintf(h->code, sizeof h->code, "%s", code ? code : "unknown");
    (void)snprintf(h->words, sizeof h->words, "%s%s%s", title ? title : "The place gave no reason.",
                   member ? " Member: " : "", member ? member : "");
    json_decref(problem);
}

static hk_err err_of_status(long status)
{
    switch (status) {
    case 400:
    case 411:
    case 415:
    case 422:
        return HK_BAD;
    case 401:
        return HK_WHO;
    case 403:
        return HK_REFUSED;
    case 404:
    case 405:
        return HK_NOT_THERE;
    case 409:
        return HK_CONFLICT;
    case 413:
    case 429:
    case 431:
        return HK_TOO_MUCH;
    case 507:
        return HK_STORE;
    default:
        return status >= 500 ? HK_BUSY : HK_BAD;
    }
}

static struct curl_slist *headers_for(const http_client *h, bool json_body, struct curl_slist *list)
{
    char line[1000];
    (void)snprintf(line, sizeof line, "Origin: %s", h->url);
    list = curl_slist_append(list, line);
    list = curl_slist_append(list, json_body ? "Content-Type: application/json"
                                             : "Content-Type: application/octet-stream");
    list = curl_slist_append(list, "Expect:");
    if (h->cookie_line[0]) {
        (void)snprintf(line, sizeof line, "Cookie: %s", h->cookie_line);
        list = curl_slist_append(list, line);
    }
    return list;
}

static hk_err perform(http_client *h, const char *method, const char *path, bool json_body, bool has_body,
                      hk_slice body)
{
    char url[1200];
    int n = snprintf(url, sizeof url, "%s%s", h->url, path);
    if (n < 0 || (size_t)n >= sizeof url)
        return HK_BAD;
    h->answer_n = 0;
    h->code[0] = h->words[0] = h->curl_words[0] = '\0';
    struct curl_slist *headers = headers_for(h, json_body, NULL);
    curl_easy_reset(h->curl);
    curl_easy_setopt(h->curl, CURLOPT_URL, url);
    curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, HTTP_TIMEOUT_S);
    curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->curl_words);
    curl_easy_setopt(h->curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h->curl, CURLOPT_PROXY, "");
    if (has_body) {
        curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
        curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, body.n ? (const char *)body.p : "");
    }
    CURLcode done = curl_easy_perform(h->curl);
    curl_slist_free_all(headers);
    if (done != CURLE_OK) {
        (void)snprintf(h->code, sizeof h->code, "unreachable");
        (void)snprintf(h->words, sizeof h->words, "The place does not answer (%s).",
                       h->curl_words[0] ? h->curl_words : curl_easy_strerror(done));
        return HK_BUSY;
    }
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &h->status);
    if (h->status >= 200 && h->status < 300)
        return HK_OK;
    read_problem(h);
    return err_of_status(h->status);
}

hk_err http_call(http_client *h, const char *method, const char *path, const shape *body_shape,
                 const void *body, const shape *answer_shape, hk_arena *arena, void *ret_answer)
{
    hk_slice json = {0};
    if (body_shape)
        HK_TRY(shape_encode(body_shape, body, arena, &json));
    HK_TRY(perform(h, method, path, true, body_shape != NULL, json));
    if (!answer_shape)
        return HK_OK;
    shape_problem problem = {0};
    hk_err err = shape_decode(answer_shape, hk_slice_of(h->answer, h->answer_n), arena, ret_answer, &problem);
    if (err != HK_OK) {
        (void)snprintf(h->code, sizeof h->code, "bad_answer");
        (void)snprintf(h->words, sizeof h->words, "The place's answer was not as agreed: %s %s",
                       problem.member, problem.why ? problem.why : "");
    }
    return err;
}

hk_err http_call_bytes(http_client *h, const char *method, const char *path, hk_slice body, hk_arena *arena,
                       hk_slice *ret_answer)
{
    HK_TRY(perform(h, method, path, false, body.p != NULL, body));
    return hk_arena_copy(arena, hk_slice_of(h->answer, h->answer_n), ret_answer);
}

const char *http_code(const http_client *h)
{
    return h->code;
}

const char *http_words(const http_client *h)
{
    return h->words;
}

long http_status(const http_client *h)
{
    return h->status;
}

const char *http_url(const http_client *h)
{
    return h->url;
}

const char *http_host(const http_client *h)
{
    return h->host;
}

const char *http_cookie(const http_client *h)
{
    return h->cookie_line;
}
