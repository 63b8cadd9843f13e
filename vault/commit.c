/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Making commits (M2, M5, M6, M7): the signed part, the consents it names, the unsigned note, and one wrap of
 * the new key for each member. What is made is judged by vault_commit_check before anybody else sees it.
 */
#include "vault/inside.h"

#include <string.h>

void vault_plan_from(const vault_chain *chain, vault_plan *ret)
{
    *ret = (vault_plan){.member_count = chain->member_count};
    memcpy(ret->members, chain->members, sizeof ret->members);
}

static size_t plan_place(const vault_plan *plan, const account_id *account)
{
    size_t at = 0;
    while (at < plan->member_count && vault_id_order(plan->members[at].account.b, account->b) < 0)
        at++;
    return at;
}

static bool plan_holds(const vault_plan *plan, size_t at, const account_id *account)
{
    return at < plan->member_count && HK_ID_EQ(plan->members[at].account, *account);
}

hk_err vault_plan_put(vault_plan *plan, const vault_member *m)
{
    size_t at = plan_place(plan, &m->account);
    HK_TRY(vault_member_check(m));
    if (!plan_holds(plan, at, &m->account)) {
        if (plan->member_count == VAULT_MEMBERS_MAX)
            return HK_TOO_MUCH;
        memmove(&plan->members[at + 1], &plan->members[at],
                (plan->member_count - at) * sizeof plan->members[0]);
        plan->member_count++;
    }
    plan->members[at] = *m;
    return HK_OK;
}

hk_err vault_plan_remove(vault_plan *plan, const account_id *account)
{
    size_t at = plan_place(plan, account);
    if (!plan_holds(plan, at, account))
        return HK_NOT_THERE;
    plan->member_count--;
    memmove(&plan->members[at], &plan->members[at + 1], (plan->member_count - at) * sizeof plan->members[0]);
    return HK_OK;
}

hk_err vault_plan_consent(vault_plan *plan, hk_slice consent)
{
    vault_consent parsed;
    HK_TRY(vault_consent_parse(consent, &parsed));
    if (plan->consent_count == VAULT_CONSENTS_MAX)
        return HK_TOO_MUCH;
    memcpy(plan->consents[plan->consent_count++], consent.p, VAULT_CONSENT_BYTES);
    return HK_OK;
}

hk_err vault_plan_resume(const vault_log *log, vault_plan *ret)
{
    if (!(log->stops & VAULT_STOP_INTERRUPTED))
        return HK_CONFLICT;
    vault_plan_from(&log->chain, ret);
    ret->flags = VAULT_FLAG_RESUME;
    for (size_t i = 0; i < log->chain.member_count; i++) {
        const account_id *account = &log->chain.members[i].account;
        bool remembered = false;
        for (size_t j = 0; j < log->expected.member_count; j++)
            remembered |= HK_ID_EQ(log->expected.members[j], *account);
        if (!remembered)
            HK_TRY(vault_plan_remove(ret, account));
    }
    return HK_OK;
}

void vault_note_tag(const uint8_t commit_hash[static VAULT_HASH_BYTES], int64_t seen_pos,
                    const uint8_t seen_hash[static VAULT_HASH_BYTES], const uint8_t p[static VAULT_KEY_BYTES],
                    uint8_t ret[static VAULT_TAG_BYTES])
{
    uint8_t message[VAULT_DOMAIN_BYTES + VAULT_HASH_BYTES + 8 + VAULT_HASH_BYTES];
    hk_writer w = hk_writer_of(message, sizeof message);
    hk_write_slice(&w, VAULT_D(VAULT_D_NOTE));
    hk_write_bytes(&w, commit_hash, VAULT_HASH_BYTES);
    hk_write_u53(&w, seen_pos);
    hk_write_bytes(&w, seen_hash, VAULT_HASH_BYTES);
    (void)crypto_auth(ret, message, w.n, p); /* cannot fail */
}

static void write_signed(const vault_commit_base *base, const vault_plan *plan, const uint8_t *ck,
                         hk_writer *w)
{
    static const uint8_t zero[VAULT_HASH_BYTES] = {0};
    uint8_t hash[VAULT_HASH_BYTES];
    uint32_t epoch = base->now->epoch + 1;
    hk_write_slice(w, VAULT_D(VAULT_D_COMMIT));
    hk_write_bytes(w, base->conv.b, HK_ID_BYTES);
    hk_write_u8(w, base->kind);
    hk_write_u8(w, plan->flags);
    hk_write_u32(w, epoch);
    hk_write_bytes(w, epoch == 1 ? zero : base->now->commit_hash, VAULT_HASH_BYTES);
    hk_write_bytes(w, base->me->id.b, HK_ID_BYTES);
    vault_derive_ckc(ck, &base->conv, epoch, hash);
    hk_write_bytes(w, hash, VAULT_HASH_BYTES);
    hk_write_bytes(w, base->first_hash, VAULT_HASH_BYTES);
    hk_write_u8(w, plan->member_count);
    for (size_t i = 0; i < plan->member_count; i++)
        vault_member_write(w, &plan->members[i]);
    hk_write_u8(w, plan->consent_count);
    for (size_t i = 0; i < plan->consent_count; i++) {
        vault_consent_hash(hk_slice_of(plan->consents[i], VAULT_CONSENT_BYTES), hash);
        hk_write_bytes(w, hash, VAULT_HASH_BYTES);
    }
}

/* The encryption key of ours that stands in this plan; the note's tags are made with it. */
static const vault_ek *own_ek(const vault_commit_base *base, const vault_plan *plan)
{
    size_t at = plan_place(plan, &base->me->id);
    return plan_holds(plan, at, &base->me->id) ? vault_account_ek(base->me, plan->members[at].ek) : NULL;
}

static hk_err write_note(const vault_commit_base *base, const vault_plan *plan, const uint8_t *commit_hash,
                         hk_writer *w)
{
    const vault_ek *mine = own_ek(base, plan);
    if (!mine)
        return HK_REFUSED;
    hk_write_u53(w, base->seen_pos);
    hk_write_bytes(w, base->seen_hash, VAULT_HASH_BYTES);
    for (size_t i = 0; i < plan->member_count; i++) {
        VAULT_KEY(shared);
        VAULT_KEY(p);
        uint8_t tag[VAULT_TAG_BYTES];
        const vault_member *to = &plan->members[i];
        HK_TRY(vault_shared(mine->secret, to->ek, shared.b));
        vault_pair_key(shared.b, mine->pk, to->ek, base->me->id.b, to->account.b, p.b);
        vault_note_tag(commit_hash, base->seen_pos, base->seen_hash, p.b, tag);
        hk_write_bytes(w, tag, sizeof tag);
    }
    return HK_OK;
}

static hk_err make_wraps(const vault_commit_base *base, const vault_plan *plan,
                         const vault_commit_random *random, vault_made_commit *ret)
{
    ret->wrap_count = plan->member_count;
    for (size_t i = 0; i < plan->member_count; i++) {
        ret->wrap_for[i] = plan->members[i].account;
        HK_TRY(vault_derive_wrap(random->ck, &base->conv, base->now->epoch + 1, &plan->members[i],
                                 random->ephemeral_seeds[i], ret->wraps[i]));
    }
    return HK_OK;
}

hk_err vault_derive_commit(const vault_commit_base *base, const vault_plan *plan,
                           const vault_commit_random *random, vault_made_commit *ret)
{
    uint8_t signature[VAULT_SIGNATURE_BYTES], commit_hash[VAULT_HASH_BYTES];
    vault_chain next;
    hk_writer w = hk_writer_of(ret->bytes, sizeof ret->bytes);
    write_signed(base, plan, random->ck, &w);
    (void)crypto_sign_detached(signature, NULL, w.p, w.n, base->me->ik_secret); /* cannot fail */
    VAULT_HASH(commit_hash, VAULT_D(VAULT_D_CHASH), hk_writer_done(&w),
               hk_slice_of(signature, sizeof signature));
    hk_write_bytes(&w, signature, sizeof signature);
    hk_write_bytes(&w, plan->consents, (size_t)plan->consent_count * VAULT_CONSENT_BYTES);
    HK_TRY(write_note(base, plan, commit_hash, &w));
    if (w.bad)
        return HK_BAD;
    ret->n = w.n;
    HK_TRY(vault_commit_check(base->now, hk_writer_done(&w), &next));
    return make_wraps(base, plan, random, ret);
}

static hk_err draw_and_make(const vault_commit_base *base, const vault_plan *plan, vault_made_commit *ret)
{
    vault_commit_random random;
    randombytes_buf(&random, sizeof random);
    hk_err err = vault_derive_commit(base, plan, &random, ret);
    sodium_memzero(&random, sizeof random);
    return err;
}

hk_err vault_commit_make(const vault_log *log, const vault_plan *plan, vault_made_commit *ret)
{
    if (log->chain.epoch == 0)
        return HK_BUSY;
    bool interrupted = log->stops & VAULT_STOP_INTERRUPTED;
    if (interrupted != (plan->flags == VAULT_FLAG_RESUME))
        return HK_BUSY; /* after lost words only a RESUME, and a RESUME only then */
    if (log->stops & (VAULT_STOP_FORKED | VAULT_STOP_OUTSIDE))
        return HK_BUSY;
    vault_commit_base base = {.me = log->me,
                              .now = &log->chain,
                              .conv = log->chain.conv,
                              .kind = log->chain.kind,
                              .first_hash = log->chain.first_hash,
                              .seen_pos = log->position,
                              .seen_hash = log->h};
    return draw_and_make(&base, plan, ret);
}

hk_err vault_genesis_make(const vault_account *me, const conversation_id *conv, uint8_t kind,
                          const uint8_t first_hash[static VAULT_HASH_BYTES], const vault_plan *plan,
                          vault_made_commit *ret)
{
    static const vault_chain none = {0};
    uint8_t start[VAULT_HASH_BYTES];
    vault_log_hash_start(conv, start);
    vault_commit_base base = {.me = me,
                              .now = &none,
                              .conv = *conv,
                              .kind = kind,
                              .first_hash = first_hash,
                              .seen_pos = 0,
                              .seen_hash = start};
    return draw_and_make(&base, plan, ret);
}

hk_err vault_wrap_again(const vault_log *log, const account_id *member, uint8_t ret[static VAULT_WRAP_BYTES])
{
    VAULT_KEY(seed);
    const vault_member *m = vault_chain_member(&log->chain, member);
    if (log->stops & (VAULT_STOP_LOCKED | VAULT_STOP_OUTSIDE))
        return HK_BUSY;
    if (!m)
        return HK_NOT_THERE;
    randombytes_buf(seed.b, sizeof seed.b);
    return vault_derive_wrap(log->ck, &log->chain.conv, log->chain.epoch, m, seed.b, ret);
}
