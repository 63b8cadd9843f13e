/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/returns/lost_test.h"
#include "features/returns/returns.h"

/* ---- Refusals */

static void only_the_listener_of_this_talk_gives_a_code(void **state)
{
    lost *l = *state;
    refuses(HK_NOT_THERE, lost_offer(l, &l->s->ben)); /* a listener here, and not in this talk */
    refuses(HK_REFUSED, lost_offer(l, &l->s->client));
    refuses(HK_REFUSED, lost_offer(l, &l->s->admin));
    refuses(HK_WHO, lost_offer(l, NULL));
    must(lost_offer(l, &l->s->ana));
    refuses(HK_NOT_THERE, lost_offer(l, &l->s->ben)); /* and nobody takes hers away */
    must(lost_type_code(l, &l->back, l->code));
    refuses(HK_NOT_THERE, house_get(l->s->h, &l->s->ben, scene_path(l->s, "/return"), NULL, NULL));
}

static void a_wrong_code_a_used_one_and_an_old_one_are_one_answer(void **state)
{
    lost *l = *state;
    new_account_body keys;
    must(lost_offer(l, &l->s->ana));
    char wrong[16];
    memcpy(wrong, l->code, sizeof wrong);
    wrong[0] = wrong[0] == '9' ? '0' : (char)(wrong[0] + 1);
    refuses(HK_NOT_THERE, lost_type_code(l, &l->back, wrong));
    assert_string_equal(l->s->h->code, "code_not_good");
    must(lost_type_code(l, &l->back, l->code));
    lost_make_keys(l, &l->back, &keys);
    must(lost_bring(l, &l->back, &keys));
    person late = {0};
    refuses(HK_NOT_THERE, lost_type_code(l, &late, l->code)); /* used up */
    assert_string_equal(l->s->h->code, "code_not_good");
    char old[16];
    must(lost_offer(l, &l->s->ana));
    memcpy(old, l->code, sizeof old);
    must(lost_offer(l, &l->s->ana)); /* she gave another one */
    refuses(HK_NOT_THERE, lost_type_code(l, &late, old));
    l->s->h->now_ms += 60 * 60 * 1000;
    refuses(HK_NOT_THERE, lost_type_code(l, &late, l->code));
    assert_string_equal(l->s->h->code, "code_not_good");
}

static void a_listener_alone_gives_nobody_a_new_key(void **state)
{
    lost *l = *state;
    kept_body kept;
    vault_account own;
    must(vault_account_make_again(&l->s->client.me.id, 2, &own));
    static vault_made_commit made;
    made = lost_replace_with(l, &own);
    refuses(HK_REFUSED, house_commit(l->s->h, &l->s->a, &made, &kept)); /* the plain way */
    assert_string_equal(l->s->h->code, "commit_refused");
    vault_account_member(&own, VAULT_ROLE_CLIENT, &l->candidate);
    refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ana, &made)); /* nobody came */
    must(lost_offer(l, &l->s->ana));
    refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ana, &made)); /* a code is out, nobody typed it */
    lost_come_back(l);
    made = lost_replace_with(l, &l->back.me);
    vault_account_member(&l->back.me, VAULT_ROLE_CLIENT, &l->candidate);
    refuses(HK_CONFLICT,
            lost_confirm_with(l, &l->s->ana, &made)); /* somebody came, who has not said "same" */
    assert_string_equal(l->s->h->code, "not_said_yet");
    lost_read_words(l);
    refuses(HK_CONFLICT, lost_confirm_with(l, &l->s->ana, &made));
    must(lost_say(l, true));
    made = lost_replace_with(l, &own); /* other keys than those that were checked */
    refuses(HK_REFUSED, lost_confirm_with(l, &l->s->ana, &made));
    refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ben, &made));
    must(house_say(l->s->h, &l->s->c, "still me")); /* and the old key is as good as ever */
}

static void keys_that_are_not_for_this_door_are_refused(void **state)
{
    lost *l = *state;
    new_account_body keys, bad;
    must(lost_offer(l, &l->s->ana));
    must(lost_type_code(l, &l->back, l->code));
    lost_make_keys(l, &l->back, &keys);
    bad = keys;
    bad.ek_serial++;
    refuses(HK_BAD, lost_bring(l, &l->back, &bad));
    bad = keys;
    bad.ik[0] ^= 1;
    assert_int_not_equal(lost_bring(l, &l->back, &bad), HK_OK);
    bad = keys;
    bad.public_name = HK_LIT("Ana");
    refuses(HK_BAD, lost_bring(l, &l->back, &bad));
    record_body other = *(const record_body *)keys.records.items;
    other.kind = RECORD_RECOVERY;
    bad = keys;
    bad.records = (shape_list){&other, 1};
    refuses(HK_BAD, lost_bring(l, &l->back, &bad));
    uint8_t forged[64] = {1};
    bad = keys;
    bad.signature = hk_slice_of(forged, sizeof forged);
    refuses(HK_REFUSED, lost_bring(l, &l->back, &bad));
    person thief = {0};
    refuses(HK_WHO, lost_bring(l, &thief, &keys)); /* without the cookie */
    memset(thief.door, 'A', 43);
    refuses(HK_NOT_THERE, lost_bring(l, &thief, &keys));
    must(lost_bring(l, &l->back, &keys));
    refuses(HK_NOT_THERE, lost_bring(l, &l->back, &keys)); /* once */
}

static void the_steps_of_the_check_come_once_and_in_their_order(void **state)
{
    lost *l = *state;
    uint8_t one[32] = {1}, two[32] = {2};
    lost_come_back(l);
    refuses(HK_NOT_THERE, lost_answer(l, one)); /* nothing was promised yet */
    refuses(HK_NOT_THERE, lost_listener_step(l, NULL, one));
    refuses(HK_NOT_THERE, lost_say(l, true));
    must(lost_listener_step(l, one, NULL));
    refuses(HK_NOT_THERE, lost_listener_step(l, two, NULL)); /* a promise is not exchanged */
    refuses(HK_NOT_THERE, lost_listener_step(l, NULL, two)); /* nor kept before the answer */
    must(lost_answer(l, one));
    refuses(HK_NOT_THERE, lost_answer(l, two));
    refuses(HK_NOT_THERE, lost_say(l, true));
    must(lost_listener_step(l, NULL, two));
    refuses(HK_NOT_THERE, lost_listener_step(l, NULL, one));
    refuses(HK_BAD, lost_listener_step(l, one, two));
    must(lost_say(l, true));
}

static void when_the_words_differ_nothing_happens(void **state)
{
    lost *l = *state;
    return_seen_body seen;
    return_going_body going;
    for (int who = 0; who < 2; who++) {
        lost_come_back(l);
        lost_read_words(l);
        if (who == 0)
            must(lost_say(l, false));
        else
            must(house_post(l->s->h, &l->s->ana, scene_path(l->s, "/return/different"), &SHAPE_NOTHING, "",
                            NULL, NULL));
        must(house_get(l->s->h, &l->s->ana, scene_path(l->s, "/return"), &RETURN_SEEN, &seen));
        assert_int_equal(seen.state, RETURN_DIFFERENT);
        must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
        assert_int_equal(going.state, RETURN_DIFFERENT);
        refuses(HK_NOT_THERE, lost_say(l, true)); /* nobody takes that back */
        vault_made_commit made = lost_replace_with(l, &l->back.me);
        refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ana, &made));
        assert_int_equal(house_count(l->s->h,
                                     "SELECT count(*) FROM returns WHERE sealed_record IS NOT NULL OR "
                                     "promise IS NOT NULL"),
                         0);
    }
    must(house_say(l->s->h, &l->s->c, "still me"));
}

/* A check of yesterday, replayed today: other keys, other words, and the place takes nothing twice. */
static void an_old_check_is_worth_nothing_for_a_new_one(void **state)
{
    lost *l = *state;
    uint16_t words[4];
    lost_come_back(l);
    lost_read_words(l);
    uint8_t old_c[32], old_ra[32];
    memcpy(old_c, l->c, 32);
    memcpy(old_ra, l->ra, 32);
    must(lost_say(l, true));
    vault_made_commit old = lost_replace_with(l, &l->back.me);
    person first = l->back;
    l->back = (person){0};
    lost_come_back(l); /* she gave a new code: somebody else is at the door now */
    refuses(HK_CONFLICT, lost_confirm_with(l, &l->s->ana, &old)); /* what was said yesterday does not count */
    lost_read_words(l);
    must(lost_say(l, true));
    refuses(HK_REFUSED, lost_confirm_with(l, &l->s->ana, &old));
    refuses(HK_REFUSED,
            vault_spoken_words(&l->s->pair, &l->listener, &l->candidate, old_c, old_ra, l->rb, words));
    refuses(HK_NOT_THERE, house_get(l->s->h, &first, "/api/returns", NULL, NULL));
}

static void two_who_type_one_code_are_not_both_let_in(void **state)
{
    lost *l = *state;
    new_account_body keys, others;
    person second = {0};
    must(lost_offer(l, &l->s->ana));
    must(lost_type_code(l, &l->back, l->code));
    lost_make_keys(l, &l->back, &keys);
    must(lost_type_code(l, &second, l->code)); /* the last one holds the door */
    lost_make_keys(l, &second, &others);
    refuses(HK_NOT_THERE, lost_bring(l, &l->back, &keys));
    must(lost_bring(l, &second, &others));
    refuses(HK_NOT_THERE, lost_type_code(l, &l->back, l->code));
}

static void whoever_still_has_the_key_is_told_and_can_stop_it(void **state)
{
    lost *l = *state;
    return_of_me_body of_me;
    house_connect(l->s->h, &l->s->client, 31);
    must(house_get(l->s->h, &l->s->client, "/api/account/return", &RETURN_OF_ME, &of_me));
    assert_false(of_me.going_on);
    refuses(HK_NOT_THERE,
            house_call(l->s->h, &l->s->client, "DELETE", "/api/account/return", NULL, NULL, NULL, NULL));
    lost_come_back(l);
    assert_int_equal(house_told_count(l->s->h, 31, "return"), 1);
    must(house_get(l->s->h, &l->s->client, "/api/account/return", &RETURN_OF_ME, &of_me));
    assert_true(of_me.going_on);
    must(house_get(l->s->h, &l->s->stranger, "/api/account/return", &RETURN_OF_ME, &of_me));
    assert_false(of_me.going_on);
    refuses(HK_NOT_THERE,
            house_call(l->s->h, &l->s->stranger, "DELETE", "/api/account/return", NULL, NULL, NULL, NULL));
    lost_read_words(l);
    must(lost_say(l, true));
    must(house_call(l->s->h, &l->s->client, "DELETE", "/api/account/return", NULL, NULL, NULL, NULL));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ana, &made));
}

static void a_place_that_its_owner_changed_meanwhile_is_not_taken(void **state)
{
    lost *l = *state;
    lost_come_back(l);
    lost_read_words(l);
    must(lost_say(l, true));
    must(house_change(l->s->h, &l->s->client, RECORD_DEVICE,
                      (const record_kind[]){RECORD_PASSWORD, RECORD_RECOVERY}, 2));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    int64_t entries = house_count(l->s->h, "SELECT count(*) FROM entries");
    refuses(HK_CONFLICT, lost_confirm_with(l, &l->s->ana, &made));
    assert_string_equal(l->s->h->code, "opened_meanwhile");
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM entries"), entries);
    must(house_sign_in(l->s->h, &l->s->client, RECORD_PASSWORD));
}

/* ---- And the way through */

static void both_say_same_and_the_new_keys_are_in_and_the_old_ones_out(void **state)
{
    lost *l = *state;
    must(house_say(l->s->h, &l->s->c, "before"));
    must(house_catch_up(l->s->h, &l->s->a));
    house_connect(l->s->h, &l->s->client, 41);
    lost_come_back(l);
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    must(lost_confirm_with(l, &l->s->ana, &made));
    must(lost_confirm_with(l, &l->s->ana, &made)); /* the answer was lost: the same again */
    return_going_body going;
    must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
    assert_int_equal(going.state, RETURN_DONE);

    assert_true(house_is_ended(l->s->h, 41)); /* the old session and its sockets */
    refuses(HK_WHO, house_get(l->s->h, &l->s->client, "/api/session", NULL, NULL));
    refuses(HK_REFUSED, house_sign_in(l->s->h, &l->s->client, RECORD_DEVICE));

    must(house_sign_in(l->s->h, &l->back, RECORD_DEVICE));
    session_body session;
    must(house_get(l->s->h, &l->back, "/api/session", &SESSION, &session));
    assert_memory_equal(session.account.b, l->s->client.me.id.b, HK_ID_BYTES);
    assert_memory_equal(session.ik, l->back.me.ik, 32);
    static house_talk talk;
    house_talk_open(l->s->h, &l->back, l->s->pair, &talk); /* reads everything; nothing is BAD */
    assert_int_equal(talk.shown, 0);
    assert_int_equal(talk.log.chain.epoch, 2);
    must(house_say(l->s->h, &talk, "it is me again"));
    must(house_catch_up(l->s->h, &l->s->a));
    assert_int_equal(l->s->a.last.finding, VAULT_SHOWN);
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM audit WHERE act = 'client_key_confirmed'"),
                     1);
}

static void what_only_the_lost_keys_could_open_goes_with_them(void **state)
{
    lost *l = *state;
    vault_plan plan = {.member_count = 1};
    static const uint8_t NONE[VAULT_HASH_BYTES];
    static vault_made_commit own;
    conversation_id diary;
    vault_make_id(diary.b);
    vault_account_member(&l->s->client.me, VAULT_ROLE_CLIENT, &plan.members[0]);
    must(vault_genesis_make(&l->s->client.me, &diary, VAULT_KIND_PRIVATE, NONE, &plan, &own));
    wrap_item wrap = {own.wrap_for[0], hk_slice_of(own.wraps[0], VAULT_WRAP_BYTES)};
    commit_body body = {hk_slice_of(own.bytes, own.n), {&wrap, 1}};
    must(house_post(l->s->h, &l->s->client, "/api/conversations", &COMMIT, &body, &KEPT, &(kept_body){0}));
    conversation_id waiting;
    must(house_ask(l->s->h, &l->s->client, "somebody else, please", &waiting));
    lost_come_back(l);
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    must(lost_confirm_with(l, &l->s->ana, &made));
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM conversations WHERE kind = 3"), 0);
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM requests WHERE state = 0"), 0);
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM conversations WHERE kind = 1"), 2);
}

static hk_err tick_inside(void *ctx, store_db *db)
{
    const lost *l = ctx;
    return returns_tick(db, l->s->h->now_ms);
}

static void what_took_too_long_goes(void **state)
{
    lost *l = *state;
    lost_come_back(l);
    must(store_write_now(l->s->h->store, tick_inside, l));
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM returns"), 1);
    l->s->h->now_ms += 31 * 60 * 1000;
    refuses(HK_NOT_THERE, house_get(l->s->h, &l->back, "/api/returns", NULL, NULL));
    must(store_write_now(l->s->h->store, tick_inside, l));
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM returns"), 0);
}

static void the_listener_may_stop_it_at_any_time(void **state)
{
    lost *l = *state;
    lost_come_back(l);
    refuses(HK_NOT_THERE,
            house_call(l->s->h, &l->s->ben, "DELETE", scene_path(l->s, "/return"), NULL, NULL, NULL, NULL));
    must(house_call(l->s->h, &l->s->ana, "DELETE", scene_path(l->s, "/return"), NULL, NULL, NULL, NULL));
    return_going_body going;
    must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
    assert_int_equal(going.state, RETURN_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, lost_open, lost_close)
        TEST(only_the_listener_of_this_talk_gives_a_code),
        TEST(a_wrong_code_a_used_one_and_an_old_one_are_one_answer),
        TEST(a_listener_alone_gives_nobody_a_new_key),
        TEST(keys_that_are_not_for_this_door_are_refused),
        TEST(the_steps_of_the_check_come_once_and_in_their_order),
        TEST(when_the_words_differ_nothing_happens),
        TEST(an_old_check_is_worth_nothing_for_a_new_one),
        TEST(two_who_type_one_code_are_not_both_let_in),
        TEST(whoever_still_has_the_key_is_told_and_can_stop_it),
        TEST(a_place_that_its_owner_changed_meanwhile_is_not_taken),
        TEST(both_say_same_and_the_new_keys_are_in_and_the_old_ones_out),
        TEST(what_only_the_lost_keys_could_open_goes_with_them),
        TEST(what_took_too_long_goes),
        TEST(the_listener_may_stop_it_at_any_time),
    };
    return cmocka_run_group_tests_name("returns", tests, NULL, NULL);
}
