/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/returns/contract.h"

#include "features/place/place.h"
#include "vault/public.h"

static const char *const STATE_WORDS[] = {"offered", "met", "different", "stopped", "done", NULL};

static const shape_member CODE_MEMBERS[] = {
    SHAPE_TEXT(return_code_body, code, SHAPE_REQUIRED, RETURN_CODE_DIGITS, RETURN_CODE_DIGITS,
               "nine digits, to be said by voice"),
    SHAPE_INT(return_code_body, expires_ms, SHAPE_REQUIRED, 1, HK_INT_MAX, "good until then, once"),
};
const shape RETURN_CODE =
    SHAPE("ReturnCode", return_code_body, CODE_MEMBERS, "shown to the listener only now");

static const shape_member SEEN_MEMBERS[] = {
    SHAPE_CHOICE(return_seen_body, state, SHAPE_REQUIRED, STATE_WORDS, "how it stands"),
    SHAPE_INT(return_seen_body, expires_ms, SHAPE_REQUIRED, 1, HK_INT_MAX, "over then"),
    SHAPE_ID(return_seen_body, client, SHAPE_REQUIRED, "whose keys are lost"),
    SHAPE_HASH(return_seen_body, ik, SHAPE_OPTIONAL, "the new identity key"),
    SHAPE_HASH(return_seen_body, ek, SHAPE_OPTIONAL, "the new sealing key"),
    SHAPE_INT(return_seen_body, ek_serial, SHAPE_OPTIONAL, 1, UINT32_MAX, "its serial"),
    SHAPE_BYTES(return_seen_body, ek_certificate, SHAPE_OPTIONAL, 64, 64, "its certificate"),
    SHAPE_BYTES(return_seen_body, promise, SHAPE_OPTIONAL, 32, 32, "spoken check: what you sent"),
    SHAPE_BYTES(return_seen_body, answer, SHAPE_OPTIONAL, 32, 32, "spoken check: what they answered"),
    SHAPE_BOOL(return_seen_body, same, SHAPE_REQUIRED, "they say the words are the same"),
};
const shape RETURN_SEEN =
    SHAPE("ReturnSeen", return_seen_body, SEEN_MEMBERS, "somebody comes back: the listener's view");

static const shape_member STEP_MEMBERS[] = {
    SHAPE_BYTES(return_step_body, promise, SHAPE_OPTIONAL, 32, 32, "the listener first"),
    SHAPE_BYTES(return_step_body, answer, SHAPE_OPTIONAL, 32, 32, "then whoever comes back"),
    SHAPE_BYTES(return_step_body, reveal, SHAPE_OPTIONAL, 32, 32, "then the listener"),
};
const shape RETURN_STEP =
    SHAPE("ReturnStep", return_step_body, STEP_MEMBERS, "exactly one: each counts once");

static const shape_member SAID_MEMBERS[] = {
    SHAPE_BOOL(return_said_body, same, SHAPE_REQUIRED, "false ends it, and nothing happens"),
};
const shape RETURN_SAID = SHAPE("ReturnSaid", return_said_body, SAID_MEMBERS, "are the four words the same?");

static const shape_member OLDER_MEMBERS[] = {
    SHAPE_INT(older_wrap, epoch, SHAPE_REQUIRED, 1, UINT32_MAX, "of the key"),
    SHAPE_BYTES(older_wrap, wrap, SHAPE_REQUIRED, VAULT_WRAP_BYTES, VAULT_WRAP_BYTES,
                "for the client's new key"),
};
static const shape OLDER = SHAPE("OlderWrap", older_wrap, OLDER_MEMBERS, "an earlier epoch's key, passed on");

static const shape_member CONFIRM_MEMBERS[] = {
    SHAPE_BYTES(return_confirm_body, commit, SHAPE_REQUIRED, 1, VAULT_COMMIT_BYTES_MAX,
                "REPLACE, by the listener"),
    SHAPE_LIST(return_confirm_body, wraps, SHAPE_REQUIRED, 1, VAULT_MEMBERS_MAX, &WRAP,
               "one for each member"),
    SHAPE_LIST(return_confirm_body, older, SHAPE_REQUIRED, 0, RETURN_PASSED_ON_MAX, &OLDER, "ascending"),
};
const shape RETURN_CONFIRM =
    SHAPE("ReturnConfirm", return_confirm_body, CONFIRM_MEMBERS, "the new keys are theirs");

static const shape_member COME_MEMBERS[] = {
    SHAPE_TEXT(return_come_body, code, SHAPE_REQUIRED, RETURN_CODE_DIGITS, RETURN_CODE_DIGITS, "nine digits"),
};
const shape RETURN_COME =
    SHAPE("ReturnCome", return_come_body, COME_MEMBERS, "the code that a listener said");

#define CHECKER                                                                                              \
    SHAPE_ID(return_door_body, conversation, SHAPE_REQUIRED, "where the keys will stand"),                   \
        SHAPE_ID(return_door_body, listener, SHAPE_REQUIRED, "who checks"),                                  \
        SHAPE_TEXT(return_door_body, listener_name, SHAPE_REQUIRED, 1, 60, "what they are called"),          \
        SHAPE_CHOICE(return_door_body, listener_role, SHAPE_REQUIRED, ROLE_WORDS, "what they do here"),      \
        SHAPE_HASH(return_door_body, listener_ik, SHAPE_REQUIRED,                                            \
                   "their identity key: checked by the words"),                                              \
        SHAPE_HASH(return_door_body, listener_ek, SHAPE_REQUIRED, "their sealing key"),                      \
        SHAPE_INT(return_door_body, listener_ek_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "its serial"),        \
        SHAPE_BYTES(return_door_body, listener_ek_certificate, SHAPE_REQUIRED, 64, 64, "its certificate")

static const shape_member DOOR_MEMBERS[] = {
    SHAPE_ID(return_door_body, account, SHAPE_REQUIRED, "make keys for this account"),
    SHAPE_TEXT(return_door_body, handle, SHAPE_REQUIRED, 1, 64, "the new sign-in name"),
    SHAPE_BYTES(return_door_body, challenge, SHAPE_REQUIRED, 32, 32, "to be signed by the new login key"),
    SHAPE_INT(return_door_body, ek_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "of the new sealing key"),
    SHAPE_INT(return_door_body, record_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "of the new unlock record"),
    CHECKER,
};
const shape RETURN_DOOR = SHAPE("ReturnDoor", return_door_body, DOOR_MEMBERS, "what new keys are made for");

static const shape_member MEETING_MEMBERS[] = {CHECKER};
const shape RETURN_MEETING =
    SHAPE("ReturnMeeting", return_door_body, MEETING_MEMBERS, "who checks the keys that the account has");

static const shape_member GOING_MEMBERS[] = {
    SHAPE_CHOICE(return_going_body, state, SHAPE_REQUIRED, STATE_WORDS, "how it stands"),
    SHAPE_BYTES(return_going_body, promise, SHAPE_OPTIONAL, 32, 32, "from the listener, first"),
    SHAPE_BYTES(return_going_body, reveal, SHAPE_OPTIONAL, 32, 32, "from the listener, last"),
};
const shape RETURN_GOING = SHAPE("ReturnGoing", return_going_body, GOING_MEMBERS, "how it goes");

static const shape_member OF_ME_MEMBERS[] = {
    SHAPE_BOOL(return_of_me_body, going_on, SHAPE_REQUIRED,
               "somebody says they are you and have lost their keys"),
    SHAPE_TEXT(return_of_me_body, listener_name, SHAPE_OPTIONAL, 1, 60, "who would check"),
    SHAPE_INT(return_of_me_body, made_ms, SHAPE_OPTIONAL, 0, HK_INT_MAX, "since when"),
};
const shape RETURN_OF_ME =
    SHAPE("ReturnOfMe", return_of_me_body, OF_ME_MEMBERS, "is my place being taken over?");

static const shape_member TOLD_MEMBERS[] = {
    SHAPE_ID(return_told, conversation, SHAPE_REQUIRED, "where"),
    SHAPE_CHOICE(return_told, state, SHAPE_REQUIRED, STATE_WORDS, "how it stands"),
};
const shape RETURN_TOLD = SHAPE("ReturnNews", return_told, TOLD_MEMBERS,
                                "told as `return`, to the listener and the account's devices");

const shape *const RETURNS_SHAPES[] = {&RETURN_CODE,    &RETURN_SEEN,  &RETURN_STEP, &RETURN_SAID,
                                       &RETURN_CONFIRM, &RETURN_COME,  &RETURN_DOOR, &RETURN_MEETING,
                                       &RETURN_GOING,   &RETURN_OF_ME, &RETURN_TOLD, NULL};
