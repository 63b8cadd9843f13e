/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the place has promised, as `hearken replay --ledger` wrote it down (cli/replay/ledger.h).
 */
#ifndef HK_JOURNEYS_CRASH_PROMISED_H
#define HK_JOURNEYS_CRASH_PROMISED_H

#include "base/ids.h"
#include "cli/replay/conversation.h"

#define PROMISED_TALKS_MAX 2000

typedef enum side { SPEAKER, LISTENER } side;

typedef struct promised_talk {
    conversation_id conversation;
    char client[80], listener[80]; /* handles */
    uint8_t r[32];                 /* the client's secret */
    const replay_conversation *what;
    size_t kept[2]; /* by side: the last acknowledged turn and all of that side's before it; turn + 1 */
    size_t acknowledged[2]; /* by side: turns for which an answer came */
} promised_talk;

typedef struct promised {
    promised_talk *talks;
    size_t count;
} promised;

/* talks: the lines that were replayed, by their id. A last line without its end is still being written and is
 * passed over. HK_BAD: not a ledger, or not of these talks. */
hk_err promised_read(const char *ledger_file, const replay_conversation *talks, size_t talk_count,
                     hk_arena *arena, promised *ret);

#endif
