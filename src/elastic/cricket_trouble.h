
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TROUBLE_H_INCLUDED_
#define _CRICKET_TROUBLE_H_INCLUDED_


#include <stddef.h>


/* what keeps Elasticsearch from being spoken to: somebody must mend it */

typedef enum {
    CRICKET_TROUBLE_NONE = 0,

    /* its certificate */
    CRICKET_TROUBLE_UNTRUSTED,      /* by a CA that is not trusted */
    CRICKET_TROUBLE_SELF_SIGNED,    /* by itself, and not trusted */
    CRICKET_TROUBLE_EXPIRED,        /* or one of its CAs' */
    CRICKET_TROUBLE_EARLY,          /* not valid yet */
    CRICKET_TROUBLE_NAME,           /* is for another name */
    CRICKET_TROUBLE_REVOKED,
    CRICKET_TROUBLE_CRL,            /* the list of the revoked is no use */
    CRICKET_TROUBLE_DEPTH,          /* the chain is too long */
    CRICKET_TROUBLE_INVALID,        /* for some other reason */

    /* that of the client */
    CRICKET_TROUBLE_CLIENT_NONE,    /* is asked for, and there is none */
    CRICKET_TROUBLE_CLIENT_REFUSED,

    /* TLS */
    CRICKET_TROUBLE_VERSION,        /* no version in common */
    CRICKET_TROUBLE_CIPHER,         /* no version or cipher in common */
    CRICKET_TROUBLE_UNKNOWN_NAME,   /* the name that SNI carries */
    CRICKET_TROUBLE_NOT_TLS,        /* is not spoken there */
    CRICKET_TROUBLE_SILENT,         /* the handshake is not answered */
    CRICKET_TROUBLE_CLOSED,         /* closed in the handshake */
    CRICKET_TROUBLE_HANDSHAKE,      /* failed for some other reason */

    /* no TLS */
    CRICKET_TROUBLE_TLS,            /* is spoken there */
    CRICKET_TROUBLE_UNANSWERED,     /* closed without an answer, as by TLS */

    CRICKET_TROUBLES
} cricket_trouble_e;


/* the trouble with a certificate, by OpenSSL's X509_V_ERR_..., not X509_V_OK */
cricket_trouble_e cricket_trouble_verify(long code);

/*
 * The trouble by a fatal alert of TLS from the server: "asked" says that it
 * asked for a certificate and was shown none, "shown" that there was one.
 */
cricket_trouble_e cricket_trouble_alert(unsigned alert, unsigned asked,
    unsigned shown);

/*
 * The trouble by the body of a 400 that an end of TLS, before Elasticsearch or
 * in its place, answers by itself; CRICKET_TROUBLE_NONE if it is another.
 */
cricket_trouble_e cricket_trouble_reply(const unsigned char *data, size_t len);


#endif /* _CRICKET_TROUBLE_H_INCLUDED_ */
