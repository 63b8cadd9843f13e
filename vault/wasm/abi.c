/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

#include "vault/bytes.h"

#define STACK_END       16  /* nothing lies at the very first bytes: NULL */
#define STACK_OWN_FRAME 256 /* of wipe_stack itself */

#define EXPORTED __attribute__((visibility("default"), used))

/* The module is one person's: its one session and its two buffers are all the state there is. */
static abi_session session;
static uint8_t request[ABI_BUFFER_BYTES];
static uint8_t reply[ABI_BUFFER_BYTES];

typedef struct abi_entry {
    uint32_t number;
    abi_operation *run;
} abi_entry;

static const abi_entry OPERATIONS[] = {
#define OP(number, name) {number, abi_##name},
#include "vault/wasm/ops.h"
#undef OP
};

uint8_t *vault_request(void);
uint8_t *vault_reply(void);
uint32_t vault_buffer_bytes(void);
int32_t vault_call(uint32_t number, uint32_t n);
void vault_reply_wipe(void);

EXPORTED uint8_t *vault_request(void)
{
    return request;
}

EXPORTED uint8_t *vault_reply(void)
{
    return reply;
}

EXPORTED uint32_t vault_buffer_bytes(void)
{
    return ABI_BUFFER_BYTES;
}

static hk_err run(uint32_t number, uint32_t n, hk_writer *out)
{
    if (n > ABI_BUFFER_BYTES)
        return HK_TOO_MUCH;
    for (size_t i = 0; i < HK_COUNT(OPERATIONS); i++) {
        if (OPERATIONS[i].number != number)
            continue;
        hk_reader in = hk_reader_of(hk_slice_of(request, n));
        HK_TRY(OPERATIONS[i].run(&session, &in, out));
        return out->bad ? HK_TOO_MUCH : HK_OK;
    }
    return HK_BAD;
}

/* The stack lies first in memory (flags.sh), so everything from its end up to here is free, and holds what
 * ciphers and hashes left behind: keys and pieces of words. */
static __attribute__((noinline, target("bulk-memory"))) void wipe_stack(void)
{
    volatile uint8_t here = 0;
    uintptr_t from = STACK_END, to = (uintptr_t)&here - STACK_OWN_FRAME;
    memset((void *)from, 0, to - from);
    __asm__ volatile("" ::: "memory"); /* nobody reads it again, and it is written all the same */
}

/* The answer's length, or the error as a negative number. Questions hold passwords and words: they go at
 * once. */
EXPORTED int32_t vault_call(uint32_t number, uint32_t n)
{
    hk_writer out = hk_writer_of(reply, sizeof reply);
    hk_err err = run(number, n, &out);
    sodium_memzero(request, n < sizeof request ? n : sizeof request);
    wipe_stack();
    if (err == HK_OK)
        return (int32_t)out.n;
    sodium_memzero(reply, sizeof reply);
    return -(int32_t)err;
}

EXPORTED void vault_reply_wipe(void)
{
    sodium_memzero(reply, sizeof reply);
}

/* ---- How questions and answers are written ---- */

hk_slice abi_read_short(hk_reader *in)
{
    return hk_read_bytes(in, hk_read_u8(in));
}

hk_slice abi_read_long(hk_reader *in)
{
    return hk_read_bytes(in, hk_read_u32(in));
}

hk_slice abi_read_rest(hk_reader *in)
{
    return hk_read_bytes(in, in->left);
}

void abi_write_long(hk_writer *out, hk_slice s)
{
    hk_write_u32(out, (uint32_t)s.n);
    hk_write_slice(out, s);
}

account_id abi_read_account(hk_reader *in)
{
    account_id id;
    hk_read_into(in, id.b, HK_ID_BYTES);
    return id;
}

conversation_id abi_read_conversation(hk_reader *in)
{
    conversation_id id;
    hk_read_into(in, id.b, HK_ID_BYTES);
    return id;
}

void abi_read_member(hk_reader *in, vault_member *ret)
{
    vault_member_read(in, ret);
}

void abi_write_member(hk_writer *out, const vault_member *m)
{
    vault_member_write(out, m);
}

void abi_write_commit(hk_writer *out, const vault_made_commit *made)
{
    abi_write_long(out, hk_slice_of(made->bytes, made->n));
    hk_write_u8(out, made->wrap_count);
    for (size_t i = 0; i < made->wrap_count; i++) {
        hk_write_bytes(out, made->wrap_for[i].b, HK_ID_BYTES);
        hk_write_bytes(out, made->wraps[i], VAULT_WRAP_BYTES);
    }
}

hk_err abi_asked(const hk_reader *in)
{
    return hk_reader_finished(in) ? HK_OK : HK_BAD;
}

hk_err abi_unlocked(const abi_session *s, const hk_reader *in)
{
    HK_TRY(abi_asked(in));
    return s->unlocked ? HK_OK : HK_WHO;
}
