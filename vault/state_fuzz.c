/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as an opened account state: what is read is written again to the same bytes, tables in order.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/state_bytes.c"
#endif
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

#define ROOM 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static vault_pin pins[ROOM];
    static vault_tip tips[ROOM];
    static vault_kept_key keys[ROOM];
    static vault_state s;
    vault_state_memory memory = {pins, ROOM, tips, ROOM, keys, ROOM};
    vault_state_init(&s, &memory);
    if (vault_state_decode(hk_slice_of(bytes, n), &s) != HK_OK)
        return 0;
    must(vault_state_size(&s) == n + VAULT_STATE_EXTRA);
    uint8_t *again = malloc(n);
    must(again != NULL);
    hk_writer w = hk_writer_of(again, n);
    vault_state_encode(&s, &w);
    must(!w.bad && w.n == n && memcmp(again, bytes, n) == 0);
    free(again);
    for (size_t i = 0; i < s.key_count; i++)
        must(vault_state_find_key(&s, &keys[i].conv, keys[i].epoch) == &keys[i]);
    for (size_t i = 0; i < s.pin_count; i++)
        must(vault_state_find_pin(&s, &pins[i].account) == &pins[i]);
    return 0;
}
