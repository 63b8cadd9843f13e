/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * TLS with certificate files, for a place without a proxy in front. Never our own ACME.
 */
#include "wire/inside.h"

#include <event2/bufferevent_ssl.h>

hk_err tls_context(const char *certificate, const char *key, void **ret, const char **ret_problem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context)
        return HK_NO_MEMORY;
    *ret_problem = NULL;
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        *ret_problem = "TLS 1.2 cannot be set up";
    else if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        *ret_problem = "the TLS certificate file cannot be read, or is not in PEM";
    else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        *ret_problem = "the TLS key file cannot be read, or is not in PEM";
    else if (SSL_CTX_check_private_key(context) != 1)
        *ret_problem = "the TLS key does not belong to the certificate";
    if (*ret_problem) {
        SSL_CTX_free(context);
        return HK_BAD;
    }
    /* An idle connection keeps no buffers; nothing is renegotiated or compressed; sessions resume by ticket
     * only. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    *ret = context;
    return HK_OK;
}

void tls_context_free(void *context)
{
    SSL_CTX_free(context);
}

struct bufferevent *tls_bufferevent(wire *w, int fd)
{
    SSL *ssl = SSL_new(w->tls);
    if (!ssl)
        return NULL;
    struct bufferevent *be =
        bufferevent_openssl_socket_new(w->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (!be) {
        SSL_free(ssl);
        return NULL;
    }
    bufferevent_openssl_set_allow_dirty_shutdown(be,
                                                 1); /* HTTP has lengths and frames: a cut is noticed there */
    return be;
}
