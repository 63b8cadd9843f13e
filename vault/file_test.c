/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealed files: truncated, extended, reordered, swapped. Nothing of them may be shown.
 */
#include "vault/stage_test.h"
#include "vault/file.h"

#include <stdlib.h>

#define BIG (3 * VAULT_FILE_CHUNK + 7)

static uint8_t PLAIN[BIG], *BLOB, *BACK;
static size_t BLOB_N;
static vault_descriptor WHAT;

static int begin(void **state)
{
    for (size_t i = 0; i < sizeof PLAIN; i++)
        PLAIN[i] = (uint8_t)(i * 31 + 1);
    BLOB = malloc(VAULT_FILE_HEADER + 8 * VAULT_FILE_SEALED);
    BACK = malloc(8 * VAULT_FILE_CHUNK);
    return BLOB && BACK ? 0 : 1;
}

static int end(void **state)
{
    free(BLOB);
    free(BACK);
    return 0;
}

static void seal(size_t size)
{
    vault_file f;
    size_t from = 0, n;
    WHAT = (vault_descriptor){.blob = {{3}}, .name = HK_LIT("a letter.txt"), .type = HK_LIT("text/plain")};
    must(vault_file_seal_start(&f, (int64_t)size, BLOB));
    BLOB_N = VAULT_FILE_HEADER;
    uint32_t chunks = f.what.chunks;
    for (uint32_t i = 0; i < chunks; i++) {
        size_t part = size - from < VAULT_FILE_CHUNK ? size - from : VAULT_FILE_CHUNK;
        must(vault_file_seal_chunk(&f, hk_slice_of(PLAIN + from, part), BLOB + BLOB_N, &n));
        from += part;
        BLOB_N += n;
    }
    must(vault_file_seal_done(&f, &WHAT));
}

/* HK_OK only when everything opened and was the same. */
static hk_err open_blob(const uint8_t *blob, size_t blob_n, size_t *ret_n)
{
    vault_file f;
    size_t at = VAULT_FILE_HEADER, got = 0, n;
    int64_t padded;
    uint32_t chunks;
    HK_TRY(vault_file_padded(WHAT.size, &padded, &chunks));
    size_t sealed = (size_t)(padded / chunks) + 17;
    HK_TRY(vault_file_open_start(&f, &WHAT, hk_slice_of(blob, blob_n < 24 ? blob_n : 24)));
    while (at < blob_n) {
        size_t part = blob_n - at < sealed ? blob_n - at : sealed;
        HK_TRY(vault_file_open_chunk(&f, hk_slice_of(blob + at, part), BACK + got, &n));
        got += n;
        at += part;
    }
    HK_TRY(vault_file_open_done(&f));
    *ret_n = got;
    return HK_OK;
}

static void a_file_of_every_size_comes_back_and_its_blob_has_a_ladder_size(void **state)
{
    static const size_t sizes[] = {0, 1, 4096, 4097, 16384, 16385, 65536, 65537, 2 * 65536, BIG};
    static const size_t blobs[] = {4113, 4113, 4113, 16401, 16401, 65553, 65553, 131106, 131106, 262212};
    for (size_t i = 0; i < HK_COUNT(sizes); i++) {
        size_t n;
        seal(sizes[i]);
        assert_int_equal(BLOB_N, blobs[i] + VAULT_FILE_HEADER);
        must(open_blob(BLOB, BLOB_N, &n));
        assert_int_equal(n, sizes[i]);
        assert_memory_equal(BACK, PLAIN, n);
    }
}

static void padme_steps_grow_by_at_most_an_eighth(void **state)
{
    int64_t padded, before = 0;
    uint32_t chunks;
    for (int64_t n = 2; n <= VAULT_FILE_CHUNKS_MAX; n++) {
        must(vault_file_padded(n * VAULT_FILE_CHUNK, &padded, &chunks));
        assert_true(padded >= n * VAULT_FILE_CHUNK && padded >= before);
        assert_true(padded * 8 <= n * VAULT_FILE_CHUNK * 9);
        before = padded;
    }
    refuses(HK_TOO_MUCH,
            vault_file_padded((int64_t)VAULT_FILE_CHUNKS_MAX * VAULT_FILE_CHUNK + 1, &padded, &chunks));
    refuses(HK_BAD, vault_file_padded(-1, &padded, &chunks));
}

static void a_truncated_extended_or_reordered_file_is_refused(void **state)
{
    size_t n;
    seal(BIG);
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N - VAULT_FILE_SEALED, &n)); /* the last chunk is gone */
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N - 1, &n));
    refuses(HK_REFUSED, open_blob(BLOB, VAULT_FILE_HEADER, &n));
    refuses(HK_REFUSED, open_blob(BLOB, 10, &n));
    memcpy(BLOB + BLOB_N, BLOB + 24, VAULT_FILE_SEALED);
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N + VAULT_FILE_SEALED, &n)); /* a chunk after the last */
    uint8_t *swapped = malloc(BLOB_N);
    assert_non_null(swapped);
    memcpy(swapped, BLOB, BLOB_N);
    memcpy(swapped + 24, BLOB + 24 + VAULT_FILE_SEALED, VAULT_FILE_SEALED);
    memcpy(swapped + 24 + VAULT_FILE_SEALED, BLOB + 24, VAULT_FILE_SEALED);
    refuses(HK_REFUSED, open_blob(swapped, BLOB_N, &n));
    free(swapped);
    must(open_blob(BLOB, BLOB_N, &n));
}

static void any_flipped_bit_and_any_other_descriptor_is_refused(void **state)
{
    size_t n;
    seal(100);
    for (size_t at = 0; at < BLOB_N; at += 7) {
        BLOB[at] ^= 1;
        refuses(HK_REFUSED, open_blob(BLOB, BLOB_N, &n));
        BLOB[at] ^= 1;
    }
    vault_descriptor right = WHAT;
    WHAT.size = 101; /* a true size that is not the true one */
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N, &n));
    WHAT = right;
    WHAT.hash[0] ^= 1;
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N, &n));
    WHAT = right;
    WHAT.key[0] ^= 1;
    refuses(HK_REFUSED, open_blob(BLOB, BLOB_N, &n));
}

static void a_sealer_takes_exactly_the_promised_bytes(void **state)
{
    vault_file f;
    size_t n;
    must(vault_file_seal_start(&f, 100, BLOB));
    refuses(HK_BAD, vault_file_seal_chunk(&f, hk_slice_of(PLAIN, 99), BLOB + 24, &n));
    refuses(HK_BAD, vault_file_seal_chunk(&f, hk_slice_of(PLAIN, 101), BLOB + 24, &n));
    refuses(HK_BAD, vault_file_seal_done(&f, &WHAT));
    must(vault_file_seal_chunk(&f, hk_slice_of(PLAIN, 100), BLOB + 24, &n));
    refuses(HK_BAD, vault_file_seal_chunk(&f, (hk_slice){0}, BLOB + 24, &n));
    must(vault_file_seal_done(&f, &WHAT));
    assert_true(sodium_is_zero((const uint8_t *)&f, sizeof f));
}

static void a_descriptor_has_one_spelling(void **state)
{
    uint8_t bytes[VAULT_DESCRIPTOR_MAX + 1];
    size_t n;
    vault_descriptor back;
    seal(BIG);
    must(vault_descriptor_write(&WHAT, bytes, sizeof bytes, &n));
    must(vault_descriptor_parse(hk_slice_of(bytes, n), &back));
    assert_int_equal(back.size, BIG);
    assert_true(hk_slice_eq(back.name, WHAT.name) && hk_slice_eq(back.type, WHAT.type));
    refuses(HK_BAD, vault_descriptor_parse(hk_slice_of(bytes, n - 1), &back));
    refuses(HK_BAD, vault_descriptor_parse(hk_slice_of(bytes, n + 1), &back));
    bytes[1 + 16 + 32 + 32 + 8 + 3]++; /* a chunk count that does not follow from the size */
    refuses(HK_BAD, vault_descriptor_parse(hk_slice_of(bytes, n), &back));
    char name[VAULT_FILE_NAME_MAX + 1];
    memset(name, 'a', sizeof name);
    WHAT.name = hk_slice_of(name, sizeof name);
    refuses(HK_TOO_MUCH, vault_descriptor_write(&WHAT, bytes, sizeof bytes, &n));
    WHAT.name = HK_LIT("\xff");
    refuses(HK_BAD, vault_descriptor_write(&WHAT, bytes, sizeof bytes, &n));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_file_of_every_size_comes_back_and_its_blob_has_a_ladder_size),
        T(padme_steps_grow_by_at_most_an_eighth),
        T(a_truncated_extended_or_reordered_file_is_refused),
        T(any_flipped_bit_and_any_other_descriptor_is_refused),
        T(a_sealer_takes_exactly_the_promised_bytes),
        T(a_descriptor_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
