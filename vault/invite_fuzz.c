/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Anything behind a # as an invitation: what is read is written again to the same letters.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/people.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    vault_invite invite;
    char again[VAULT_INVITE_TEXT];
    if (vault_invite_parse(hk_slice_of(bytes, n), &invite) != HK_OK)
        return 0;
    vault_invite_text(&invite, again);
    must(n == sizeof again && memcmp(again, bytes, n) == 0);
    return 0;
}
