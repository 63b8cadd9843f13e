/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * REPLACE: a client who lost password and sheet stands in the conversation with new keys from here on, and
 * the keys of earlier epochs are passed on to them (FORMAT.md, 3 and 4).
 */
#include <string.h>

#include "features/conversations/rows.h"

/* The commit brings in the keys that were checked by voice, and no others. */
static hk_err check_keys(wire_reply *reply, const conv_replacement *what)
{
    vault_commit commit;
    bool right = vault_commit_parse(what->commit, &commit) == HK_OK;
    const vault_member *m = NULL;
    for (size_t i = 0; right && i < commit.member_count; i++)
        if (HK_ID_EQ(commit.members[i].account, what->client))
            m = &commit.members[i];
    right = m && memcmp(m->ik, what->ik, sizeof m->ik) == 0 && memcmp(m->ek, what->ek, sizeof m->ek) == 0 &&
            m->ek_serial == what->ek_serial;
    return right ? HK_OK
                 : wire_problem(reply, HK_REFUSED, "commit_refused",
                                "These are not the keys that you two checked.");
}

static hk_err pass_on(wire_request *r, wire_reply *reply, const conv_replacement *what, int64_t epoch)
{
    const older_wrap *all = what->older.items;
    for (size_t i = 0; i < what->older.count; i++) {
        if (all[i].epoch >= epoch || (i > 0 && all[i].epoch <= all[i - 1].epoch))
            return wire_problem(reply, HK_BAD, "bad_wraps", "Keys of earlier epochs, each once, in order.");
        HK_TRY(conv_put_wrap(r, what->conversation, all[i].epoch, &(wrap_item){what->client, all[i].wrap}));
    }
    return HK_OK;
}

hk_err conv_replace(wire_request *r, wire_reply *reply, const conv_replacement *what, conv_kept *ret)
{
    conv_at at;
    commit_body body = {what->commit, what->wraps};
    HK_TRY(check_keys(reply, what));
    HK_TRY(conv_commit(r, reply, what->conversation, VAULT_FLAG_REPLACE, &body, ret));
    HK_TRY(conv_find(r, what->conversation, false, &at));
    return pass_on(r, reply, what, at.epoch);
}
