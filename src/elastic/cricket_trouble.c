
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Why there is no speaking to Elasticsearch: what the codes of TLS mean. */


#include <string.h>

#include "cricket_trouble.h"


/* such a page is short, and begins with what it has to say */
#define CRICKET_TROUBLE_PAGE  1024


cricket_trouble_e
cricket_trouble_verify(long code)
{
    switch (code) {

    case 9:     /* X509_V_ERR_CERT_NOT_YET_VALID */
        return CRICKET_TROUBLE_EARLY;

    case 10:    /* X509_V_ERR_CERT_HAS_EXPIRED */
        return CRICKET_TROUBLE_EXPIRED;

    case 18:    /* X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT */
        return CRICKET_TROUBLE_SELF_SIGNED;

    case 2:     /* X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT */
    case 7:     /* X509_V_ERR_CERT_SIGNATURE_FAILURE */
    case 19:    /* X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN */
    case 20:    /* X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY */
    case 21:    /* X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE */
    case 27:    /* X509_V_ERR_CERT_UNTRUSTED */
        return CRICKET_TROUBLE_UNTRUSTED;

    case 22:    /* X509_V_ERR_CERT_CHAIN_TOO_LONG */
        return CRICKET_TROUBLE_DEPTH;

    case 23:    /* X509_V_ERR_CERT_REVOKED */
        return CRICKET_TROUBLE_REVOKED;

    case 3:     /* X509_V_ERR_UNABLE_TO_GET_CRL */
    case 8:     /* X509_V_ERR_CRL_SIGNATURE_FAILURE */
    case 11:    /* X509_V_ERR_CRL_NOT_YET_VALID */
    case 12:    /* X509_V_ERR_CRL_HAS_EXPIRED */
    case 33:    /* X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER */
        return CRICKET_TROUBLE_CRL;

    case 62:    /* X509_V_ERR_HOSTNAME_MISMATCH */
    case 64:    /* X509_V_ERR_IP_ADDRESS_MISMATCH */
        return CRICKET_TROUBLE_NAME;

    default:
        return CRICKET_TROUBLE_INVALID;
    }
}


cricket_trouble_e
cricket_trouble_alert(unsigned alert, unsigned asked, unsigned shown)
{
    switch (alert) {

    case 40:    /* handshake_failure */

        /* before TLS 1.3 it has to do for a missing certificate, too */

        return asked ? CRICKET_TROUBLE_CLIENT_NONE : CRICKET_TROUBLE_CIPHER;

    case 41:    /* no_certificate */
    case 42:    /* bad_certificate: so says Java of a missing one */
    case 43:    /* unsupported_certificate */
    case 44:    /* certificate_revoked */
    case 45:    /* certificate_expired */
    case 46:    /* certificate_unknown */
    case 48:    /* unknown_ca */
    case 49:    /* access_denied */
    case 116:   /* certificate_required */

        if (asked) {
            return CRICKET_TROUBLE_CLIENT_NONE;
        }

        return shown ? CRICKET_TROUBLE_CLIENT_REFUSED
                     : CRICKET_TROUBLE_HANDSHAKE;

    case 70:    /* protocol_version */
        return CRICKET_TROUBLE_VERSION;

    case 71:    /* insufficient_security */
        return CRICKET_TROUBLE_CIPHER;

    case 112:   /* unrecognized_name */
        return CRICKET_TROUBLE_UNKNOWN_NAME;

    default:
        return CRICKET_TROUBLE_HANDSHAKE;
    }
}


cricket_trouble_e
cricket_trouble_reply(const unsigned char *data, size_t len)
{
    size_t  i, k, n;

    static const struct {
        const char         *words;
        cricket_trouble_e   trouble;
    } pages[] = {

        /* nginx */

        { "plain HTTP request was sent to HTTPS port", CRICKET_TROUBLE_TLS },
        { "No required SSL certificate was sent", CRICKET_TROUBLE_CLIENT_NONE },
        { "The SSL certificate error", CRICKET_TROUBLE_CLIENT_REFUSED },

        /* Apache */

        { "speaking plain HTTP to an SSL-enabled", CRICKET_TROUBLE_TLS },

        /* Go's, as in Traefik and Caddy */

        { "sent an HTTP request to an HTTPS server", CRICKET_TROUBLE_TLS }
    };

    if (len > CRICKET_TROUBLE_PAGE) {
        len = CRICKET_TROUBLE_PAGE;
    }

    for (k = 0; k < sizeof(pages) / sizeof(pages[0]); k++) {

        n = strlen(pages[k].words);

        for (i = 0; i + n <= len; i++) {

            if (memcmp(data + i, pages[k].words, n) == 0) {
                return pages[k].trouble;
            }
        }
    }

    return CRICKET_TROUBLE_NONE;
}
