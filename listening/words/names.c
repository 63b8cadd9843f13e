/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names of codes, moments and hints, as JSON carries them. The kind words for people live with the screens;
 * the plain sentences here are for the command line and for developers.
 */
#include "listening/listening.h"

const char *listen_main_name(listen_main m)
{
    switch (m) {
    case LISTEN_REFLECTION:
        return "reflection";
    case LISTEN_QUESTION:
        return "question";
    case LISTEN_INPUT:
        return "input";
    case LISTEN_OTHER:
        return "other";
    }
    return "other";
}

static const struct moment_words {
    const char *name, *why;
    bool strength;
} MOMENTS[] = {
    [LISTEN_MOMENT_REFLECTION] = {"reflection", "What the speaker meant came back in your words.", true},
    [LISTEN_MOMENT_OPENING] = {"opening", "An open question, and the speaker went on at length.", true},
    [LISTEN_MOMENT_VALIDATION] = {"validation", "This made room for what the speaker feels.", true},
    [LISTEN_MOMENT_ADVICE_UNASKED] = {"advice_unasked",
                                      "Advice or information that nobody had asked for yet.", false},
    [LISTEN_MOMENT_CLOSED_RUN] = {"closed_run", "One more closed question in a row of them.", false},
    [LISTEN_MOMENT_STACKED] = {"stacked_questions",
                               "Several questions at once: the speaker can answer only one.", false},
    [LISTEN_MOMENT_FEELING_PASSED] = {"feeling_passed",
                                      "The speaker named feelings here, and the answer went past them.",
                                      false},
    [LISTEN_MOMENT_AT_LEAST] = {"at_least", "A bright side was offered over something hard.", false},
    [LISTEN_MOMENT_OWN_STORY] = {"own_story", "Your own story took the floor for a while.", false},
};

static const struct moment_words *moment(listen_moment_kind kind)
{
    return (size_t)kind < HK_COUNT(MOMENTS) && MOMENTS[kind].name ? &MOMENTS[kind] : NULL;
}

const char *listen_moment_name(listen_moment_kind kind)
{
    return moment(kind) ? moment(kind)->name : "";
}

const char *listen_moment_why(listen_moment_kind kind)
{
    return moment(kind) ? moment(kind)->why : "";
}

bool listen_moment_is_strength(listen_moment_kind kind)
{
    return moment(kind) && moment(kind)->strength;
}

const char *listen_hint_name(listen_hint_kind kind)
{
    static const char *const NAMES[LISTEN_HINTS] = {"none",           "advice_unasked", "many_questions",
                                                    "closed_run",     "judging",        "parroting",
                                                    "feeling_passed", "at_least",       "own_story"};
    return (size_t)kind < LISTEN_HINTS ? NAMES[kind] : "none";
}
