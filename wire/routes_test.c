/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/routes.h"

typedef struct words {
    hk_slice text;
    int64_t after;
} words;
static const shape_member WORDS_MEMBERS[] = {
    SHAPE_TEXT(words, text, SHAPE_REQUIRED, 1, 20, "words"),
    SHAPE_INT(words, after, SHAPE_OPTIONAL, 0, HK_INT_MAX, "from the query"),
};
static const shape WORDS = SHAPE("Words", words, WORDS_MEMBERS, "words");

static hk_err echo(wire_request *r, wire_reply *reply)
{
    words w = *(const words *)r->body;
    HK_TRY(wire_query_int(r, "after", 5, &w.after));
    return wire_reply_body(r, reply, &WORDS, &w);
}

static hk_err by_id(wire_request *r, wire_reply *reply)
{
    uint8_t id[HK_ID_BYTES];
    int64_t n;
    HK_TRY(wire_param_id(r, 0, id));
    HK_TRY(wire_param_int(r, 1, &n));
    return wire_reply_nothing(reply);
}

static hk_err mine(wire_request *r, wire_reply *reply)
{
    wire_reply_cookie(reply, HK_LIT("token"), 60);
    return wire_reply_bytes(reply, HK_LIT("mine"), "text/plain");
}

static void count_up(void *place, void *arg)
{
    *(int *)place += *(const int *)arg;
}

static hk_err later(wire_request *r, wire_reply *reply)
{
    int *n = hk_arena_get(r->arena, sizeof *n);
    if (!n)
        return HK_NO_MEMORY;
    *n = 3;
    HK_TRY(wire_after(r, count_up, n));
    HK_TRY(wire_after(r, count_up, n));
    const words *w = r->body;
    return hk_slice_eq_z(w->text, "fail") ? HK_CONFLICT : wire_reply_nothing(reply);
}

static const wire_route ROUTES[] = {
    {"POST", "/api/echo", WIRE_ANYBODY, WIRE_WRITE, &WORDS, &WORDS, echo, "", 0, NULL},
    {"GET", "/api/things/:id/parts/:n", WIRE_SIGNED_IN, WIRE_READ, NULL, NULL, by_id, "", 0, NULL},
    {"DELETE", "/api/things/:id", WIRE_SIGNED_IN, WIRE_WRITE, NULL, NULL, mine, "", 0, NULL},
    {"GET", "/api/things/mine", WIRE_ANYBODY, WIRE_READ, NULL, NULL, mine, "", 0, NULL},
    {"GET", "/api/things/:id", WIRE_ADMIN, WIRE_READ, NULL, NULL, mine, "", 0, NULL},
};
static const wire_message MESSAGES[] = {
    {"later", WIRE_CLIENT, WIRE_WRITE, &WORDS, NULL, later, ""},
};

static wire_options options_for(const wire_route *routes, size_t count)
{
    static const wire_route *rooms[1];
    static size_t counts[1];
    static const wire_message *messages[] = {MESSAGES};
    static const size_t message_counts[] = {HK_COUNT(MESSAGES)};
    rooms[0] = routes;
    counts[0] = count;
    return (wire_options){.routes = rooms,
                          .route_counts = counts,
                          .room_count = 1,
                          .messages = messages,
                          .message_counts = message_counts};
}

static void tables_that_say_something_impossible_are_refused_at_start(void **state)
{
    (void)state;
    static const wire_route bad[][2] = {
        {{"GET", "/api/a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL},
         {"GET", "/api/a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/api/:a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL},
         {"GET", "/api/:b", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"PATCH", "/api/a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/api/a", 0, WIRE_WRITE, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "api/a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/api//a", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/:a/:b/:c/:d/:e", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/a/b/c/d/e/f/g/h/i", 0, WIRE_READ, NULL, NULL, mine, "", 0, NULL}},
        {{"GET", "/api/a", 0, WIRE_READ, NULL, NULL, NULL, "", 0, NULL}},
        {{"POST", "/api/a", WIRE_CLIENT, WIRE_LOOP, NULL, NULL, mine, "", 0, NULL}},
        {{"POST", "/api/a", 0, WIRE_WRITE, &WORDS, NULL, mine, "", 10, NULL}},
        {{"POST", "/api/a", 0, WIRE_WRITE, NULL, NULL, mine, "", WIRE_RAW_BYTES + 1, NULL}},
        {{"POST", "/api/a", 0, WIRE_WRITE, NULL, NULL, mine, "", 0, "no_such_rate"}},
    };
    for (size_t i = 0; i < HK_COUNT(bad); i++) {
        wire_options o = options_for(bad[i], bad[i][1].method ? 2 : 1);
        wire_routes *routes = NULL;
        const char *problem = NULL;
        assert_int_equal(wire_routes_new(&o, &routes, &problem), HK_BAD);
        assert_non_null(problem);
    }
}

static void a_path_is_found_by_its_segments_and_the_literal_wins(void **state)
{
    (void)state;
    wire_options o = options_for(ROUTES, HK_COUNT(ROUTES));
    wire_routes *routes;
    const char *problem;
    wire_match m;
    assert_int_equal(wire_routes_new(&o, &routes, &problem), HK_OK);
    static const struct {
        const char *method, *path, *allow;
        int route;
    } cases[] = {
        {"GET", "/api/things/mine", "DELETE, GET", 3},
        {"GET", "/api/things/abc_-9", "DELETE, GET", 4},
        {"DELETE", "/api/things/mine", "DELETE, GET", 2},
        {"PUT", "/api/things/x", "DELETE, GET", -1},
        {"GET", "/api/things/x/parts/7", "GET", 1},
        {"GET", "/api/echo", "POST", -1},
        {"GET", "/api/things/", "", -1},
        {"GET", "/api/things", "", -1},
        {"GET", "/api/things/a.b", "", -1},
        {"GET", "/api/things/%41", "", -1},
        {"GET", "/api/things//parts/7", "", -1},
        {"GET", "/a/b/c/d/e/f/g/h/i/j/k", "", -1},
        {"GET", "", "", -1},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        wire_routes_find(routes, hk_slice_z(cases[i].method), hk_slice_z(cases[i].path), &m);
        assert_string_equal(m.allow, cases[i].allow);
        assert_ptr_equal(m.route, cases[i].route < 0 ? NULL : &ROUTES[cases[i].route]);
    }
    wire_routes_find(routes, HK_LIT("GET"), HK_LIT("/api/things/x/parts/7"), &m);
    assert_int_equal(m.param_count, 2);
    assert_true(hk_slice_eq_z(m.params[0], "x") && hk_slice_eq_z(m.params[1], "7"));
    assert_ptr_equal(wire_routes_message(routes, HK_LIT("later")), MESSAGES);
    assert_null(wire_routes_message(routes, HK_LIT("late")));
    wire_routes_free(routes);
}

static hk_err nobody(wire_request *r, wire_who *ret)
{
    return HK_WHO;
}

static int call(const char *method, const char *target, const char *body, const wire_who *who, wire_called *c)
{
    static hk_arena arena;
    static int total;
    hk_arena_done(&arena);
    hk_arena_init(&arena, 1 << 20);
    wire_options o = options_for(ROUTES, HK_COUNT(ROUTES));
    o.who = nobody;
    o.place = &total;
    total = 0;
    wire_call(&o, method, hk_slice_z(target), hk_slice_z(body), who, NULL, &arena, NULL, true, c);
    return total;
}

static void a_call_without_a_network_answers_as_the_network_would(void **state)
{
    (void)state;
    const wire_who client = {.account = {{1}}, .is = WIRE_SIGNED_IN | WIRE_CLIENT};
    static const char ID[] = "/api/things/AQAAAAAAAAAAAAAAAAAAAA/parts/";
    char path[128];
    wire_called c;
    (void)call("POST", "/api/nothing", "{}", NULL, &c);
    assert_int_equal(c.status, 404);
    (void)call("POST", "/api/echo", "{}", NULL, &c);
    assert_int_equal(c.status, 400);
    assert_true(hk_slice_eq_z(c.body,
                              "{\"type\":\"about:blank\",\"status\":400,\"code\":\"bad\",\"title\":\"This is "
                              "missing.\",\"member\":\"text\"}"));
    (void)call("POST", "/api/echo?after=x", "{\"text\":\"a\"}", NULL, &c);
    assert_int_equal(c.status, 400);
    (void)call("POST", "/api/echo?after=7&after=8", "{\"text\":\"a\"}", NULL, &c);
    assert_int_equal(c.status, 400);
    (void)call("POST", "/api/echo?x=1&after=7", "{\"text\":\"a\"}", NULL, &c);
    assert_true(hk_slice_eq_z(c.body, "{\"text\":\"a\",\"after\":7}"));
    (void)snprintf(path, sizeof path, "%s7", ID);
    (void)call("GET", path, "", NULL, &c);
    assert_int_equal(c.status, 401);
    (void)call("GET", path, "", &client, &c);
    assert_int_equal(c.status, 204);
    (void)snprintf(path, sizeof path, "%s07", ID);
    (void)call("GET", path, "", &client, &c);
    assert_int_equal(c.status, 404);
    (void)call("GET", "/api/things/x", "", &client, &c);
    assert_int_equal(c.status, 403);
    (void)call("GET", "/api/things/mine", "", NULL, &c);
    assert_true(hk_slice_eq_z(c.body, "mine") && hk_slice_eq_z(c.set_cookie, "token"));
    assert_null(c.set_pre_login_cookie.p);
}

static void what_comes_after_runs_only_when_the_request_succeeded(void **state)
{
    (void)state;
    const wire_who client = {.account = {{1}}, .is = WIRE_SIGNED_IN | WIRE_CLIENT};
    const wire_who other = {.account = {{2}}, .is = WIRE_SIGNED_IN | WIRE_LISTENER};
    wire_called c;
    assert_int_equal(call("SOCKET", "later", "{\"text\":\"fail\"}", &client, &c), 0);
    assert_int_equal(c.status, 409);
    assert_int_equal(call("SOCKET", "later", "{\"text\":\"go\"}", &other, &c), 0);
    assert_int_equal(c.status, 403);
    assert_int_equal(call("SOCKET", "later", "{\"text\":\"go\"}", &client, &c), 6);
    assert_int_equal(c.status, 204);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_that_say_something_impossible_are_refused_at_start),
        cmocka_unit_test(a_path_is_found_by_its_segments_and_the_literal_wins),
        cmocka_unit_test(a_call_without_a_network_answers_as_the_network_would),
        cmocka_unit_test(what_comes_after_runs_only_when_the_request_succeeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
