/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/place/contract.h"

#include "features/place/place.h"

const char *const ROLE_WORDS[] = {"client", "therapist", "peer", "supervisor", "admin", NULL};

static const shape_member HOURS_MEMBERS[] = {
    SHAPE_INT(place_hours, weekday, SHAPE_REQUIRED, 0, 6, "0 is Monday"),
    SHAPE_INT(place_hours, from_minute, SHAPE_REQUIRED, 0, 1440,
              "minutes after midnight in the place's zone"),
    SHAPE_INT(place_hours, to_minute, SHAPE_REQUIRED, 0, 1440, "minutes after midnight in the place's zone"),
};
static const shape HOURS = SHAPE("Hours", place_hours, HOURS_MEMBERS, "one opening in the week");

static const shape_member TEAM_MEMBERS[] = {
    SHAPE_ID(place_team, team, SHAPE_REQUIRED, "the team"),
    SHAPE_INT(place_team, serial, SHAPE_REQUIRED, 1, HK_INT_MAX, "which of its keys"),
    SHAPE_BYTES(place_team, certificate, SHAPE_REQUIRED, 1, 1024, "team certificate, signed by the lead"),
    SHAPE_ID(place_team, lead, SHAPE_REQUIRED, "who leads the team"),
    SHAPE_HASH(place_team, lead_ik, SHAPE_REQUIRED, "the lead's identity key"),
    SHAPE_BYTES(place_team, lead_certificate, SHAPE_REQUIRED, 1, 1024,
                "roster certificate of the lead, signed by the place key"),
};
static const shape TEAM = SHAPE("PlaceTeam", place_team, TEAM_MEMBERS,
                                "what a device needs to trust the key that first words are sealed to");

static const shape_member PLACE_MEMBERS[] = {
    SHAPE_TEXT(place_body, name, SHAPE_REQUIRED, 1, PLACE_NAME_MAX, "what the place is called"),
    SHAPE_TEXT(place_body, language, SHAPE_REQUIRED, 2, 35, "BCP 47"),
    SHAPE_TEXT(place_body, country, SHAPE_REQUIRED, 2, 2, "ISO 3166-1: which crisis numbers are shown first"),
    SHAPE_INT(place_body, promise_minutes, SHAPE_REQUIRED, 1, PLACE_PROMISE_MAX,
              "somebody answers within this"),
    SHAPE_INT(place_body, retention_days, SHAPE_REQUIRED, 1, PLACE_RETENTION_MAX,
              "how long backups are kept"),
    SHAPE_LIST(place_body, hours, SHAPE_REQUIRED, 0, PLACE_HOURS_MAX, &HOURS, "when somebody is here"),
    SHAPE_TEXT(place_body, time_zone, SHAPE_REQUIRED, 1, 64, "IANA name"),
    SHAPE_HASH(place_body, place_key, SHAPE_OPTIONAL, "Ed25519 key that signs the roster; made on a device"),
    SHAPE_BOOL(place_body, demo, SHAPE_REQUIRED, "true: nobody here is real"),
    SHAPE_INT(place_body, epoch, SHAPE_REQUIRED, 0, HK_INT_MAX, "changes when the database was restored"),
    SHAPE_INT(place_body, now_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "the server's clock"),
    SHAPE_INT(place_body, listeners_here, SHAPE_REQUIRED, 0, HK_INT_MAX, "listeners on duty now"),
    SHAPE_INT(place_body, waiting, SHAPE_REQUIRED, 0, HK_INT_MAX, "people waiting now"),
    SHAPE_OBJECT_IF(place_body, team, has_team, &TEAM, "missing until a lead made the team's key"),
};
const shape PLACE = SHAPE("Place", place_body, PLACE_MEMBERS, "the place, as anybody may know it");

static const shape_member CHANGE_MEMBERS[] = {
    SHAPE_TEXT(place_change_body, name, SHAPE_REQUIRED, 1, PLACE_NAME_MAX, "what the place is called"),
    SHAPE_TEXT(place_change_body, language, SHAPE_REQUIRED, 2, 35, "BCP 47"),
    SHAPE_TEXT(place_change_body, country, SHAPE_REQUIRED, 2, 2, "ISO 3166-1"),
    SHAPE_INT(place_change_body, promise_minutes, SHAPE_REQUIRED, 1, PLACE_PROMISE_MAX, "answer within this"),
    SHAPE_INT(place_change_body, retention_days, SHAPE_REQUIRED, 1, PLACE_RETENTION_MAX, "days"),
    SHAPE_TEXT(place_change_body, time_zone, SHAPE_REQUIRED, 1, 64, "IANA name"),
    SHAPE_LIST(place_change_body, hours, SHAPE_REQUIRED, 0, PLACE_HOURS_MAX, &HOURS, "when somebody is here"),
};
const shape PLACE_CHANGE =
    SHAPE("PlaceChange", place_change_body, CHANGE_MEMBERS, "what an administrator may change");

static const shape_member KEY_MEMBERS[] = {
    SHAPE_HASH(place_key_body, place_key, SHAPE_REQUIRED, "public half; set once"),
};
const shape PLACE_KEY = SHAPE("PlaceKey", place_key_body, KEY_MEMBERS, "the key that signs the roster");

static const shape_member PERSON_MEMBERS[] = {
    SHAPE_TEXT(demo_person, name, SHAPE_REQUIRED, 1, 60, "what they are called"),
    SHAPE_CHOICE(demo_person, role, SHAPE_REQUIRED, ROLE_WORDS, "what they do here"),
    SHAPE_TEXT(demo_person, handle, SHAPE_REQUIRED, 1, 64, "to sign in with"),
    SHAPE_TEXT(demo_person, password, SHAPE_REQUIRED, 8, 512, "no secret: they are not real"),
    SHAPE_TEXT(demo_person, secret_key, SHAPE_OPTIONAL, 1, 64, "listeners' second secret"),
};
static const shape PERSON = SHAPE("DemoPerson", demo_person, PERSON_MEMBERS, "somebody who is not real");

static const shape_member DEMO_MEMBERS[] = {
    SHAPE_LIST(demo_body, people, SHAPE_REQUIRED, 0, PLACE_DEMO_MAX, &PERSON, "everybody to try"),
};
const shape DEMO = SHAPE("Demo", demo_body, DEMO_MEMBERS, "people to try the place with");

const shape *const PLACE_SHAPES[] = {&PLACE, &PLACE_CHANGE, &PLACE_KEY, &DEMO, NULL};
