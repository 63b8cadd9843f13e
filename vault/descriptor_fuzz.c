/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a file descriptor: what is read is written again to the same bytes.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/file.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    vault_descriptor d;
    uint8_t again[VAULT_DESCRIPTOR_MAX];
    size_t again_n;
    if (vault_descriptor_parse(hk_slice_of(bytes, n), &d) != HK_OK)
        return 0;
    must(d.chunks >= 1 && d.chunks <= VAULT_FILE_CHUNKS_MAX && d.name.n <= VAULT_FILE_NAME_MAX);
    must(vault_descriptor_write(&d, again, sizeof again, &again_n) == HK_OK);
    must(again_n == n && memcmp(again, bytes, n) == 0);
    return 0;
}
