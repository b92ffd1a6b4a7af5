
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Credentials for Elasticsearch: from a line of a file to a header. */


#include <strings.h>

#include "cricket_base64url.h"
#include "cricket_credentials.h"


typedef struct {
    const char  *name;      /* with the space behind it */
    size_t       len;
    unsigned     pair:1;    /* of two texts, with a colon, as base64 */
} cricket_credentials_scheme_t;


static const char *cricket_credentials_line(const unsigned char *data,
    size_t *len);
static const char *cricket_credentials_pair(const unsigned char *p,
    const unsigned char *last);
static const char *cricket_credentials_token(const unsigned char *p,
    const unsigned char *last);
static unsigned char *cricket_credentials_encode(unsigned char *dst,
    const unsigned char *p, size_t len);


/* the first is that of a line without any */

static const cricket_credentials_scheme_t  cricket_credentials_schemes[] = {
    { "Basic ", sizeof("Basic ") - 1, 1 },
    { "ApiKey ", sizeof("ApiKey ") - 1, 1 },
    { "Bearer ", sizeof("Bearer ") - 1, 0 }
};


int
cricket_credentials_parse(const unsigned char *data, size_t len,
    unsigned char *dst, size_t *n, const char **err)
{
    size_t                               i;
    unsigned                             named;
    unsigned char                       *q;
    const unsigned char                 *p, *last;
    const cricket_credentials_scheme_t  *scheme;

    *err = cricket_credentials_line(data, &len);

    if (*err) {
        return CRICKET_INVALID;
    }

    p = data;
    last = data + len;

    scheme = &cricket_credentials_schemes[0];
    named = 0;

    for (i = 0; i < sizeof(cricket_credentials_schemes)
                    / sizeof(cricket_credentials_schemes[0]); i++)
    {
        if (len >= cricket_credentials_schemes[i].len
            && strncasecmp((const char *) data,
                           cricket_credentials_schemes[i].name,
                           cricket_credentials_schemes[i].len)
               == 0)
        {
            scheme = &cricket_credentials_schemes[i];
            p += scheme->len;
            named = 1;
            break;
        }
    }

    memcpy(dst, scheme->name, scheme->len);
    q = dst + scheme->len;

    if (!named || (scheme->pair && memchr(p, ':', last - p))) {

        *err = cricket_credentials_pair(p, last);

        if (*err == NULL) {
            q = cricket_credentials_encode(q, p, last - p);
        }

    } else {
        *err = cricket_credentials_token(p, last);

        if (*err == NULL) {
            memcpy(q, p, last - p);
            q += last - p;
        }
    }

    *n = q - dst;

    return *err ? CRICKET_INVALID : CRICKET_OK;
}


/* takes the end of line off; what is wrong with the rest, or NULL */

static const char *
cricket_credentials_line(const unsigned char *data, size_t *len)
{
    size_t  i;

    if (*len > CRICKET_CREDENTIALS_FILE) {
        return "is larger than 8192 bytes";
    }

    if (*len && data[*len - 1] == '\n') {
        (*len)--;

        if (*len && data[*len - 1] == '\r') {
            (*len)--;
        }
    }

    if (*len == 0) {
        return "is empty";
    }

    if (*len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        return "begins with a byte order mark: save it without";
    }

    for (i = 0; i < *len; i++) {

        if (data[i] == '\n' || data[i] == '\r') {
            return "has more than one line";
        }

        if (data[i] < ' ' || data[i] == 0x7f) {
            return "has a control character";
        }
    }

    return NULL;
}


static const char *
cricket_credentials_pair(const unsigned char *p, const unsigned char *last)
{
    const unsigned char  *colon;

    colon = memchr(p, ':', last - p);

    if (colon == NULL) {
        return "has no colon: expected USER:PASSWORD, or \"ApiKey \" and a key";
    }

    if (colon == p) {
        return "has nothing before its colon";
    }

    return (colon + 1 == last) ? "has nothing behind its colon" : NULL;
}


static const char *
cricket_credentials_token(const unsigned char *p, const unsigned char *last)
{
    if (p == last) {
        return "has nothing behind its first word";
    }

    for ( /* void */ ; p < last; p++) {

        if (*p <= ' ' || *p > '~') {
            return "has a space or a character that is not ASCII in its key";
        }
    }

    return NULL;
}


/* RFC 4648, section 4; returns the end of what it wrote */

static unsigned char *
cricket_credentials_encode(unsigned char *dst, const unsigned char *p,
    size_t len)
{
    unsigned char  *q, *last;

    last = cricket_base64url_encode(dst, p, len);

    for (q = dst; q < last; q++) {

        if (*q == '-') {
            *q = '+';

        } else if (*q == '_') {
            *q = '/';
        }
    }

    while ((last - dst) % 4) {
        *last++ = '=';
    }

    return last;
}


cricket_str_t
cricket_credentials_secret(const unsigned char *data, size_t len)
{
    cricket_str_t         secret;
    const unsigned char  *space;

    space = len ? memchr(data, ' ', len) : NULL;

    if (space && space + 1 < data + len) {
        secret.data = space + 1;
        secret.len = data + len - secret.data;

    } else {
        secret.data = data;
        secret.len = len;
    }

    return secret;
}


void
cricket_credentials_wipe(void *data, size_t len)
{
    volatile unsigned char  *p;

    for (p = data; len; len--) {
        *p++ = 0;
    }
}
