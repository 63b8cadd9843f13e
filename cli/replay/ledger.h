/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a replay was promised, written down as it happens, for a judge on another device: who talks in which
 * conversation, and which turns the place has acknowledged. Each line stands in the file before the next
 * answer is looked at.
 *
 *     talk CONVERSATION CLIENT R LISTENER ID      ID of the line in the replayed file; R: the client's secret
 *     kept CONVERSATION TURN                      turn of that line, from 0
 *
 * The file opens the replayed clients' accounts: it is made anew, readable by nobody else.
 */
#ifndef HK_CLI_REPLAY_LEDGER_H
#define HK_CLI_REPLAY_LEDGER_H

#include "cli/device/device.h"
#include "cli/replay/conversation.h"

typedef struct ledger ledger;

/* HK_STORE: the file cannot be made (errno says why). */
hk_err ledger_open(const char *path, ledger **ret);
/* HK_STORE: not everything could be written. NULL is fine, here and below: nothing is written down. */
hk_err ledger_close(ledger *l);
void ledger_talk(ledger *l, const conversation_id *conversation, const device *client, const device *listener,
                 const replay_conversation *what);
void ledger_kept(ledger *l, const conversation_id *conversation, size_t turn);

#endif
