/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations to replay, one JSON object a line: {"id": text, "turns": [{"who": "listener"|"speaker",
 * "text": text},
 * ...]}. Other members (codes, times) are passed over. Everything is bounded; a line that is wrong is named
 * by its number and what was expected there, and nothing of the file is used.
 */
#ifndef HK_CLI_REPLAY_CONVERSATION_H
#define HK_CLI_REPLAY_CONVERSATION_H

#include <stdio.h>

#include "base/arena.h"

#define REPLAY_LINE_MAX_BYTES ((size_t)4 << 20)
#define REPLAY_FILE_MAX_BYTES ((size_t)256 << 20)
#define REPLAY_TURNS_MAX      20000
#define REPLAY_TEXT_MAX_BYTES 16000 /* a message's body holds 16,383 bytes with its own head */

typedef struct replay_turn {
    bool by_listener;
    hk_slice text;
} replay_turn;

typedef struct replay_conversation {
    hk_slice id;
    replay_turn *turns;
    size_t turn_count;
} replay_conversation;

typedef struct replay_problem {
    size_t line; /* from 1; 0: the whole file */
    const char *expected;
} replay_problem;

/* One line without its newline. Slices live in the arena. HK_BAD with *problem (its line untouched). */
hk_err replay_parse_line(hk_slice line, hk_arena *arena, replay_conversation *ret, replay_problem *problem);
/* The whole file. Empty lines are passed over; a file without a conversation is HK_BAD. */
hk_err replay_read(FILE *from, hk_arena *arena, replay_conversation **ret, size_t *ret_count,
                   replay_problem *problem);

#endif
