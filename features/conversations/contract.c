/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/conversations/contract.h"

#include "features/place/place.h"
#include "vault/public.h"

static const char *const KIND_WORDS[] = {"pair", "group", "private", NULL};
static const char *const PART_WORDS[] = {"client", "listener", "supervisor", "relative", "interpreter", NULL};
static const char *const ENTRY_WORDS[] = {"message", "commit", "gone", NULL};

static const shape_member WRAP_MEMBERS[] = {
    SHAPE_ID(wrap_item, account, SHAPE_REQUIRED, "for whom"),
    SHAPE_BYTES(wrap_item, wrap, SHAPE_REQUIRED, VAULT_WRAP_BYTES, VAULT_WRAP_BYTES,
                "the epoch's key, sealed to them"),
};
const shape WRAP = SHAPE("Wrap", wrap_item, WRAP_MEMBERS, "an epoch key for one member");

static const shape_member MEMBER_MEMBERS[] = {
    SHAPE_ID(member_item, account, SHAPE_REQUIRED, "who"),
    SHAPE_CHOICE(member_item, role, SHAPE_REQUIRED, ROLE_WORDS, "what they do in this place"),
    SHAPE_CHOICE(member_item, part, SHAPE_REQUIRED, PART_WORDS, "their part in this conversation"),
    SHAPE_TEXT(member_item, name, SHAPE_OPTIONAL, 1, 60, "staff only: what they are called here"),
    SHAPE_BYTES(member_item, certificate, SHAPE_OPTIONAL, 1, VAULT_ROSTER_BYTES,
                "staff only: their roster certificate, by which a client knows them"),
    SHAPE_BOOL(member_item, disabled, SHAPE_OPTIONAL, "they may not come in any more"),
    SHAPE_BOOL(member_item, left, SHAPE_OPTIONAL, "they left: the next commit takes them out"),
    SHAPE_BOOL(member_item, new_key, SHAPE_OPTIONAL,
               "they have another identity key by now than stands here: a listener here may confirm it"),
};
static const shape MEMBER = SHAPE("Member", member_item, MEMBER_MEMBERS, "somebody in a conversation");

static const shape_member READ_ITEM_MEMBERS[] = {
    SHAPE_ID(read_item, account, SHAPE_REQUIRED, "who"),
    SHAPE_INT(read_item, position, SHAPE_REQUIRED, 0, HK_INT_MAX, "read up to here"),
};
static const shape READ_ITEM = SHAPE("ReadUpTo", read_item, READ_ITEM_MEMBERS, "how far somebody read");

static const shape_member MINE_MEMBERS[] = {
    SHAPE_INT(mine_item, read, SHAPE_REQUIRED, 0, HK_INT_MAX, "read up to here"),
};
static const shape MINE = SHAPE("MineInIt", mine_item, MINE_MEMBERS, "what is only yours in it");

static const shape_member RECEIPT_ITEM_MEMBERS[] = {
    SHAPE_ID(receipt_item, account, SHAPE_REQUIRED, "whose"),
    SHAPE_BYTES(receipt_item, receipt, SHAPE_REQUIRED, 1, CONV_RECEIPT_MAX, "sealed, type 3"),
};
static const shape RECEIPT_ITEM =
    SHAPE("KeptReceipt", receipt_item, RECEIPT_ITEM_MEMBERS, "what somebody says they have seen");

static const shape_member CONVERSATION_MEMBERS[] = {
    SHAPE_ID(conversation_item, conversation, SHAPE_REQUIRED, "which"),
    SHAPE_CHOICE(conversation_item, kind, SHAPE_REQUIRED, KIND_WORDS, "of how many"),
    SHAPE_INT(conversation_item, epoch, SHAPE_REQUIRED, 1, UINT32_MAX, "of the last commit"),
    SHAPE_INT(conversation_item, position, SHAPE_REQUIRED, 1, HK_INT_MAX, "of the newest entry"),
    SHAPE_HASH(conversation_item, head, SHAPE_REQUIRED, "H there"),
    SHAPE_INT(conversation_item, at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when it came"),
    SHAPE_LIST(conversation_item, members, SHAPE_REQUIRED, 0, VAULT_MEMBERS_MAX, &MEMBER, "who is in it"),
    SHAPE_LIST(conversation_item, read, SHAPE_REQUIRED, 0, VAULT_MEMBERS_MAX, &READ_ITEM, "of everybody"),
    SHAPE_LIST(conversation_item, receipts, SHAPE_REQUIRED, 0, VAULT_MEMBERS_MAX, &RECEIPT_ITEM,
               "of the others"),
    SHAPE_OBJECT(conversation_item, mine, SHAPE_REQUIRED, &MINE, "yours"),
    SHAPE_LIST(conversation_item, here, SHAPE_REQUIRED, 0, VAULT_MEMBERS_MAX, &SHAPE_ID_ITEM,
               "others who are connected now"),
};
static const shape CONVERSATION =
    SHAPE("Conversation", conversation_item, CONVERSATION_MEMBERS, "a conversation of yours");

static const shape_member CONVERSATIONS_MEMBERS[] = {
    SHAPE_LIST(conversations_body, conversations, SHAPE_REQUIRED, 0, CONV_SHOWN_MAX, &CONVERSATION,
               "newest first"),
};
const shape CONVERSATIONS = SHAPE("Conversations", conversations_body, CONVERSATIONS_MEMBERS, "yours");

static const shape_member ENTRY_MEMBERS[] = {
    SHAPE_ID(entry_item, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_INT(entry_item, position, SHAPE_REQUIRED, 1, HK_INT_MAX, "dense from 1"),
    SHAPE_CHOICE(entry_item, kind, SHAPE_REQUIRED, ENTRY_WORDS, "gone: deleted by its sender"),
    SHAPE_INT(entry_item, at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when it was stored, by the server's clock"),
    SHAPE_BYTES(entry_item, bytes, SHAPE_OPTIONAL, 1, VAULT_ENVELOPE_BYTES_MAX, "as they were sent"),
    SHAPE_BYTES(entry_item, wrap, SHAPE_OPTIONAL, VAULT_WRAP_BYTES, VAULT_WRAP_BYTES, "with a commit: yours"),
    SHAPE_HASH(entry_item, entry_hash, SHAPE_OPTIONAL, "instead of bytes that are gone"),
};
const shape ENTRY = SHAPE("Entry", entry_item, ENTRY_MEMBERS, "one entry of the log");

static const shape_member LOG_MEMBERS[] = {
    SHAPE_LIST(log_body, entries, SHAPE_REQUIRED, 0, CONV_LOG_COUNT_MAX, &ENTRY, "in order"),
    SHAPE_INT(log_body, position, SHAPE_REQUIRED, 1, HK_INT_MAX, "of the newest entry"),
    SHAPE_HASH(log_body, head, SHAPE_REQUIRED, "H there"),
    SHAPE_INT(log_body, gone, SHAPE_REQUIRED, 0, HK_INT_MAX, "how many entries up to `after` were deleted"),
};
const shape LOG = SHAPE("Log", log_body, LOG_MEMBERS, "a piece of the log");

static const shape_member MESSAGE_MEMBERS[] = {
    SHAPE_BYTES(message_body, envelope, SHAPE_REQUIRED, 1, VAULT_ENVELOPE_BYTES_MAX, "a sealed message"),
};
const shape MESSAGE = SHAPE("NewMessage", message_body, MESSAGE_MEMBERS, "append one sealed message");

static const shape_member SEND_MEMBERS[] = {
    SHAPE_ID(send_body, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_BYTES(send_body, envelope, SHAPE_REQUIRED, 1, VAULT_ENVELOPE_BYTES_MAX, "a sealed message"),
};
const shape SEND = SHAPE("Send", send_body, SEND_MEMBERS, "append one sealed message");

static const shape_member COMMIT_MEMBERS[] = {
    SHAPE_BYTES(commit_body, commit, SHAPE_REQUIRED, 1, VAULT_COMMIT_BYTES_MAX,
                "a signed commit and its note"),
    SHAPE_LIST(commit_body, wraps, SHAPE_REQUIRED, 1, VAULT_MEMBERS_MAX, &WRAP, "one for each member"),
};
const shape COMMIT = SHAPE("NewCommit", commit_body, COMMIT_MEMBERS, "a new epoch");

static const shape_member KEPT_MEMBERS[] = {
    SHAPE_INT(kept_body, position, SHAPE_REQUIRED, 1, HK_INT_MAX, "where it stands"),
    SHAPE_INT(kept_body, at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "since when"),
    SHAPE_BOOL(kept_body, again, SHAPE_REQUIRED, "it was there before"),
};
const shape KEPT = SHAPE("Kept", kept_body, KEPT_MEMBERS, "it is on the disk");

static const shape_member WRAP_AGAIN_MEMBERS[] = {
    SHAPE_INT(wrap_again_body, epoch, SHAPE_REQUIRED, 1, UINT32_MAX, "of the key"),
    SHAPE_ID(wrap_again_body, account, SHAPE_REQUIRED, "for whom"),
    SHAPE_BYTES(wrap_again_body, wrap, SHAPE_REQUIRED, VAULT_WRAP_BYTES, VAULT_WRAP_BYTES, "a good one"),
};
const shape WRAP_AGAIN = SHAPE("WrapAgain", wrap_again_body, WRAP_AGAIN_MEMBERS, "in place of a bad wrap");

static const shape_member LEAVE_MEMBERS[] = {
    SHAPE_BYTES(leave_body, leave, SHAPE_REQUIRED, VAULT_LEAVE_BYTES, VAULT_LEAVE_BYTES, "signed"),
};
const shape LEAVE = SHAPE("Leave", leave_body, LEAVE_MEMBERS, "I leave");

static const shape_member RECEIPT_MEMBERS[] = {
    SHAPE_BYTES(receipt_body, receipt, SHAPE_REQUIRED, 1, CONV_RECEIPT_MAX, "sealed, type 3"),
};
const shape RECEIPT = SHAPE("NewReceipt", receipt_body, RECEIPT_MEMBERS, "what I have seen");

static const shape_member READ_MEMBERS[] = {
    SHAPE_ID(read_body, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_INT(read_body, position, SHAPE_REQUIRED, 0, HK_INT_MAX, "up to here"),
};
const shape READ = SHAPE("Read", read_body, READ_MEMBERS, "I have read up to here");

static const shape_member TYPING_MEMBERS[] = {
    SHAPE_ID(typing_body, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_BOOL(typing_body, typing, SHAPE_REQUIRED, "or stopped"),
};
const shape TYPING = SHAPE("Typing", typing_body, TYPING_MEMBERS, "never stored");

static const shape_member PONG_MEMBERS[] = {
    SHAPE_INT(pong_body, now_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "the server's clock"),
};
const shape PONG = SHAPE("Pong", pong_body, PONG_MEMBERS, "still here");

static const shape_member HELLO_MEMBERS[] = {
    SHAPE_ID(hello_told, account, SHAPE_REQUIRED, "who you are"),
    SHAPE_INT(hello_told, place_epoch, SHAPE_REQUIRED, 0, HK_INT_MAX, "changes when the place was restored"),
    SHAPE_INT(hello_told, now_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "the server's clock"),
};
const shape HELLO_TOLD = SHAPE("Hello", hello_told, HELLO_MEMBERS, "told as `hello`, first of all");

static const shape_member READ_TOLD_MEMBERS[] = {
    SHAPE_ID(read_told, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_ID(read_told, account, SHAPE_REQUIRED, "who"),
    SHAPE_INT(read_told, position, SHAPE_REQUIRED, 0, HK_INT_MAX, "up to here"),
};
const shape READ_TOLD = SHAPE("ReadNews", read_told, READ_TOLD_MEMBERS, "told as `read`");

static const shape_member TYPING_TOLD_MEMBERS[] = {
    SHAPE_ID(typing_told, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_ID(typing_told, account, SHAPE_REQUIRED, "who"),
    SHAPE_BOOL(typing_told, typing, SHAPE_REQUIRED, "or stopped"),
};
const shape TYPING_TOLD = SHAPE("TypingNews", typing_told, TYPING_TOLD_MEMBERS, "told as `typing`");

static const shape_member PRESENCE_MEMBERS[] = {
    SHAPE_ID(presence_told, account, SHAPE_REQUIRED, "who"),
    SHAPE_BOOL(presence_told, here, SHAPE_REQUIRED, "or gone"),
};
const shape PRESENCE_TOLD = SHAPE("PresenceNews", presence_told, PRESENCE_MEMBERS, "told as `presence`");

static const shape_member OUTSIDE_MEMBERS[] = {
    SHAPE_ID(outside_told, conversation, SHAPE_REQUIRED, "it goes on without you"),
};
const shape OUTSIDE_TOLD = SHAPE("OutsideNews", outside_told, OUTSIDE_MEMBERS, "told as `outside`");

static const shape_member NEW_KEY_MEMBERS[] = {
    SHAPE_ID(new_key_told, account, SHAPE_REQUIRED, "they have another key than before"),
};
const shape NEW_KEY_TOLD = SHAPE("NewKeyNews", new_key_told, NEW_KEY_MEMBERS, "told as `new_key`");

static const shape_member MEMBER_TOLD_MEMBERS[] = {
    SHAPE_ID(member_told, account, SHAPE_REQUIRED, "they left, may not come in any more, or may again"),
};
const shape MEMBER_TOLD = SHAPE("MemberNews", member_told, MEMBER_TOLD_MEMBERS, "told as `member`");

const shape *const CONVERSATIONS_SHAPES[] = {
    &CONVERSATIONS, &LOG,         &MESSAGE,       &SEND,         &COMMIT,       &KEPT,        &WRAP_AGAIN,
    &LEAVE,         &RECEIPT,     &READ,          &TYPING,       &PONG,         &ENTRY,       &HELLO_TOLD,
    &READ_TOLD,     &TYPING_TOLD, &PRESENCE_TOLD, &OUTSIDE_TOLD, &NEW_KEY_TOLD, &MEMBER_TOLD, NULL};
