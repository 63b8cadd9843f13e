/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A program as the place must never be: it can open. Built only to show that symbols.sh refuses it.
 */
#include <sodium.h>

#include "vault/vault.h"

int main(int argc, char **argv)
{
    (void)argv;
    static vault_log log;
    static unsigned char opened[64], sealed[112], pk[32], sk[32];
    if (argc > 1000)
        return crypto_box_seal_open(opened, sealed, sizeof sealed, pk, sk) +
               (vault_log_wrap(&log, (hk_slice){0}) == HK_OK);
    return 0;
}
