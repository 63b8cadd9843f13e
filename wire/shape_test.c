/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ids.h"
#include "wire/shape.h"

typedef struct wrap {
    account_id account;
    hk_slice wrap;
} wrap;
static const shape_member WRAP_MEMBERS[] = {
    SHAPE_ID(wrap, account, SHAPE_REQUIRED, "whose"),
    SHAPE_BYTES(wrap, wrap, SHAPE_REQUIRED, 2, 4, "sealed"),
};
static const shape WRAP = SHAPE("Wrap", wrap, WRAP_MEMBERS, "one wrap");

typedef struct licence {
    hk_slice number;
} licence;
static const shape_member LICENCE_MEMBERS[] = {
    SHAPE_TEXT(licence, number, SHAPE_REQUIRED, 1, 20, "number"),
};
static const shape LICENCE = SHAPE("Licence", licence, LICENCE_MEMBERS, "a licence");

static const char *const ROLES[] = {"client", "peer", NULL};

typedef struct body {
    bool here, licence_given;
    int64_t epoch, role, shown;
    hk_slice name;
    uint8_t hash[32];
    account_id owner;
    shape_list wraps, words, ids;
    licence licence;
} body;
static const shape_member BODY_MEMBERS[] = {
    SHAPE_BOOL(body, here, SHAPE_REQUIRED, "here"),
    SHAPE_INT(body, epoch, SHAPE_REQUIRED, 0, HK_INT_MAX, "epoch"),
    SHAPE_INT(body, shown, SHAPE_OPTIONAL, 1, 9, "shown"),
    SHAPE_CHOICE(body, role, SHAPE_OPTIONAL, ROLES, "role"),
    SHAPE_TEXT(body, name, SHAPE_OPTIONAL, 0, 8, "name"),
    SHAPE_HASH(body, hash, SHAPE_OPTIONAL, "hash"),
    SHAPE_ID(body, owner, SHAPE_OPTIONAL, "owner"),
    SHAPE_LIST(body, wraps, SHAPE_OPTIONAL, 0, 2, &WRAP, "wraps"),
    SHAPE_LIST(body, words, SHAPE_OPTIONAL, 0, 3, &SHAPE_TEXT_ITEM, "words"),
    SHAPE_LIST(body, ids, SHAPE_OPTIONAL, 0, 3, &SHAPE_ID_ITEM, "ids"),
    SHAPE_OBJECT_IF(body, licence, licence_given, &LICENCE, "licence"),
};
static const shape BODY = SHAPE("Body", body, BODY_MEMBERS, "all kinds");

static void bodies_are_refused_with_the_name_of_the_member(void **state)
{
    (void)state;
    static const struct {
        const char *json, *member;
    } cases[] = {
        {"", ""},
        {"[]", ""},
        {"{\"here\":true,\"epoch\":1", ""},
        {"{\"here\":true,\"epoch\":1}x", ""},
        {"{\"here\":true,\"epoch\":1}{}", ""},
        {"{'here':true}", ""},
        {"{\"here\":true}", "epoch"},
        {"{\"here\":1,\"epoch\":1}", "here"},
        {"{\"here\":true,\"epoch\":\"1\"}", "epoch"},
        {"{\"here\":true,\"epoch\":1.0}", "epoch"},
        {"{\"here\":true,\"epoch\":1e2}", "epoch"},
        {"{\"here\":true,\"epoch\":-1}", "epoch"},
        {"{\"here\":true,\"epoch\":9007199254740992}", "epoch"},
        {"{\"here\":true,\"epoch\":92233720368547758070}", "epoch"},
        {"{\"here\":true,\"epoch\":-92233720368547758070}", "epoch"},
        {"{\"here\":true,\"epoch\":null}", "epoch"},
        {"{\"here\":true,\"epoch\":1,\"epoch\":2}", "epoch"},
        {"{\"here\":true,\"epoch\":1,\"\\u0065poch\":2}", "epoch"},
        {"{\"here\":true,\"epoch\":1,\"licence\":{\"number\":\"7\",\"number\":\"7\"}}", "licence.number"},
        {"{\"here\":true,\"epoch\":1,\"what\":1,\"what\":2}", "(unknown)"},
        {"{\"here\":true,\"epoch\":1,\"admin\":true}", "(unknown)"},
        {"{\"here\":true,\"epoch\":1,\"__proto__\":{}}", "(unknown)"},
        {"{\"here\":true,\"epoch\":1,\"shown\":0}", "shown"},
        {"{\"here\":true,\"epoch\":1,\"shown\":10}", "shown"},
        {"{\"here\":true,\"epoch\":1,\"role\":\"admin\"}", "role"},
        {"{\"here\":true,\"epoch\":1,\"name\":\"123456789\"}", "name"},
        {"{\"here\":true,\"epoch\":1,\"name\":\"a\\u0007\"}", "name"},
        {"{\"here\":true,\"epoch\":1,\"name\":\"a\\u0000\"}", ""},
        {"{\"here\":true,\"epoch\":1,\"name\":\"\\ud800\"}", ""},
        {"{\"here\":true,\"epoch\":1,\"name\":\"\xff\"}", ""},
        {"{\"here\":true,\"epoch\":1,\"hash\":\"AAAA\"}", "hash"},
        {"{\"here\":true,\"epoch\":1,\"owner\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", "owner"},
        {"{\"here\":true,\"epoch\":1,\"owner\":\"AQAAAAAAAAAAAAAAAAAAAB\"}", "owner"},
        {"{\"here\":true,\"epoch\":1,\"owner\":\"AQAAAAAAAAAAAAAAAAAAAA==\"}", "owner"},
        {"{\"here\":true,\"epoch\":1,\"wraps\":{}}", "wraps"},
        {"{\"here\":true,\"epoch\":1,\"wraps\":[1]}", "wraps[0]"},
        {"{\"here\":true,\"epoch\":1,\"wraps\":[{\"account\":\"AQAAAAAAAAAAAAAAAAAAAA\",\"wrap\":\"AAA\"},"
         "{\"account\":\"AQAAAAAAAAAAAAAAAAAAAA\",\"wrap\":\"AAAAAAA\"}]}",
         "wraps[1].wrap"},
        {"{\"here\":true,\"epoch\":1,\"wraps\":[{\"account\":\"AQAAAAAAAAAAAAAAAAAAAA\"}]}", "wraps[0].wrap"},
        {"{\"here\":true,\"epoch\":1,\"wraps\":[{\"x\":1}]}", "wraps[0].(unknown)"},
        {"{\"here\":true,\"epoch\":1,\"words\":[\"a\",1]}", "words[1]"},
        {"{\"here\":true,\"epoch\":1,\"words\":[\"a\",\"b\",\"c\",\"d\"]}", "words"},
        {"{\"here\":true,\"epoch\":1,\"licence\":{}}", "licence.number"},
        {"{\"here\":true,\"epoch\":1,\"words\":[[[[[[[[[]]]]]]]]]}", ""},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        hk_arena a;
        hk_arena_init(&a, 1 << 20);
        body b;
        shape_problem problem = {0};
        hk_err err = shape_decode(&BODY, hk_slice_z(cases[i].json), &a, &b, &problem);
        if (err != HK_BAD || strcmp(problem.member, cases[i].member) != 0 || !problem.why)
            fail_msg("%s: %s, member '%s'", cases[i].json, hk_err_name(err), problem.member);
        hk_arena_done(&a);
    }
}

static void a_million_brackets_are_refused_without_recursion(void **state)
{
    (void)state;
    static char deep[1000000];
    memset(deep, '[', sizeof deep);
    hk_arena a;
    hk_arena_init(&a, 1 << 20);
    body b;
    shape_problem problem;
    assert_int_equal(shape_decode(&BODY, hk_slice_of(deep, sizeof deep), &a, &b, &problem), HK_BAD);
    assert_string_equal(problem.why, "This is nested too deep.");
    hk_arena_done(&a);
}

static const char FULL[] =
    "{\"here\":false,\"epoch\":7,\"shown\":3,\"role\":\"peer\",\"name\":\"a\\\"\\\\\\n\\u00fc\","
    "\"hash\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",\"owner\":\"AQAAAAAAAAAAAAAAAAAAAA\","
    "\"wraps\":[{\"account\":\"AgAAAAAAAAAAAAAAAAAAAA\",\"wrap\":\"AAEC\"}],\"words\":[\"one\",\"\"],"
    "\"ids\":[\"AQAAAAAAAAAAAAAAAAAAAA\",\"AgAAAAAAAAAAAAAAAAAAAA\"],\"licence\":{\"number\":\"77\"}}";

static void every_kind_is_read_and_written_back_the_same(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 1 << 20);
    body b, again;
    shape_problem problem;
    hk_slice json, twice;
    assert_int_equal(shape_decode(&BODY, hk_slice_z(FULL), &a, &b, &problem), HK_OK);
    assert_int_equal(b.role, 1);
    assert_int_equal(b.words.count, 2);
    assert_true(hk_slice_eq_z(b.name, "a\"\\\n\xc3\xbc"));
    assert_int_equal(((account_id *)b.ids.items)[1].b[0], 2);
    assert_true(b.licence_given && hk_slice_eq_z(b.licence.number, "77"));
    assert_int_equal(shape_encode(&BODY, &b, &a, &json), HK_OK);
    assert_int_equal(shape_decode(&BODY, json, &a, &again, &problem), HK_OK);
    assert_int_equal(shape_encode(&BODY, &again, &a, &twice), HK_OK);
    assert_true(hk_slice_eq(json, twice));
    assert_int_equal(shape_encode_told("entry", &LICENCE, &b.licence, &a, &json), HK_OK);
    assert_true(hk_slice_eq_z(json, "{\"t\":\"entry\",\"number\":\"77\"}"));
    assert_int_equal(shape_encode_told("staff", &SHAPE_NOTHING, NULL, &a, &json), HK_OK);
    assert_true(hk_slice_eq_z(json, "{\"t\":\"staff\"}"));
    hk_arena_done(&a);
}

static void what_is_optional_and_absent_is_left_out(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 1 << 20);
    body b;
    shape_problem problem;
    hk_slice json;
    assert_int_equal(shape_decode(&BODY, HK_LIT("{\"epoch\":0,\"here\":true}"), &a, &b, &problem), HK_OK);
    assert_int_equal(b.role, -1);
    assert_null(b.name.p);
    assert_false(b.licence_given);
    assert_int_equal(shape_encode(&BODY, &b, &a, &json), HK_OK);
    assert_true(hk_slice_eq_z(json, "{\"here\":true,\"epoch\":0}"));
    assert_int_equal(shape_decode(&SHAPE_NOTHING, HK_LIT("{}"), &a, NULL, &problem), HK_OK);
    assert_int_equal(shape_decode(&SHAPE_NOTHING, HK_LIT("{\"a\":1}"), &a, NULL, &problem), HK_BAD);
    hk_arena_done(&a);
}

static void a_value_outside_its_shape_is_not_written(void **state)
{
    (void)state;
    hk_arena a;
    hk_arena_init(&a, 1 << 20);
    body b = {.role = 2};
    hk_slice json;
    assert_int_equal(shape_encode(&BODY, &b, &a, &json), HK_STORE);
    b = (body){.role = -1, .epoch = INT64_MAX};
    assert_int_equal(shape_encode(&BODY, &b, &a, &json), HK_STORE);
    hk_arena_done(&a);
}

static void every_failing_allocation_is_an_error_and_no_more(void **state)
{
    (void)state;
    int failed = 0;
    for (uint64_t k = 1; k < 100; k++) {
        hk_arena a;
        hk_arena_init(&a, 1 << 20);
        a.fail_at = k;
        body b;
        shape_problem problem;
        hk_slice json;
        hk_err err = shape_decode(&BODY, hk_slice_z(FULL), &a, &b, &problem);
        if (err == HK_OK)
            err = shape_encode(&BODY, &b, &a, &json);
        bool reached = a.count >= k;
        hk_arena_done(&a);
        if (!reached)
            break;
        assert_int_equal(err, HK_NO_MEMORY);
        failed++;
    }
    assert_in_range(failed, 8, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_refused_with_the_name_of_the_member),
        cmocka_unit_test(a_million_brackets_are_refused_without_recursion),
        cmocka_unit_test(what_is_optional_and_absent_is_left_out),
        cmocka_unit_test(a_value_outside_its_shape_is_not_written),
        cmocka_unit_test(every_kind_is_read_and_written_back_the_same),
        cmocka_unit_test(every_failing_allocation_is_an_error_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
