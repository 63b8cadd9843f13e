/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers out of a weights file: little-endian, at any address.
 */
#ifndef HK_LISTENING_MODEL_WEIGHTS_H
#define HK_LISTENING_MODEL_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WEIGHT_MAX 1e6f /* beyond it a sum could leave what a float holds: no training gives such */

static inline uint32_t weights_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The i-th float from p on. */
static inline float weights_f32(const uint8_t *p, size_t i)
{
    uint32_t bits = weights_u32(p + 4 * i);
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* n floats lie between -WEIGHT_MAX and WEIGHT_MAX; not-a-number does not. */
static inline bool weights_sane(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float f = weights_f32(p, i);
        if (!(f >= -WEIGHT_MAX && f <= WEIGHT_MAX))
            return false;
    }
    return true;
}

#endif
