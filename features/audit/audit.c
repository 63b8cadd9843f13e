/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/audit/audit.h"

#include <string.h>

#include "features/audit/contract.h"
#include "vault/public.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/audit/tables.sql.inc"
                                              , false}};

enum { HEAD, ADD, PAGE, WALK };
static const store_statement STATEMENTS[] = {
    [HEAD] = {"audit_head", "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"},
    [ADD] = {"audit_add",
             "INSERT INTO audit (number, at_ms, actor, act, subject, hash) VALUES (?, ?, ?, ?, ?, ?)"},
    [PAGE] = {"audit_page", "SELECT number, at_ms, actor, act, subject, hash FROM audit WHERE number > ? "
                            "ORDER BY number LIMIT ?"},
    [WALK] = {"audit_walk", "SELECT number, at_ms, actor, act, subject, hash FROM audit ORDER BY number"},
};
static const char *const WRITES[] = {"audit", NULL};
const store_room AUDIT_ROOM = {.name = "audit",
                               .migrations = MIGRATIONS,
                               .migration_count = HK_COUNT(MIGRATIONS),
                               .writes = WRITES,
                               .statements = STATEMENTS,
                               .statement_count = HK_COUNT(STATEMENTS)};

#define ACT_MAX 40
#define ROW_MAX (8 + HK_ID_BYTES + 1 + ACT_MAX + HK_ID_BYTES)

/* What the chain hashes of a row: at u64 || actor || length of the act u8 || act || subject. */
static hk_err row_bytes(int64_t at_ms, hk_slice actor, hk_slice act, hk_slice subject,
                        uint8_t ret[static ROW_MAX], size_t *ret_n)
{
    hk_writer w = hk_writer_of(ret, ROW_MAX);
    if (act.n > ACT_MAX)
        return HK_TOO_MUCH;
    hk_write_u53(&w, at_ms);
    hk_write_slice(&w, actor);
    hk_write_u8(&w, (uint8_t)act.n);
    hk_write_slice(&w, act);
    hk_write_slice(&w, subject);
    if (w.bad)
        return HK_BAD;
    *ret_n = w.n;
    return HK_OK;
}

hk_err audit_head_read(store_db *db, audit_head *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &AUDIT_ROOM, HEAD));
    bool row;
    HK_TRY(store_next(&c, &row));
    audit_head head = {0};
    vault_audit_start(head.hash);
    if (row) {
        head.count = store_int(&c, 0);
        HK_TRY(store_slice_into(&c, 1, head.hash, sizeof head.hash));
    }
    *ret = head;
    return HK_OK;
}

hk_err audit_note(store_db *db, int64_t at_ms, account_id actor, const char *act, account_id subject)
{
    audit_head head;
    HK_TRY(audit_head_read(db, &head));
    uint8_t row[ROW_MAX];
    size_t n;
    HK_TRY(row_bytes(at_ms, HK_ID_SLICE(actor), hk_slice_z(act), HK_ID_SLICE(subject), row, &n));
    vault_audit_next(head.hash, head.count + 1, hk_slice_of(row, n), head.hash);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &AUDIT_ROOM, ADD));
    store_bind_int(&c, head.count + 1);
    store_bind_int(&c, at_ms);
    store_bind_slice(&c, HK_ID_SLICE(actor));
    store_bind_text(&c, hk_slice_z(act));
    store_bind_slice(&c, HK_ID_SLICE(subject));
    store_bind_slice(&c, hk_slice_of(head.hash, sizeof head.hash));
    return store_finish(&c);
}

/* One row further: its number is dense and its hash follows from the one before. */
static hk_err verify_row(store_cursor *c, audit_head *head)
{
    uint8_t row[ROW_MAX], stored[32];
    size_t n;
    if (store_int(c, 0) != head->count + 1)
        return HK_CONFLICT;
    hk_err err = row_bytes(store_int(c, 1), store_slice(c, 2), store_slice(c, 3), store_slice(c, 4), row, &n);
    if (err != HK_OK)
        return HK_CONFLICT;
    HK_TRY(store_slice_into(c, 5, stored, sizeof stored));
    vault_audit_next(head->hash, head->count + 1, hk_slice_of(row, n), head->hash);
    head->count++;
    return memcmp(stored, head->hash, sizeof stored) == 0 ? HK_OK : HK_CONFLICT;
}

hk_err audit_verify(store_db *db, const audit_head *known, audit_head *ret)
{
    *ret = (audit_head){0};
    vault_audit_start(ret->hash);
    bool met = !known || known->count == 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &AUDIT_ROOM, WALK));
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(verify_row(&c, ret));
        if (known && known->count == ret->count)
            met = memcmp(known->hash, ret->hash, sizeof ret->hash) == 0;
    }
    return met ? HK_OK : HK_CONFLICT;
}

static hk_err read_item(store_cursor *c, hk_arena *arena, audit_item *item)
{
    item->count = store_int(c, 0);
    item->at_ms = store_int(c, 1);
    HK_TRY(store_slice_into(c, 2, item->actor.b, HK_ID_BYTES));
    HK_TRY(store_copy(c, 3, arena, &item->act));
    HK_TRY(store_slice_into(c, 4, item->subject.b, HK_ID_BYTES));
    return store_slice_into(c, 5, item->hash, sizeof item->hash);
}

/* GET /api/audit?after=N */
static hk_err read_audit(wire_request *r, wire_reply *reply)
{
    int64_t after;
    HK_TRY(wire_query_int(r, "after", 0, &after));
    audit_item *items = hk_arena_get_array(r->arena, AUDIT_PAGE_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    audit_body body = {.entries = {.items = items}};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &AUDIT_ROOM, PAGE));
    store_bind_int(&c, after);
    store_bind_int(&c, AUDIT_PAGE_MAX);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_item(&c, r->arena, &items[body.entries.count++]));
    }
    audit_head head;
    HK_TRY(audit_head_read(r->db, &head));
    body.count = head.count;
    memcpy(body.head, head.hash, sizeof body.head);
    return wire_reply_body(r, reply, &AUDIT, &body);
}

const wire_route AUDIT_ROUTES[] = {
    {"GET", "/api/audit", WIRE_ADMIN, WIRE_READ, NULL, &AUDIT, read_audit, "what staff did, after entry N"},
};
const size_t AUDIT_ROUTE_COUNT = HK_COUNT(AUDIT_ROUTES);
