/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/listen/transcript.h"

static hk_arena arena;
static transcript_problem problem;
static listen_turn *turns;
static size_t turns_n;

static int fresh(void **state)
{
    hk_arena_init(&arena, TRANSCRIPT_ARENA_MAX);
    turns = NULL;
    turns_n = 0;
    return 0;
}

static int over(void **state)
{
    hk_arena_done(&arena);
    return 0;
}

static hk_err read_for(const char *text, const char *listener)
{
    transcript t;
    HK_TRY(transcript_read(hk_slice_z(text), &arena, &t, &problem));
    return transcript_turns(&t, hk_slice_z(listener), &turns, &turns_n, &problem);
}

static void refused(const char *text, size_t line, const char *part_of_expected)
{
    assert_int_equal(read_for(text, NULL), HK_BAD);
    assert_int_equal(problem.line, line);
    assert_non_null(strstr(problem.expected, part_of_expected));
}

static void turn_is(size_t i, listen_who who, const char *text, int64_t start_ms)
{
    assert_true(i < turns_n);
    assert_int_equal(turns[i].who, who);
    assert_true(hk_slice_eq_z(turns[i].text, text));
    assert_int_equal(turns[i].start_ms, start_ms);
}

static void what_cannot_be_read_names_its_line_and_what_was_expected(void **state)
{
    refused("", 0, "at least one turn");
    refused("just some words\n", 1, "a name and a colon");
    refused("# a note\n\nno name here\nAda: hello\n", 3, "a name and a colon");
    refused("{\"turns\":[", 1, "valid JSON");
    refused("{\n\"turns\":\n[}", 3, "valid JSON");
    refused("{\"turns\":[{\"who\":\"patient\",\"text\":\"x\"}]}", 1, "\"who\"");
    refused("{\"turns\":[{\"who\":\"speaker\"}]}", 1, "\"text\"");
    refused("{\"turns\":[{\"who\":\"speaker\",\"text\":\"x\",\"start_ms\":-4}]}", 1, "\"start_ms\"");
    refused("{\"turns\":[3]}", 1, "every turn");
    refused("{\"turns\":[\n{\"who\":\"speaker\",\"text\":\"x\"},\n\n{\"who\":\"me\",\"text\":\"x\"}]}", 4,
            "\"who\"");
    assert_int_equal(problem.turn, 2);
    refused("{\"note\":\"turns\",\"more\":{\"turns\":[\n[1,\n2]]},\n\"turns\":[{\"who\":\"speaker\",\"text\":"
            "\"[\\\"{,\","
            "\"start_ms\":\n1},{\n\"who\":\"me\"}]}",
            5, "\"who\"");
    assert_int_equal(problem.turn, 2);
    refused("{\"segments\":[\n{\"text\":\"a\",\"speaker\":\"A\"},\n7]}", 3, "every segment");
    refused("{\"t\\u0075rns\":[\n3]}", 0, "every turn");
    assert_int_equal(problem.turn, 1);
    refused("{\"turns\":{}}", 1, "a list");
    refused("[1,2]", 1, "a list");
    refused("{\"segments\":[{\"text\":\"hello\",\"start\":1}]}", 1, "\"speaker\"");
    refused("WEBVTT\n\n00:01.000 -> 00:02.000\n<v Ada>Hi\n\n00:02 --> 00:03.000\n<v Ada>x\n", 6, "two times");
    refused("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", 4, "who speaks");
    refused("WEBVTT\n\n00:05.000 --> 00:06.000\n<v A>Hi\n\n00:01.000 --> 00:02.000\n<v B>x\n", 6,
            "not before");
}

static void who_listened_must_be_evident_or_said(void **state)
{
    refused("Ada: I am tired.\nBen: You are worn out.\n", 0, "--listener");
    assert_int_equal(read_for("Ada: x\nBen: y\n", "Zoe"), HK_BAD);
    assert_int_equal(read_for("Ada: I am tired.\nBen: You are worn out.\n", "ben"), HK_OK);
    turn_is(0, LISTEN_SPEAKER, "I am tired.", LISTEN_NO_TIME);
    turn_is(1, LISTEN_LISTENER, "You are worn out.", LISTEN_NO_TIME);
    refused("Listener: hi\nTherapist: ho\n", 0, "more than one of the names");
    assert_int_equal(read_for("Listener: hi\nTherapist: ho\n", "therapist"), HK_OK);
    turn_is(0, LISTEN_SPEAKER, "hi", LISTEN_NO_TIME);
    assert_int_equal(read_for("Client: hm\nTherapist: go on\n", NULL), HK_OK);
    turn_is(1, LISTEN_LISTENER, "go on", LISTEN_NO_TIME);
}

static void plain_text_joins_what_one_person_says_in_a_row(void **state)
{
    assert_int_equal(
        read_for(
            "\xEF\xBB\xBF# at noon: nothing\nListener: How are\nyou?\r\nListener: Tell me.\nAda: So: bad.\n",
            NULL),
        HK_OK);
    assert_int_equal(turns_n, 2);
    turn_is(0, LISTEN_LISTENER, "How are you? Tell me.", LISTEN_NO_TIME);
    turn_is(1, LISTEN_SPEAKER, "So: bad.", LISTEN_NO_TIME);
}

static void what_is_no_text_is_refused(void **state)
{
    transcript t;
    static const uint8_t UTF16[] = {0xFF, 0xFE, 'A', 0, ':', 0, 'x', 0};
    assert_int_equal(transcript_read(hk_slice_of(UTF16, sizeof UTF16), &arena, &t, &problem), HK_BAD);
    assert_non_null(strstr(problem.expected, "UTF-8"));
}

static void one_line_of_webvtt_can_hold_two_voices_and_signs_written_out(void **state)
{
    assert_int_equal(
        read_for("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Me &amp; him &lt;3</v> <v Listener>You two.\n",
                 NULL),
        HK_OK);
    assert_int_equal(turns_n, 2);
    turn_is(0, LISTEN_SPEAKER, "Me & him <3", 1000);
    turn_is(1, LISTEN_LISTENER, "You two.", 1000);
}

static void webvtt_gives_voices_and_times(void **state)
{
    assert_int_equal(read_for("WEBVTT - a talk\n\nNOTE nothing\nmore\n\nSTYLE\n::cue{}\n\n1\n00:00:01.500 "
                              "--> 00:00:03.000 align:start\n"
                              "<v Listener>How <i>are</i> you?</v>\n\n01:00:04.000 --> 01:00:05.000\n<v.loud "
                              "Ada>Tired.\nVery.\n",
                              NULL),
                     HK_OK);
    assert_int_equal(turns_n, 2);
    turn_is(0, LISTEN_LISTENER, "How are you?", 1500);
    turn_is(1, LISTEN_SPEAKER, "Tired. Very.", 3604000);
}

static void srt_gives_names_before_colons(void **state)
{
    assert_int_equal(read_for("1\r\n00:00:01,000 --> 00:00:02,000\r\nAda: I can't "
                              "sleep.\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\n"
                              "Counsellor: The nights are long.\r\n",
                              NULL),
                     HK_OK);
    turn_is(0, LISTEN_SPEAKER, "I can't sleep.", 1000);
    turn_is(1, LISTEN_LISTENER, "The nights are long.", 2500);
}

static void whisper_with_speakers_is_read_and_its_segments_joined(void **state)
{
    const char *text = "{\"language\":\"en\",\"segments\":[{\"id\":0,\"start\":0.5,\"end\":1,\"text\":\" "
                       "Hi.\",\"speaker\":\"S1\"},"
                       "{\"start\":1.25,\"text\":\" "
                       "You.\",\"speaker\":\"S1\"},{\"start\":2,\"text\":\"Hm\",\"speaker\":\"S0\"}]}";
    assert_int_equal(read_for(text, "S0"), HK_OK);
    assert_int_equal(turns_n, 2);
    turn_is(0, LISTEN_SPEAKER, " Hi.  You.", 500);
    turn_is(1, LISTEN_LISTENER, "Hm", 2000);
}

static void our_json_keeps_every_turn_as_it_is(void **state)
{
    assert_int_equal(read_for("{\"id\":7,\"turns\":[{\"who\":\"listener\",\"text\":\"a\",\"start_ms\":12},{"
                              "\"who\":\"listener\",\"text\":\"\","
                              "\"gold\":{}},{\"who\":\"speaker\",\"text\":\"b\",\"start_ms\":null}]}",
                              NULL),
                     HK_OK);
    assert_int_equal(turns_n, 3);
    turn_is(0, LISTEN_LISTENER, "a", 12);
    turn_is(1, LISTEN_LISTENER, "", LISTEN_NO_TIME);
    turn_is(2, LISTEN_SPEAKER, "b", LISTEN_NO_TIME);
}

static void a_full_arena_is_an_error_and_no_crash(void **state)
{
    const char *text = "Listener: How are you?\nAda: Bad.\nand worse\nListener: x\nListener: y\n";
    for (uint64_t n = 1;; n++) {
        hk_arena_clear(&arena);
        arena.count = 0;
        arena.fail_at = n;
        if (read_for(text, NULL) == HK_OK)
            break;
        assert_true(n < 100);
    }
    arena.fail_at = 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_cannot_be_read_names_its_line_and_what_was_expected),
        T(who_listened_must_be_evident_or_said),
        T(plain_text_joins_what_one_person_says_in_a_row),
        T(what_is_no_text_is_refused),
        T(webvtt_gives_voices_and_times),
        T(one_line_of_webvtt_can_hold_two_voices_and_signs_written_out),
        T(srt_gives_names_before_colons),
        T(whisper_with_speakers_is_read_and_its_segments_joined),
        T(our_json_keeps_every_turn_as_it_is),
        T(a_full_arena_is_an_error_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
