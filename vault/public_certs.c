/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Certificates: an identity vouches for its encryption key, the place for its listeners, a lead for the
 * team's key.
 */
#include "vault/bytes.h"

void vault_ek_cert_signed(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                          const uint8_t ek[static VAULT_KEY_BYTES], uint32_t serial,
                          uint8_t ret[static VAULT_EKCERT_SIGNED])
{
    hk_writer w = hk_writer_of(ret, VAULT_EKCERT_SIGNED);
    hk_write_slice(&w, VAULT_D(VAULT_D_EKCERT));
    hk_write_bytes(&w, account->b, HK_ID_BYTES);
    hk_write_bytes(&w, ik, VAULT_KEY_BYTES);
    hk_write_bytes(&w, ek, VAULT_KEY_BYTES);
    hk_write_u32(&w, serial);
}

hk_err vault_ek_cert_verify(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                            const uint8_t ek[static VAULT_KEY_BYTES], uint32_t serial,
                            const uint8_t cert[static VAULT_SIGNATURE_BYTES])
{
    uint8_t message[VAULT_EKCERT_SIGNED];
    vault_ek_cert_signed(account, ik, ek, serial, message);
    return vault_signature_check(hk_slice_of(cert, VAULT_SIGNATURE_BYTES),
                                 hk_slice_of(message, sizeof message), ik);
}

static hk_err within(int64_t now_ms, int64_t from_ms, int64_t until_ms)
{
    if (until_ms <= from_ms)
        return HK_BAD;
    return now_ms < 0 || (now_ms >= from_ms && now_ms < until_ms) ? HK_OK : HK_REFUSED;
}

hk_err vault_roster_check(hk_slice bytes, const uint8_t place[static VAULT_KEY_BYTES], int64_t now_ms,
                          vault_roster *ret)
{
    vault_roster c = {0};
    hk_reader r = hk_reader_of(bytes);
    vault_read_domain(&r, VAULT_D(VAULT_D_ROSTER));
    hk_read_into(&r, c.account.b, HK_ID_BYTES);
    hk_read_into(&r, c.ik, VAULT_KEY_BYTES);
    c.role = hk_read_u8(&r);
    uint8_t lead = hk_read_u8(&r);
    c.lead = lead == 1;
    c.serial = hk_read_u32(&r);
    c.from_ms = hk_read_u53(&r);
    c.until_ms = hk_read_u53(&r);
    hk_slice signature = hk_read_bytes(&r, VAULT_SIGNATURE_BYTES);
    bool role_known =
        c.role == VAULT_ROSTER_PEER || c.role == VAULT_ROSTER_SUPERVISOR || c.role == VAULT_ROSTER_THERAPIST;
    if (!hk_reader_finished(&r) || lead > 1 || !role_known || c.serial == 0)
        return HK_BAD;
    HK_TRY(vault_signature_check(signature,
                                 hk_slice_part(bytes, 0, VAULT_ROSTER_BYTES - VAULT_SIGNATURE_BYTES), place));
    HK_TRY(within(now_ms, c.from_ms, c.until_ms));
    *ret = c;
    return HK_OK;
}

bool vault_roster_is_listener(const vault_roster *roster)
{
    return roster->role == VAULT_ROSTER_PEER || roster->role == VAULT_ROSTER_THERAPIST;
}

hk_err vault_team_check(hk_slice bytes, hk_slice lead_bytes, const uint8_t place[static VAULT_KEY_BYTES],
                        int64_t now_ms, uint32_t serial_seen, vault_team *ret)
{
    vault_team c = {0};
    vault_roster lead;
    hk_reader r = hk_reader_of(bytes);
    vault_read_domain(&r, VAULT_D(VAULT_D_TEAM));
    hk_read_into(&r, c.team.b, HK_ID_BYTES);
    c.serial = hk_read_u32(&r);
    hk_read_into(&r, c.tk, VAULT_KEY_BYTES);
    c.from_ms = hk_read_u53(&r);
    c.until_ms = hk_read_u53(&r);
    hk_slice signature = hk_read_bytes(&r, VAULT_SIGNATURE_BYTES);
    if (!hk_reader_finished(&r) || c.serial == 0)
        return HK_BAD;
    HK_TRY(vault_roster_check(lead_bytes, place, now_ms, &lead));
    if (!lead.lead)
        return HK_REFUSED;
    HK_TRY(vault_signature_check(signature, hk_slice_part(bytes, 0, VAULT_TEAM_BYTES - VAULT_SIGNATURE_BYTES),
                                 lead.ik));
    HK_TRY(within(now_ms, c.from_ms, c.until_ms));
    if (c.until_ms - c.from_ms > VAULT_TEAM_LIFE_MAX_MS)
        return HK_REFUSED;
    if (c.serial < serial_seen)
        return HK_REFUSED; /* somebody left the team since: their copy of that key must not work any more */
    *ret = c;
    return HK_OK;
}
