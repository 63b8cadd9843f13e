/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a person types: passwords, and the codes on their sheet. Codes are Crockford base32 (no I, L, O, U) in
 * groups of four; the last characters check the rest, so a slip of the pen is found before anything is tried.
 * Reading forgives case, spaces, dashes and the letters that look like digits.
 */
#include "vault/inside.h"
#include "vault/unlock.h"

#include <string.h>

static const char DIGITS[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int digit_value(uint8_t c)
{
    if (c >= 'a' && c <= 'z')
        c = (uint8_t)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    for (int i = 0; i < 32; i++)
        if (DIGITS[i] == (char)c)
            return i;
    return -1;
}

/* n characters for the first n * 5 bits of in; bits past its end are zero. */
static void to_digits(hk_slice in, char *ret, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned v = 0;
        for (size_t bit = i * 5; bit < i * 5 + 5; bit++) {
            unsigned b = bit / 8 < in.n ? ((unsigned)in.p[bit / 8] >> (7 - bit % 8) & 1u) : 0;
            v = v << 1 | b;
        }
        ret[i] = DIGITS[v];
    }
}

/* Bytes from digits; HK_BAD when spare bits are not zero. */
static hk_err from_digits(const uint8_t *values, size_t n, uint8_t *ret, size_t ret_n)
{
    memset(ret, 0, ret_n);
    for (size_t bit = 0; bit < n * 5; bit++) {
        unsigned b = (unsigned)values[bit / 5] >> (4 - bit % 5) & 1u;
        if (bit / 8 < ret_n)
            ret[bit / 8] |= (uint8_t)(b << (7 - bit % 8));
        else if (b)
            return HK_BAD;
    }
    return HK_OK;
}

typedef struct paper_code {
    const char *name; /* so that a recovery code never passes for a secret key */
    size_t bytes;
    size_t digits; /* for the bytes */
    size_t check;  /* digits after them */
    char between;
} paper_code;

static const paper_code RECOVERY = {"recovery", VAULT_RECOVERY_BYTES, 32, 4, ' '};
static const paper_code SECRET_KEY = {"secret key", VAULT_SK_BYTES, 26, 2, '-'};
#define DIGITS_MAX 36

static void check_digits(const paper_code *code, const uint8_t *bytes, char *ret)
{
    uint8_t hash[VAULT_HASH_BYTES];
    VAULT_HASH(hash, VAULT_D(VAULT_D_RECCHECK), hk_slice_z(code->name), hk_slice_of(bytes, code->bytes));
    to_digits(VAULT_32(hash), ret, code->check);
}

static void code_text(const paper_code *code, const uint8_t *bytes, char *ret)
{
    char digits[DIGITS_MAX];
    to_digits(hk_slice_of(bytes, code->bytes), digits, code->digits);
    check_digits(code, bytes, digits + code->digits);
    for (size_t i = 0; i < code->digits + code->check; i++) {
        if (i && i % 4 == 0)
            *ret++ = code->between;
        *ret++ = digits[i];
    }
    sodium_memzero(digits, sizeof digits);
}

static hk_err code_parse(const paper_code *code, hk_slice text, uint8_t *ret)
{
    uint8_t values[DIGITS_MAX];
    char check[4];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n')
            continue;
        int v = digit_value(c);
        if (v < 0 || n == code->digits + code->check)
            return HK_BAD;
        values[n++] = (uint8_t)v;
    }
    if (n != code->digits + code->check)
        return HK_BAD;
    hk_err err = from_digits(values, code->digits, ret, code->bytes);
    if (err == HK_OK) {
        check_digits(code, ret, check);
        for (size_t i = 0; i < code->check; i++)
            if (check[i] != DIGITS[values[code->digits + i]])
                err = HK_BAD;
    }
    sodium_memzero(values, sizeof values);
    if (err != HK_OK)
        sodium_memzero(ret, code->bytes);
    return err;
}

void vault_recovery_text(const uint8_t code[static VAULT_RECOVERY_BYTES],
                         char ret[static VAULT_RECOVERY_TEXT])
{
    code_text(&RECOVERY, code, ret);
}

hk_err vault_recovery_parse(hk_slice text, uint8_t ret[static VAULT_RECOVERY_BYTES])
{
    return code_parse(&RECOVERY, text, ret);
}

void vault_sk_text(const uint8_t sk[static VAULT_SK_BYTES], char ret[static VAULT_SK_TEXT])
{
    code_text(&SECRET_KEY, sk, ret);
}

hk_err vault_sk_parse(hk_slice text, uint8_t ret[static VAULT_SK_BYTES])
{
    return code_parse(&SECRET_KEY, text, ret);
}

/* ---- Passwords (RFC 8265 OpaqueString; the page has done NFC) ---- */

static uint32_t next_point(hk_slice s, size_t *at)
{
    uint8_t a = s.p[*at];
    size_t n = a < 0x80 ? 1 : a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
    uint32_t v = n == 1 ? a : a & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        v = v << 6 | (s.p[*at + i] & 0x3Fu);
    *at += n;
    return v;
}

static bool is_other_space(uint32_t c) /* Unicode Zs but U+0020 */
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

static bool is_forbidden(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
        return true; /* controls */
    if ((c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0x10FFFF))
        return true;                                               /* private use */
    return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; /* never assigned */
}

hk_err vault_password_prepare(hk_slice password, uint8_t *ret, size_t cap, size_t *ret_n)
{
    if (!hk_utf8_valid(password))
        return HK_BAD;
    if (password.n > 4 * VAULT_PASSWORD_MAX)
        return HK_TOO_MUCH;
    hk_writer w = hk_writer_of(ret, cap);
    for (size_t at = 0; at < password.n;) {
        size_t from = at;
        uint32_t c = next_point(password, &at);
        if (is_forbidden(c))
            return HK_BAD;
        if (is_other_space(c))
            hk_write_u8(&w, ' ');
        else
            hk_write_bytes(&w, password.p + from, at - from);
    }
    if (w.bad || w.n < VAULT_PASSWORD_MIN || w.n > VAULT_PASSWORD_MAX)
        return HK_TOO_MUCH;
    *ret_n = w.n;
    return HK_OK;
}
