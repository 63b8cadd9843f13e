/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a kept log: what is read names only members and positions that there are, and is written
 * again.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/log_kept.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void begin(vault_log *log, uint64_t *history, uint64_t *mids)
{
    static const conversation_id CONV = {{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}};
    vault_log_memory memory = {history, VAULT_HISTORY_SLOTS_MIN, mids, VAULT_MID_SLOTS_MIN};
    must(vault_log_init(log, NULL, &CONV, &memory) == HK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static vault_log log, again;
    static uint64_t history[2][VAULT_HISTORY_SLOTS_MIN], mids[2][VAULT_MID_SLOTS_MIN];
    static uint8_t out[128 * 1024];
    begin(&log, history[0], mids[0]);
    if (vault_log_decode(hk_slice_of(bytes, n), &log) != HK_OK)
        return 0;
    must(log.position >= log.commit_position && log.chain.epoch > 0);
    for (size_t i = 0; i < log.stream_count; i++)
        must(log.streams[i].sender < log.chain.member_count);
    hk_writer w = hk_writer_of(out, sizeof out);
    vault_log_encode(&log, &w);
    must(!w.bad);
    begin(&again, history[1], mids[1]);
    must(vault_log_decode(hk_writer_done(&w), &again) == HK_OK);
    must(again.position == log.position && again.mids_new == log.mids_new);
    must(memcmp(again.h, log.h, sizeof log.h) == 0 && again.stream_count == log.stream_count);
    return 0;
}
