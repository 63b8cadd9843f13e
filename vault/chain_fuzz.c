/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a stored chain: what is read is written again to the same bytes.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/public_store.c"
#endif
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static vault_chain chain;
    static uint8_t again[VAULT_CHAIN_BYTES_MAX];
    size_t again_n;
    if (vault_chain_decode(hk_slice_of(bytes, n), &chain) != HK_OK)
        return 0;
    must(vault_chain_encode(&chain, again, sizeof again, &again_n) == HK_OK);
    must(again_n == n && memcmp(again, bytes, n) == 0);
    return 0;
}
