/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one import of our WASM modules: n random bytes at p, at most 65,536 a call (crypto.getRandomValues).
 */
#ifndef HK_VAULT_WASM_RANDOM_H
#define HK_VAULT_WASM_RANDOM_H

#include <stdint.h>

void random_fill(void *p, uint32_t n);
_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function);

#endif
