/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "listening/words/text.h"

static text_tokens t;

/* The words of text, joined by blanks. */
static const char *words(const char *text)
{
    static char out[TEXT_CHARS_MAX + TEXT_TOKENS_MAX + 1];
    size_t n = 0;
    text_read(hk_slice_z(text), &t);
    for (uint32_t i = 0; i < t.n; i++) {
        if (i)
            out[n++] = ' ';
        memcpy(out + n, t.chars + t.token[i].at, t.token[i].n);
        n += t.token[i].n;
    }
    out[n] = 0;
    return out;
}

static void bytes_that_are_no_text_are_skipped(void **state)
{
    assert_string_equal(words("so \xFF\xC0\x80 sad\xE2\x80"), "so sad");
    text_read((hk_slice){0}, &t);
    assert_int_equal(t.n, 0);
}

static void more_words_than_fit_are_left_unread(void **state)
{
    static char text[TEXT_TOKENS_MAX * 4];
    for (size_t i = 0; i < sizeof text; i += 4)
        memcpy(text + i, i % 8 ? "abc " : "xyz ", 4);
    text_read(hk_slice_of(text, sizeof text), &t);
    assert_int_equal(t.n, TEXT_TOKENS_MAX);
    static char long_words[TEXT_TOKENS_MAX * 40];
    for (size_t i = 0; i < sizeof long_words; i++)
        long_words[i] = i % 40 == 39 ? ' ' : (char)('a' + (i * 7 + i / 40) % 26);
    text_read(hk_slice_of(long_words, sizeof long_words), &t);
    assert_true(t.chars_n <= TEXT_CHARS_MAX);
    assert_int_equal(t.token[0].n, TEXT_WORD_MAX);
}

static void however_it_was_written_down_the_words_are_the_same(void **state)
{
    assert_string_equal(words("You're not okay, I don't think so."), "you are not ok i do not think so");
    assert_string_equal(words("youre not ok i dont think so"), "you are not ok i do not think so");
    assert_string_equal(words("YOU\xE2\x80\x99RE not OK"), "you are not ok");
    assert_string_equal(words("Um, I'm- I- I'm gonna, uh, go"), "i am i am going to go");
    assert_string_equal(words("Mm-hmm. mhm mm hmm"), "mhm mhm");
    assert_string_equal(words("[laughs] it's <unk> 25 years, 30%"), "it s # years #");
    assert_string_equal(words("C\xC3\x89LINE's caf\xC3\xA9"), "c\xC3\xA9line s caf\xC3\xA9");
}

static void marks_stand_beside_their_word_and_not_between(void **state)
{
    (void)words("Why? You left.");
    assert_int_equal(t.token[0].after, TEXT_ASKS);
    assert_int_equal(t.token[2].after, TEXT_STOPS);
    assert_int_equal(t.token[1].source, 5);
}

static void stems_join_the_forms_of_a_word(void **state)
{
    static const char *const SAME[][2] = {{"worries", "worry"}, {"worried", "worry"}, {"smoking", "smoke"},
                                          {"stopped", "stop"},  {"wishes", "wish"},   {"bills", "bill"},
                                          {"sadly", "sad"}};
    for (size_t i = 0; i < HK_COUNT(SAME); i++)
        assert_int_equal(text_stem(SAME[i][0], strlen(SAME[i][0])),
                         text_stem(SAME[i][1], strlen(SAME[i][1])));
    assert_int_not_equal(text_stem("sing", 4), text_stem("s", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_text_are_skipped),
        cmocka_unit_test(more_words_than_fit_are_left_unread),
        cmocka_unit_test(however_it_was_written_down_the_words_are_the_same),
        cmocka_unit_test(marks_stand_beside_their_word_and_not_between),
        cmocka_unit_test(stems_join_the_forms_of_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
