/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What must hold for every route and every message of every feature, also for those that come later: asked
 * from the wrong side, with SQL in each parameter, with members nobody declared, with other verbs.
 */
#include "features/conversations/scene_test.h"

#include "server/feature_table.h"

#define AN_ID "QUJDREVGR0hJSktMTU5PUA"

/* ---- Honest-looking bodies, made from the declared shapes */

typedef struct body_text {
    char text[65536];
    size_t n;
} body_text;

static void put(body_text *t, const char *text)
{
    size_t n = strlen(text);
    assert_true(t->n + n < sizeof t->text);
    memcpy(t->text + t->n, text, n + 1);
    t->n += n;
}

static void put_bytes(body_text *t, int64_t n)
{
    uint8_t bytes[4096];
    char text[8192] = {0};
    assert_true(n <= (int64_t)sizeof bytes);
    memset(bytes, 0x41, sizeof bytes);
    hk_b64_encode(hk_slice_of(bytes, (size_t)(n > 0 ? n : 1)), text);
    put(t, "\"");
    put(t, text);
    put(t, "\"");
}

static void put_words(body_text *t, const shape_member *m, const char *words)
{
    char cut[256] = {0};
    size_t n = strlen(words), most = m->max < 200 ? (size_t)m->max : 200;
    memset(cut, 'x', m->min < 200 ? (size_t)m->min : 200); /* no shape asks for more */
    memcpy(cut, words, n < most ? n : most);
    put(t, "\"");
    for (const char *c = cut; *c; c++) {
        const char one[] = {*c, 0};
        put(t, *c == '"' || *c == '\\' ? "\\" : "");
        put(t, one);
    }
    put(t, "\"");
}

static void put_shape(body_text *t, const shape *s, const char *words);

static void put_member(body_text *t, const shape_member *m, const char *words)
{
    char number[32];
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        put(t, "true");
        return;
    case SHAPE_KIND_INT:
        (void)snprintf(number, sizeof number, "%lld", (long long)m->min);
        put(t, number);
        return;
    case SHAPE_KIND_TEXT:
        put_words(t, m, words);
        return;
    case SHAPE_KIND_BYTES:
    case SHAPE_KIND_ID:
    case SHAPE_KIND_HASH:
        put_bytes(t, m->min);
        return;
    case SHAPE_KIND_CHOICE:
        put(t, "\"");
        put(t, m->choices[0]);
        put(t, "\"");
        return;
    case SHAPE_KIND_LIST:
        put(t, "[");
        for (int64_t i = 0; i < (m->min > 0 ? m->min : 1); i++) {
            put(t, i ? "," : "");
            put_shape(t, m->of, words);
        }
        put(t, "]");
        return;
    case SHAPE_KIND_OBJECT:
        put_shape(t, m->of, words);
        return;
    }
}

static void put_shape(body_text *t, const shape *s, const char *words)
{
    if (s->count == 1 && s->members[0].name[0] == 0) { /* a bare value in a list */
        put_member(t, &s->members[0], words);
        return;
    }
    put(t, "{");
    for (size_t i = 0; i < s->count; i++) {
        put(t, i ? ",\"" : "\"");
        put(t, s->members[i].name);
        put(t, "\":");
        put_member(t, &s->members[i], words);
    }
    put(t, "}");
}

/* NULL for no body. */
static const char *body_of(const shape *s, const char *words)
{
    static body_text t;
    t.n = 0;
    t.text[0] = 0;
    if (!s)
        return NULL;
    put_shape(&t, s, words);
    return t.text;
}

/* The route's path with `with` in place of each ":name". */
static const char *path_of(house *h, const wire_route *route, const char *with)
{
    char path[512];
    size_t n = 0;
    for (const char *c = route->path; *c; c++) {
        if (*c != ':') {
            path[n++] = *c;
            continue;
        }
        n += (size_t)snprintf(path + n, sizeof path - n, "%s", with);
        while (c[1] && c[1] != '/')
            c++;
        assert_true(n < sizeof path - 64);
    }
    path[n] = 0;
    return house_path(h, "%s", path);
}

static bool has_parameter(const wire_route *route)
{
    return strchr(route->path, ':') != NULL;
}

/* ---- Everybody who may stand at a door */

typedef struct caller {
    person *who;
    uint32_t is; /* wire_access bits */
} caller;

typedef struct callers {
    caller all[5];
    person nobody, dora;
} callers;

static void call_everybody(scene *s, callers *ret)
{
    *ret = (callers){0};
    house_staff(s->h, &s->admin, ROLE_SUPERVISOR, false, &ret->dora);
    caller all[5] = {{&ret->nobody, 0},
                     {&s->client, WIRE_SIGNED_IN | WIRE_CLIENT},
                     {&s->ben, WIRE_SIGNED_IN | WIRE_LISTENER},
                     {&ret->dora, WIRE_SIGNED_IN | WIRE_SUPERVISOR},
                     {&s->admin, WIRE_SIGNED_IN | WIRE_ADMIN}};
    memcpy(ret->all, all, sizeof all);
}

static hk_err ask(scene *s, person *p, const wire_route *route, const char *path, const char *body)
{
    if (route->raw_max)
        return house_call_bytes(s->h, p, route->method, path, HK_LIT("bytes"), NULL);
    return body ? house_call_raw(s->h, p, route->method, path, body)
                : house_call(s->h, p, route->method, path, NULL, NULL, NULL, NULL);
}

#define EACH_ROUTE(f, r)                                                                                     \
    for (size_t f = 0; f < FEATURE_COUNT; f++)                                                               \
        for (const wire_route *r = FEATURES[f].routes; r < FEATURES[f].routes + *FEATURES[f].route_count; r++)

static void every_door_is_shut_to_everybody_it_was_not_made_for(void **state)
{
    scene *s = *state;
    static callers c;
    int shut = 0;
    call_everybody(s, &c);
    EACH_ROUTE(f, r)
    {
        for (size_t i = 0; r->access != WIRE_ANYBODY && i < HK_COUNT(c.all); i++) {
            if (r->access & c.all[i].is)
                continue;
            hk_err err = ask(s, c.all[i].who, r, path_of(s->h, r, AN_ID), body_of(r->body, "words"));
            hk_err wanted = c.all[i].is ? HK_REFUSED : HK_WHO;
            if (err != wanted)
                fail_msg("%s %s answers %s to caller %d", r->method, r->path, hk_err_name(err), (int)i);
            shut++;
        }
    }
    assert_true(shut > 80);
}

static void every_message_of_a_socket_is_shut_to_somebody_who_is_not_in_the_conversation(void **state)
{
    scene *s = *state;
    static callers c;
    int shut = 0;
    call_everybody(s, &c);
    for (size_t f = 0; f < FEATURE_COUNT; f++)
        for (size_t m = 0; FEATURES[f].messages && m < *FEATURES[f].message_count; m++) {
            const wire_message *message = &FEATURES[f].messages[m];
            if (message->body->count == 0)
                continue; /* "ping" asks for nothing */
            for (size_t i = 0; i < HK_COUNT(c.all); i++, shut++)
                assert_int_not_equal(house_call_raw(s->h, c.all[i].who, "SOCKET", message->name,
                                                    body_of(message->body, "words")),
                                     HK_OK);
        }
    assert_true(shut >= 15);
}

static void a_disabled_listener_finds_every_door_shut(void **state)
{
    scene *s = *state;
    int shut = 0;
    must(house_call_raw(s->h, &s->admin, "PUT",
                        house_path(s->h, "/api/staff/%s/disabled", house_id(s->h, s->ben.me.id.b)),
                        "{\"disabled\":true}"));
    EACH_ROUTE(f, r)
    {
        if (r->access == WIRE_ANYBODY)
            continue;
        refuses(HK_WHO, ask(s, &s->ben, r, path_of(s->h, r, AN_ID), body_of(r->body, "words")));
        shut++;
    }
    assert_true(shut > 40);
}

/* ---- SQL */

static int64_t everything(scene *s)
{
    return house_count(
        s->h, "SELECT (SELECT count(*) FROM sqlite_master) * 1000000 + "
              "(SELECT count(*) FROM conversations) * 10000 + (SELECT count(*) FROM entries) * 100 + "
              "(SELECT count(*) FROM accounts) + (SELECT sum(role) FROM accounts WHERE role > 0)");
}

static void sql_in_every_parameter_of_every_route_is_only_words(void **state)
{
    scene *s = *state;
    static callers c;
    static const char *const WORSE[] = {
        "'OR'1'='1", "';DROP/**/TABLE/**/accounts;--",       "%27%20OR%201=1--", "\"OR\"\"=\"",
        "x'41'",     "1;UPDATE/**/accounts/**/SET/**/role=4"};
    int asked = 0;
    call_everybody(s, &c);
    int64_t before = everything(s);
    for (size_t w = 0; w < HK_COUNT(WORSE); w++)
        EACH_ROUTE(f, r)
        {
            const char *paths[] = {
                path_of(s->h, r, WORSE[w]),
                house_path(s->h, "%s?after=%s&limit=%s", path_of(s->h, r, AN_ID), WORSE[w], WORSE[w])};
            bool can_carry = has_parameter(r) || r->body || strcmp(r->method, "GET") == 0;
            for (size_t i = 0; can_carry && i < HK_COUNT(c.all) * HK_COUNT(paths); i++, asked++) {
                hk_err err = ask(s, c.all[i / 2].who, r, paths[i % 2], body_of(r->body, WORSE[w]));
                if (err == HK_STORE || err == HK_NO_MEMORY ||
                    (err == HK_OK && i % 2 == 0 && has_parameter(r)))
                    fail_msg("%s %s answers %s to %s", r->method, r->path, hk_err_name(err), WORSE[w]);
            }
        }
    assert_true(asked > 2000);
    assert_int_equal(everything(s), before);
    must(house_say(s->h, &s->c, "all still here"));
}

/* ---- Members nobody declared */

static bool declares(const shape *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->members[i].name, name) == 0)
            return true;
    return false;
}

static void a_member_that_was_not_declared_is_refused_by_every_route(void **state)
{
    scene *s = *state;
    static callers c;
    static const char *const MORE[] = {"\"role\":\"administrator\"",
                                       "\"roles\":[\"administrator\"]",
                                       "\"lead\":true",
                                       "\"is\":16",
                                       "\"account\":\"" AN_ID "\"",
                                       "\"disabled\":false",
                                       "\"at_ms\":1",
                                       "\"__proto__\":{}"};
    int refused = 0;
    call_everybody(s, &c);
    EACH_ROUTE(f, r)
    {
        for (size_t i = 0; r->body && i < HK_COUNT(MORE); i++) {
            char name[32] = {0}, more[66000];
            (void)sscanf(MORE[i], "\"%31[^\"]", name);
            if (declares(r->body, name))
                continue;
            const char *whole = body_of(r->body, "words");
            (void)snprintf(more, sizeof more, "{%s%s%s", MORE[i], whole[1] == '}' ? "" : ",", whole + 1);
            shape_problem problem;
            void *into = hk_arena_get(&s->h->arena, r->body->size + 1);
            assert_non_null(into);
            must(shape_decode(r->body, hk_slice_z(whole), &s->h->arena, into,
                              &problem)); /* it is only the member */
            for (size_t k = 0; k < HK_COUNT(c.all); k++, refused++)
                refuses(HK_BAD, ask(s, c.all[k].who, r, path_of(s->h, r, AN_ID), more));
        }
    }
    assert_true(refused > 500);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM accounts WHERE role = 4"),
                     1); /* the administrator */
}

/* ---- Verbs */

/* A path of one route may fit another's parameter: "/api/requests/mine" fits "/api/requests/:conversation".
 */
static bool fits(const char *path, const char *pattern)
{
    for (; *path && *pattern; path++, pattern++) {
        if (*pattern == ':') {
            path += strcspn(path, "/");
            pattern += strcspn(pattern, "/");
        }
        if (*path != *pattern)
            return false;
        if (*path == 0)
            return true;
    }
    return *path == *pattern;
}

static bool is_a_route(const char *method, const char *path)
{
    EACH_ROUTE(f, r)
    {
        if (strcmp(r->method, method) == 0 && fits(path, r->path))
            return true;
    }
    return false;
}

static void another_verb_opens_nothing(void **state)
{
    scene *s = *state;
    static const char *const VERBS[] = {"GET",   "HEAD",    "POST",    "PUT", "DELETE", "PATCH",
                                        "TRACE", "OPTIONS", "CONNECT", "get", "Post",   "DELETE,GET"};
    int tried = 0;
    int64_t before = everything(s);
    EACH_ROUTE(f, r)
    {
        for (size_t i = 0; i < HK_COUNT(VERBS); i++) {
            wire_route other = *r;
            other.method = VERBS[i];
            const char *path = path_of(s->h, r, AN_ID);
            if (is_a_route(VERBS[i], path))
                continue;
            refuses(HK_NOT_THERE, ask(s, &s->admin, &other, path, body_of(r->body, "words")));
            tried++;
        }
    }
    assert_true(tried > 200);
    assert_int_equal(everything(s), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
        TEST(every_door_is_shut_to_everybody_it_was_not_made_for),
        TEST(every_message_of_a_socket_is_shut_to_somebody_who_is_not_in_the_conversation),
        TEST(a_disabled_listener_finds_every_door_shut),
        TEST(sql_in_every_parameter_of_every_route_is_only_words),
        TEST(a_member_that_was_not_declared_is_refused_by_every_route),
        TEST(another_verb_opens_nothing),
    };
    return cmocka_run_group_tests_name("every route", tests, NULL, NULL);
}
