/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The account for a person: who held the floor, the moments with their words, the counts as ranges, how much
 * is unsure, and what the figures mean. No grade, no comparison with other people.
 */
#include "cli/listen/listen.h"

#define QUOTE_MAX      160 /* bytes of a turn that are quoted */
#define TURNS_FOR_TIME 10

/* The words of a turn, cut between words, without line ends or control bytes. */
static void quote(FILE *to, hk_slice text)
{
    size_t n = text.n;
    if (n > QUOTE_MAX) {
        n = QUOTE_MAX;
        while (n > 0 && text.p[n] != ' ')
            n--;
    }
    (void)fputs("     \"", to);
    for (size_t i = 0; i < n; i++)
        (void)fputc(text.p[i] < ' ' || text.p[i] == 0x7F ? ' ' : text.p[i], to);
    (void)fputs(n < text.n ? " ...\"\n" : "\"\n", to);
}

/* A count with its doubt: "7 to 11". Each turn is right or wrong on its own (a binomial's spread). */
static void count_line(FILE *to, const char *what, float expected, float doubt)
{
    float half = 1.645f * doubt;
    float low = expected - half, high = expected + half;
    int from = low > 0 ? (int)(low + 0.5f) : 0, until = (int)(high + 0.5f);
    if (from == until)
        (void)fprintf(to, "  %-26s about %d\n", what, from);
    else
        (void)fprintf(to, "  %-26s %d to %d\n", what, from, until);
}

static float root(float x)
{
    float y = x > 1 ? x : 1;
    for (int i = 0; i < 20 && x > 0; i++)
        y = 0.5f * (y + x / y);
    return x > 0 ? y : 0;
}

static void print_floor(FILE *to, size_t n, const listen_session *s)
{
    (void)fputs("Who held the floor\n", to);
    /* When a turn ended is known only from the next one's beginning: of a few turns that says nothing. */
    if (s->talk_share >= 0 && n >= TURNS_FOR_TIME)
        (void)fprintf(to, "  The listener spoke for about %d %% of the time, by when turns began.\n",
                      (int)(s->talk_share * 100 + 0.5f));
    if (s->word_share >= 0)
        (void)fprintf(to, "  %d %% of the words were the listener's. No share is right or wrong in itself.\n",
                      (int)(s->word_share * 100 + 0.5f));
    (void)fputc('\n', to);
}

static void print_counts(FILE *to, const listen_turn *turns, size_t n, const listen_code *codes,
                         const listen_session *s)
{
    float reflection = 0, question = 0, input = 0, unasked = 0;
    uint32_t unsure = 0;
    for (size_t i = 0; i < n; i++) {
        if (turns[i].who != LISTEN_LISTENER)
            continue;
        reflection += codes[i].reflection * (1 - codes[i].reflection);
        question += codes[i].question * (1 - codes[i].question);
        input += codes[i].input * (1 - codes[i].input);
        unasked += codes[i].unasked * (1 - codes[i].unasked);
        unsure += codes[i].unsure;
    }
    (void)fprintf(to, "What the %u listener turn%s did (ranges, because a model guesses)\n",
                  s->listener_turns, s->listener_turns == 1 ? "" : "s");
    count_line(to, "gave meaning back", s->reflections, root(reflection));
    count_line(to, "asked", s->questions, root(question));
    count_line(to, "brought in advice or facts", s->inputs, root(input));
    count_line(to, "  of these unasked", s->unasked, root(unasked));
    (void)fprintf(to, "  %-26s %u\n\n", "turns it is unsure of", unsure);
}

static void print_balance(FILE *to, const listen_session *s)
{
    (void)fputs("The balance between giving back and bringing in\n", to);
    if (s->too_short) {
        (void)fprintf(to, "  Too short to say: it takes %d listener turns.\n\n", LISTEN_TURNS_ENOUGH);
        return;
    }
    (void)fprintf(to, "  Between %+.2f and %+.2f (-1: only bringing in, +1: only giving back).\n\n",
                  (double)s->listening_balance_low, (double)s->listening_balance_high);
}

static void print_moments(FILE *to, const listen_turn *turns, const listen_session *s)
{
    (void)fputs("Moments worth a second look\n", to);
    if (s->moments_n == 0)
        (void)fputs("  None stood out.\n", to);
    for (uint32_t i = 0; i < s->moments_n; i++) {
        const listen_moment *m = &s->moments[i];
        (void)fprintf(to, "  %c turn %u: %s\n", listen_moment_is_strength(m->kind) ? '+' : '?', m->turn + 1,
                      listen_moment_why(m->kind));
        quote(to, turns[m->turn].text);
    }
    (void)fputc('\n', to);
}

void account_print(FILE *to, const listen_turn *turns, size_t n, const listen_code *codes,
                   const listen_session *s, bool has_model)
{
    print_floor(to, n, s);
    print_moments(to, turns, s);
    print_counts(to, turns, n, codes, s);
    print_balance(to, s);
    (void)fputs(
        "What this means\n"
        "  Only the one who spoke knows whether they felt heard; all of this is a proxy for asking them.\n"
        "  Trained people agree with each other on most of these codes, not on all, and so does this.\n"
        "  It is no grade, and it cannot tell who is in danger.\n",
        to);
    if (!has_model)
        (void)fputs("  No weights were loaded: rules and word lists answered, less well.\n", to);
}
