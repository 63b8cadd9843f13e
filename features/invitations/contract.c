/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/invitations/contract.h"

#include "features/invitations/invitations.h"
#include "features/place/place.h"

static const char *const KIND_WORDS[] = {"staff", "client", NULL};

static const shape_member USE_MEMBERS[] = {
    SHAPE_BYTES(invitation_use_body, token, SHAPE_REQUIRED, 32, 32, "what the invitation's secret gives"),
    SHAPE_BYTES(invitation_use_body, auth, SHAPE_REQUIRED, 32, 32, "proof for the inviter"),
};
const shape INVITATION_USE =
    SHAPE("InvitationUse", invitation_use_body, USE_MEMBERS, "coming with an invitation");

static const shape_member INVITE_MEMBERS[] = {
    SHAPE_CHOICE(invite_body, kind, SHAPE_REQUIRED, KIND_WORDS,
                 "staff: by an administrator; client: by a listener"),
    SHAPE_CHOICE(invite_body, role, SHAPE_OPTIONAL, ROLE_WORDS, "of staff, and required for them"),
    SHAPE_HASH(invite_body, token_hash, SHAPE_REQUIRED, "vault_invite_stored of the token"),
    SHAPE_INT(invite_body, expires_ms, SHAPE_OPTIONAL, 1, HK_INT_MAX,
              "at most seven days from now; default that"),
};
const shape INVITE = SHAPE("Invite", invite_body, INVITE_MEMBERS, "an invitation to be made");

static const shape_member INVITED_MEMBERS[] = {
    SHAPE_ID(invited_body, invitation, SHAPE_REQUIRED, "its id, no secret"),
};
const shape INVITED = SHAPE("Invited", invited_body, INVITED_MEMBERS, "an invitation that was made");

static const shape_member ITEM_MEMBERS[] = {
    SHAPE_ID(invitation_item, invitation, SHAPE_REQUIRED, "its id"),
    SHAPE_CHOICE(invitation_item, kind, SHAPE_REQUIRED, KIND_WORDS, "whom it invites"),
    SHAPE_CHOICE(invitation_item, role, SHAPE_REQUIRED, ROLE_WORDS, "the role it gives"),
    SHAPE_INT(invitation_item, made_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when"),
    SHAPE_INT(invitation_item, expires_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "no use after this"),
    SHAPE_ID(invitation_item, used_by, SHAPE_OPTIONAL, "who came with it"),
    SHAPE_BYTES(invitation_item, auth, SHAPE_OPTIONAL, 32, 32, "their proof"),
    SHAPE_HASH(invitation_item, ik, SHAPE_OPTIONAL, "their identity key"),
    SHAPE_HASH(invitation_item, ek, SHAPE_OPTIONAL, "their sealing key"),
    SHAPE_ID(invitation_item, conversation, SHAPE_OPTIONAL, "the request it was used for"),
};
static const shape ITEM = SHAPE("Invitation", invitation_item, ITEM_MEMBERS, "one invitation of mine");

static const shape_member LIST_MEMBERS[] = {
    SHAPE_LIST(invitations_body, invitations, SHAPE_REQUIRED, 0, INVITATIONS_SHOWN_MAX, &ITEM,
               "newest first"),
};
const shape INVITATIONS = SHAPE("Invitations", invitations_body, LIST_MEMBERS, "mine");

static const shape_member LOOK_MEMBERS[] = {
    SHAPE_BYTES(look_body, token, SHAPE_REQUIRED, 32, 32, "what the invitation's secret gives"),
};
const shape INVITATION_LOOK =
    SHAPE("InvitationLook", look_body, LOOK_MEMBERS, "is this invitation still good, and whose is it");

static const shape_member LOOKED_MEMBERS[] = {
    SHAPE_CHOICE(looked_body, kind, SHAPE_REQUIRED, KIND_WORDS, "whom it invites"),
    SHAPE_CHOICE(looked_body, role, SHAPE_REQUIRED, ROLE_WORDS, "the role it gives"),
    SHAPE_ID(looked_body, inviter, SHAPE_OPTIONAL, "missing: made when the place was set up"),
    SHAPE_TEXT(looked_body, inviter_name, SHAPE_OPTIONAL, 1, 60, "what they are called"),
    SHAPE_HASH(looked_body, inviter_ik, SHAPE_OPTIONAL, "to compare with the invitation's fingerprint"),
    SHAPE_BYTES(looked_body, inviter_certificate, SHAPE_OPTIONAL, 1, 1024, "roster certificate"),
    SHAPE_INT(looked_body, expires_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "no use after this"),
};
const shape INVITATION_LOOKED =
    SHAPE("InvitationLooked", looked_body, LOOKED_MEMBERS, "an invitation, seen by who holds it");

const shape *const INVITATIONS_SHAPES[] = {&INVITE,          &INVITED,           &INVITATIONS,
                                           &INVITATION_LOOK, &INVITATION_LOOKED, NULL};
