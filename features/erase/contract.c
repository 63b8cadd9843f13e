/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/erase/contract.h"

#include "features/accounts/accounts.h"
#include "features/erase/erase.h"

static const shape_member ERASE_MEMBERS[] = {
    SHAPE_BYTES(erase_body, challenge, SHAPE_REQUIRED, 32, 32, "from POST /api/challenge"),
    SHAPE_CHOICE(erase_body, by, SHAPE_REQUIRED, RECORD_KIND_WORDS, "whose login key signs"),
    SHAPE_BYTES(erase_body, signature, SHAPE_REQUIRED, 64, 64, "login signature over the challenge"),
};
const shape ERASE = SHAPE("Erase", erase_body, ERASE_MEMBERS, "erase me");

static const shape_member ERASED_MEMBERS[] = {
    SHAPE_INT(erased_body, erased_at_ms, SHAPE_REQUIRED, 0, HK_INT_MAX, "when"),
    SHAPE_INT(erased_body, keys_in_backups_until_ms, SHAPE_REQUIRED, 0, HK_INT_MAX,
              "the last backup goes then"),
    SHAPE_INT(erased_body, conversations, SHAPE_REQUIRED, 0, HK_INT_MAX, "destroyed with it"),
    SHAPE_LIST(erased_body, remains, SHAPE_REQUIRED, 0, ERASE_REMAINS_MAX, &SHAPE_TEXT_ITEM,
               "what is not gone yet, in plain words"),
};
const shape ERASED = SHAPE("Erased", erased_body, ERASED_MEMBERS, "the receipt");

const shape *const ERASE_SHAPES[] = {&ERASE, &ERASED, NULL};
