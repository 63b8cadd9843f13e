/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes between a known signer's name and signature as a roster or team certificate: what is accepted is
 * what the signer would have signed again, with a known role and a sane time.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/public_certs.c"
#endif
#include "vault/people.h"

#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

/* The bytes with a right signature put where one belongs: a stranger's bytes never get past it. */
static size_t sign_over(const uint8_t *bytes, size_t n, const uint8_t *secret, uint8_t *ret, size_t cap)
{
    size_t m = n < cap - 64 ? n : cap - 64;
    memcpy(ret, bytes, m);
    crypto_sign_detached(ret + m, NULL, ret, m, secret);
    return m + 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const uint8_t seed[32] = {1};
    static uint8_t roster_bytes[VAULT_ROSTER_BYTES + 8], team_bytes[VAULT_TEAM_BYTES + 8];
    uint8_t again[VAULT_ROSTER_BYTES], lead_bytes[VAULT_ROSTER_BYTES];
    vault_place place;
    vault_roster roster;
    vault_team team;
    must(sodium_init() >= 0);
    vault_place_derive(seed, &place);
    must(vault_roster_check(hk_slice_of(bytes, n), place.pk, -1, &roster) != HK_OK ||
         n == VAULT_ROSTER_BYTES);
    size_t signed_n = sign_over(bytes, n, place.secret, roster_bytes, sizeof roster_bytes);
    if (vault_roster_check(hk_slice_of(roster_bytes, signed_n), place.pk, -1, &roster) == HK_OK) {
        must(vault_roster_sign(&place, &roster, again) == HK_OK && signed_n == sizeof again);
        must(memcmp(again, roster_bytes, sizeof again) == 0);
    }
    vault_roster lead = {.role = VAULT_ROSTER_PEER, .lead = true, .serial = 1, .until_ms = 10};
    memcpy(lead.ik, place.pk, 32); /* the place's own key plays the lead too */
    must(vault_roster_sign(&place, &lead, lead_bytes) == HK_OK);
    signed_n = sign_over(bytes, n, place.secret, team_bytes, sizeof team_bytes);
    if (vault_team_check(hk_slice_of(team_bytes, signed_n), hk_slice_of(lead_bytes, sizeof lead_bytes),
                         place.pk, -1, 5, &team) == HK_OK) {
        must(signed_n == VAULT_TEAM_BYTES && team.serial >= 5);
        must(team.until_ms > team.from_ms && team.until_ms - team.from_ms <= VAULT_TEAM_LIFE_MAX_MS);
    }
    return 0;
}
