/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as unlock records: what parses is in bounds, and a list of them hashes only in order.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/public_account.c"
#endif
#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static vault_new_record records[VAULT_RECORDS_MAX + 2];
    uint8_t hash[32];
    vault_unlock u;
    must(sodium_init() >= 0);
    if (vault_unlock_parse(hk_slice_of(bytes, n), &u) == HK_OK) {
        must(n == VAULT_UNLOCK_BYTES && bytes[0] == 1 && bytes[1] == 1 && u.serial > 0);
        must(u.kind >= VAULT_UNLOCK_PASSWORD && u.kind <= VAULT_UNLOCK_DEVICE);
        if (u.kind == VAULT_UNLOCK_PASSWORD)
            must(u.t >= 1 && u.t <= 16 && u.m_bytes >= VAULT_M_MIN_BYTES && u.m_bytes <= VAULT_M_MAX_BYTES);
        else
            must(u.t == 0 && u.m_bytes == 0);
    }
    size_t count = n / sizeof records[0];
    if (count > VAULT_RECORDS_MAX + 2)
        count = VAULT_RECORDS_MAX + 2;
    memcpy(records, bytes, count * sizeof records[0]);
    if (vault_records_hash(records, count, hash) == HK_OK) {
        must(count >= 1 && count <= VAULT_RECORDS_MAX);
        for (size_t i = 1; i < count; i++)
            must(records[i - 1].record[2] < records[i].record[2]);
    }
    return 0;
}
