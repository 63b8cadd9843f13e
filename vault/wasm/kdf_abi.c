/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The module of the KDF worker: runs Argon2 once in an instance of its own, which is then wiped and thrown
 * away (libsodium never clears Argon2's memory). Input and R lie in one small buffer.
 */
#include <sodium.h>
#include <string.h>

#include "vault/unlock.h"

#define EXPORTED __attribute__((visibility("default"), used))

uint8_t *kdf_buffer(void);
int32_t kdf_run(uint32_t n);
__attribute__((import_module("hearken"), import_name("kdf_progress"))) void kdf_progress(uint32_t done);

static uint8_t buffer[VAULT_KDF_INPUT_MAX];
static uint32_t segments_done;

EXPORTED uint8_t *kdf_buffer(void)
{
    return buffer;
}

/* 0 and R in the buffer's first 32 bytes, or the error as a negative number. */
EXPORTED int32_t kdf_run(uint32_t n)
{
    uint8_t r[VAULT_KEY_BYTES];
    if (n > sizeof buffer)
        return -(int32_t)HK_TOO_MUCH;
    hk_err err = vault_kdf_run(hk_slice_of(buffer, n), r);
    sodium_memzero(buffer, sizeof buffer);
    if (err == HK_OK)
        memcpy(buffer, r, sizeof r);
    sodium_memzero(r, sizeof r);
    return -(int32_t)err;
}

/* Argon2 fills its memory in t * 4 segments; the linker puts this in front of the function that fills one. */
typedef struct Argon2_instance_t Argon2_instance_t;
typedef struct Argon2_position_t {
    uint32_t pass;
    uint32_t lane;
    uint8_t slice;
    uint32_t index;
} argon2_position_t;
void __real_fill_segment_ref(const Argon2_instance_t *instance, argon2_position_t position);
void __wrap_fill_segment_ref(const Argon2_instance_t *instance, argon2_position_t position);

void __wrap_fill_segment_ref(const Argon2_instance_t *instance, argon2_position_t position)
{
    __real_fill_segment_ref(instance, position);
    kdf_progress(++segments_done);
}
