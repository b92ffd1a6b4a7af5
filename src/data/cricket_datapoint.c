
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a datapoint's parts may be made of, whatever format they came in. */


#include "cricket_datapoint.h"
#include "cricket_json.h"


/* of a key, each character as "\u0041" */
#define CRICKET_DATAPOINT_ESCAPED  (6 * CRICKET_TAG_KEY_LEN)


static cricket_str_t cricket_datapoint_key(const cricket_str_t *key,
    unsigned char *plain);


int
cricket_datapoint_is_key(const unsigned char *p, size_t len)
{
    const unsigned char  *last;

    for (last = p + len; p < last; p++) {

        /* "-" to "9" are "-", ".", "/" and the digits */

        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')
              || (*p >= '-' && *p <= '9') || *p == '_'))
        {
            return 0;
        }
    }

    return 1;
}


int
cricket_datapoint_is_control(const unsigned char *p, size_t len)
{
    const unsigned char  *last;

    for (last = p + len; p < last; p++) {

        if (*p < 0x20 || *p == 0x7f
            || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
        {
            return 1;
        }
    }

    return 0;
}


int
cricket_datapoint_key_cmp(const cricket_str_t *one, const cricket_str_t *two)
{
    int            rc;
    size_t         n;
    cricket_str_t  a, b;
    unsigned char  plain_a[CRICKET_DATAPOINT_ESCAPED];
    unsigned char  plain_b[CRICKET_DATAPOINT_ESCAPED];

    a = cricket_datapoint_key(one, plain_a);
    b = cricket_datapoint_key(two, plain_b);

    n = (a.len < b.len) ? a.len : b.len;
    rc = (n != 0) ? memcmp(a.data, b.data, n) : 0;

    if (rc != 0 || a.len == b.len) {
        return rc;
    }

    return (a.len < b.len) ? -1 : 1;
}


/* a reader has seen to what it decodes to, and so to its length */

static cricket_str_t
cricket_datapoint_key(const cricket_str_t *key, unsigned char *plain)
{
    ptrdiff_t      len;
    cricket_str_t  text;

    text = *key;

    if (key->len <= CRICKET_DATAPOINT_ESCAPED
        && memchr(key->data, '\\', key->len) != NULL)
    {
        len = cricket_json_decode(key, plain);

        text.data = plain;
        text.len = (len > 0) ? len : 0;
    }

    return text;
}
