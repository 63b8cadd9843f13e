/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sealing primitives, each wrapped once: cipher, padding, sealed box, pair key.
 */
#include "vault/inside.h"

#include <string.h>

static size_t join_aad(hk_slice domain, hk_slice aad, uint8_t *ret)
{
    hk_writer w = hk_writer_of(ret, VAULT_AAD_MAX);
    hk_write_slice(&w, domain);
    hk_write_slice(&w, aad);
    return w.n; /* all our associated data is shorter than VAULT_AAD_MAX by its layout */
}

void vault_aead_seal(const uint8_t key[static VAULT_KEY_BYTES], const uint8_t nonce[static VAULT_NONCE_BYTES],
                     hk_slice aad_domain, hk_slice aad, hk_slice plain, uint8_t *ret)
{
    uint8_t joined[VAULT_AAD_MAX];
    size_t n = join_aad(aad_domain, aad, joined);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(ret, NULL, plain.p, plain.n, joined, n, NULL, nonce,
                                                     key); /* cannot fail below 256 GiB */
}

hk_err vault_aead_open(const uint8_t key[static VAULT_KEY_BYTES],
                       const uint8_t nonce[static VAULT_NONCE_BYTES], hk_slice aad_domain, hk_slice aad,
                       hk_slice sealed, uint8_t *ret)
{
    uint8_t joined[VAULT_AAD_MAX];
    size_t n = join_aad(aad_domain, aad, joined);
    if (sealed.n < VAULT_AEAD_BYTES)
        return HK_REFUSED;
    int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, sealed.p, sealed.n, joined, n,
                                                           nonce, key);
    return wrong ? HK_REFUSED : HK_OK;
}

size_t vault_padded_length(size_t n)
{
    static const size_t lengths[] = {256, 1024, 4096, VAULT_PADDED_MAX};
    for (size_t i = 0; i < HK_COUNT(lengths); i++)
        if (n < lengths[i])
            return lengths[i];
    return 0;
}

void vault_pad(uint8_t *buffer, size_t n, size_t padded)
{
    (void)sodium_pad(NULL, buffer, n, padded, padded); /* n < padded: cannot fail */
}

hk_err vault_unpad(const uint8_t *buffer, size_t padded, size_t *ret_n)
{
    return sodium_unpad(ret_n, buffer, padded, padded) == 0 ? HK_OK : HK_REFUSED;
}

hk_err vault_box_seal(hk_slice plain, const uint8_t pk[static VAULT_KEY_BYTES],
                      const uint8_t ephemeral_seed[static VAULT_KEY_BYTES], uint8_t *ret)
{
    VAULT_KEY(secret);
    uint8_t nonce[VAULT_NONCE_BYTES];
    (void)crypto_box_seed_keypair(ret, secret.b, ephemeral_seed); /* cannot fail */
    vault_blake(nonce, sizeof nonce, NULL, VAULT_PARTS(VAULT_32(ret), VAULT_32(pk)));
    int wrong = crypto_box_easy(ret + VAULT_KEY_BYTES, plain.p, plain.n, nonce, pk, secret.b);
    return wrong ? HK_REFUSED : HK_OK;
}

hk_err vault_box_open(hk_slice sealed, const uint8_t pk[static VAULT_KEY_BYTES],
                      const uint8_t secret[static VAULT_KEY_BYTES], uint8_t *ret)
{
    if (sealed.n < VAULT_SEAL_BYTES)
        return HK_REFUSED;
    return crypto_box_seal_open(ret, sealed.p, sealed.n, pk, secret) == 0 ? HK_OK : HK_REFUSED;
}

hk_err vault_shared(const uint8_t secret[static VAULT_KEY_BYTES], const uint8_t pk[static VAULT_KEY_BYTES],
                    uint8_t ret[static VAULT_KEY_BYTES])
{
    return crypto_scalarmult(ret, secret, pk) == 0 ? HK_OK : HK_REFUSED;
}

void vault_pair_key(const uint8_t shared[static VAULT_KEY_BYTES],
                    const uint8_t ek_from[static VAULT_KEY_BYTES],
                    const uint8_t ek_to[static VAULT_KEY_BYTES], const uint8_t from[static HK_ID_BYTES],
                    const uint8_t to[static HK_ID_BYTES], uint8_t ret[static VAULT_KEY_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_PAIR), VAULT_32(shared), VAULT_32(ek_from), VAULT_32(ek_to),
               hk_slice_of(from, HK_ID_BYTES), hk_slice_of(to, HK_ID_BYTES));
}
