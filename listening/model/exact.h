/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * exp and its kin from + - * / alone, so that every machine and WASM give the same bits (glibc and wasi-libc
 * differ in the last one). Good to about 2e-7 relative, far below what is printed.
 */
#ifndef HK_LISTENING_MODEL_EXACT_H
#define HK_LISTENING_MODEL_EXACT_H

#include <stdint.h>
#include <string.h>

static inline float exact_exp(float x)
{
    if (x < -80.0f)
        return 0.0f;
    if (x > 80.0f)
        x = 80.0f;
    float scaled = x * 1.44269504f;
    int32_t whole = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
    /* x - whole * ln 2 in two parts (Cody and Waite 1980): the first has few bits and subtracts exactly. */
    float r = (x - (float)whole * 0.693359375f) + (float)whole * 2.12194440e-4f;
    float p = 1.0f / 5040.0f;
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits = (uint32_t)(whole + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

static inline float exact_sigmoid(float x)
{
    return 1.0f / (1.0f + exact_exp(-x));
}

/* Newton's steps from a guess by the exponent: sqrt is exact on every machine, but needs no math.h this way.
 */
static inline float exact_sqrt(float x)
{
    if (x <= 0.0f)
        return 0.0f;
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits >> 1) + 0x1FBD1DF5u;
    float y;
    memcpy(&y, &bits, sizeof y);
    for (int i = 0; i < 4; i++)
        y = 0.5f * (y + x / y);
    return y;
}

#endif
