/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside cli/device/ only: what the steps of a device share.
 */
#ifndef HK_CLI_DEVICE_STEPS_H
#define HK_CLI_DEVICE_STEPS_H

#include "cli/device/device.h"
#include "features/place/contract.h"

void device_step(device *d); /* a new step begins: empties the arena and the last problem */
hk_err device_refuse(device *d, hk_err err, const char *sentence); /* returns err */

/* The place as it says it is. The first place key seen is kept; another one later is refused. */
hk_err device_place(device *d, place_body *ret);

#endif
