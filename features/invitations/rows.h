/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the invitations' room (invitations.c).
 */
#ifndef HK_FEATURES_INVITATIONS_ROWS_H
#define HK_FEATURES_INVITATIONS_ROWS_H

enum {
    INVITATION_ADD,
    INVITATION_BURN,
    INVITATION_MINE,
    INVITATION_END,
    INVITATION_SEEN,
    INVITATION_FORGET_MINE,
    INVITATION_FORGET_GUEST,
};

#endif
