/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Transcripts as people have them: WebVTT with voices, SRT, whisper-style JSON, plain "A: / B:" text and our
 * own JSON. Each reader fills one list of utterances, or names the line where it stopped and what it
 * expected.
 */
#ifndef HK_CLI_LISTEN_TRANSCRIPT_H
#define HK_CLI_LISTEN_TRANSCRIPT_H

#include "base/arena.h"
#include "listening/listening.h"

#define TRANSCRIPT_BYTES_MAX ((size_t)64 * 1024 * 1024) /* a file: a day of talk is about one */
#define TRANSCRIPT_ARENA_MAX ((size_t)256 * 1024 * 1024)

typedef struct utterance {
    hk_slice name; /* who, as written */
    hk_slice text;
    int64_t start_ms;
} utterance;

typedef struct transcript {
    hk_arena *arena; /* owns texts and lists */
    utterance *list;
    size_t n, cap;
    bool who_is_known; /* our JSON: names are "listener" and "speaker", and turns stay as they are */
} transcript;

/* Where reading stopped: a line, and in JSON the number of the turn or segment; neither means the file as a
 * whole. `expected` is a fixed phrase, never content. */
typedef struct transcript_problem {
    size_t line;
    const char *expected;
    size_t turn;
} transcript_problem;

typedef enum transcript_format {
    FORMAT_JSON,
    FORMAT_CUES, /* WebVTT and SRT */
    FORMAT_PLAIN,
} transcript_format;

/* By what the text begins with. */
transcript_format transcript_guess(hk_slice text);

/* HK_BAD fills ret_problem; HK_NO_MEMORY. The transcript borrows text and the arena. */
hk_err transcript_read(hk_slice text, hk_arena *arena, transcript *ret, transcript_problem *ret_problem);

/* Turns from utterances: neighbours of one person become one turn. listener is a name as written (case does
 * not matter) or empty: then "listener", "therapist", "counsellor" and their like are looked for.
 * HK_BAD: ret_problem says what would make it evident. */
hk_err transcript_turns(const transcript *t, hk_slice listener, listen_turn **ret, size_t *ret_n,
                        transcript_problem *ret_problem);

/* For the readers. */
hk_err transcript_read_json(hk_slice text, transcript *t, transcript_problem *p);
hk_err transcript_read_cues(hk_slice text, transcript *t, transcript_problem *p);
hk_err transcript_read_plain(hk_slice text, transcript *t, transcript_problem *p);
hk_err transcript_add(transcript *t, utterance u);
hk_slice transcript_trim(hk_slice s); /* without blanks, tabs and line ends around */
/* "Ada: words" -> the name, and the words in ret_rest; empty when the line does not begin with a name. */
hk_slice transcript_name(hk_slice line, hk_slice *ret_rest);
/* a, a blank, b, in the arena. */
hk_err transcript_join(hk_arena *arena, hk_slice a, hk_slice b, hk_slice *ret);

#endif
