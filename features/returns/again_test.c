/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Somebody who came back by one listener, and talks with another one too: the keys that they have now come
 * into that talk by the same check.
 */
#include "features/returns/lost_test.h"

/* Back by Ana's word, signed in; from here on it is about the talk with Ben. */
static int open_again(void **state)
{
    static house_talk bens;
    must(lost_open(state));
    lost *l = *state;
    conversation_id other = house_pair(l->s->h, &l->s->client, &l->s->ben);
    lost_come_back(l);
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    house_connect(l->s->h, &l->s->ben, 61);
    house_connect(l->s->h, &l->s->stranger, 62);
    must(lost_confirm_with(l, &l->s->ana, &made));
    must(house_sign_in(l->s->h, &l->back, RECORD_DEVICE));
    house_talk_open(l->s->h, &l->s->ben, other, &bens);
    l->s->pair = other;
    l->by = &l->s->ben;
    l->view = &bens;
    return 0;
}

static hk_err come_again(lost *l, person *who, const char *code)
{
    return house_post(l->s->h, who, "/api/account/return", &RETURN_COME,
                      &((return_come_body){hk_slice_z(code)}), &RETURN_MEETING, &l->door);
}

static int64_t taken_over(lost *l)
{
    return house_count(l->s->h, "SELECT count(*) FROM audit WHERE act = 'client_key_confirmed'");
}

static void the_code_is_good_for_nobody_but_the_client_of_that_talk(void **state)
{
    lost *l = *state;
    must(lost_offer(l, &l->s->ben));
    refuses(HK_NOT_THERE, come_again(l, &l->s->stranger, l->code));
    assert_string_equal(l->s->h->code, "code_not_good");
    refuses(HK_REFUSED, come_again(l, &l->s->ana, l->code));
    refuses(HK_WHO, come_again(l, &l->s->client, l->code)); /* with the keys that are lost */
    refuses(HK_WHO, come_again(l, NULL, l->code));
    char wrong[16];
    memcpy(wrong, l->code, sizeof wrong);
    wrong[0] = wrong[0] == '9' ? '0' : (char)(wrong[0] + 1);
    refuses(HK_NOT_THERE, come_again(l, &l->back, wrong));
    assert_string_equal(l->s->h->code, "code_not_good");
    must(come_again(l, &l->back, l->code));
    assert_memory_equal(l->door.conversation.b, l->s->pair.b, HK_ID_BYTES);
    refuses(HK_NOT_THERE, come_again(l, &l->back, l->code)); /* once */
}

static void no_other_keys_than_those_of_the_account_come_in_and_not_before_both_said_so(void **state)
{
    lost *l = *state;
    vault_account own;
    must(vault_account_make_again(&l->back.me.id, 3, &own));
    new_account_body keys;
    person thief = {0};
    must(lost_offer(l, &l->s->ben));
    must(lost_type_code(l, &thief, l->code));
    lost_make_keys(l, &thief, &keys);
    must(come_again(l, &l->back, l->code));
    refuses(HK_NOT_THERE, lost_bring(l, &thief, &keys)); /* the door is theirs now */
    lost_read_words(l);
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    refuses(HK_CONFLICT, lost_confirm_with(l, &l->s->ben, &made));
    assert_string_equal(l->s->h->code, "not_said_yet");
    must(lost_say(l, true));
    made = lost_replace_with(l, &own);
    refuses(HK_REFUSED, lost_confirm_with(l, &l->s->ben, &made));
    refuses(HK_NOT_THERE, lost_confirm_with(l, &l->s->ana, &made));
    assert_int_equal(taken_over(l), 1);
}

static void keys_that_the_account_has_no_more_come_in_nowhere(void **state)
{
    lost *l = *state;
    static house_talk anas;
    conversation_id with_ben = l->s->pair, with_ana = l->s->a.conversation;
    must(lost_offer(l, &l->s->ben));
    must(come_again(l, &l->back, l->code));
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit first = lost_replace_with(l, &l->back.me);
    house_talk *bens = l->view;
    vault_member candidate = l->candidate;
    /* Lost once more, and back by Ana, while Ben has not pressed yet. */
    l->s->pair = with_ana;
    l->by = &l->s->ana;
    l->view = &anas;
    house_talk_open(l->s->h, &l->s->ana, with_ana, &anas);
    l->back = (person){0};
    lost_come_back(l);
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit second = lost_replace_with(l, &l->back.me);
    must(lost_confirm_with(l, &l->s->ana, &second));
    l->s->pair = with_ben;
    l->view = bens;
    l->candidate = candidate;
    refuses(HK_CONFLICT, lost_confirm_with(l, &l->s->ben, &first));
    assert_string_equal(l->s->h->code, "opened_meanwhile");
}

static void who_knows_the_keys_is_not_asked_whether_that_is_them(void **state)
{
    lost *l = *state;
    return_of_me_body of_me;
    must(lost_offer(l, &l->s->ben));
    must(come_again(l, &l->back, l->code));
    must(house_get(l->s->h, &l->back, "/api/account/return", &RETURN_OF_ME, &of_me));
    assert_false(of_me.going_on);
}

/* Does the client's key in that talk differ from the one they have, as who reads the list is told? */
static bool stands_under_a_lost_key(lost *l, person *who, conversation_id conversation)
{
    conversations_body list;
    must(house_get(l->s->h, who, "/api/conversations", &CONVERSATIONS, &list));
    const conversation_item *all = list.conversations.items;
    for (size_t i = 0; i < list.conversations.count; i++) {
        const member_item *members = all[i].members.items;
        for (size_t j = 0; HK_ID_EQ(all[i].conversation, conversation) && j < all[i].members.count; j++) {
            if (HK_ID_EQ(members[j].account, l->back.me.id))
                return members[j].new_key;
            assert_false(members[j].new_key); /* a listener's own */
        }
    }
    fail();
    return false;
}

/* ---- And the way through */

static void a_talk_says_that_it_stands_under_a_lost_key_until_its_own_listener_confirmed(void **state)
{
    lost *l = *state;
    assert_int_equal(house_told_count(l->s->h, 62, "new_key"), 0);
    assert_int_equal(house_told_count(l->s->h, 61, "new_key"), 1);
    assert_true(stands_under_a_lost_key(l, &l->s->ben, l->s->pair));
    assert_true(stands_under_a_lost_key(l, &l->back, l->s->pair));
    assert_false(stands_under_a_lost_key(l, &l->s->ana, l->s->a.conversation));
    must(lost_offer(l, &l->s->ben));
    must(come_again(l, &l->back, l->code));
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    assert_true(stands_under_a_lost_key(l, &l->s->ben, l->s->pair));
    must(lost_confirm_with(l, &l->s->ben, &made));
    assert_false(stands_under_a_lost_key(l, &l->s->ben, l->s->pair));
}

static void the_second_listener_confirms_too_and_the_talk_goes_on(void **state)
{
    lost *l = *state;
    must(house_say(l->s->h, l->view, "are you there?")); /* sealed to the lost key */
    house_connect(l->s->h, &l->back, 51);
    must(lost_offer(l, &l->s->ben));
    must(come_again(l, &l->back, l->code));
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    must(lost_confirm_with(l, &l->s->ben, &made));
    must(lost_confirm_with(l, &l->s->ben, &made)); /* the answer was lost: the same again */
    return_going_body going;
    must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
    assert_int_equal(going.state, RETURN_DONE);
    assert_int_equal(taken_over(l), 2);

    assert_false(house_is_ended(l->s->h, 51)); /* the account stays as it is: session, keys, records */
    session_body session;
    must(house_get(l->s->h, &l->back, "/api/session", &SESSION, &session));
    assert_memory_equal(session.ik, l->back.me.ik, 32);
    must(house_sign_in(l->s->h, &l->back, RECORD_DEVICE));
    static house_talk talk;
    house_talk_open(l->s->h, &l->back, l->s->pair, &talk);
    assert_int_equal(talk.log.chain.epoch, 2);
    must(house_say(l->s->h, &talk, "I am here again"));
    must(house_catch_up(l->s->h, l->view));
    assert_int_equal(l->view->last.finding, VAULT_SHOWN);
    static house_talk first;
    house_talk_open(l->s->h, &l->back, l->s->a.conversation, &first);
    must(house_say(l->s->h, &first, "and with you as before"));
}

static void a_diary_of_the_new_keys_stays(void **state)
{
    lost *l = *state;
    static const uint8_t NONE[VAULT_HASH_BYTES];
    static vault_made_commit own;
    vault_plan plan = {.member_count = 1};
    conversation_id diary;
    vault_make_id(diary.b);
    vault_account_member(&l->back.me, VAULT_ROLE_CLIENT, &plan.members[0]);
    must(vault_genesis_make(&l->back.me, &diary, VAULT_KIND_PRIVATE, NONE, &plan, &own));
    wrap_item wrap = {own.wrap_for[0], hk_slice_of(own.wraps[0], VAULT_WRAP_BYTES)};
    commit_body body = {hk_slice_of(own.bytes, own.n), {&wrap, 1}};
    must(house_post(l->s->h, &l->back, "/api/conversations", &COMMIT, &body, &KEPT, &(kept_body){0}));
    must(lost_offer(l, &l->s->ben));
    must(come_again(l, &l->back, l->code));
    lost_read_words(l);
    must(lost_say(l, true));
    vault_made_commit made = lost_replace_with(l, &l->back.me);
    must(lost_confirm_with(l, &l->s->ben, &made));
    assert_int_equal(house_count(l->s->h, "SELECT count(*) FROM conversations WHERE kind = 3"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_again, lost_close)
        TEST(the_code_is_good_for_nobody_but_the_client_of_that_talk),
        TEST(no_other_keys_than_those_of_the_account_come_in_and_not_before_both_said_so),
        TEST(keys_that_the_account_has_no_more_come_in_nowhere),
        TEST(who_knows_the_keys_is_not_asked_whether_that_is_them),
        TEST(a_talk_says_that_it_stands_under_a_lost_key_until_its_own_listener_confirmed),
        TEST(the_second_listener_confirms_too_and_the_talk_goes_on),
        TEST(a_diary_of_the_new_keys_stays),
    };
    return cmocka_run_group_tests_name("again", tests, NULL, NULL);
}
