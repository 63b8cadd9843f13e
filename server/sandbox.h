/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the server gives up before it listens: new privileges, core dumps, being looked into.
 */
#ifndef HK_SERVER_SANDBOX_H
#define HK_SERVER_SANDBOX_H

void sandbox_enter(void); /* as far as this machine allows; never fails */

#endif
