/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Anything typed as a recovery code, a secret key or a password: a code that is read is written and read
 * again to the same bytes; a password that is taken is clean, and taking it twice changes nothing.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/paper.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t code[VAULT_RECOVERY_BYTES], again[VAULT_RECOVERY_BYTES], sk[VAULT_SK_BYTES],
        sk_again[VAULT_SK_BYTES];
    uint8_t password[VAULT_PASSWORD_MAX], twice[VAULT_PASSWORD_MAX];
    char text[VAULT_RECOVERY_TEXT], sk_text[VAULT_SK_TEXT];
    size_t length, twice_length;
    hk_slice typed = hk_slice_of(bytes, n);
    must(sodium_init() >= 0);
    if (vault_recovery_parse(typed, code) == HK_OK) {
        vault_recovery_text(code, text);
        must(vault_recovery_parse(hk_slice_of(text, sizeof text), again) == HK_OK);
        must(memcmp(code, again, sizeof code) == 0);
    }
    if (vault_sk_parse(typed, sk) == HK_OK) {
        vault_sk_text(sk, sk_text);
        must(vault_sk_parse(hk_slice_of(sk_text, sizeof sk_text), sk_again) == HK_OK);
        must(memcmp(sk, sk_again, sizeof sk) == 0);
        size_t digits = 0;
        for (size_t i = 0; i < n; i++)
            digits += digit_value(bytes[i]) >= 0;
        must(digits == 28);
    }
    if (vault_password_prepare(typed, password, sizeof password, &length) == HK_OK) {
        must(length >= VAULT_PASSWORD_MIN && hk_utf8_valid(hk_slice_of(password, length)));
        must(vault_password_prepare(hk_slice_of(password, length), twice, sizeof twice, &twice_length) ==
             HK_OK);
        must(length == twice_length && memcmp(password, twice, length) == 0);
        for (size_t i = 0; i < length; i++)
            must(password[i] >= 0x20 && password[i] != 0x7F);
    }
    return 0;
}
