/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The engine by rules alone: what must hold with any weights and without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "listening/words/engine.h"

static _Alignas(64) unsigned char memory[LISTEN_ENGINE_BYTES];

static listen_engine *engine(void)
{
    listen_engine *e = NULL;
    assert_int_equal(listen_engine_init(memory, sizeof memory, "en", NULL, &e), HK_OK);
    return e;
}

static listen_turn say(listen_who who, const char *text)
{
    return (listen_turn){.who = who, .text = hk_slice_z(text), .start_ms = LISTEN_NO_TIME};
}

#define L(text) say(LISTEN_LISTENER, text)
#define S(text) say(LISTEN_SPEAKER, text)

static void a_language_it_does_not_know_is_refused(void **state)
{
    listen_engine *e = NULL;
    assert_int_equal(listen_engine_init(memory, sizeof memory, "de", NULL, &e), HK_NOT_THERE);
    assert_int_equal(listen_engine_init(memory, sizeof memory, NULL, NULL, &e), HK_NOT_THERE);
    assert_null(e);
}

static void too_little_or_crooked_memory_is_refused(void **state)
{
    listen_engine *e = NULL;
    assert_int_equal(listen_engine_init(memory, listen_engine_size() - 1, "en", NULL, &e), HK_NO_MEMORY);
    assert_int_equal(listen_engine_init(memory + 1, sizeof memory - 1, "en", NULL, &e), HK_NO_MEMORY);
    assert_int_equal(listen_engine_init(NULL, sizeof memory, "en", NULL, &e), HK_NO_MEMORY);
    assert_null(e);
}

static void too_many_turns_are_refused(void **state)
{
    listen_session s;
    listen_turn turn = L("Hm.");
    listen_code code;
    assert_int_equal(listen_conversation(engine(), &turn, LISTEN_TURNS_MAX + 1, &code, &s), HK_TOO_MUCH);
}

static void no_text_at_all_is_a_conversation_too(void **state)
{
    listen_session s;
    listen_turn turns[] = {L(""), S("\xFF\xFE\x80"), L("   ...  "), {.who = LISTEN_LISTENER, .start_ms = 5}};
    listen_code codes[HK_COUNT(turns)];
    assert_int_equal(listen_conversation(engine(), turns, HK_COUNT(turns), codes, &s), HK_OK);
    assert_int_equal(s.listener_turns, 3);
    assert_true(s.too_short);
    assert_true(codes[0].reflection < 0.5f && codes[0].question < 0.5f && codes[0].input < 0.5f);
    assert_int_equal(listen_conversation(engine(), NULL, 0, codes, &s), HK_OK);
    assert_true(s.listening_balance_low == -1.0f && s.listening_balance_high == 1.0f);
}

static void nineteen_listener_turns_are_too_short_and_twenty_are_not(void **state)
{
    listen_engine *e = engine();
    listen_session s;
    listen_code code;
    for (int i = 0; i < 20; i++) {
        listen_turn speaker = S("I could not sleep again."), listener = L("The nights are long for you.");
        tally_session(&e->tally, &s);
        assert_true(s.too_short);
        listen_add(e, &speaker, &code);
        listen_add(e, &listener, &code);
    }
    tally_session(&e->tally, &s);
    assert_false(s.too_short);
    assert_true(s.listening_balance_low <= s.listening_balance &&
                s.listening_balance <= s.listening_balance_high);
}

static void advice_is_asked_for_when_it_was_asked_for(void **state)
{
    const char *advice =
        "You should try to go to bed at ten, and you need to stop drinking coffee in the evening, "
        "because research says that caffeine has an effect for eight hours.";
    listen_turn unasked[] = {S("I cannot sleep."), L(advice)};
    listen_turn requested[] = {S("I cannot sleep. What should I do?"), L(advice)};
    listen_turn permitted[] = {S("I cannot sleep."), L("Would it be ok if I shared an idea?"), S("Yes."),
                               L(advice)};
    listen_code codes[4];
    listen_session s;
    assert_int_equal(listen_conversation(engine(), unasked, 2, codes, &s), HK_OK);
    float before = codes[1].unasked;
    assert_true(before > 0.5f);
    assert_int_equal(listen_conversation(engine(), requested, 2, codes, &s), HK_OK);
    assert_true(codes[1].unasked < 0.1f);
    assert_int_equal(listen_conversation(engine(), permitted, 4, codes, &s), HK_OK);
    assert_true(codes[3].unasked < 0.1f);
}

static void grounding_counts_the_speakers_own_words_whatever_their_ending(void **state)
{
    listen_turn turns[] = {S("My mother worries about the heating bills."),
                           L("So you worried about her heating bill.")};
    listen_code codes[2];
    listen_session s;
    assert_int_equal(listen_conversation(engine(), turns, 2, codes, &s), HK_OK);
    assert_true(codes[1].grounding > 0.99f);
}

static void talk_share_needs_times_that_do_not_run_backwards(void **state)
{
    listen_turn turns[] = {S("One."), L("Two."), S("Three."), L("Four.")};
    listen_code codes[4];
    listen_session s;
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_true(s.talk_share == -1.0f);
    for (int i = 0; i < 4; i++)
        turns[i].start_ms = i * 1000 + (i == 2 ? 1000 : 0);
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_true(s.talk_share > 0.66f && s.talk_share < 0.67f);
    turns[3].start_ms = 0;
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_true(s.talk_share == -1.0f);
}

static void moments_are_quoted_where_they_happened_strengths_first(void **state)
{
    listen_turn turns[] = {
        S("I feel sad and ashamed, it is so hard since she left."),
        L("At least you have your job, look on the bright side."),
        S("I am angry and lonely at night."),
        L("It sounds like you are angry, and lonely when the night comes."),
    };
    listen_code codes[4];
    listen_session s;
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_true(s.moments_n >= 2);
    assert_int_equal(s.moments[0].kind, LISTEN_MOMENT_REFLECTION);
    assert_int_equal(s.moments[0].turn, 3);
    assert_int_equal(s.moments[1].kind, LISTEN_MOMENT_AT_LEAST);
    assert_int_equal(s.moments[1].turn, 1);
    for (uint32_t i = 0; i < s.moments_n; i++)
        assert_true(strlen(listen_moment_why(s.moments[i].kind)) > 10);
}

static void what_the_listener_said_before_is_remembered_until_the_next_talk(void **state)
{
    listen_engine *e = engine();
    listen_code code;
    listen_turn turns[] = {L("So you would rather stay in bed."), S("Yeah."),
                           L("On a scale from one to ten-"), S("Mm."),
                           L("What would help you, do you think?")};
    const bool asks[] = {false, false, false, false, true}, reflects[] = {true, true, false, false, false};
    for (size_t i = 0; i < HK_COUNT(turns); i++) {
        listen_add(e, &turns[i], &code);
        assert_int_equal(e->context.previous.asks, asks[i]);
        assert_int_equal(e->context.previous.reflects, reflects[i]);
        assert_int_equal((e->context.previous.after & TEXT_DASH) != 0, i == 2 || i == 3);
    }
    assert_int_equal(e->context.asked, 1);
    assert_int_equal(e->context.previous.words, 7);
    listen_start(e);
    assert_int_equal(e->context.asked, 0);
    assert_int_equal(e->context.previous.words, 0);
}

static void two_runs_give_the_same_bytes(void **state)
{
    listen_turn turns[] = {S("He never listens, I am so tired of it."),
                           L("You long for somebody who listens."), S("Yes."),
                           L("What would that be like? Have you told him?")};
    listen_code codes[4];
    listen_session s;
    char one[4096], two[4096];
    size_t n, m;
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_int_equal(listen_json(turns, 4, codes, &s, one, sizeof one, &n), HK_OK);
    assert_int_equal(listen_conversation(engine(), turns, 4, codes, &s), HK_OK);
    assert_int_equal(listen_json(turns, 4, codes, &s, two, sizeof two, &m), HK_OK);
    assert_int_equal(n, m);
    assert_memory_equal(one, two, n);
    assert_int_equal(listen_json(turns, 4, codes, &s, one, 100, &n), HK_TOO_MUCH);
}

static void the_longest_json_of_a_turn_fits_its_bound(void **state)
{
    listen_turn turn = L("x");
    listen_code code = {.main = LISTEN_REFLECTION,
                        .reflection = 1,
                        .question = 1,
                        .open = 1,
                        .input = 1,
                        .advice = 1,
                        .unasked = 1,
                        .validation = 1,
                        .emotional_reaction = 2,
                        .interpretation = 2,
                        .exploration = 2,
                        .grounding = 1};
    listen_session s = {.listener_turns = LISTEN_TURNS_MAX,
                        .listening_balance = -1,
                        .listening_balance_low = -1,
                        .listening_balance_high = -1,
                        .talk_share = 1,
                        .moments_n = LISTEN_MOMENTS_MAX};
    for (uint32_t i = 0; i < LISTEN_MOMENTS_MAX; i++)
        s.moments[i] = (listen_moment){.turn = LISTEN_TURNS_MAX, .kind = LISTEN_MOMENT_STACKED};
    char p[LISTEN_JSON_TURN_MAX + LISTEN_JSON_SESSION_MAX];
    size_t n;
    assert_int_equal(listen_json(&turn, 1, &code, &s, p, sizeof p, &n), HK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_language_it_does_not_know_is_refused),
        cmocka_unit_test(too_little_or_crooked_memory_is_refused),
        cmocka_unit_test(too_many_turns_are_refused),
        cmocka_unit_test(no_text_at_all_is_a_conversation_too),
        cmocka_unit_test(nineteen_listener_turns_are_too_short_and_twenty_are_not),
        cmocka_unit_test(advice_is_asked_for_when_it_was_asked_for),
        cmocka_unit_test(grounding_counts_the_speakers_own_words_whatever_their_ending),
        cmocka_unit_test(talk_share_needs_times_that_do_not_run_backwards),
        cmocka_unit_test(moments_are_quoted_where_they_happened_strengths_first),
        cmocka_unit_test(what_the_listener_said_before_is_remembered_until_the_next_talk),
        cmocka_unit_test(two_runs_give_the_same_bytes),
        cmocka_unit_test(the_longest_json_of_a_turn_fits_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
