/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/requests/contract.h"

#include "features/requests/requests.h"
#include "vault/public.h"

static const char *const STATE_WORDS[] = {"waiting", "accepted", "withdrawn", "expired", NULL};

static const shape_member ASK_MEMBERS[] = {
    SHAPE_BYTES(ask_body, first_words, SHAPE_REQUIRED, 1, VAULT_FIRST_BYTES_MAX, "sealed to the team's key"),
    SHAPE_OBJECT_IF(ask_body, invitation, invited, &INVITATION_USE, "then only the inviter hears of it"),
};
const shape ASK = SHAPE("Ask", ask_body, ASK_MEMBERS, "somebody would like to be heard");

static const shape_member REQUEST_MEMBERS[] = {
    SHAPE_ID(request_body, conversation, SHAPE_REQUIRED, "the conversation to be"),
    SHAPE_CHOICE(request_body, state, SHAPE_REQUIRED, STATE_WORDS, "how it stands"),
    SHAPE_INT(request_body, made_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when you asked"),
    SHAPE_INT(request_body, promise_by_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "somebody answers by then"),
    SHAPE_INT(request_body, ahead, SHAPE_REQUIRED, 0, HK_INT_MAX, "how many asked before you and still wait"),
    SHAPE_ID(request_body, owner, SHAPE_OPTIONAL, "who is looking after it"),
    SHAPE_TEXT(request_body, owner_name, SHAPE_OPTIONAL, 1, 60, "what they are called"),
    SHAPE_INT(request_body, offered_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "since when it is theirs"),
    SHAPE_INT(request_body, expires_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "the words are destroyed then"),
};
const shape REQUEST = SHAPE("Request", request_body, REQUEST_MEMBERS, "one asking to be heard");

static const shape_member MINE_MEMBERS[] = {
    SHAPE_LIST(my_requests_body, requests, SHAPE_REQUIRED, 0, REQUESTS_MINE_MAX, &REQUEST, "newest first"),
};
const shape MY_REQUESTS = SHAPE("MyRequests", my_requests_body, MINE_MEMBERS, "what I asked");

static const shape_member WAITING_ITEM_MEMBERS[] = {
    SHAPE_ID(waiting_item, conversation, SHAPE_REQUIRED, "the conversation to be"),
    SHAPE_ID(waiting_item, client, SHAPE_REQUIRED, "who asks"),
    SHAPE_HASH(waiting_item, ik, SHAPE_REQUIRED, "their identity key"),
    SHAPE_HASH(waiting_item, ek, SHAPE_REQUIRED, "their sealing key"),
    SHAPE_BYTES(waiting_item, first_words, SHAPE_REQUIRED, 1, VAULT_FIRST_BYTES_MAX,
                "sealed to the team's key"),
    SHAPE_INT(waiting_item, made_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when they asked"),
    SHAPE_INT(waiting_item, promise_by_ms, SHAPE_REQUIRED, 0, HK_INT_MAX,
              "they were promised an answer by then"),
    SHAPE_ID(waiting_item, owner, SHAPE_OPTIONAL, "who is looking after it"),
    SHAPE_INT(waiting_item, offered_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "since when"),
    SHAPE_INT(waiting_item, passed, SHAPE_REQUIRED, 0, HK_INT_MAX, "how many passed it on"),
    SHAPE_BOOL(waiting_item, for_me, SHAPE_REQUIRED, "you look after it, or you invited them"),
};
static const shape WAITING_ITEM =
    SHAPE("WaitingRequest", waiting_item, WAITING_ITEM_MEMBERS, "somebody waits");

static const shape_member WAITING_MEMBERS[] = {
    SHAPE_LIST(waiting_body, requests, SHAPE_REQUIRED, 0, REQUESTS_SHOWN_MAX, &WAITING_ITEM, "oldest first"),
};
const shape WAITING = SHAPE("Waiting", waiting_body, WAITING_MEMBERS, "who waits now");

static const shape_member ACCEPT_MEMBERS[] = {
    SHAPE_BYTES(accept_body, commit, SHAPE_REQUIRED, 1, VAULT_COMMIT_BYTES_MAX,
                "the first commit, note included"),
    SHAPE_LIST(accept_body, wraps, SHAPE_REQUIRED, 1, VAULT_MEMBERS_MAX, &WRAP, "one for each member"),
};
const shape ACCEPT = SHAPE("Accept", accept_body, ACCEPT_MEMBERS, "opening the door");

static const shape_member ACCEPTED_MEMBERS[] = {
    SHAPE_INT(accepted_body, position, SHAPE_REQUIRED, 1, HK_INT_MAX, "of the commit"),
    SHAPE_INT(accepted_body, at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when"),
};
const shape ACCEPTED = SHAPE("Accepted", accepted_body, ACCEPTED_MEMBERS, "the door is open");

static const shape_member TOLD_MEMBERS[] = {
    SHAPE_ID(request_told, conversation, SHAPE_REQUIRED, "which"),
    SHAPE_CHOICE(request_told, state, SHAPE_REQUIRED, STATE_WORDS, "how it stands now"),
};
const shape REQUEST_TOLD = SHAPE("RequestNews", request_told, TOLD_MEMBERS, "told as `request`");

const shape *const REQUESTS_SHAPES[] = {&ASK,    &REQUEST,  &MY_REQUESTS,  &WAITING,
                                        &ACCEPT, &ACCEPTED, &REQUEST_TOLD, NULL};
