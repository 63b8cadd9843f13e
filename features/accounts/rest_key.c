/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Unlock records and login public keys at rest: sealed with a key that stands in a
 * file of its own, neither in the database nor in its backups. A stolen backup then gives nothing to guess a
 * password against. This is the one sealing that the server does and opens itself; what people say is never
 * under this key.
 *
 * hearkend links no function of libsodium that opens anything, so this is built from its keyed hash alone:
 * encrypt-then-MAC with BLAKE2b as a pseudorandom function.
 *
 *     enc, mac, salt  = BLAKE2b(key = file key, D("hearken/rest/v1") || 1, 2, 3)
 *     stream block i  = BLAKE2b-64(key = enc, nonce 24 || i u32)
 *     tag             = BLAKE2b(key = mac, version || nonce || account 16 || kind || what || ct)
 *     sealed          = version 1 || nonce 24 || ct || tag 32
 *     salt of nobody  = BLAKE2b-16(key = salt, handle)
 *
 * The nonce is random for each sealing. A 64-byte block of a keyed BLAKE2b under a 32-byte key is a PRF
 * (RFC 7693; Luykx, Mennink, Neves 2016), counter mode over a PRF is CTR, and a PRF is a MAC.
 */
#include "features/accounts/rest_key.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_BYTES 24
#define TAG_BYTES   32
#define BLOCK_BYTES 64
#define OVERHEAD    (1 + NONCE_BYTES + TAG_BYTES)

static const uint8_t DOMAIN[24] = "hearken/rest/v1";

#define DECOY_RECORD_BYTES 119 /* as long as a real one */
#define DECOY_KEY_BYTES    32

struct rest_key {
    uint8_t enc[32], mac[32], salt[32];
    uint8_t decoy_record[DECOY_RECORD_BYTES + OVERHEAD], decoy_key[DECOY_KEY_BYTES + OVERHEAD];
};

static const rest_place NOBODY[] = {
    [REST_RECORD] = {.what = REST_RECORD}, [REST_LOGIN_KEY] = {.what = REST_LOGIN_KEY}};

static void keyed(const uint8_t key[static 32], const hk_slice *parts, size_t count, uint8_t *ret, size_t n)
{
    crypto_generichash_state state;
    int bad = crypto_generichash_init(&state, key, 32, n);
    for (size_t i = 0; i < count; i++)
        bad |= crypto_generichash_update(&state, parts[i].p, parts[i].n);
    bad |= crypto_generichash_final(&state, ret, n);
    assert(!bad); /* sizes are ours */
    sodium_memzero(&state, sizeof state);
}

static void stream_xor(const rest_key *k, const uint8_t *nonce, hk_slice in, uint8_t *out)
{
    uint8_t block[BLOCK_BYTES];
    for (size_t at = 0; at < in.n; at += BLOCK_BYTES) {
        uint32_t i = (uint32_t)(at / BLOCK_BYTES);
        uint8_t number[4] = {(uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        keyed(k->enc, (hk_slice[]){hk_slice_of(nonce, NONCE_BYTES), hk_slice_of(number, 4)}, 2, block,
              sizeof block);
        for (size_t j = 0; j < BLOCK_BYTES && at + j < in.n; j++)
            out[at + j] = in.p[at + j] ^ block[j];
    }
    sodium_memzero(block, sizeof block);
}

/* head: version and nonce. */
static void tag_of(const rest_key *k, const uint8_t *head, const rest_place *at, hk_slice ct, uint8_t *ret)
{
    uint8_t where[2] = {(uint8_t)at->kind, (uint8_t)at->what};
    keyed(k->mac,
          (hk_slice[]){hk_slice_of(head, 1 + NONCE_BYTES), HK_ID_SLICE(at->account),
                       hk_slice_of(where, sizeof where), ct},
          4, ret, TAG_BYTES);
}

static void seal_into(const rest_key *k, const rest_place *at, hk_slice plain, uint8_t *ret)
{
    uint8_t *nonce = ret + 1, *ct = nonce + NONCE_BYTES;
    ret[0] = 1;
    randombytes_buf(nonce, NONCE_BYTES);
    stream_xor(k, nonce, plain, ct);
    tag_of(k, ret, at, hk_slice_of(ct, plain.n), ct + plain.n);
}

hk_err rest_key_new(const uint8_t key[static REST_KEY_BYTES], rest_key **ret)
{
    rest_key *k = calloc(1, sizeof *k);
    if (!k)
        return HK_NO_MEMORY;
    uint8_t *const subkeys[] = {k->enc, k->mac, k->salt};
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t number = (uint8_t)(i + 1);
        keyed(key, (hk_slice[]){hk_slice_of(DOMAIN, sizeof DOMAIN), hk_slice_of(&number, 1)}, 2, subkeys[i],
              32);
    }
    uint8_t record[DECOY_RECORD_BYTES] = {0}, login_key[DECOY_KEY_BYTES];
    memset(login_key, 0x66, sizeof login_key); /* Ed25519's base point: a proper key that is nobody's */
    login_key[0] = 0x58;
    seal_into(k, &NOBODY[REST_RECORD], hk_slice_of(record, sizeof record), k->decoy_record);
    seal_into(k, &NOBODY[REST_LOGIN_KEY], hk_slice_of(login_key, sizeof login_key), k->decoy_key);
    *ret = k;
    return HK_OK;
}

void rest_key_free(rest_key *k)
{
    if (!k)
        return;
    sodium_memzero(k, sizeof *k);
    free(k);
}

hk_err rest_seal(const rest_key *k, const rest_place *at, hk_slice plain, hk_arena *arena, hk_slice *ret)
{
    if (plain.n > REST_PLAIN_MAX)
        return HK_TOO_MUCH;
    uint8_t *sealed = hk_arena_get(arena, plain.n + OVERHEAD);
    if (!sealed)
        return HK_NO_MEMORY;
    seal_into(k, at, plain, sealed);
    *ret = hk_slice_of(sealed, plain.n + OVERHEAD);
    return HK_OK;
}

hk_err rest_open(const rest_key *k, const rest_place *at, hk_slice sealed, hk_arena *arena, hk_slice *ret)
{
    uint8_t tag[TAG_BYTES];
    if (sealed.n < OVERHEAD || sealed.n > REST_PLAIN_MAX + OVERHEAD || sealed.p[0] != 1)
        return HK_STORE;
    hk_slice ct = hk_slice_of(sealed.p + 1 + NONCE_BYTES, sealed.n - OVERHEAD);
    tag_of(k, sealed.p, at, ct, tag);
    if (sodium_memcmp(tag, ct.p + ct.n, sizeof tag) != 0)
        return HK_STORE;
    uint8_t *plain = hk_arena_get(arena, ct.n);
    if (!plain)
        return HK_NO_MEMORY;
    stream_xor(k, sealed.p + 1, ct, plain);
    *ret = hk_slice_of(plain, ct.n);
    return HK_OK;
}

hk_err rest_open_decoy(const rest_key *k, rest_what what, hk_arena *arena, hk_slice *ret)
{
    hk_slice sealed = what == REST_RECORD ? hk_slice_of(k->decoy_record, sizeof k->decoy_record)
                                          : hk_slice_of(k->decoy_key, sizeof k->decoy_key);
    return rest_open(k, &NOBODY[what], sealed, arena, ret);
}

void rest_salt(const rest_key *k, hk_slice handle, uint8_t ret[static 16])
{
    keyed(k->salt, &handle, 1, ret, 16);
}
