/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What libsodium's own tests want beyond random.c. Linked into those tests only, never into vault.wasm.
 */
#include <sodium.h>

int sodium_init(void)
{
    return 0;
}

int sodium_set_misuse_handler(void (*handler)(void))
{
    return 0;
}

/* As in libsodium's randombytes.c: ChaCha20 under the seed. Some of the tests draw their cases so. */
void randombytes_buf_deterministic(void *const buf, const size_t size,
                                   const unsigned char seed[randombytes_SEEDBYTES])
{
    static const unsigned char nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {'L', 'i', 'b', 's', 'o', 'd',
                                                                                'i', 'u', 'm', 'D', 'R', 'G'};
    crypto_stream_chacha20_ietf((unsigned char *)buf, (unsigned long long)size, nonce, seed);
}
