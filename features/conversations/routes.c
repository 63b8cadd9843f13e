/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/conversations/rows.h"

#define IN WIRE_SIGNED_IN
#define AT "/api/conversations/:conversation"

const wire_route CONVERSATIONS_ROUTES[] = {
    {"GET", "/api/conversations", IN, WIRE_READ, NULL, &CONVERSATIONS, list_conversations, "mine"},
    {"POST", "/api/conversations", IN, WIRE_WRITE, &COMMIT, &KEPT, begin_private, "begin one with oneself"},
    {"GET", AT "/log", IN, WIRE_READ, NULL, &LOG, read_log, "entries after a position"},
    {"POST", AT "/messages", IN, WIRE_WRITE, &MESSAGE, &KEPT, send_message, "append one sealed message"},
    {"DELETE", AT "/messages/:position", IN, WIRE_WRITE, NULL, NULL, delete_message,
     "take one's own words back"},
    {"POST", AT "/commits", IN, WIRE_WRITE, &COMMIT, &KEPT, commit_epoch, "a new epoch"},
    {"PUT", AT "/wraps", IN, WIRE_WRITE, &WRAP_AGAIN, NULL, wrap_again, "in place of a bad wrap"},
    {"POST", AT "/leave", IN, WIRE_WRITE, &LEAVE, NULL, leave, "leave"},
    {"PUT", AT "/receipt", IN, WIRE_WRITE, &RECEIPT, NULL, put_receipt, "what I have seen"},
};
const size_t CONVERSATIONS_ROUTE_COUNT = HK_COUNT(CONVERSATIONS_ROUTES);

const wire_message CONVERSATIONS_MESSAGES[] = {
    {"send", IN, WIRE_WRITE, &SEND, &KEPT, send_by_socket, "append one sealed message"},
    {"read", IN, WIRE_WRITE, &READ, &SHAPE_NOTHING, read_up_to, "I have read up to here"},
    {"typing", IN, WIRE_READ, &TYPING, &SHAPE_NOTHING, typing, "never stored"},
    {"ping", IN, WIRE_LOOP, &SHAPE_NOTHING, &PONG, ping, "still here"},
};
const size_t CONVERSATIONS_MESSAGE_COUNT = HK_COUNT(CONVERSATIONS_MESSAGES);
