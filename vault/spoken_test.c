/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The words two people read to each other: 2,048 of them, in order, short, and no two that a bad line turns
 * into each other by one letter.
 */
#include "vault/stage_test.h"

#include <ctype.h>
#include <stdio.h>

#define WORDS 2048

static const char *PATH;
static char WORD[WORDS + 1][16];

static void read_words(void)
{
    FILE *f = fopen(PATH, "r");
    size_t n = 0;
    assert_non_null(f);
    while (n <= WORDS && fgets(WORD[n], sizeof WORD[n], f)) {
        WORD[n][strcspn(WORD[n], "\n")] = 0;
        WORD[n][0] = (char)tolower((unsigned char)WORD[n][0]); /* nouns of German */
        n++;
    }
    (void)fclose(f); /* it was only read */
    assert_int_equal(n, WORDS);
}

/* Do they differ by at most one letter changed, left out or put in? */
static bool near(const char *one, const char *two)
{
    size_t n = strlen(one), m = strlen(two), same = 0;
    if (n > m)
        return near(two, one);
    if (m - n > 1)
        return false;
    while (one[same] && one[same] == two[same])
        same++;
    return strcmp(one + same + (n == m && one[same]), two + same + (two[same] != 0)) == 0;
}

static void there_are_2048_plain_words_in_order_and_no_two_are_near(void **state)
{
    read_words();
    assert_true(near("bear", "pear") && near("car", "cart") && near("cart", "car") &&
                !near("bear", "boar s"));
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = strlen(WORD[i]);
        assert_true(n >= 3 && n <= 10 && strspn(WORD[i], "abcdefghijklmnopqrstuvwxyz") == n);
        assert_true(i == 0 || strcmp(WORD[i - 1], WORD[i]) < 0);
        for (size_t j = 0; j < i; j++)
            if (near(WORD[i], WORD[j]))
                fail_msg("%s is near %s", WORD[i], WORD[j]);
    }
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    PATH = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_2048_plain_words_in_order_and_no_two_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
