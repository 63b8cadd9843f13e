/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Epoch keys (M1). The commit names its key by ckc, so a server or a member cannot slip in another one, and a
 * wrap says for whom, where and when, so it cannot be used elsewhere.
 */
#include "vault/inside.h"

#include <string.h>

#define WRAPPED (VAULT_WRAP_BYTES - VAULT_SEAL_BYTES)

void vault_derive_ckc(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv, uint32_t epoch,
                      uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_KEYED(ret, ck, VAULT_D(VAULT_D_CKC), HK_ID_SLICE(*conv), VAULT_BE32(epoch));
}

void vault_derive_message_key(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv,
                              uint32_t epoch, const uint8_t commit_hash[static VAULT_HASH_BYTES],
                              uint8_t ret[static VAULT_KEY_BYTES])
{
    VAULT_KEYED(ret, ck, VAULT_D(VAULT_D_MSGKEY), HK_ID_SLICE(*conv), VAULT_BE32(epoch),
                VAULT_32(commit_hash));
}

static void write_wrapped(const conversation_id *conv, uint32_t epoch, const account_id *account,
                          const uint8_t *ck, uint8_t ret[static WRAPPED])
{
    hk_writer w = hk_writer_of(ret, WRAPPED);
    hk_write_slice(&w, VAULT_D(VAULT_D_WRAP));
    hk_write_bytes(&w, conv->b, HK_ID_BYTES);
    hk_write_u32(&w, epoch);
    hk_write_bytes(&w, account->b, HK_ID_BYTES);
    hk_write_bytes(&w, ck, VAULT_KEY_BYTES);
}

hk_err vault_derive_wrap(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv,
                         uint32_t epoch, const vault_member *to,
                         const uint8_t ephemeral_seed[static VAULT_KEY_BYTES],
                         uint8_t ret[static VAULT_WRAP_BYTES])
{
    uint8_t plain[WRAPPED];
    write_wrapped(conv, epoch, &to->account, ck, plain);
    hk_err err = vault_box_seal(hk_slice_of(plain, sizeof plain), to->ek, ephemeral_seed, ret);
    sodium_memzero(plain, sizeof plain);
    return err;
}

hk_err vault_open_wrap(const vault_account *me, const vault_chain *chain, const uint8_t *ek, hk_slice wrap,
                       uint8_t ret_ck[static VAULT_KEY_BYTES])
{
    VAULT_KEY(ck);
    uint8_t plain[WRAPPED], expected[WRAPPED], ckc[VAULT_HASH_BYTES];
    const vault_ek *mine = vault_account_ek(me, ek);
    if (!mine || wrap.n != VAULT_WRAP_BYTES)
        return HK_REFUSED;
    HK_TRY(vault_box_open(wrap, mine->pk, mine->secret, plain));
    memcpy(ck.b, plain + WRAPPED - VAULT_KEY_BYTES, VAULT_KEY_BYTES);
    write_wrapped(&chain->conv, chain->epoch, &me->id, ck.b, expected);
    int wrong = sodium_memcmp(plain, expected, WRAPPED);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(expected, sizeof expected);
    vault_derive_ckc(ck.b, &chain->conv, chain->epoch, ckc);
    wrong |= sodium_memcmp(ckc, chain->ckc, sizeof ckc);
    if (wrong)
        return HK_REFUSED;
    memcpy(ret_ck, ck.b, VAULT_KEY_BYTES);
    return HK_OK;
}
