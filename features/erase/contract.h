/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of erasing an account (docs/interface.md, "Accounts").
 */
#ifndef HK_FEATURES_ERASE_CONTRACT_H
#define HK_FEATURES_ERASE_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define ERASE_REMAINS_MAX 8

typedef struct erase_body {
    hk_slice challenge;
    int64_t by;
    hk_slice signature;
} erase_body;

typedef struct erased_body {
    int64_t erased_at_ms, keys_in_backups_until_ms, conversations;
    shape_list remains; /* hk_slice */
} erased_body;

extern const shape ERASE, ERASED;

#endif
