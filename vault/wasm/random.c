/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What libsodium asks of its surroundings, under WASM: randomness from the one import, and a trap where the
 * library would abort. It replaces libsodium's randombytes/ and core.c; sodium_init() has nothing to do here
 * (no processor features to pick, no guarded pages, no file descriptor to keep open).
 */
#include "vault/wasm/random.h"

#include <sodium.h>

#define RANDOM_CALL_MAX 65536 /* what crypto.getRandomValues gives in one call */

__attribute__((import_module("hearken"), import_name("random_fill"))) void random_fill(void *p, uint32_t n);

void randombytes_buf(void *const p, const size_t n)
{
    uint8_t *at = p;
    size_t left = n;
    while (left > 0) {
        size_t now = left < RANDOM_CALL_MAX ? left : RANDOM_CALL_MAX;
        random_fill(at, (uint32_t)now);
        at += now;
        left -= now;
    }
}

void randombytes(unsigned char *const p, const unsigned long long n)
{
    randombytes_buf(p, (size_t)n);
}

uint32_t randombytes_random(void)
{
    uint32_t drawn;
    randombytes_buf(&drawn, sizeof drawn);
    return drawn;
}

/* The same rule as libsodium's: draws below 2^32 mod upper are thrown away, so every value is equally likely.
 */
uint32_t randombytes_uniform(const uint32_t upper)
{
    if (upper < 2)
        return 0;
    uint32_t least = (uint32_t)(-upper) % upper;
    uint32_t drawn;
    do {
        drawn = randombytes_random();
    } while (drawn < least);
    return drawn % upper;
}

void sodium_misuse(void)
{
    __builtin_trap();
}

_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function)
{
    __builtin_trap();
}
