/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a request makes the libraries do, counted where it calls them (the linker's --wrap,
 * server/meson.build): a count says the same on every machine, where a clock says what else the machine did.
 */
#include "features/house_test.h"

#include <sodium.h>
#include <sqlite3.h>

static house_work work;

void house_work_start(void)
{
    work = (house_work){0};
}

house_work house_work_done(void)
{
    return work;
}

int __real_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long n,
                                       const unsigned char *pk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long n,
                                       const unsigned char *pk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long n,
                                       const unsigned char *pk)
{
    work.signatures++;
    work.signed_bytes += (int64_t)n;
    return __real_crypto_sign_verify_detached(sig, m, n, pk);
}

int __real_crypto_generichash_update(crypto_generichash_state *state, const unsigned char *in,
                                     unsigned long long n);
int __wrap_crypto_generichash_update(crypto_generichash_state *state, const unsigned char *in,
                                     unsigned long long n);
int __wrap_crypto_generichash_update(crypto_generichash_state *state, const unsigned char *in,
                                     unsigned long long n)
{
    work.hashed_bytes += (int64_t)n;
    return __real_crypto_generichash_update(state, in, n);
}

int __real_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement)
{
    work.steps++;
    return __real_sqlite3_step(statement);
}
