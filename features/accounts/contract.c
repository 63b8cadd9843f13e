/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/accounts/contract.h"

#include "features/place/place.h"
#include "vault/public.h"

const char *const RECORD_KIND_WORDS[] = {"password", "recovery", "passkey", "device", NULL};

static const shape_member ARRIVAL_MEMBERS[] = {
    SHAPE_ID(arrival_body, account, SHAPE_REQUIRED, "the account to be"),
    SHAPE_TEXT(arrival_body, handle, SHAPE_REQUIRED, 1, ACCOUNT_HANDLE_MAX, "to sign in with, made here"),
    SHAPE_BYTES(arrival_body, challenge, SHAPE_REQUIRED, 32, 32, "to be signed by the new login key"),
};
const shape ARRIVAL = SHAPE("Arrival", arrival_body, ARRIVAL_MEMBERS, "a door held open for 30 minutes");

static const shape_member RECORD_MEMBERS[] = {
    SHAPE_CHOICE(record_body, kind, SHAPE_REQUIRED, RECORD_KIND_WORDS, "which secret opens it"),
    SHAPE_BYTES(record_body, record, SHAPE_REQUIRED, 1, ACCOUNT_RECORD_MAX,
                "unlock record (vault/FORMAT.md)"),
    SHAPE_HASH(record_body, login_key, SHAPE_REQUIRED, "Ed25519, public half"),
};
static const shape RECORD = SHAPE("UnlockRecord", record_body, RECORD_MEMBERS, "one way to open the account");

static const shape_member NEW_ACCOUNT_MEMBERS[] = {
    SHAPE_HASH(new_account_body, ik, SHAPE_REQUIRED, "identity key, Ed25519"),
    SHAPE_HASH(new_account_body, ek, SHAPE_REQUIRED, "key that epochs are sealed to, X25519"),
    SHAPE_INT(new_account_body, ek_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "grows with every new ek"),
    SHAPE_BYTES(new_account_body, ek_certificate, SHAPE_REQUIRED, 64, 64, "the ek signed by the ik"),
    SHAPE_LIST(new_account_body, records, SHAPE_REQUIRED, 1, ACCOUNT_RECORDS_MAX, &RECORD,
               "exactly one of kind password or device, at most one of each other"),
    SHAPE_BYTES(new_account_body, identity, SHAPE_REQUIRED, VAULT_IDENTITY_BYTES, VAULT_IDENTITY_BYTES,
                "sealed identity record"),
    SHAPE_BYTES(new_account_body, state, SHAPE_REQUIRED, 1, ACCOUNT_STATE_MAX,
                "sealed account state, serial 1"),
    SHAPE_BYTES(new_account_body, signature, SHAPE_REQUIRED, 64, 64, "login signature over the challenge"),
    SHAPE_OBJECT_IF(new_account_body, invitation, invited, &INVITATION_USE, "gives staff their role"),
    SHAPE_TEXT(new_account_body, public_name, SHAPE_OPTIONAL, 1, ACCOUNT_NAME_MAX,
               "staff only, and required"),
};
const shape NEW_ACCOUNT = SHAPE("NewAccount", new_account_body, NEW_ACCOUNT_MEMBERS, "an account made whole");

static const shape_member START_MEMBERS[] = {
    SHAPE_TEXT(sign_in_start_body, handle, SHAPE_REQUIRED, 1, ACCOUNT_HANDLE_MAX, "who"),
    SHAPE_CHOICE(sign_in_start_body, kind, SHAPE_REQUIRED, RECORD_KIND_WORDS, "by which secret"),
};
const shape SIGN_IN_START = SHAPE("SignInStart", sign_in_start_body, START_MEMBERS, "asking for the salt");

static const shape_member STARTED_MEMBERS[] = {
    SHAPE_BYTES(sign_in_started_body, salt, SHAPE_REQUIRED, 16, 16, "Argon2id salt"),
    SHAPE_INT(sign_in_started_body, t, SHAPE_REQUIRED, 0, 64, "Argon2id passes; 0 where no password is used"),
    SHAPE_INT(sign_in_started_body, m, SHAPE_REQUIRED, 0, UINT32_MAX, "Argon2id memory as in the record"),
    SHAPE_BYTES(sign_in_started_body, challenge, SHAPE_REQUIRED, 32, 32, "single use, 60 s"),
};
const shape SIGN_IN_STARTED =
    SHAPE("SignInStarted", sign_in_started_body, STARTED_MEMBERS, "the same for a handle that nobody has");

static const shape_member SIGN_IN_MEMBERS[] = {
    SHAPE_TEXT(sign_in_body, handle, SHAPE_REQUIRED, 1, ACCOUNT_HANDLE_MAX, "who"),
    SHAPE_CHOICE(sign_in_body, kind, SHAPE_REQUIRED, RECORD_KIND_WORDS, "by which secret"),
    SHAPE_BYTES(sign_in_body, signature, SHAPE_REQUIRED, 64, 64, "login signature over the challenge"),
};
const shape SIGN_IN = SHAPE("SignIn", sign_in_body, SIGN_IN_MEMBERS, "the proof");

static const shape_member AUDIT_HEAD_MEMBERS[] = {
    SHAPE_INT(audit_head_body, count, SHAPE_REQUIRED, 0, HK_INT_MAX, "staff acts so far"),
    SHAPE_HASH(audit_head_body, head, SHAPE_REQUIRED, "their chain's head"),
};
const shape AUDIT_HEAD =
    SHAPE("AuditHead", audit_head_body, AUDIT_HEAD_MEMBERS, "kept by staff devices and compared next time");

static const shape_member SESSION_MEMBERS[] = {
    SHAPE_ID(session_body, account, SHAPE_REQUIRED, "who you are"),
    SHAPE_TEXT(session_body, handle, SHAPE_REQUIRED, 1, ACCOUNT_HANDLE_MAX, "to sign in with"),
    SHAPE_CHOICE(session_body, role, SHAPE_REQUIRED, ROLE_WORDS, "what you do here"),
    SHAPE_BOOL(session_body, certified, SHAPE_REQUIRED, "the place vouches for you today"),
    SHAPE_BOOL(session_body, lead, SHAPE_REQUIRED, "you make the team's key"),
    SHAPE_BOOL(session_body, recovering, SHAPE_REQUIRED,
               "came in with the sheet: set a password and a sheet first"),
    SHAPE_BYTES(session_body, record, SHAPE_REQUIRED, 1, ACCOUNT_RECORD_MAX,
                "unlock record you came in with"),
    SHAPE_CHOICE(session_body, record_kind, SHAPE_REQUIRED, RECORD_KIND_WORDS, "its kind"),
    SHAPE_BYTES(session_body, identity, SHAPE_REQUIRED, VAULT_IDENTITY_BYTES, VAULT_IDENTITY_BYTES,
                "sealed identity record"),
    SHAPE_HASH(session_body, ik, SHAPE_REQUIRED, "your identity key"),
    SHAPE_HASH(session_body, ek, SHAPE_REQUIRED, "your sealing key"),
    SHAPE_INT(session_body, ek_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "its serial"),
    SHAPE_BYTES(session_body, ek_certificate, SHAPE_REQUIRED, 64, 64, "its certificate"),
    SHAPE_INT(session_body, state_serial, SHAPE_REQUIRED, 1, HK_INT_MAX, "of the account state"),
    SHAPE_BYTES(session_body, state, SHAPE_REQUIRED, 1, ACCOUNT_STATE_MAX, "sealed account state"),
    SHAPE_OBJECT_IF(session_body, audit, has_audit, &AUDIT_HEAD, "staff only"),
    SHAPE_INT(session_body, place_epoch, SHAPE_REQUIRED, 0, HK_INT_MAX,
              "changes when the place was restored"),
    SHAPE_INT(session_body, idle_lock_s, SHAPE_REQUIRED, 1, 86400, "lock the vault after this long unused"),
    SHAPE_INT(session_body, ends_ms, SHAPE_REQUIRED, 1, HK_INT_MAX, "the session's end, whatever happens"),
};
const shape SESSION = SHAPE("Session", session_body, SESSION_MEMBERS, "who is signed in");

static const shape_member CHALLENGE_MEMBERS[] = {
    SHAPE_BYTES(challenge_body, challenge, SHAPE_REQUIRED, 32, 32, "single use, 60 s"),
};
const shape CHALLENGE = SHAPE("Challenge", challenge_body, CHALLENGE_MEMBERS, "to be signed");

static const shape_member CHANGE_MEMBERS[] = {
    SHAPE_BYTES(change_body, challenge, SHAPE_REQUIRED, 32, 32, "from POST /api/challenge"),
    SHAPE_CHOICE(change_body, by, SHAPE_REQUIRED, RECORD_KIND_WORDS, "whose login key signs"),
    SHAPE_LIST(change_body, records, SHAPE_REQUIRED, 1, ACCOUNT_RECORDS_MAX, &RECORD,
               "replace those of their kinds"),
    SHAPE_BYTES(change_body, signature, SHAPE_REQUIRED, 64, 64, "change signature (vault/FORMAT.md)"),
    SHAPE_BYTES(change_body, identity, SHAPE_OPTIONAL, VAULT_IDENTITY_BYTES, VAULT_IDENTITY_BYTES,
                "sealed identity record, when it is sealed anew"),
    SHAPE_HASH(change_body, ek, SHAPE_OPTIONAL, "a new sealing key"),
    SHAPE_INT(change_body, ek_serial, SHAPE_OPTIONAL, 1, UINT32_MAX, "larger than the old"),
    SHAPE_BYTES(change_body, ek_certificate, SHAPE_OPTIONAL, 64, 64, "with a new ek"),
    SHAPE_BYTES(change_body, state, SHAPE_OPTIONAL, 1, ACCOUNT_STATE_MAX, "sealed under the new account key"),
    SHAPE_INT(change_body, state_serial, SHAPE_OPTIONAL, 1, HK_INT_MAX, "the stored serial + 1"),
    SHAPE_BOOL(change_body, somebody_in, SHAPE_OPTIONAL,
               "somebody may have been in: administrators see that, with all keys made anew"),
};
const shape ACCOUNT_CHANGE =
    SHAPE("AccountChange", change_body, CHANGE_MEMBERS, "a new password, sheet, passkey or key");

static const shape_member STATE_MEMBERS[] = {
    SHAPE_INT(state_body, serial, SHAPE_REQUIRED, 1, HK_INT_MAX, "when putting: the stored serial + 1"),
    SHAPE_BYTES(state_body, state, SHAPE_REQUIRED, 1, ACCOUNT_STATE_MAX, "sealed"),
};
const shape ACCOUNT_STATE = SHAPE("AccountState", state_body, STATE_MEMBERS, "what an account remembers");

static const shape_member TICKET_MEMBERS[] = {
    SHAPE_BYTES(ticket_body, ticket, SHAPE_REQUIRED, 32, 32, "once, 30 s"),
};
const shape SOCKET_TICKET = SHAPE("SocketTicket", ticket_body, TICKET_MEMBERS, "opens one socket");

static const shape_member STATE_TOLD_MEMBERS[] = {
    SHAPE_INT(state_told, serial, SHAPE_REQUIRED, 1, HK_INT_MAX, "of the account state now"),
};
const shape STATE_TOLD = SHAPE("StateMoved", state_told, STATE_TOLD_MEMBERS,
                               "the account state moved on: to the account's other devices");

const shape *const ACCOUNTS_SHAPES[] = {&ARRIVAL,       &NEW_ACCOUNT,   &SIGN_IN_START, &SIGN_IN_STARTED,
                                        &SIGN_IN,       &SESSION,       &CHALLENGE,     &ACCOUNT_CHANGE,
                                        &ACCOUNT_STATE, &SOCKET_TICKET, &STATE_TOLD,    NULL};
