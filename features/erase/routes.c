/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/accounts/accounts.h"
#include "features/audit/audit.h"
#include "features/conversations/conversations.h"
#include "features/deletions/deletions.h"
#include "features/erase/erase.h"
#include "features/erase/rows.h"
#include "features/place/place.h"

/* What remains is said plainly: keys are destroyed here, and these are the copies we cannot reach. */
static const char *const REMAINS[] = {
    "Backups made before now hold your sealed words and their keys until the date above; whoever restores "
    "one has "
    "to erase you again, and the program does.",
    "The person you talked with may have kept keys on their own device.",
    "A disk may keep old blocks for a while that nothing can read without the keys.",
};

static hk_err write_remains(wire_request *r, shape_list *ret)
{
    hk_slice *words = hk_arena_get_array(r->arena, HK_COUNT(REMAINS), sizeof *words);
    if (!words)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < HK_COUNT(REMAINS); i++)
        words[i] = hk_slice_z(REMAINS[i]);
    *ret = (shape_list){words, HK_COUNT(REMAINS)};
    return HK_OK;
}

/* The last administrator stays, or nobody could run the place. */
static hk_err may_go(wire_request *r, wire_reply *reply)
{
    account_facts facts;
    HK_TRY(accounts_read(r->db, r->who.account, &facts));
    hk_err err = accounts_set_disabled(r->db, r->who.account, true);
    if (err == HK_CONFLICT)
        return wire_problem(reply, HK_CONFLICT, "last_admin", "Somebody has to be able to run this place.");
    HK_TRY(err);
    if (facts.role == ROLE_CLIENT)
        return HK_OK;
    HK_TRY(audit_note(r->db, r->now_ms, r->who.account, "staff_erased", r->who.account));
    return accounts_tell_staff(r, "staff");
}

/* POST /api/account/erase */
static hk_err erase(wire_request *r, wire_reply *reply)
{
    const place *p = r->place;
    const erase_body *body = r->body;
    int64_t retention_ms;
    erased_body receipt = {.erased_at_ms = r->now_ms};
    HK_TRY(accounts_proof(r, body->challenge, body->by, body->signature));
    HK_TRY(may_go(r, reply));
    HK_TRY(place_retention_ms(r->db, &retention_ms));
    HK_TRY(conv_tell_member(r, r->who.account));
    HK_TRY(erase_all(r->db, r->who.account, &receipt.conversations));
    HK_TRY(deletions_add_account(p->deletions, r->now_ms, r->who.account));
    HK_TRY(place_drop_account(r, r->who.account));
    HK_TRY(place_scrub_soon(r));
    receipt.keys_in_backups_until_ms = r->now_ms + retention_ms;
    HK_TRY(write_remains(r, &receipt.remains));
    wire_reply_cookie(reply, (hk_slice){0}, 0);
    return wire_reply_body(r, reply, &ERASED, &receipt);
}

const wire_route ERASE_ROUTES[] = {
    {"POST", "/api/account/erase", WIRE_SIGNED_IN, WIRE_WRITE, &ERASE, &ERASED, erase,
     "destroy my keys and everything of mine"},
};
const size_t ERASE_ROUTE_COUNT = HK_COUNT(ERASE_ROUTES);
