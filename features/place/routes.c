/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "features/audit/audit.h"
#include "features/place/contract.h"
#include "features/place/place.h"
#include "features/place/rows.h"

#define DEMO_FILE_MAX (64 * 1024)

static hk_err read_row(wire_request *r, place_body *body)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_READ));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    HK_TRY(store_copy(&c, 0, r->arena, &body->name));
    HK_TRY(store_copy(&c, 1, r->arena, &body->language));
    HK_TRY(store_copy(&c, 2, r->arena, &body->country));
    HK_TRY(store_copy(&c, 3, r->arena, &body->time_zone));
    body->promise_minutes = store_int(&c, 4);
    body->retention_days = store_int(&c, 5);
    return store_is_null(&c, 6) ? HK_OK : store_slice_into(&c, 6, body->place_key, 32);
}

static hk_err read_hours(wire_request *r, shape_list *ret)
{
    place_hours *hours = hk_arena_get_array(r->arena, PLACE_HOURS_MAX, sizeof *hours);
    if (!hours)
        return HK_NO_MEMORY;
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_HOURS));
    while (count < PLACE_HOURS_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        hours[count++] = (place_hours){store_int(&c, 0), store_int(&c, 1), store_int(&c, 2)};
    }
    *ret = (shape_list){hours, count};
    return HK_OK;
}

static hk_err read_counts(wire_request *r, place_body *body)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_HERE));
    for (int i = 0; i < 3; i++)
        store_bind_int(&c, r->now_ms);
    HK_TRY(store_next(&c, &row));
    body->listeners_here = store_int(&c, 0);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_WAITING));
    HK_TRY(store_next(&c, &row));
    body->waiting = store_int(&c, 0);
    return HK_OK;
}

static hk_err read_team(wire_request *r, place_body *body)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_TEAM));
    HK_TRY(store_next(&c, &body->has_team));
    if (!body->has_team)
        return HK_OK;
    place_team *team = &body->team;
    HK_TRY(store_slice_into(&c, 0, team->team.b, HK_ID_BYTES));
    team->serial = store_int(&c, 1);
    HK_TRY(store_copy(&c, 2, r->arena, &team->certificate));
    HK_TRY(store_slice_into(&c, 3, team->lead.b, HK_ID_BYTES));
    HK_TRY(store_slice_into(&c, 4, team->lead_ik, 32));
    return store_copy(&c, 5, r->arena, &team->lead_certificate);
}

/* GET /api/place */
static hk_err read_place(wire_request *r, wire_reply *reply)
{
    const place *p = r->place;
    place_body body = {.now_ms = r->now_ms, .epoch = store_epoch(p->store), .demo = p->demo_people != NULL};
    HK_TRY(read_row(r, &body));
    HK_TRY(read_hours(r, &body.hours));
    HK_TRY(read_counts(r, &body));
    HK_TRY(read_team(r, &body));
    return wire_reply_body(r, reply, &PLACE, &body);
}

static hk_err write_hours(wire_request *r, const shape_list *hours)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_HOURS_CLEAR));
    HK_TRY(store_finish(&c));
    const place_hours *all = hours->items;
    for (size_t i = 0; i < hours->count; i++) {
        if (all[i].from_minute >= all[i].to_minute)
            return HK_BAD;
        HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_HOURS_ADD));
        store_bind_int(&c, all[i].weekday);
        store_bind_int(&c, all[i].from_minute);
        store_bind_int(&c, all[i].to_minute);
        hk_err err = store_finish(&c);
        if (err != HK_OK)
            return err == HK_CONFLICT ? HK_BAD : err; /* the same opening twice */
    }
    return HK_OK;
}

/* PUT /api/place */
static hk_err write_place(wire_request *r, wire_reply *reply)
{
    const place_change_body *body = r->body;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_WRITE));
    store_bind_text(&c, body->name);
    store_bind_text(&c, body->language);
    store_bind_text(&c, body->country);
    store_bind_text(&c, body->time_zone);
    store_bind_int(&c, body->promise_minutes);
    store_bind_int(&c, body->retention_days);
    HK_TRY(store_finish(&c));
    HK_TRY(write_hours(r, &body->hours));
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "place_changed", (account_id){0}));
    return wire_reply_nothing(reply);
}

/* PUT /api/place/key */
static hk_err set_key(wire_request *r, wire_reply *reply)
{
    const place_key_body *body = r->body;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &PLACE_ROOM, PLACE_KEY_SET));
    store_bind_slice(&c, hk_slice_of(body->place_key, sizeof body->place_key));
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return wire_problem(reply, HK_CONFLICT, "key_is_set", "This place has its key already.");
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "place_key_set", (account_id){0}));
    return wire_reply_nothing(reply);
}

static hk_err read_file(const char *path, hk_arena *arena, hk_slice *ret)
{
    uint8_t *bytes = hk_arena_get(arena, DEMO_FILE_MAX);
    if (!bytes)
        return HK_NO_MEMORY;
    FILE *file = fopen(path, "re");
    if (!file)
        return HK_NOT_THERE;
    size_t n = fread(bytes, 1, DEMO_FILE_MAX, file);
    bool whole = feof(file) != 0;
    (void)fclose(file); /* it was only read */
    *ret = hk_slice_of(bytes, n);
    return whole ? HK_OK : HK_TOO_MUCH;
}

/* GET /api/demo: demo people have no secrets. Read each time, since they are made while the place runs. */
static hk_err read_demo(wire_request *r, wire_reply *reply)
{
    const place *p = r->place;
    if (!p->demo_people)
        return HK_NOT_THERE;
    hk_slice json;
    demo_body body;
    shape_problem problem;
    HK_TRY(read_file(p->demo_people, r->arena, &json));
    if (shape_decode(&DEMO, json, r->arena, &body, &problem) != HK_OK)
        return HK_NOT_THERE;
    return wire_reply_body(r, reply, &DEMO, &body);
}

const wire_route PLACE_ROUTES[] = {
    {"GET", "/api/place", WIRE_ANYBODY, WIRE_READ, NULL, &PLACE, read_place, "what anybody may know"},
    {"PUT", "/api/place", WIRE_ADMIN, WIRE_WRITE, &PLACE_CHANGE, NULL, write_place,
     "change its words and hours"},
    {"PUT", "/api/place/key", WIRE_ADMIN, WIRE_WRITE, &PLACE_KEY, NULL, set_key, "set the place key, once"},
    {"GET", "/api/demo", WIRE_ANYBODY, WIRE_READ, NULL, &DEMO, read_demo, "people who are not real"},
};
const size_t PLACE_ROUTE_COUNT = HK_COUNT(PLACE_ROUTES);
