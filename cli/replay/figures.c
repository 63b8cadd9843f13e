/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/replay/figures.h"

#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    uint32_t x, y;
    __builtin_memcpy(&x, a, sizeof x);
    __builtin_memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static double percentile_ms(const replay_tally *t, double share)
{
    if (t->latency_count == 0)
        return 0;
    size_t at = (size_t)(share * (double)(t->latency_count - 1) + 0.5);
    return t->latency_us[at] / 1000.0;
}

bool figures_are_good(const replay_figures *f)
{
    const replay_tally *t = f->tally;
    return t->sent > 0 && t->opened == t->sent && f->lost == 0 && t->duplicated == 0 && t->reordered == 0 &&
           t->altered == 0 && t->unverified == 0;
}

void figures_print(const replay_figures *f, bool json, FILE *to)
{
    replay_tally *t = f->tally;
    if (t->latency_count)
        qsort(t->latency_us, t->latency_count, sizeof *t->latency_us, by_size);
    double p50 = percentile_ms(t, 0.50), p99 = percentile_ms(t, 0.99);
    double rate = f->talk_s > 0 ? (double)t->opened / f->talk_s : 0;
    double cpu_us = t->opened > 0 ? f->talk_cpu_s * 1e6 / (double)t->opened : 0;
    if (json) {
        (void)fprintf(to,
                      "{\"conversations\":%lld,\"sent\":%lld,\"opened_by_other\":%lld,\"lost\":%lld,"
                      "\"duplicated\":%lld,\"reordered\":%lld,\"altered\":%lld,\"unverified\":%lld,"
                      "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"messages_per_s\":%.1f,"
                      "\"cpu_us_per_message\":%.1f}\n",
                      (long long)f->conversations, (long long)t->sent, (long long)t->opened,
                      (long long)f->lost, (long long)t->duplicated, (long long)t->reordered,
                      (long long)t->altered, (long long)t->unverified, p50, p99, rate, cpu_us);
        return;
    }
    (void)fprintf(
        to,
        "%lld conversations: %lld messages sent, %lld opened by the other side.\n"
        "Lost %lld, doubled %lld, out of order %lld, altered %lld, not verified %lld.\n"
        "From send to opened: half within %.1f ms, 99 of 100 within %.1f ms; %.0f messages a second.\n",
        (long long)f->conversations, (long long)t->sent, (long long)t->opened, (long long)f->lost,
        (long long)t->duplicated, (long long)t->reordered, (long long)t->altered, (long long)t->unverified,
        p50, p99, rate);
}
