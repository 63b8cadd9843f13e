/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "features/conversations/conversations.h"
#include "server/feature_table.h"

/* ---- The place */

static hk_err write_down(void *ctx, uint64_t connection, hk_slice text)
{
    house *h = ctx;
    if (h->told_count == HOUSE_TOLD_MAX)
        h->told_count = 0;
    house_told *t = &h->told[h->told_count++];
    t->connection = connection;
    size_t n = text.n < sizeof t->text - 1 ? text.n : sizeof t->text - 1;
    memcpy(t->text, text.p, n);
    t->text[n] = 0;
    return HK_OK;
}

static void note_end(void *ctx, uint64_t connection, int code)
{
    house *h = ctx;
    assert_true(h->ended_count < HOUSE_TOLD_MAX);
    h->ended[h->ended_count++] = connection;
}

static void note_presence(void *ctx, account_id account, bool here)
{
    place_presence_set(((house *)ctx)->place.presence, account, here);
}

static hk_err no_dispatch(void *place_pointer, wire_mode mode, void *job)
{
    return HK_BUSY; /* calls come straight from the tests */
}

static void collect_routes(house *h)
{
    static const wire_route *routes[16];
    static size_t route_counts[16];
    static const wire_message *messages[16];
    static size_t message_counts[16];
    assert_true(FEATURE_COUNT <= 16);
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        routes[i] = FEATURES[i].routes;
        route_counts[i] = *FEATURES[i].route_count;
        messages[i] = FEATURES[i].messages;
        message_counts[i] = FEATURES[i].messages ? *FEATURES[i].message_count : 0;
    }
    h->options = (wire_options){.routes = routes,
                                .route_counts = route_counts,
                                .room_count = FEATURE_COUNT,
                                .messages = messages,
                                .message_counts = message_counts,
                                .place = &h->place,
                                .dispatch = no_dispatch,
                                .who = accounts_who,
                                .ticket = accounts_ticket};
}

static hk_err make_place(void *ctx, store_db *db)
{
    return place_make(db, HK_LIT("The test place"), HK_LIT("en"), HK_LIT("GB"), HK_LIT("Europe/London"));
}

static void open_store(house *h)
{
    store_options options = {.path = h->db, .rooms = FEATURE_ROOMS, .readers = 1, .trust_file_system = true};
    if (store_open(&options, &h->store) != HK_OK)
        fail_msg("%s", store_open_problem());
    h->place.store = h->store;
}

house *house_open(void)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    assert_true(sodium_init() >= 0);
    (void)snprintf(h->folder, sizeof h->folder, "/tmp/hearken-house-XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    (void)snprintf(h->db, sizeof h->db, "%s/db", h->folder);
    (void)snprintf(h->deletions, sizeof h->deletions, "%s/deletions", h->folder);
    (void)snprintf(h->audit_heads, sizeof h->audit_heads, "%s/audit", h->folder);
    h->now_ms = 1800000000000;
    h->starving = getenv("HOUSE_STARVE") != NULL;
    hk_arena_init(&h->arena, (size_t)64 << 20);
    hk_arena_init(&h->requests, (size_t)8 << 20);
    open_store(h);
    uint8_t key[REST_KEY_BYTES] = {7};
    must(rest_key_new(key, &h->rest));
    h->place = (place){.store = h->store,
                       .rest = h->rest,
                       .deletions = h->deletions,
                       .session_ms = HOUSE_DAY_MS / 2,
                       .idle_ms = HOUSE_DAY_MS / 4,
                       .lock_client_s = 1800,
                       .lock_staff_s = 900};
    must(place_presence_new(&h->place.presence));
    must(socket_tickets_new(&h->place.tickets));
    must(live_new(&(live_options){.send = write_down, .close = note_end, .ctx = h, .presence = note_presence},
                  &h->place.live));
    collect_routes(h);
    must(store_write_now(h->store, make_place, NULL));
    return h;
}

void house_reopen(house *h, const char *backup)
{
    store_close(h->store);
    if (store_restore(backup, h->db) != HK_OK)
        fail_msg("%s", store_open_problem());
    open_store(h);
}

static void remove_folder(const char *folder)
{
    DIR *all = opendir(folder);
    struct dirent *one;
    char path[400];
    while (all && (one = readdir(all)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, one->d_name);
        if (one->d_name[0] != '.')
            (void)unlink(path); /* what is left over shows in rmdir */
    }
    if (all)
        (void)closedir(all); /* it was only read */
    assert_int_equal(rmdir(folder), 0);
}

void house_close(house *h)
{
    assert_true(!h->starving || h->starved >= h->asked); /* or it did not do its work */
    store_close(h->store);
    live_free(h->place.live);
    place_presence_free(h->place.presence);
    socket_tickets_free(h->place.tickets);
    rest_key_free(h->rest);
    hk_arena_done(&h->arena);
    hk_arena_done(&h->requests);
    remove_folder(h->folder);
    free(h);
}

/* ---- Requests */

typedef struct calling {
    house *h;
    const char *method, *path;
    hk_slice body;
    wire_request base;
    wire_called called;
    bool starving; /* only to see what a failed allocation does: undone whatever it answers */
} calling;

static hk_err call_inside(void *ctx, store_db *db)
{
    calling *k = ctx;
    wire_who who;
    const wire_who *known = NULL;
    if (strcmp(k->method, "SOCKET") == 0) { /* a socket knows whose it is since it opened */
        wire_request asking = k->base;
        asking.db = db;
        HK_TRY(accounts_who(&asking, &who));
        known = &who;
    }
    house_work_start();
    wire_call(&k->h->options, k->method, hk_slice_z(k->path), k->body, known, &k->base, &k->h->requests, db,
              !k->starving, &k->called);
    k->h->work = house_work_done();
    return k->starving ? HK_BUSY : k->called.err;
}

void house_keep_token(char *to, size_t size, hk_slice token)
{
    if (!token.p)
        return;
    assert_true(token.n < size);
    memcpy(to, token.p, token.n);
    to[token.n] = 0;
}

static hk_err run(calling *k)
{
    hk_arena_clear(&k->h->requests);
    k->h->requests.count = 0;
    bool reads = strcmp(k->method, "GET") == 0;
    return (reads ? store_read_now : store_write_now)(k->h->store, call_inside, k);
}

#define STARVE_MAX 3000

/* The same request with its first allocation failing, then its second, ... and each time undone. None of them
 * may crash, and none that missed an allocation may be acknowledged. */
static void starve(const calling *as)
{
    house *h = as->h;
    calling k = *as;
    k.starving = true;
    h->place.deletions = NULL; /* a file is not undone */
    for (uint64_t n = 1;; n++) {
        assert_true(n < STARVE_MAX);
        h->requests.fail_at = n;
        (void)run(&k); /* undone: HK_BUSY */
        h->requests.fail_at = 0;
        if (h->requests.count < n)
            break;
        if (k.called.err == HK_OK)
            fail_msg("%s %s is acknowledged though allocation %d failed", as->method, as->path, (int)n);
        h->starved++;
    }
    h->place.deletions = h->deletions;
}

static hk_err call(house *h, person *p, const char *method, const char *path, hk_slice body, hk_slice *ret)
{
    calling k = {.h = h, .method = method, .path = path, .body = body};
    k.base = (wire_request){.place = &h->place,
                            .now_ms = h->now_ms,
                            .cookie = hk_slice_z(p ? p->cookie : NULL),
                            .pre_login_cookie = hk_slice_z(p ? p->door : NULL),
                            .host = HK_LIT(HOUSE_HOST)};
    uint64_t fail_at = h->requests.fail_at;
    if (h->starving && fail_at == 0)
        starve(&k);
    h->requests.fail_at = fail_at;
    h->asked++;
    h->code[0] = 0;
    hk_err err = run(&k);
    if (err != HK_OK) {
        (void)snprintf(h->code, sizeof h->code, "%s", k.called.code ? k.called.code : "");
        return err;
    }
    if (p) {
        house_keep_token(p->cookie, sizeof p->cookie, k.called.set_cookie);
        house_keep_token(p->door, sizeof p->door, k.called.set_pre_login_cookie);
    }
    *ret = k.called.body;
    return HK_OK;
}

hk_err house_call(house *h, person *p, const char *method, const char *path, const shape *body_shape,
                  const void *body, const shape *answer_shape, void *ret_answer)
{
    hk_slice json = {0}, answer;
    shape_problem problem;
    if (body_shape)
        must(shape_encode(body_shape, body, &h->arena, &json));
    HK_TRY(call(h, p, method, path, json, &answer));
    if (answer_shape && shape_decode(answer_shape, answer, &h->arena, ret_answer, &problem) != HK_OK)
        fail_msg("%s %s: %s: %s", method, path, problem.member, problem.why);
    return HK_OK;
}

hk_err house_call_raw(house *h, person *p, const char *method, const char *path, const char *body)
{
    hk_slice answer;
    return call(h, p, method, path, hk_slice_z(body), &answer);
}

hk_err house_call_bytes(house *h, person *p, const char *method, const char *path, hk_slice body,
                        hk_slice *ret)
{
    hk_slice answer;
    HK_TRY(call(h, p, method, path, body, &answer));
    if (ret)
        must(hk_arena_copy(&h->arena, answer, ret));
    return HK_OK;
}

const char *house_id(house *h, const uint8_t id[static HK_ID_BYTES])
{
    char *text = hk_arena_get(&h->arena, 23);
    assert_non_null(text);
    hk_b64_encode(hk_slice_of(id, HK_ID_BYTES), text);
    return text;
}

const char *house_path(house *h, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return hk_arena_text(&h->arena, hk_slice_z(text));
}

/* ---- Sockets and a look from outside */

void house_connect(house *h, person *p, uint64_t connection)
{
    must(live_join(h->place.live, connection, p->me.id, 0));
}

int house_told_count(const house *h, uint64_t connection, const char *told)
{
    char start[64];
    int count = 0;
    (void)snprintf(start, sizeof start, "{\"t\":\"%s\"", told);
    for (size_t i = 0; i < h->told_count; i++)
        count += h->told[i].connection == connection && strncmp(h->told[i].text, start, strlen(start)) == 0;
    return count;
}

bool house_is_ended(const house *h, uint64_t connection)
{
    for (size_t i = 0; i < h->ended_count; i++)
        if (h->ended[i] == connection)
            return true;
    return false;
}

int64_t house_count(house *h, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    char attach[160];
    assert_int_equal(sqlite3_open_v2(h->db, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)snprintf(attach, sizeof attach, "ATTACH '%s-wraps' AS second", h->db);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    int64_t found = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    (void)sqlite3_finalize(stmt); /* repeats the step's own answer */
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return found;
}
