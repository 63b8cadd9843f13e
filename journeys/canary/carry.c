/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Carries canaries along the paths that `hearken replay` does not take: a password, the name and text of
 * first words, words that are withdrawn or erased, every kind of body both ways, a file with its name, and
 * what the account remembers. Each is opened on the other side and compared: a canary that was never carried
 * would prove nothing.
 *
 *     canary_carry --url URL --handle HANDLE --password TEXT --secret-key TEXT < canaries
 *
 * The canaries come one a line; the last line of output is {"carried": N, "opened": N, "file_bytes": N}.
 */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "cli/device/talk.h"
#include "features/accounts/contract.h"
#include "features/files/contract.h"
#include "vault/file.h"
#include "vault/state.h"

#define CANARIES_MAX   2000
#define CANARY_BYTES   120
#define FILE_BYTES     ((size_t)150000) /* three chunks, the last one not full */
#define FILE_MEDIATYPE "text/plain"

typedef struct carrying {
    char canaries[CANARIES_MAX][CANARY_BYTES];
    size_t count, next;
    device *client, *listener;
    talk *client_talk, *listener_talk;
    hk_slice expected; /* what the other side should open next */
    int64_t opened;
    uint8_t file[FILE_BYTES];
    vault_state state;
    const char *doing;
} carrying;

static hk_slice take(carrying *c)
{
    if (c->next == c->count) {
        (void)fprintf(stderr, "canary_carry: more canaries are needed than the %zu given.\n", c->count);
        exit(1);
    }
    return hk_slice_z(c->canaries[c->next++]);
}

static void read_canaries(carrying *c)
{
    while (c->count < CANARIES_MAX && fgets(c->canaries[c->count], CANARY_BYTES, stdin)) {
        c->canaries[c->count][strcspn(c->canaries[c->count], "\n")] = '\0';
        c->count++;
    }
}

static void on_taken(void *ctx, const vault_taken *taken)
{
    carrying *c = ctx;
    if (taken->finding == VAULT_SHOWN && c->expected.n && hk_slice_eq(taken->content, c->expected)) {
        c->opened++;
        c->expected = (hk_slice){0};
    }
}

/* One says it, the other one reads it. */
static hk_err say(carrying *c, talk *from, talk *to, uint8_t kind, hk_slice content, int64_t *ret_position)
{
    HK_TRY(talk_say_kind(from, kind, content, ret_position));
    c->expected = content;
    HK_TRY(talk_catch_up(to));
    return c->expected.n == 0 ? HK_OK : HK_REFUSED;
}

static hk_err ignored_opening(talk **t, device *d, const conversation_id *conversation, carrying *c)
{
    c->expected = (hk_slice){0};
    return talk_open(d, conversation, on_taken, c, t);
}

/* ---- The paths */

static hk_err arrive_and_ask(carrying *c, const char *url)
{
    conversation_id conversation;
    hk_slice password = take(c), name = take(c), words = take(c);
    c->doing = "arriving with a password";
    HK_TRY(device_new(url, &c->client));
    HK_TRY(device_arrive_with_password(c->client, (const char *)password.p));
    c->doing = "first words";
    HK_TRY(device_ask(c->client, name, words, &conversation));
    c->doing = "accepting";
    HK_TRY(device_accept(c->listener, &conversation));
    HK_TRY(ignored_opening(&c->client_talk, c->client, &conversation, c));
    HK_TRY(ignored_opening(&c->listener_talk, c->listener, &conversation, c));
    c->doing = "signing in on another device";
    device *second = NULL;
    HK_TRY(device_new(url, &second));
    hk_err err = device_sign_in(second, c->client->handle, (const char *)password.p, NULL);
    device_free(second);
    return err;
}

static hk_err withdraw(carrying *c, const char *url)
{
    device *d = NULL;
    conversation_id conversation;
    const char *path;
    c->doing = "first words that are withdrawn";
    HK_TRY(device_new(url, &d));
    hk_err err = device_arrive(d);
    if (err == HK_OK)
        err = device_ask(d, take(c), take(c), &conversation);
    if (err == HK_OK)
        err = device_path(d, "/api/requests/", conversation.b, "", &path);
    if (err == HK_OK)
        err = http_call(d->http, "DELETE", path, NULL, NULL, NULL, &d->arena, NULL);
    device_free(d);
    return err;
}

static hk_err say_every_kind(carrying *c)
{
    static const uint8_t KINDS[] = {
        VAULT_BODY_TEXT,    VAULT_BODY_NAME, VAULT_BODY_FEEDBACK, VAULT_BODY_EXCERPT, VAULT_BODY_JOURNAL,
        VAULT_BODY_MEASURE, VAULT_BODY_NOTE, VAULT_BODY_MIRROR,   VAULT_BODY_PLAN,    VAULT_BODY_WHY};
    int64_t position;
    c->doing = "every kind of body, both ways";
    for (size_t i = 0; i < sizeof KINDS; i++) {
        HK_TRY(say(c, c->client_talk, c->listener_talk, KINDS[i], take(c), &position));
        HK_TRY(say(c, c->listener_talk, c->client_talk, KINDS[i], take(c), &position));
    }
    return HK_OK;
}

static hk_err say_and_erase(carrying *c)
{
    int64_t position;
    const char *before;
    c->doing = "a message that is erased";
    HK_TRY(say(c, c->client_talk, c->listener_talk, VAULT_BODY_TEXT, take(c), &position));
    HK_TRY(device_path(c->client, "/api/conversations/", talk_conversation(c->client_talk)->b, "/messages/",
                       &before));
    const char *path = hk_arena_printf(&c->client->arena, "%s%lld", before, (long long)position);
    if (!path)
        return HK_NO_MEMORY;
    return http_call(c->client->http, "DELETE", path, NULL, NULL, NULL, &c->client->arena, NULL);
}

/* ---- The file */

static hk_err blob_path(device *d, const conversation_id *conversation, const blob_id *blob, int64_t chunk,
                        const char **ret)
{
    const char *room, *file;
    HK_TRY(device_path(d, "/api/conversations/", conversation->b, "/files/", &room));
    HK_TRY(device_path(d, room, blob->b, "", &file));
    *ret = chunk < 0 ? file : hk_arena_printf(&d->arena, "%s/%lld", file, (long long)chunk);
    return *ret ? HK_OK : HK_NO_MEMORY;
}

static hk_err upload(carrying *c, const conversation_id *conversation, const blob_id *blob,
                     vault_descriptor *ret)
{
    static vault_file f;
    static uint8_t sealed[VAULT_FILE_HEADER + VAULT_FILE_SEALED];
    const char *path;
    hk_slice nothing;
    int64_t stored = 0;
    HK_TRY(vault_file_seal_start(&f, FILE_BYTES, sealed));
    for (uint32_t i = 0; i < f.what.chunks; i++) {
        size_t from = (size_t)i * VAULT_FILE_CHUNK, head = i == 0 ? VAULT_FILE_HEADER : 0, n = 0;
        size_t left = from < FILE_BYTES ? FILE_BYTES - from : 0;
        hk_slice plain =
            hk_slice_of(c->file + (left ? from : 0), left < VAULT_FILE_CHUNK ? left : VAULT_FILE_CHUNK);
        HK_TRY(vault_file_seal_chunk(&f, plain, sealed + head, &n));
        stored += (int64_t)(head + n);
        HK_TRY(blob_path(c->client, conversation, blob, i, &path));
        HK_TRY(http_call_bytes(c->client->http, "PUT", path, hk_slice_of(sealed, head + n), &c->client->arena,
                               &nothing));
    }
    HK_TRY(vault_file_seal_done(&f, ret));
    file_close_body body = {ret->chunks, stored};
    HK_TRY(blob_path(c->client, conversation, blob, -1, &path));
    hk_err err = http_call(c->client->http, "POST", path, &FILE_CLOSE, &body, NULL, &c->client->arena, NULL);
    vault_file_wipe(&f);
    return err;
}

static hk_err download(carrying *c, const conversation_id *conversation, const vault_descriptor *what)
{
    static vault_file f;
    static uint8_t plain[VAULT_FILE_CHUNK];
    hk_arena arena;
    hk_arena_init(&arena, (size_t)1 << 20);
    hk_err err = HK_OK;
    for (uint32_t i = 0; err == HK_OK && i < what->chunks; i++) {
        const char *path;
        hk_slice sealed = {0};
        size_t head = i == 0 ? VAULT_FILE_HEADER : 0, n = 0;
        err = blob_path(c->listener, conversation, &what->blob, i, &path);
        if (err == HK_OK)
            err = http_call_bytes(c->listener->http, "GET", path, (hk_slice){0}, &arena, &sealed);
        if (err == HK_OK && i == 0)
            err = vault_file_open_start(&f, what, hk_slice_of(sealed.p, head));
        if (err == HK_OK)
            err = vault_file_open_chunk(&f, hk_slice_of(sealed.p + head, sealed.n - head), plain, &n);
        if (err == HK_OK && memcmp(plain, c->file + (n ? (size_t)i * VAULT_FILE_CHUNK : 0), n) != 0)
            err = HK_REFUSED;
    }
    if (err == HK_OK)
        err = vault_file_open_done(&f);
    vault_file_wipe(&f);
    hk_arena_done(&arena);
    return err;
}

static hk_err send_file(carrying *c)
{
    vault_descriptor what;
    uint8_t written[VAULT_DESCRIPTOR_MAX];
    size_t n = 0;
    int64_t position;
    blob_id blob;
    hk_slice canary = take(c);
    for (size_t at = 0; at < FILE_BYTES; at++)
        c->file[at] = canary.p[at % canary.n];
    vault_make_id(blob.b);
    c->doing = "a file";
    HK_TRY(upload(c, talk_conversation(c->client_talk), &blob, &what));
    what.blob = blob;
    what.name = take(c);
    what.type = HK_LIT(FILE_MEDIATYPE);
    HK_TRY(vault_descriptor_write(&what, written, sizeof written, &n));
    HK_TRY(say(c, c->client_talk, c->listener_talk, VAULT_BODY_FILE, hk_slice_of(written, n), &position));
    c->doing = "the file on the other side";
    return download(c, talk_conversation(c->listener_talk), &what);
}

/* ---- What the account remembers */

static hk_err remember(carrying *c)
{
    device *d = c->client;
    c->doing = "what the account remembers";
    vault_state_init(&c->state, &(vault_state_memory){0});
    while (c->state.choices_n + CANARY_BYTES < VAULT_CHOICES_MAX && c->next + 1 < c->count) {
        hk_slice canary = take(c);
        memcpy(c->state.choices + c->state.choices_n, canary.p, canary.n);
        c->state.choices_n += (uint32_t)canary.n;
    }
    state_body body = {.serial = d->state_serial + 1};
    size_t cap = vault_state_size(&c->state), n = 0;
    uint8_t *sealed = hk_arena_get(&d->arena, cap);
    if (!sealed)
        return HK_NO_MEMORY;
    HK_TRY(vault_state_seal(&d->me, body.serial, &c->state, sealed, cap, &n));
    body.state = hk_slice_of(sealed, n);
    HK_TRY(http_call(d->http, "PUT", "/api/account/state", &ACCOUNT_STATE, &body, NULL, &d->arena, NULL));
    return http_call(d->http, "GET", "/api/account/state", NULL, NULL, &ACCOUNT_STATE, &d->arena, &body);
}

static hk_err carry(carrying *c, const char *url, const char *handle, const char *password,
                    const char *secret_key)
{
    c->doing = "the listener's signing in";
    HK_TRY(device_new(url, &c->listener));
    HK_TRY(device_sign_in(c->listener, handle, password, secret_key));
    HK_TRY(device_take_team_key(c->listener));
    HK_TRY(device_here_until(c->listener, device_now_ms() + (int64_t)3600 * 1000));
    HK_TRY(arrive_and_ask(c, url));
    HK_TRY(withdraw(c, url));
    HK_TRY(say_every_kind(c));
    HK_TRY(say_and_erase(c));
    HK_TRY(send_file(c));
    return remember(c);
}

int main(int argc, char **argv)
{
    const char *url, *handle, *password, *secret_key;
    const setting settings[] = {
        {"url", SETTING_TEXT, &url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"handle", SETTING_TEXT, &handle, "", 0, 0, "HANDLE", "a listener's"},
        {"password", SETTING_TEXT, &password, "", 0, 0, "TEXT", "the listener's"},
        {"secret-key", SETTING_TEXT, &secret_key, NULL, 0, 0, "TEXT", "the listener's"},
    };
    static carrying c;
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "CANARY", NULL, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "canary_carry: %s\n", problem.words);
        return 2;
    }
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    read_canaries(&c);
    hk_err err = carry(&c, url, handle, password, secret_key);
    if (err != HK_OK)
        (void)fprintf(stderr, "canary_carry: %s (%s). %s %s\n", c.doing, hk_err_name(err),
                      c.client ? device_problem(c.client) : "", c.listener ? device_problem(c.listener) : "");
    else
        printf("{\"carried\":%zu,\"opened\":%lld,\"file_bytes\":%zu}\n", c.next, (long long)c.opened,
               FILE_BYTES);
    talk_free(c.client_talk);
    talk_free(c.listener_talk);
    device_free(c.client);
    device_free(c.listener);
    curl_global_cleanup();
    return err == HK_OK ? 0 : 1;
}
