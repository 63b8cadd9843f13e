/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <stdlib.h>

#include "features/requests/requests.h"

typedef struct scene {
    house *h;
    person admin, ana, ben, client, other;
} scene;

static int open_scene(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_staff(s->h, &s->admin, ROLE_PEER, false, &s->ben);
    house_team(s->h, &s->ana, (person *const[]){&s->ana, &s->ben}, 2);
    house_arrive(s->h, &s->client);
    house_arrive(s->h, &s->other);
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    scene *s = *state;
    house_close(s->h);
    free(s);
    return 0;
}

static const char *request_path(scene *s, conversation_id conversation, const char *tail)
{
    return house_path(s->h, "/api/requests/%s%s", house_id(s->h, conversation.b), tail);
}

static request_body mine(scene *s, person *client)
{
    my_requests_body body;
    must(house_get(s->h, client, "/api/requests/mine", &MY_REQUESTS, &body));
    assert_true(body.requests.count > 0);
    return ((request_body *)body.requests.items)[0];
}

typedef struct ticking {
    int64_t now_ms;
    requests_news *news;
} ticking;

static hk_err tick_inside(void *ctx, store_db *db)
{
    ticking *t = ctx;
    return requests_tick(db, t->now_ms, &t->news);
}

/* The server's second. */
static void tick(scene *s)
{
    ticking t = {.now_ms = s->h->now_ms};
    must(store_write_now(s->h->store, tick_inside, &t));
    requests_news_tell(&s->h->place, t.news);
}

static void words_that_are_not_ones_own_are_refused(void **state)
{
    scene *s = *state;
    uint8_t words[VAULT_FIRST_BYTES_MAX];
    size_t n;
    conversation_id conversation;
    vault_words said = {.time_ms = s->h->now_ms, .kind = VAULT_BODY_TEXT, .content = HK_LIT("hello")};
    vault_make_id(said.mid.b);
    vault_make_id(conversation.b);
    must(vault_first_seal(&s->client.me, &conversation, &s->h->team_certificate, &said, words, sizeof words,
                          &n));
    ask_body body = {.first_words = hk_slice_of(words, n)};
    refuses(HK_BAD, house_post(s->h, &s->other, "/api/requests", &ASK, &body, NULL, NULL));
    refuses(HK_REFUSED, house_post(s->h, &s->ana, "/api/requests", &ASK, &body, NULL, NULL)); /* no client */
    body.first_words.n--;
    refuses(HK_BAD, house_post(s->h, &s->client, "/api/requests", &ASK, &body, NULL, NULL));
    body.first_words.n++;
    must(house_post(s->h, &s->client, "/api/requests", &ASK, &body, NULL, NULL));
    must(house_post(s->h, &s->client, "/api/requests", &ASK, &body, NULL, NULL)); /* its answer was lost */
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests"), 1);
}

static void words_to_an_old_team_key_are_sent_back(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    s->h->team_certificate.serial = 2;
    refuses(HK_CONFLICT, house_ask(s->h, &s->client, "hello", &conversation));
    assert_string_equal(s->h->code, "stale_team");
    s->h->team_certificate.serial = 1;
    s->h->team_certificate.team.b[0] ^= 1;
    refuses(HK_CONFLICT, house_ask(s->h, &s->client, "hello", &conversation));
}

static void nobody_asks_for_ever(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    for (int i = 0; i < 3; i++)
        must(house_ask(s->h, &s->client, "hello", &conversation));
    refuses(HK_TOO_MUCH, house_ask(s->h, &s->client, "hello", &conversation));
    assert_string_equal(s->h->code, "asked_already");
}

static void clients_and_strangers_see_nobody_waiting(void **state)
{
    scene *s = *state;
    person nobody = {0};
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    refuses(HK_REFUSED, house_get(s->h, &s->other, "/api/requests", NULL, NULL));
    refuses(HK_REFUSED, house_get(s->h, &s->admin, "/api/requests", NULL, NULL));
    refuses(HK_WHO, house_get(s->h, &nobody, "/api/requests", NULL, NULL));
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->other, "DELETE", request_path(s, conversation, ""), NULL, NULL, NULL, NULL));
    refuses(HK_REFUSED, house_post(s->h, &s->client, request_path(s, conversation, "/pass"), &SHAPE_NOTHING,
                                   "", NULL, NULL));
}

static void everybody_who_waits_has_an_owner_a_clock_and_a_true_number(void **state)
{
    scene *s = *state;
    conversation_id first, second;
    must(house_ask(s->h, &s->client, "hello", &first));
    s->h->now_ms += 1000;
    must(house_ask(s->h, &s->other, "hello", &second));
    request_body one = mine(s, &s->client), two = mine(s, &s->other);
    assert_int_equal(one.ahead, 0);
    assert_int_equal(two.ahead, 1);
    assert_int_equal(one.promise_by_ms, one.made_ms + 30 * 60000);
    assert_true(one.owner_name.n > 0);
    assert_memory_not_equal(one.owner.b, two.owner.b, HK_ID_BYTES); /* shared out */
    place_body shown;
    must(house_get(s->h, NULL, "/api/place", &PLACE, &shown));
    assert_int_equal(shown.waiting, 2);
    assert_int_equal(shown.listeners_here, 2);
}

static void at_half_its_time_a_request_is_offered_on(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    house_connect(s->h, &s->client, 1);
    house_connect(s->h, &s->ana, 2);
    account_id owner = mine(s, &s->client).owner;
    s->h->now_ms += 15 * 60000 - 1;
    tick(s);
    assert_memory_equal(mine(s, &s->client).owner.b, owner.b, HK_ID_BYTES);
    s->h->now_ms += 1;
    tick(s);
    assert_memory_not_equal(mine(s, &s->client).owner.b, owner.b, HK_ID_BYTES);
    assert_int_equal(house_told_count(s->h, 1, "request"), 1);
    assert_int_equal(house_told_count(s->h, 2, "request"), 1);
}

static void an_owner_who_goes_home_loses_it_and_with_nobody_here_the_lead_has_it(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    house_duty(s->h, &s->ana, 0);
    must(house_ask(s->h, &s->client, "hello", &conversation));
    assert_memory_equal(mine(s, &s->client).owner.b, s->ben.me.id.b, HK_ID_BYTES);
    house_duty(s->h, &s->ben, 0);
    house_duty(s->h, &s->ana, 1);
    tick(s);
    assert_memory_equal(mine(s, &s->client).owner.b, s->ana.me.id.b, HK_ID_BYTES);
    house_duty(s->h, &s->ana, 0);
    must(house_ask(s->h, &s->other, "hello", &conversation));
    assert_memory_equal(mine(s, &s->other).owner.b, s->ana.me.id.b, HK_ID_BYTES); /* leads the team */
}

static void after_three_days_the_words_are_gone(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    s->h->now_ms += 3 * HOUSE_DAY_MS - 1;
    tick(s);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests WHERE sealed_first_words IS NOT NULL"),
                     1);
    s->h->now_ms += 1;
    tick(s);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests WHERE sealed_first_words IS NOT NULL"),
                     0);
    assert_int_equal(house_count(s->h, "SELECT state FROM requests"), 3);
}

static void withdrawn_words_are_destroyed_and_cannot_be_accepted(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    must(house_call(s->h, &s->client, "DELETE", request_path(s, conversation, ""), NULL, NULL, NULL, NULL));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests WHERE sealed_first_words IS NOT NULL"),
                     0);
    refuses(HK_NOT_THERE, house_accept(s->h, &s->ana, conversation)); /* it is on nobody's screen */
    accept_body body = {
        HK_LIT("late"),
        {&(wrap_item){s->ana.me.id, {(const uint8_t[VAULT_WRAP_BYTES]){0}, VAULT_WRAP_BYTES}}, 1}};
    refuses(HK_CONFLICT,
            house_post(s->h, &s->ana, request_path(s, conversation, "/accept"), &ACCEPT, &body, NULL, NULL));
    assert_string_equal(s->h->code, "withdrawn");
}

static void one_listener_opens_the_door_and_the_second_is_told(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    house_connect(s->h, &s->client, 1);
    must(house_ask(s->h, &s->client, "hello", &conversation));
    must(house_accept(s->h, &s->ben, conversation));
    assert_int_equal(house_told_count(s->h, 1, "request"), 2); /* waiting, accepted */
    assert_int_equal(house_told_count(s->h, 1, "entry"), 1);
    accept_body body = {
        HK_LIT("late"),
        {&(wrap_item){s->ana.me.id, {(const uint8_t[VAULT_WRAP_BYTES]){0}, VAULT_WRAP_BYTES}}, 1}};
    refuses(HK_CONFLICT,
            house_post(s->h, &s->ana, request_path(s, conversation, "/accept"), &ACCEPT, &body, NULL, NULL));
    assert_string_equal(s->h->code, "already_accepted");
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM conversations"), 1);
}

static void a_door_is_not_opened_with_another_commit(void **state)
{
    scene *s = *state;
    conversation_id first, second;
    vault_plan plan = {0};
    vault_member self, client;
    static vault_made_commit made;
    static const uint8_t NOT_THEIRS[VAULT_HASH_BYTES] = {9};
    must(house_ask(s->h, &s->client, "hello", &first));
    must(house_ask(s->h, &s->other, "hello", &second));
    vault_account_member(&s->ana.me, VAULT_ROLE_LISTENER, &self);
    vault_account_member(&s->client.me, VAULT_ROLE_CLIENT, &client);
    must(vault_plan_put(&plan, &self));
    must(vault_plan_put(&plan, &client));
    must(vault_genesis_make(&s->ana.me, &first, VAULT_KIND_PAIR, NOT_THEIRS, &plan, &made));
    wrap_item wraps[] = {{made.wrap_for[0], hk_slice_of(made.wraps[0], VAULT_WRAP_BYTES)},
                         {made.wrap_for[1], hk_slice_of(made.wraps[1], VAULT_WRAP_BYTES)}};
    accept_body body = {hk_slice_of(made.bytes, made.n), {wraps, 2}};
    refuses(HK_BAD, house_post(s->h, &s->ana, request_path(s, first, "/accept"), &ACCEPT, &body, NULL, NULL));
    refuses(HK_BAD,
            house_post(s->h, &s->ana, request_path(s, second, "/accept"), &ACCEPT, &body, NULL, NULL));
    refuses(HK_BAD, house_post(s->h, &s->ben, request_path(s, first, "/accept"), &ACCEPT, &body, NULL, NULL));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests WHERE state = 0"),
                     2); /* still waiting */
    must(house_accept(s->h, &s->ana, first));
}

static void a_listener_without_a_certificate_is_no_listener(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    s->h->now_ms += HOUSE_DAY_MS / 8;
    must(house_get(s->h, &s->ana, "/api/requests", NULL, NULL));
    assert_int_equal(house_count(s->h, "UPDATE staff SET certified_until_ms = 1 RETURNING 1"), 1);
    refuses(HK_REFUSED, house_get(s->h, &s->ana, "/api/requests", NULL, NULL));
    refuses(HK_REFUSED, house_call(s->h, &s->ana, "PUT", "/api/duty", &DUTY, &((duty_body){0}), NULL, NULL));
}

/* ---- Coming with an invitation */

static hk_err ask_with(scene *s, person *client, const uint8_t token[static 32], conversation_id *ret)
{
    static const uint8_t AUTH[32] = {5};
    uint8_t words[VAULT_FIRST_BYTES_MAX];
    size_t n;
    vault_words said = {
        .time_ms = s->h->now_ms, .kind = VAULT_BODY_TEXT, .content = HK_LIT("you gave me this")};
    vault_make_id(said.mid.b);
    vault_make_id(ret->b);
    must(vault_first_seal(&client->me, ret, &s->h->team_certificate, &said, words, sizeof words, &n));
    ask_body body = {.first_words = hk_slice_of(words, n),
                     .invited = true,
                     .invitation = {hk_slice_of(token, 32), hk_slice_of(AUTH, sizeof AUTH)}};
    return house_post(s->h, client, "/api/requests", &ASK, &body, NULL, NULL);
}

static void an_invitation_is_used_once_and_only_its_maker_hears(void **state)
{
    scene *s = *state;
    uint8_t token[32], wrong[32] = {1};
    conversation_id conversation, again;
    waiting_body waiting;
    must(house_invite(s->h, &s->ben, -1, token));
    refuses(HK_NOT_THERE, ask_with(s, &s->client, wrong, &conversation));
    must(ask_with(s, &s->client, token, &conversation));
    refuses(HK_NOT_THERE, ask_with(s, &s->other, token, &again));
    assert_string_equal(s->h->code, "invitation_over");
    must(house_get(s->h, &s->ana, "/api/requests", &WAITING, &waiting));
    assert_int_equal(waiting.requests.count, 0);
    refuses(HK_NOT_THERE, house_post(s->h, &s->ana, request_path(s, conversation, "/pass"), &SHAPE_NOTHING,
                                     "", NULL, NULL));
    must(house_get(s->h, &s->ben, "/api/requests", &WAITING, &waiting));
    assert_int_equal(waiting.requests.count, 1);
    assert_true(((waiting_item *)waiting.requests.items)[0].for_me);
    invitations_body made;
    must(house_get(s->h, &s->ben, "/api/invitations", &INVITATIONS, &made));
    const invitation_item *item = made.invitations.items;
    assert_memory_equal(item->used_by.b, s->client.me.id.b, HK_ID_BYTES);
    assert_memory_equal(item->conversation.b, conversation.b, HK_ID_BYTES);
    must(house_accept(s->h, &s->ben, conversation));
}

static void an_invited_request_that_nobody_answers_goes_to_the_team(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    conversation_id conversation;
    waiting_body waiting;
    must(house_invite(s->h, &s->ben, -1, token));
    must(ask_with(s, &s->client, token, &conversation));
    s->h->now_ms += 30 * 60000;
    tick(s);
    must(house_get(s->h, &s->ana, "/api/requests", &WAITING, &waiting));
    assert_int_equal(waiting.requests.count, 1);
}

static void passing_on_offers_it_to_the_next(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    must(house_ask(s->h, &s->client, "hello", &conversation));
    account_id owner = mine(s, &s->client).owner;
    person *first = HK_ID_EQ(owner, s->ana.me.id) ? &s->ana : &s->ben,
           *second = first == &s->ana ? &s->ben : &s->ana;
    must(house_post(s->h, first, request_path(s, conversation, "/pass"), &SHAPE_NOTHING, "", NULL, NULL));
    assert_memory_equal(mine(s, &s->client).owner.b, second->me.id.b, HK_ID_BYTES);
    must(house_post(s->h, second, request_path(s, conversation, "/pass"), &SHAPE_NOTHING, "", NULL, NULL));
    assert_memory_equal(mine(s, &s->client).owner.b, s->ana.me.id.b, HK_ID_BYTES); /* the lead */
}

static void asking_without_memory_leaves_nothing_half_done(void **state)
{
    scene *s = *state;
    conversation_id conversation;
    hk_err err = HK_NO_MEMORY;
    for (uint64_t n = 1; err != HK_OK; n++) {
        assert_true(n < 200);
        s->h->requests.fail_at = n;
        err = house_ask(s->h, &s->client, "hello", &conversation);
        s->h->requests.fail_at = 0;
        assert_int_equal(house_count(s->h, "SELECT count(*) FROM requests"), err == HK_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(words_that_are_not_ones_own_are_refused),
        TEST(words_to_an_old_team_key_are_sent_back),
        TEST(nobody_asks_for_ever),
        TEST(clients_and_strangers_see_nobody_waiting),
        TEST(everybody_who_waits_has_an_owner_a_clock_and_a_true_number),
        TEST(at_half_its_time_a_request_is_offered_on),
        TEST(an_owner_who_goes_home_loses_it_and_with_nobody_here_the_lead_has_it),
        TEST(after_three_days_the_words_are_gone),
        TEST(withdrawn_words_are_destroyed_and_cannot_be_accepted),
        TEST(one_listener_opens_the_door_and_the_second_is_told),
        TEST(a_door_is_not_opened_with_another_commit),
        TEST(a_listener_without_a_certificate_is_no_listener),
        TEST(an_invitation_is_used_once_and_only_its_maker_hears),
        TEST(an_invited_request_that_nobody_answers_goes_to_the_team),
        TEST(passing_on_offers_it_to_the_next),
        TEST(asking_without_memory_leaves_nothing_half_done),
    };
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
