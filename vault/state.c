/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The account state's tables: sorted, so that there is one encoding and merging is a walk.
 */
#include "vault/inside.h"
#include "vault/state.h"

#include <string.h>

void vault_state_init(vault_state *s, const vault_state_memory *memory)
{
    *s = (vault_state){.memory = *memory};
}

void vault_state_wipe(vault_state *s)
{
    if (!s)
        return;
    if (s->memory.pins)
        sodium_memzero(s->memory.pins, s->memory.pin_cap * sizeof(vault_pin));
    if (s->memory.tips)
        sodium_memzero(s->memory.tips, s->memory.tip_cap * sizeof(vault_tip));
    if (s->memory.keys)
        sodium_memzero(s->memory.keys, s->memory.key_cap * sizeof(vault_kept_key));
    sodium_memzero(s, sizeof *s);
}

/* ---- Pins ---- */

static size_t pin_place(const vault_state *s, const account_id *account)
{
    size_t low = 0, high = s->pin_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (vault_id_order(s->memory.pins[mid].account.b, account->b) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool pin_at(const vault_state *s, size_t at, const account_id *account)
{
    return at < s->pin_count && HK_ID_EQ(s->memory.pins[at].account, *account);
}

const vault_pin *vault_state_find_pin(const vault_state *s, const account_id *account)
{
    size_t at = pin_place(s, account);
    return pin_at(s, at, account) ? &s->memory.pins[at] : NULL;
}

static hk_err pin_insert(vault_state *s, size_t at, const vault_pin *pin)
{
    if (s->pin_count >= s->memory.pin_cap || s->pin_count >= VAULT_PINS_MAX)
        return HK_TOO_MUCH;
    memmove(&s->memory.pins[at + 1], &s->memory.pins[at], (s->pin_count - at) * sizeof *pin);
    s->memory.pins[at] = *pin;
    s->pin_count++;
    return HK_OK;
}

hk_err vault_state_pin(vault_state *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                       uint8_t how, int64_t when_ms)
{
    if (how < VAULT_PIN_FIRST_SEEN || how > VAULT_PIN_SPOKEN || when_ms < 0 || when_ms > HK_INT_MAX)
        return HK_BAD;
    size_t at = pin_place(s, account);
    if (!pin_at(s, at, account)) {
        vault_pin pin = {.account = *account, .how = how, .when_ms = when_ms};
        memcpy(pin.ik, ik, VAULT_KEY_BYTES);
        return pin_insert(s, at, &pin);
    }
    vault_pin *pin = &s->memory.pins[at];
    if (!hk_slice_eq(VAULT_32(pin->ik), VAULT_32(ik)))
        return HK_CONFLICT;
    if (how > pin->how)
        pin->how = how;
    return HK_OK;
}

hk_err vault_state_repin(vault_state *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                         uint8_t how, int64_t when_ms)
{
    size_t at = pin_place(s, account);
    if (!pin_at(s, at, account))
        return vault_state_pin(s, account, ik, how, when_ms);
    if (how < VAULT_PIN_FIRST_SEEN || how > VAULT_PIN_SPOKEN || when_ms < 0 || when_ms > HK_INT_MAX)
        return HK_BAD;
    vault_pin *pin = &s->memory.pins[at];
    memcpy(pin->ik, ik, VAULT_KEY_BYTES);
    memset(pin->other_ik, 0, sizeof pin->other_ik);
    pin->how = how;
    pin->when_ms = when_ms;
    return HK_OK;
}

/* After a REPLACE a person decided for a new key, or spoke four words about it: that outranks an older pin of
 * another key, or a device that had not heard of it yet would bring the old key back. */
static bool decided_later(const vault_pin *one, const vault_pin *other)
{
    return one->when_ms > other->when_ms && one->how >= VAULT_PIN_REPLACED && one->how >= other->how;
}

/* The older pin wins; that another device trusted another key is kept, to be shown. */
static hk_err pin_merge(vault_state *s, const vault_pin *theirs)
{
    size_t at = pin_place(s, &theirs->account);
    if (!pin_at(s, at, &theirs->account))
        return pin_insert(s, at, theirs);
    vault_pin *mine = &s->memory.pins[at];
    bool same = hk_slice_eq(VAULT_32(mine->ik), VAULT_32(theirs->ik));
    bool theirs_older = theirs->when_ms < mine->when_ms;
    if (same) {
        if (theirs->how > mine->how)
            mine->how = theirs->how;
        if (theirs_older)
            mine->when_ms = theirs->when_ms;
        if (vault_is_zero(mine->other_ik, sizeof mine->other_ik))
            memcpy(mine->other_ik, theirs->other_ik, sizeof mine->other_ik);
        return HK_OK;
    }
    if (decided_later(mine, theirs))
        return HK_OK;
    if (decided_later(theirs, mine)) {
        *mine = *theirs;
        return HK_OK;
    }
    /* On a tie the smaller key, so that every device ends with the same state. */
    if (theirs->when_ms == mine->when_ms)
        theirs_older = memcmp(theirs->ik, mine->ik, VAULT_KEY_BYTES) < 0;
    vault_pin kept = theirs_older ? *theirs : *mine;
    memcpy(kept.other_ik, theirs_older ? mine->ik : theirs->ik, VAULT_KEY_BYTES);
    *mine = kept;
    return HK_OK;
}

/* ---- Tips ---- */

static size_t tip_place(const vault_state *s, const conversation_id *conv)
{
    size_t low = 0, high = s->tip_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (vault_id_order(s->memory.tips[mid].conv.b, conv->b) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool tip_at(const vault_state *s, size_t at, const conversation_id *conv)
{
    return at < s->tip_count && HK_ID_EQ(s->memory.tips[at].conv, *conv);
}

const vault_tip *vault_state_find_tip(const vault_state *s, const conversation_id *conv)
{
    size_t at = tip_place(s, conv);
    return tip_at(s, at, conv) ? &s->memory.tips[at] : NULL;
}

hk_err vault_state_tip(vault_state *s, const vault_tip *tip)
{
    size_t at = tip_place(s, &tip->conv);
    if (tip_at(s, at, &tip->conv)) {
        vault_tip *mine = &s->memory.tips[at];
        bool later_life = tip->resumed > mine->resumed;
        if (later_life || (tip->resumed == mine->resumed && tip->position > mine->position))
            *mine = *tip;
        return HK_OK;
    }
    if (s->tip_count >= s->memory.tip_cap || s->tip_count >= VAULT_TIPS_MAX)
        return HK_TOO_MUCH;
    memmove(&s->memory.tips[at + 1], &s->memory.tips[at], (s->tip_count - at) * sizeof *tip);
    s->memory.tips[at] = *tip;
    s->tip_count++;
    return HK_OK;
}

/* ---- Epoch keys ---- */

static int key_order(const vault_kept_key *key, const conversation_id *conv, uint32_t epoch)
{
    int order = vault_id_order(key->conv.b, conv->b);
    return order ? order : key->epoch < epoch ? -1 : key->epoch > epoch;
}

static size_t key_place(const vault_state *s, const conversation_id *conv, uint32_t epoch)
{
    size_t low = 0, high = s->key_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (key_order(&s->memory.keys[mid], conv, epoch) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const vault_kept_key *vault_state_find_key(const vault_state *s, const conversation_id *conv, uint32_t epoch)
{
    size_t at = key_place(s, conv, epoch);
    bool there = at < s->key_count && key_order(&s->memory.keys[at], conv, epoch) == 0;
    return there ? &s->memory.keys[at] : NULL;
}

hk_err vault_state_keep_key(vault_state *s, const conversation_id *conv, uint32_t epoch,
                            const uint8_t ck[static VAULT_KEY_BYTES])
{
    size_t at = key_place(s, conv, epoch);
    if (epoch == 0 || epoch > VAULT_COMMITS_MAX)
        return HK_BAD;
    if (at >= s->key_count || key_order(&s->memory.keys[at], conv, epoch) != 0) {
        if (s->key_count >= s->memory.key_cap || s->key_count >= VAULT_KEYS_MAX)
            return HK_TOO_MUCH;
        memmove(&s->memory.keys[at + 1], &s->memory.keys[at], (s->key_count - at) * sizeof *s->memory.keys);
        s->key_count++;
    }
    /* The same epoch again is another key only after a RESUME: the newest that a commit confirmed stays. */
    s->memory.keys[at].conv = *conv;
    s->memory.keys[at].epoch = epoch;
    memcpy(s->memory.keys[at].ck, ck, VAULT_KEY_BYTES);
    return HK_OK;
}

hk_err vault_state_pass_on(const vault_state *s, const conversation_id *conv, uint32_t epoch,
                           const vault_member *to, uint8_t ret[static VAULT_WRAP_BYTES])
{
    VAULT_KEY(seed);
    const vault_kept_key *key = vault_state_find_key(s, conv, epoch);
    if (!key)
        return HK_NOT_THERE;
    HK_TRY(vault_member_check(to));
    randombytes_buf(seed.b, sizeof seed.b);
    return vault_derive_wrap(key->ck, conv, epoch, to, seed.b, ret);
}

void vault_state_forget(vault_state *s, const conversation_id *conv)
{
    size_t at = tip_place(s, conv), from = key_place(s, conv, 0), to = from;
    if (tip_at(s, at, conv)) {
        s->tip_count--;
        memmove(&s->memory.tips[at], &s->memory.tips[at + 1], (s->tip_count - at) * sizeof *s->memory.tips);
    }
    while (to < s->key_count && HK_ID_EQ(s->memory.keys[to].conv, *conv))
        to++;
    memmove(&s->memory.keys[from], &s->memory.keys[to], (s->key_count - to) * sizeof *s->memory.keys);
    sodium_memzero(&s->memory.keys[s->key_count - (to - from)], (to - from) * sizeof *s->memory.keys);
    s->key_count -= to - from;
}

/* ---- Small things ---- */

hk_err vault_state_keep_ek(vault_state *s, uint32_t serial, const uint8_t seed[static VAULT_KEY_BYTES])
{
    size_t at = 0;
    if (serial == 0)
        return HK_BAD;
    while (at < s->ek_count && s->eks[at].serial > serial)
        at++;
    if (at < s->ek_count && s->eks[at].serial == serial)
        return sodium_memcmp(s->eks[at].seed, seed, VAULT_KEY_BYTES) == 0 ? HK_OK : HK_CONFLICT;
    if (s->ek_count == VAULT_EKS_MAX)
        return HK_TOO_MUCH;
    memmove(&s->eks[at + 1], &s->eks[at], (s->ek_count - at) * sizeof s->eks[0]);
    s->eks[at].serial = serial;
    memcpy(s->eks[at].seed, seed, VAULT_KEY_BYTES);
    s->ek_count++;
    return HK_OK;
}

hk_err vault_state_place(vault_state *s, const uint8_t place[static VAULT_KEY_BYTES])
{
    if (s->place_known)
        return hk_slice_eq(VAULT_32(s->place), VAULT_32(place)) ? HK_OK : HK_CONFLICT;
    memcpy(s->place, place, VAULT_KEY_BYTES);
    s->place_known = true;
    return HK_OK;
}

uint32_t vault_state_team_serial(const vault_state *s, const team_id *team)
{
    for (size_t i = 0; i < s->team_count; i++)
        if (HK_ID_EQ(s->teams[i].team, *team))
            return s->teams[i].serial;
    return 0;
}

hk_err vault_state_team(vault_state *s, const team_id *team, uint32_t serial)
{
    size_t at = 0;
    while (at < s->team_count && vault_id_order(s->teams[at].team.b, team->b) < 0)
        at++;
    if (at == s->team_count || !HK_ID_EQ(s->teams[at].team, *team)) {
        if (s->team_count == VAULT_TEAMS_MAX)
            return HK_TOO_MUCH;
        memmove(&s->teams[at + 1], &s->teams[at], (s->team_count - at) * sizeof s->teams[0]);
        s->teams[at] = (vault_team_seen){.team = *team};
        s->team_count++;
    }
    if (serial > s->teams[at].serial)
        s->teams[at].serial = serial;
    return HK_OK;
}

hk_err vault_state_audit(vault_state *s, int64_t count, const uint8_t head[static VAULT_HASH_BYTES])
{
    if (count < 0 || count > HK_INT_MAX)
        return HK_BAD;
    if (count < s->audit_count)
        return HK_REFUSED;
    if (count == s->audit_count && count > 0 && !hk_slice_eq(VAULT_32(head), VAULT_32(s->audit_head)))
        return HK_REFUSED;
    s->audit_count = count;
    memcpy(s->audit_head, head, VAULT_HASH_BYTES);
    return HK_OK;
}

hk_err vault_state_merge(vault_state *s, const vault_state *from)
{
    for (size_t i = 0; i < from->pin_count; i++)
        HK_TRY(pin_merge(s, &from->memory.pins[i]));
    for (size_t i = 0; i < from->tip_count; i++)
        HK_TRY(vault_state_tip(s, &from->memory.tips[i]));
    for (size_t i = 0; i < from->key_count; i++) {
        const vault_kept_key *key = &from->memory.keys[i];
        if (!vault_state_find_key(s, &key->conv, key->epoch))
            HK_TRY(vault_state_keep_key(s, &key->conv, key->epoch, key->ck));
    }
    for (size_t i = 0; i < from->ek_count; i++)
        HK_TRY(vault_state_keep_ek(s, from->eks[i].serial, from->eks[i].seed));
    for (size_t i = 0; i < from->team_count; i++)
        HK_TRY(vault_state_team(s, &from->teams[i].team, from->teams[i].serial));
    if (from->place_known)
        HK_TRY(vault_state_place(s, from->place));
    if (from->audit_count > s->audit_count)
        HK_TRY(vault_state_audit(s, from->audit_count, from->audit_head));
    s->t_seen = from->t_seen > s->t_seen ? from->t_seen : s->t_seen;
    s->m_seen = from->m_seen > s->m_seen ? from->m_seen : s->m_seen;
    if (s->choices_n == 0 && from->choices_n <= VAULT_CHOICES_MAX) {
        s->choices_n = from->choices_n;
        memcpy(s->choices, from->choices, from->choices_n);
    }
    return HK_OK;
}

/* What was kept may be behind what the account remembers: then that is compared when it is passed. Or ahead,
 * where the page went before the state was stored: then it is remembered now, so that a place which lost
 * words is found out. */
hk_err vault_state_resume(vault_state *s, vault_log *log, uint8_t *kept, size_t kept_n)
{
    const vault_tip *remembered = vault_state_find_tip(s, &log->chain.conv);
    if (!remembered)
        return HK_NOT_THERE;
    HK_TRY(vault_log_resume(log, kept, kept_n));
    const vault_kept_key *key = vault_state_find_key(s, &log->chain.conv, log->chain.epoch);
    if (!key)
        return HK_NOT_THERE;
    if (remembered->resumed != log->resumed || (log->stops & VAULT_STOP_OUTSIDE))
        return HK_REFUSED;
    HK_TRY(vault_log_key(log, key->epoch, key->ck));
    vault_tip tip;
    vault_log_tip(log, &tip);
    HK_TRY(vault_state_tip(s, &tip)); /* moves on, never back */
    vault_log_expect(log, vault_state_find_tip(s, &log->chain.conv));
    return log->stops & VAULT_STOP_INTERRUPTED ? HK_REFUSED : HK_OK;
}

void vault_state_trust(const vault_state *s, vault_log *log, int64_t now_ms, const vault_member **ret_who)
{
    *ret_who = NULL;
    log->stops &= ~(uint32_t)(VAULT_STOP_UNPINNED | VAULT_STOP_EXPIRED);
    for (size_t i = 0; i < log->chain.member_count; i++) {
        const vault_member *m = &log->chain.members[i];
        uint32_t stop = 0;
        if (log->chain.until_ms[i] > 0 && now_ms >= log->chain.until_ms[i])
            stop |= VAULT_STOP_EXPIRED;
        if (!HK_ID_EQ(m->account, log->me->id)) {
            const vault_pin *pin = vault_state_find_pin(s, &m->account);
            if (!pin || !hk_slice_eq(VAULT_32(pin->ik), VAULT_32(m->ik)) ||
                !vault_is_zero(pin->other_ik, sizeof pin->other_ik))
                stop |= VAULT_STOP_UNPINNED;
        }
        if (stop && !*ret_who)
            *ret_who = m;
        log->stops |= stop;
    }
}

hk_err vault_state_prepare(const vault_state *s, vault_account *me)
{
    for (size_t i = 0; i < s->ek_count; i++)
        if (s->eks[i].serial < me->eks[0].serial)
            HK_TRY(vault_account_keep_ek(me, s->eks[i].serial, s->eks[i].seed));
    return HK_OK;
}
