/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which commit may follow which. One function decides it, from the bytes alone, for the server and for every
 * client: no clock, no pins, no memory but the chain itself. Whether a person *trusts* the members is another
 * question, answered on their own device.
 *
 * The rules in short (FORMAT.md has them in full):
 *   - it continues the chain: same conversation and kind, next epoch, the previous commit's hash;
 *   - it is signed by a client or listener who is a member before and after;
 *   - whoever is added, or gets another role, is there because the client said so: as author, or by a signed
 *     consent that was never used before. In a group the host says so, and a client also says yes themselves;
 *   - nobody removes the client but the client, and nobody removes themselves;
 *   - a key that stays, stays: only REPLACE may change one client's, and then nothing else.
 */
#include "vault/bytes.h"

#include <sodium.h>

typedef struct step { /* one commit being judged */
    const vault_chain *now;
    const vault_commit *c;
    const vault_member *author; /* as the author stood before; at the beginning, as they stand in it */
} step;

static const vault_member *find(const vault_member *members, size_t n, const account_id *account)
{
    for (size_t i = 0; i < n; i++)
        if (HK_ID_EQ(members[i].account, *account))
            return &members[i];
    return NULL;
}

const vault_member *vault_chain_member(const vault_chain *chain, const account_id *account)
{
    return find(chain->members, chain->member_count, account);
}

static const vault_member *member_after(const step *s, const account_id *account)
{
    return find(s->c->members, s->c->member_count, account);
}

static const vault_member *client_of(const vault_chain *chain)
{
    for (size_t i = 0; i < chain->member_count; i++)
        if (chain->members[i].role == VAULT_ROLE_CLIENT)
            return &chain->members[i];
    return NULL;
}

hk_err vault_member_check(const vault_member *m)
{
    static const uint8_t one[VAULT_KEY_BYTES] = {1};
    uint8_t shared[VAULT_KEY_BYTES];
    if (m->role < VAULT_ROLE_CLIENT || m->role > VAULT_ROLE_INTERPRETER || m->ek_serial == 0)
        return HK_BAD;
    if (crypto_core_ed25519_is_valid_point(m->ik) != 1)
        return HK_REFUSED;
    if (crypto_scalarmult(shared, one, m->ek) != 0 || vault_is_zero(shared, sizeof shared))
        return HK_REFUSED; /* zero or of small order: anybody could compute what is sealed to it */
    return vault_ek_cert_verify(&m->account, m->ik, m->ek, m->ek_serial, m->ek_cert);
}

static hk_err continues(const vault_chain *now, const vault_commit *c)
{
    static const uint8_t zero[VAULT_HASH_BYTES] = {0};
    if (c->kind < VAULT_KIND_PAIR || c->kind > VAULT_KIND_PRIVATE)
        return HK_BAD;
    if (c->flags != 0 && c->flags != VAULT_FLAG_REPLACE && c->flags != VAULT_FLAG_RESUME)
        return HK_BAD;
    if (now->epoch == 0) {
        if (c->epoch != 1 || !hk_slice_eq(VAULT_32(c->prev), VAULT_32(zero)))
            return HK_CONFLICT;
        return c->flags == 0 ? HK_OK : HK_BAD;
    }
    if (!HK_ID_EQ(c->conv, now->conv) || c->kind != now->kind ||
        !hk_slice_eq(VAULT_32(c->first_hash), VAULT_32(now->first_hash)))
        return HK_REFUSED;
    if (c->epoch != now->epoch + 1 || !hk_slice_eq(VAULT_32(c->prev), VAULT_32(now->commit_hash)))
        return HK_CONFLICT;
    return c->epoch <= VAULT_COMMITS_MAX ? HK_OK : HK_TOO_MUCH;
}

/* The author stood in the chain (at the beginning: stands in the commit) as client or listener, and stays. */
static hk_err authored(step *s)
{
    const vault_member *after = member_after(s, &s->c->author);
    s->author = s->now->epoch ? vault_chain_member(s->now, &s->c->author) : after;
    if (!s->author || !after) /* nobody commits their own removal: they would know the new key */
        return HK_REFUSED;
    if (s->author->role != VAULT_ROLE_CLIENT && s->author->role != VAULT_ROLE_LISTENER)
        return HK_REFUSED;
    return vault_signature_check(s->c->signature, s->c->signed_bytes, s->author->ik);
}

static hk_err begins(const step *s)
{
    const vault_commit *c = s->c;
    if (c->kind == VAULT_KIND_PRIVATE)
        return c->member_count == 1 && c->consent_count == 0 ? HK_OK : HK_REFUSED;
    if (s->author->role != VAULT_ROLE_LISTENER)
        return HK_REFUSED;
    if (c->kind == VAULT_KIND_GROUP)
        return HK_OK; /* each client's own consent is asked for where members are added */
    if (c->member_count != 2 || c->consent_count != 0)
        return HK_REFUSED;
    return c->members[0].role == VAULT_ROLE_CLIENT || c->members[1].role == VAULT_ROLE_CLIENT ? HK_OK
                                                                                              : HK_REFUSED;
}

static const account_id *host_of(const step *s)
{
    return s->now->epoch ? &s->now->host : &s->c->author;
}

/* Whose key must have signed this consent; NULL when such a consent has no meaning here. */
static const uint8_t *consent_key(const step *s, const vault_consent *consent)
{
    if (s->c->kind == VAULT_KIND_PAIR) {
        const vault_member *client = client_of(s->now);
        return client && HK_ID_EQ(client->account, consent->client) ? client->ik : NULL;
    }
    if (s->c->kind != VAULT_KIND_GROUP)
        return NULL;
    if (HK_ID_EQ(consent->client, *host_of(s))) {
        const vault_member *host = s->now->epoch ? vault_chain_member(s->now, host_of(s)) : s->author;
        return host ? host->ik : NULL;
    }
    bool own = HK_ID_EQ(consent->client, consent->subject) && consent->role == VAULT_ROLE_CLIENT;
    return own ? consent->subject_ik : NULL;
}

static bool consent_used(const vault_chain *now, const uint8_t *id)
{
    for (size_t i = 0; i < now->consent_count; i++)
        if (vault_id_order(now->consents[i], id) == 0)
            return true;
    return false;
}

/* Every consent named is signed by the right person, about a member as they now stand, and new. */
static hk_err consents_hold(const step *s)
{
    const vault_commit *c = s->c;
    if (c->consent_count && (c->flags || s->now->consent_count + c->consent_count > VAULT_CHAIN_CONSENTS_MAX))
        return c->flags ? HK_REFUSED : HK_TOO_MUCH;
    for (size_t i = 0; i < c->consent_count; i++) {
        const vault_consent *consent = &c->consents[i];
        const uint8_t *key = consent_key(s, consent);
        const vault_member *subject = member_after(s, &consent->subject);
        if (!key || !subject || subject->role != consent->role || !HK_ID_EQ(consent->conv, c->conv) ||
            !hk_slice_eq(VAULT_32(subject->ik), VAULT_32(consent->subject_ik)))
            return HK_REFUSED;
        for (size_t j = 0; j < i; j++)
            if (vault_id_order(c->consents[j].id, consent->id) == 0)
                return HK_REFUSED;
        if (consent_used(s->now, consent->id))
            return HK_REFUSED;
        HK_TRY(vault_consent_verify(consent, key));
    }
    return HK_OK;
}

static bool consented(const step *s, const account_id *by, const vault_member *subject)
{
    for (size_t i = 0; i < s->c->consent_count; i++)
        if (HK_ID_EQ(s->c->consents[i].client, *by) && HK_ID_EQ(s->c->consents[i].subject, subject->account))
            return true;
    return false;
}

/* May this person stand here anew, or in this new role? */
static hk_err may_enter(const step *s, const vault_member *m)
{
    if (s->c->flags || s->c->kind == VAULT_KIND_PRIVATE)
        return HK_REFUSED;
    if (s->c->kind == VAULT_KIND_PAIR) {
        if (m->role == VAULT_ROLE_CLIENT)
            return HK_REFUSED; /* a pair has one client for ever */
        const vault_member *client = client_of(s->now);
        if (!client)
            return HK_REFUSED;
        bool yes = HK_ID_EQ(s->c->author, client->account) || consented(s, &client->account, m);
        return yes ? HK_OK : HK_REFUSED;
    }
    if (!HK_ID_EQ(s->c->author, *host_of(s)) && !consented(s, host_of(s), m))
        return HK_REFUSED;
    bool own_word = m->role != VAULT_ROLE_CLIENT || consented(s, &m->account, m);
    return own_word ? HK_OK : HK_REFUSED;
}

/* Somebody who was here and stays: same key, the encryption key only ever newer, a new role like a newcomer.
 */
static hk_err may_stay(const step *s, const vault_member *was, const vault_member *is)
{
    bool same_ik = hk_slice_eq(VAULT_32(was->ik), VAULT_32(is->ik));
    bool same_ek = hk_slice_eq(VAULT_32(was->ek), VAULT_32(is->ek));
    if (is->ek_serial < was->ek_serial)
        return HK_REFUSED;
    if (!same_ik)
        return s->c->flags == VAULT_FLAG_REPLACE ? HK_OK : HK_REFUSED; /* counted in replaces() */
    if (same_ek != (is->ek_serial == was->ek_serial))
        return HK_REFUSED;
    if (is->role == was->role)
        return HK_OK;
    if (s->c->kind == VAULT_KIND_PAIR && was->role == VAULT_ROLE_CLIENT)
        return HK_REFUSED;
    if (s->c->kind == VAULT_KIND_GROUP && HK_ID_EQ(is->account, *host_of(s)))
        return HK_REFUSED;
    return may_enter(s, is);
}

static hk_err may_remove(const step *s, const vault_member *gone)
{
    if (s->c->kind == VAULT_KIND_GROUP) {
        bool host_goes = HK_ID_EQ(gone->account, *host_of(s));
        return s->author->role == VAULT_ROLE_LISTENER && !host_goes ? HK_OK : HK_REFUSED;
    }
    return gone->role != VAULT_ROLE_CLIENT ? HK_OK : HK_REFUSED; /* nor by herself: an author stays */
}

static hk_err members_hold(const step *s)
{
    for (size_t i = 0; i < s->c->member_count; i++) {
        const vault_member *is = &s->c->members[i], *was = vault_chain_member(s->now, &is->account);
        HK_TRY(vault_member_check(is));
        if (was)
            HK_TRY(may_stay(s, was, is));
        else if (s->now->epoch || s->c->kind == VAULT_KIND_GROUP)
            if (!HK_ID_EQ(is->account, s->c->author))
                HK_TRY(may_enter(s, is));
    }
    for (size_t i = 0; i < s->now->member_count; i++)
        if (!member_after(s, &s->now->members[i].account))
            HK_TRY(may_remove(s, &s->now->members[i]));
    return HK_OK;
}

/* REPLACE: a listener, one client's new keys, and nothing else moves. */
static hk_err replaces(const step *s)
{
    if (s->c->flags != VAULT_FLAG_REPLACE)
        return HK_OK;
    if (s->author->role != VAULT_ROLE_LISTENER || s->c->member_count != s->now->member_count)
        return HK_REFUSED;
    size_t replaced = 0;
    for (size_t i = 0; i < s->c->member_count; i++) {
        const vault_member *is = &s->c->members[i], *was = &s->now->members[i]; /* both ascending */
        if (!HK_ID_EQ(is->account, was->account) || is->role != was->role)
            return HK_REFUSED;
        if (!hk_slice_eq(VAULT_32(is->ik), VAULT_32(was->ik))) {
            replaced++;
            if (is->role != VAULT_ROLE_CLIENT)
                return HK_REFUSED;
        } else if (!hk_slice_eq(VAULT_32(is->ek), VAULT_32(was->ek))) {
            return HK_REFUSED;
        }
    }
    return replaced == 1 ? HK_OK : HK_REFUSED;
}

/* How long, and from which epoch on, each member may read: as their last consent said, else unchanged;
 * whoever is new without a consent has the client's or host's own word, which has no end. */
static void note_terms(const vault_chain *now, const vault_commit *c, int64_t *ret_until, uint32_t *ret_from)
{
    for (size_t i = 0; i < c->member_count; i++) {
        const vault_member *was = vault_chain_member(now, &c->members[i].account);
        ret_until[i] = was ? now->until_ms[was - now->members] : 0;
        ret_from[i] = was ? now->from_epoch[was - now->members] : c->epoch;
        for (size_t j = 0; j < c->consent_count; j++) {
            if (!HK_ID_EQ(c->consents[j].subject, c->members[i].account))
                continue;
            ret_until[i] = c->consents[j].until_ms;
            ret_from[i] = c->consents[j].from_epoch;
        }
    }
}

static void advance(const vault_chain *now, const vault_commit *c, vault_chain *ret)
{
    int64_t until_ms[VAULT_MEMBERS_MAX] = {0};
    uint32_t from_epoch[VAULT_MEMBERS_MAX] = {0};
    note_terms(now, c, until_ms, from_epoch);
    if (ret != now)
        *ret = *now;
    __builtin_memcpy(ret->until_ms, until_ms, sizeof until_ms);
    __builtin_memcpy(ret->from_epoch, from_epoch, sizeof from_epoch);
    if (ret->epoch == 0) {
        ret->conv = c->conv;
        ret->kind = c->kind;
        ret->host = c->author;
        __builtin_memcpy(ret->genesis_hash, c->hash, VAULT_HASH_BYTES);
        __builtin_memcpy(ret->first_hash, c->first_hash, VAULT_HASH_BYTES);
    }
    ret->epoch = c->epoch;
    __builtin_memcpy(ret->commit_hash, c->hash, VAULT_HASH_BYTES);
    __builtin_memcpy(ret->ckc, c->ckc, VAULT_HASH_BYTES);
    ret->member_count = c->member_count;
    __builtin_memcpy(ret->members, c->members, sizeof ret->members);
    for (size_t i = 0; i < c->consent_count; i++)
        __builtin_memcpy(ret->consents[ret->consent_count++], c->consents[i].id, HK_ID_BYTES);
}

hk_err vault_commit_check(const vault_chain *now, hk_slice bytes, vault_chain *ret_next)
{
    vault_commit c;
    HK_TRY(vault_commit_parse(bytes, &c));
    step s = {now, &c, NULL};
    HK_TRY(continues(now, &c));
    HK_TRY(authored(&s));
    if (now->epoch == 0)
        HK_TRY(begins(&s));
    HK_TRY(consents_hold(&s));
    HK_TRY(members_hold(&s));
    HK_TRY(replaces(&s));
    advance(now, &c, ret_next);
    return HK_OK;
}
