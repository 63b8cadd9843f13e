/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plain HTTP calls of one device to one place, over libcurl: one connection kept open, the two cookies kept
 * in memory, bodies by declared shapes. Blocking; one thread at a time.
 *
 *     http_client *h;
 *     HK_TRY(http_open("http://127.0.0.1:8080", &h));
 *     HK_TRY(http_call(h, "POST", "/api/arrivals", NULL, NULL, &ARRIVAL, &arena, &arrival));
 *
 * Errors: what the place answered, as hk_err; http_code() tells the finer code ("stale_state"), http_words()
 * a sentence for a person. HK_BUSY when nobody answers.
 */
#ifndef HK_CLI_DEVICE_HTTP_H
#define HK_CLI_DEVICE_HTTP_H

#include "base/arena.h"
#include "wire/shape.h"

typedef struct http_client http_client;

#define HTTP_ANSWER_MAX_BYTES                                                                                \
    ((size_t)4 << 20) /* a page of the log is at most 512 KiB of entries, base64 and JSON */
#define HTTP_TIMEOUT_S 30L

/* url: scheme, host and port only. HK_BAD: it is none of ours. */
hk_err http_open(const char *url, http_client **ret);
void http_close(http_client *h); /* NULL is fine */

/* One call. body_shape NULL: no body. answer_shape NULL: the answer is not looked at. Slices of *ret_answer
 * live in the arena. */
hk_err http_call(http_client *h, const char *method, const char *path, const shape *body_shape,
                 const void *body, const shape *answer_shape, hk_arena *arena, void *ret_answer);
/* The same with bytes both ways (files, static pages). */
hk_err http_call_bytes(http_client *h, const char *method, const char *path, hk_slice body, hk_arena *arena,
                       hk_slice *ret_answer);
/* "HTTP status, code" of the last answer that was an error; empty when it was none. */
const char *http_code(const http_client *h);
const char *http_words(const http_client *h);
long http_status(const http_client *h);

const char *http_url(const http_client *h);  /* as opened, without a slash at its end */
const char *http_host(const http_client *h); /* host and port, as location.host would say it */
const char *
http_cookie(const http_client *h); /* the Cookie header's value for the socket, "" when signed out */

#endif
