/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the place's room (place.c).
 */
#ifndef HK_FEATURES_PLACE_ROWS_H
#define HK_FEATURES_PLACE_ROWS_H

enum {
    PLACE_READ,
    PLACE_MAKE,
    PLACE_WRITE,
    PLACE_KEY_SET,
    PLACE_HOURS,
    PLACE_HOURS_CLEAR,
    PLACE_HOURS_ADD,
    PLACE_HERE,
    PLACE_WAITING,
    PLACE_TEAM,
};

#endif
