/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hint, by rules alone: silence first, then each kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "listening/words/engine.h"

static _Alignas(64) unsigned char memory[LISTEN_ENGINE_BYTES];
static listen_engine *e;

static int fresh(void **state)
{
    return listen_engine_init(memory, sizeof memory, "en", NULL, &e) == HK_OK ? 0 : -1;
}

static listen_hint after(const char *spoken, const char *draft)
{
    listen_turn turns[] = {{.who = LISTEN_SPEAKER, .text = hk_slice_z(spoken), .start_ms = LISTEN_NO_TIME}};
    listen_hint hint;
    listen_hint_draft(e, turns, 1, hk_slice_z(draft), &hint);
    return hint;
}

static void most_of_the_time_it_says_nothing(void **state)
{
    assert_int_equal(after("I cannot sleep.", "").kind, LISTEN_HINT_NONE);
    assert_int_equal(after("I cannot sleep.", "You should").kind, LISTEN_HINT_NONE);
    assert_int_equal(after("I cannot sleep since he left.", "The nights have got long since he left.").kind,
                     LISTEN_HINT_NONE);
    assert_int_equal(
        after("I feel sad and ashamed.", "How did that feel for you, sad and ashamed at once?").kind,
        LISTEN_HINT_NONE);
    assert_int_equal(after("I am so tired of it all.", "That sounds exhausting. I am here.").kind,
                     LISTEN_HINT_NONE);
    listen_hint hint;
    listen_hint_draft(e, NULL, 0, HK_LIT("Hello, how are you today?"), &hint);
    assert_int_equal(hint.kind, LISTEN_HINT_NONE);
}

static void each_kind_has_its_draft(void **state)
{
    assert_int_equal(after("I got the sack and I am ashamed.", "Well that is your own fault, isn't it.").kind,
                     LISTEN_HINT_JUDGING);
    assert_int_equal(
        after("I lost the baby and I feel empty.", "At least you know you can get pregnant.").kind,
        LISTEN_HINT_AT_LEAST);
    assert_int_equal(
        after("I cannot sleep.", "When did it start? Do you drink coffee? Have you seen a doctor?").kind,
        LISTEN_HINT_MANY_QUESTIONS);
    assert_int_equal(
        after("My mother keeps calling me at work.", "Your mother keeps calling you at work.").kind,
        LISTEN_HINT_PARROTING);
    assert_int_equal(after("I feel sad and lonely and angry.",
                           "Okay, and then on the next day the letter arrived from them.")
                         .kind,
                     LISTEN_HINT_FEELING_PASSED);
    assert_int_equal(after("He left in May.", "When I was married my husband left me too, and I had to start "
                                              "again on my own, I moved twice and I "
                                              "found a job and I never looked back.")
                         .kind,
                     LISTEN_HINT_OWN_STORY);
    assert_int_equal(
        after("I cannot sleep.",
              "You should try to stop the coffee, you need to go to bed at ten, because research says "
              "caffeine has an effect for eight hours.")
            .kind,
        LISTEN_HINT_ADVICE_UNASKED);
}

static void advice_that_was_asked_for_needs_no_hint(void **state)
{
    assert_int_equal(after("I cannot sleep. What should I do?",
                           "You should try to stop the coffee, and you need to go to bed at ten.")
                         .kind,
                     LISTEN_HINT_NONE);
}

static void the_third_closed_question_in_a_row_is_one_too_many(void **state)
{
    listen_turn turns[] = {
        {.who = LISTEN_LISTENER, .text = HK_LIT("Do you live alone?"), .start_ms = LISTEN_NO_TIME},
        {.who = LISTEN_SPEAKER, .text = HK_LIT("Yes."), .start_ms = LISTEN_NO_TIME},
        {.who = LISTEN_LISTENER, .text = HK_LIT("Is there family near?"), .start_ms = LISTEN_NO_TIME},
        {.who = LISTEN_SPEAKER, .text = HK_LIT("No."), .start_ms = LISTEN_NO_TIME},
    };
    listen_hint hint;
    listen_hint_draft(e, turns, 4, HK_LIT("Are you on any tablets?"), &hint);
    assert_int_equal(hint.kind, LISTEN_HINT_CLOSED_RUN);
    listen_hint_draft(e, turns, 2, HK_LIT("Are you on any tablets?"), &hint);
    assert_int_equal(hint.kind, LISTEN_HINT_NONE);
}

static void it_points_at_the_words_it_means(void **state)
{
    const char *draft = "I hear you. At least you have work. Take care.";
    listen_hint hint = after("I feel so empty and sad.", draft);
    assert_int_equal(hint.kind, LISTEN_HINT_AT_LEAST);
    assert_int_equal(hint.from, 12);
    assert_int_equal(hint.to, 36);
}

static void looking_at_a_draft_changes_nothing_of_the_talk(void **state)
{
    listen_turn turns[] = {
        {.who = LISTEN_SPEAKER, .text = HK_LIT("I feel sad."), .start_ms = LISTEN_NO_TIME},
        {.who = LISTEN_LISTENER, .text = HK_LIT("You feel sad."), .start_ms = LISTEN_NO_TIME}};
    listen_code before, now;
    listen_session one, two;
    listen_start(e);
    listen_add(e, &turns[0], &before);
    listen_add(e, &turns[1], &before);
    tally_session(&e->tally, &one);
    listen_start(e);
    listen_add(e, &turns[0], &now);
    (void)after("Something else altogether.", "At least you should stop it, shouldn't you? Why? When?");
    listen_add(e, &turns[1], &now);
    tally_session(&e->tally, &two);
    assert_true(before.reflection == now.reflection && before.grounding == now.grounding);
    assert_true(one.listening_balance == two.listening_balance && one.listener_turns == two.listener_turns);
}

#define T(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(most_of_the_time_it_says_nothing),        T(each_kind_has_its_draft),
        T(advice_that_was_asked_for_needs_no_hint), T(the_third_closed_question_in_a_row_is_one_too_many),
        T(it_points_at_the_words_it_means),         T(looking_at_a_draft_changes_nothing_of_the_talk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
