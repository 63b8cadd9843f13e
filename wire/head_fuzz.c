/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a head: no proper prefix of a head is a head, looking for the end piece by piece finds the
 * same end as looking at once, and what was taken holds no byte that another reader could take for a line's
 * end.
 */
#ifdef FUZZ_MUTANT /* the parser with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "wire/head.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void is_inside(hk_slice part, const uint8_t *bytes, size_t n)
{
    must(part.n == 0 || (part.p >= bytes && part.p + part.n <= bytes + n));
    for (size_t i = 0; i < part.n; i++)
        must(part.p[i] != '\r' && part.p[i] != '\n' && part.p[i] != 0);
}

static void is_sound(const wire_head *h, const uint8_t *bytes, size_t n)
{
    must(h->path.n > 0 && h->path.p[0] == '/' && h->method.n > 0 && h->host.n > 0);
    must(h->content_length >= -1 && h->content_length < 1000000000);
    is_inside(h->method, bytes, n);
    is_inside(h->path, bytes, n);
    is_inside(h->query, bytes, n);
    for (size_t i = 0; i < h->field_count; i++) {
        is_inside(h->fields[i].name, bytes, n);
        is_inside(h->fields[i].value, bytes, n);
        must(!equal_lower(h->fields[i].name, "transfer-encoding"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    size_t seen = 0, at_once = wire_head_end(hk_slice_of(bytes, n), &seen), piecewise = 0;
    seen = 0;
    for (size_t k = 0; k <= n && piecewise == 0; k += 1 + k / 3)
        piecewise = wire_head_end(hk_slice_of(bytes, k), &seen);
    if (piecewise == 0)
        piecewise = wire_head_end(hk_slice_of(bytes, n), &seen);
    must(at_once == piecewise);
    if (at_once == 0 || at_once == WIRE_HEAD_BROKEN)
        return 0;
    wire_head h, part;
    int status = wire_head_parse(hk_slice_of(bytes, at_once), &h);
    must(status == 0 || (status >= 400 && status <= 505));
    if (status != 0)
        return 0;
    is_sound(&h, bytes, at_once);
    for (size_t k = 0; k < at_once; k++)
        must(wire_head_parse(hk_slice_of(bytes, k), &part) != 0);
    return 0;
}
