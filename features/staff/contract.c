/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/staff/contract.h"

#include "features/place/place.h"
#include "features/staff/staff.h"
#include "vault/public.h"

static const shape_member LICENCE_ITEM_MEMBERS[] = {
    SHAPE_TEXT(licence_item, authority, SHAPE_REQUIRED, 1, 120, "the board that licenses"),
    SHAPE_TEXT(licence_item, number, SHAPE_OPTIONAL, 1, 60, "only for administrators and the person"),
    SHAPE_TEXT(licence_item, country, SHAPE_REQUIRED, 2, 6, "where it is valid"),
    SHAPE_INT(licence_item, checked_ms, SHAPE_OPTIONAL, 0, HK_INT_MAX,
              "checked at the board; missing: claimed"),
    SHAPE_ID(licence_item, checked_by, SHAPE_OPTIONAL, "by whom"),
    SHAPE_INT(licence_item, expires_ms, SHAPE_OPTIONAL, 0, HK_INT_MAX, "until when"),
};
static const shape LICENCE_ITEM =
    SHAPE("Licence", licence_item, LICENCE_ITEM_MEMBERS, "a licence to practise");

static const shape_member STAFF_ITEM_MEMBERS[] = {
    SHAPE_ID(staff_item, account, SHAPE_REQUIRED, "who"),
    SHAPE_TEXT(staff_item, name, SHAPE_REQUIRED, 1, 60, "what they are called here"),
    SHAPE_CHOICE(staff_item, role, SHAPE_REQUIRED, ROLE_WORDS, "what they do here"),
    SHAPE_HASH(staff_item, ik, SHAPE_REQUIRED, "identity key"),
    SHAPE_HASH(staff_item, ek, SHAPE_REQUIRED, "sealing key"),
    SHAPE_INT(staff_item, ek_serial, SHAPE_REQUIRED, 1, UINT32_MAX, "its serial"),
    SHAPE_BYTES(staff_item, ek_certificate, SHAPE_REQUIRED, 64, 64, "its certificate"),
    SHAPE_BYTES(staff_item, certificate, SHAPE_OPTIONAL, 1, 1024, "roster certificate"),
    SHAPE_BOOL(staff_item, lead, SHAPE_REQUIRED, "makes the team's key"),
    SHAPE_BOOL(staff_item, certified, SHAPE_REQUIRED, "the place vouches for them today"),
    SHAPE_BOOL(staff_item, disabled, SHAPE_REQUIRED, "may not come in"),
    SHAPE_OBJECT_IF(staff_item, licence, has_licence, &LICENCE_ITEM, "therapists"),
    SHAPE_INT(staff_item, here_until_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "on duty until; 0: not here"),
};
static const shape STAFF_ITEM = SHAPE("StaffMember", staff_item, STAFF_ITEM_MEMBERS, "one who works here");

static const shape_member STAFF_MEMBERS[] = {
    SHAPE_LIST(staff_body, staff, SHAPE_REQUIRED, 0, STAFF_MAX, &STAFF_ITEM, "by name"),
};
const shape STAFF = SHAPE("Staff", staff_body, STAFF_MEMBERS, "who works here");

static const shape_member CERTIFICATE_MEMBERS[] = {
    SHAPE_BYTES(certificate_body, certificate, SHAPE_REQUIRED, 1, 1024, "signed by the place key"),
};
const shape STAFF_CERTIFICATE =
    SHAPE("StaffCertificate", certificate_body, CERTIFICATE_MEMBERS, "the place vouches for somebody");

static const shape_member LICENCE_MEMBERS[] = {
    SHAPE_TEXT(licence_body, authority, SHAPE_REQUIRED, 1, 120, "the board that licenses"),
    SHAPE_TEXT(licence_body, number, SHAPE_REQUIRED, 1, 60, "as the board writes it"),
    SHAPE_TEXT(licence_body, country, SHAPE_REQUIRED, 2, 6, "where it is valid"),
    SHAPE_INT(licence_body, expires_ms, SHAPE_REQUIRED, 1, HK_INT_MAX, "until when"),
    SHAPE_BOOL(licence_body, checked, SHAPE_REQUIRED, "an administrator looked it up at the board just now"),
};
const shape STAFF_LICENCE =
    SHAPE("LicenceClaim", licence_body, LICENCE_MEMBERS, "a licence, claimed or checked");

static const shape_member DISABLED_MEMBERS[] = {
    SHAPE_BOOL(disabled_body, disabled, SHAPE_REQUIRED, "true: may not come in"),
};
const shape STAFF_DISABLED = SHAPE("StaffDisabled", disabled_body, DISABLED_MEMBERS, "may somebody come in");

static const shape_member WRAP_MEMBERS[] = {
    SHAPE_ID(team_wrap_item, account, SHAPE_REQUIRED, "for whom"),
    SHAPE_BYTES(team_wrap_item, wrap, SHAPE_REQUIRED, VAULT_TEAM_WRAP_BYTES, VAULT_TEAM_WRAP_BYTES,
                "the team key, sealed to them"),
};
static const shape TEAM_WRAP =
    SHAPE("TeamWrap", team_wrap_item, WRAP_MEMBERS, "the team key for one listener");

static const shape_member TEAM_KEY_MEMBERS[] = {
    SHAPE_ID(team_key_body, team, SHAPE_OPTIONAL, "the team; missing: no key was made yet"),
    SHAPE_INT(team_key_body, serial, SHAPE_REQUIRED, 0, HK_INT_MAX, "0: no key was made yet"),
    SHAPE_BYTES(team_key_body, certificate, SHAPE_OPTIONAL, 1, 1024, "signed by a lead"),
    SHAPE_BYTES(team_key_body, wrap, SHAPE_OPTIONAL, VAULT_TEAM_WRAP_BYTES, VAULT_TEAM_WRAP_BYTES,
                "the key, sealed to you"),
    SHAPE_LIST(team_key_body, missing, SHAPE_REQUIRED, 0, STAFF_MAX, &SHAPE_ID_ITEM,
               "to leads: listeners who have no wrap"),
};
const shape TEAM_KEY = SHAPE("TeamKey", team_key_body, TEAM_KEY_MEMBERS, "what opens first words");

static const shape_member NEW_TEAM_KEY_MEMBERS[] = {
    SHAPE_ID(new_team_key_body, team, SHAPE_REQUIRED, "the team"),
    SHAPE_INT(new_team_key_body, serial, SHAPE_REQUIRED, 1, UINT32_MAX, "the last + 1"),
    SHAPE_BYTES(new_team_key_body, certificate, SHAPE_REQUIRED, 1, 1024, "signed by this lead"),
    SHAPE_LIST(new_team_key_body, wraps, SHAPE_REQUIRED, 1, STAFF_MAX, &TEAM_WRAP, "for every listener"),
};
const shape NEW_TEAM_KEY =
    SHAPE("NewTeamKey", new_team_key_body, NEW_TEAM_KEY_MEMBERS, "a new key for the team");

static const shape_member TEAM_WRAPS_MEMBERS[] = {
    SHAPE_INT(team_wraps_body, serial, SHAPE_REQUIRED, 1, UINT32_MAX, "of the key"),
    SHAPE_LIST(team_wraps_body, wraps, SHAPE_REQUIRED, 1, STAFF_MAX, &TEAM_WRAP, "for those who had none"),
};
const shape TEAM_WRAPS = SHAPE("TeamWraps", team_wraps_body, TEAM_WRAPS_MEMBERS, "the key for new listeners");

static const shape_member DUTY_MEMBERS[] = {
    SHAPE_INT(duty_body, here_until_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "0: not here; at most a day from now"),
};
const shape DUTY = SHAPE("Duty", duty_body, DUTY_MEMBERS, "I am here until");

const shape *const STAFF_SHAPES[] = {&STAFF,    &STAFF_CERTIFICATE, &STAFF_LICENCE, &STAFF_DISABLED,
                                     &TEAM_KEY, &NEW_TEAM_KEY,      &TEAM_WRAPS,    &DUTY,
                                     NULL};
