
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cricket_json.h"
#include "cricket_utf8.h"


/* what json->state says may come next */

#define CRICKET_JSON_STATE_START   0    /* the only value of the text */
#define CRICKET_JSON_STATE_VALUE   1    /* a member's value */
#define CRICKET_JSON_STATE_ITEM    2    /* the first item, or "]" */
#define CRICKET_JSON_STATE_MEMBER  3    /* the first key, or "}" */
#define CRICKET_JSON_STATE_AFTER   4    /* what follows a whole value */
#define CRICKET_JSON_STATE_END     5
#define CRICKET_JSON_STATE_ERROR   6

/* no double, and no middle between two, has more significant digits */
#define CRICKET_JSON_DIGITS        780

/* with CRICKET_JSON_DIGITS digits all beyond is 0 or infinite anyway */
#define CRICKET_JSON_EXPONENT      10000

/* one byte, eight times */
#define cricket_json_bytes(c)      (UINT64_C(0x0101010101010101) * (c))


static cricket_json_token_e cricket_json_key(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_value(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_after(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_open(cricket_json_t *json,
    const unsigned char *p, cricket_json_token_e token);
static cricket_json_token_e cricket_json_close(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_word(cricket_json_t *json,
    const unsigned char *p, const char *word, size_t len,
    cricket_json_token_e token);
static cricket_json_token_e cricket_json_number(cricket_json_t *json,
    const unsigned char *p);
static const unsigned char *cricket_json_string(cricket_json_t *json,
    const unsigned char *p);
static const unsigned char *cricket_json_escape(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_error(cricket_json_t *json,
    const unsigned char *p, const char *error);
static uint32_t cricket_json_hex(const unsigned char *p);
static int cricket_json_strtod(const cricket_str_t *text, double *value);


/* the powers of ten that a double holds exactly */

static const double  cricket_json_powers[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};


static inline const unsigned char *
cricket_json_space(const unsigned char *p, const unsigned char *last)
{
    while (p < last
           && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    {
        p++;
    }

    return p;
}


static inline int
cricket_json_digit(const unsigned char *p, const unsigned char *last)
{
    return p < last && *p >= '0' && *p <= '9';
}


void
cricket_json_init(cricket_json_t *json, const unsigned char *data, size_t len)
{
    /* a NULL pointer must not be added to, be it 0 */

    if (len == 0) {
        data = (const unsigned char *) "";
    }

    memset(json, 0, sizeof(cricket_json_t));

    json->start = data;
    json->pos = data;
    json->last = data + len;
    json->state = CRICKET_JSON_STATE_START;
}


cricket_json_token_e
cricket_json_next(cricket_json_t *json)
{
    const unsigned char  *p;

    p = cricket_json_space(json->pos, json->last);

    switch (json->state) {

    case CRICKET_JSON_STATE_START:

        if (json->last - p >= 3 && p == json->start
            && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        {
            return cricket_json_error(json, p, "a byte order mark");
        }

        return cricket_json_value(json, p);

    case CRICKET_JSON_STATE_VALUE:
        return cricket_json_value(json, p);

    case CRICKET_JSON_STATE_ITEM:

        if (p < json->last && *p == ']') {
            return cricket_json_close(json, p);
        }

        return cricket_json_value(json, p);

    case CRICKET_JSON_STATE_MEMBER:

        if (p < json->last && *p == '}') {
            return cricket_json_close(json, p);
        }

        return cricket_json_key(json, p);

    case CRICKET_JSON_STATE_AFTER:
        return cricket_json_after(json, p);

    case CRICKET_JSON_STATE_END:
        return CRICKET_JSON_END;

    default: /* CRICKET_JSON_STATE_ERROR */
        return CRICKET_JSON_ERROR;
    }
}


static cricket_json_token_e
cricket_json_key(cricket_json_t *json, const unsigned char *p)
{
    if (p == json->last) {
        return cricket_json_error(json, p, "ends inside an object");
    }

    if (*p != '"') {
        return cricket_json_error(json, p, "expected a key in quotes");
    }

    p = cricket_json_string(json, p + 1);
    if (p == NULL) {
        return CRICKET_JSON_ERROR;
    }

    p = cricket_json_space(p, json->last);

    if (p == json->last) {
        return cricket_json_error(json, p, "ends inside an object");
    }

    if (*p != ':') {
        return cricket_json_error(json, p, "expected a colon after a key");
    }

    json->pos = p + 1;
    json->state = CRICKET_JSON_STATE_VALUE;

    return CRICKET_JSON_KEY;
}


static cricket_json_token_e
cricket_json_value(cricket_json_t *json, const unsigned char *p)
{
    json->value = p;

    if (p == json->last) {
        return cricket_json_error(json, p, "expected a value");
    }

    switch (*p) {

    case '"':
        p = cricket_json_string(json, p + 1);
        if (p == NULL) {
            return CRICKET_JSON_ERROR;
        }

        json->pos = p;
        json->state = CRICKET_JSON_STATE_AFTER;

        return CRICKET_JSON_STRING;

    case '{':
        return cricket_json_open(json, p, CRICKET_JSON_OBJECT);

    case '[':
        return cricket_json_open(json, p, CRICKET_JSON_ARRAY);

    case '-':
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return cricket_json_number(json, p);

    case 't':
        return cricket_json_word(json, p, "true", 4, CRICKET_JSON_TRUE);

    case 'f':
        return cricket_json_word(json, p, "false", 5, CRICKET_JSON_FALSE);

    case 'n':
        return cricket_json_word(json, p, "null", 4, CRICKET_JSON_NULL);

    default:
        return cricket_json_error(json, p, "expected a value");
    }
}


static cricket_json_token_e
cricket_json_after(cricket_json_t *json, const unsigned char *p)
{
    unsigned  object;

    if (json->depth == 0) {

        if (p == json->last) {
            json->pos = p;
            json->state = CRICKET_JSON_STATE_END;
            return CRICKET_JSON_END;
        }

        return cricket_json_error(json, p, "a second value after the first");
    }

    object = (json->objects >> (json->depth - 1)) & 1;

    if (p == json->last) {
        return cricket_json_error(json, p, object ? "ends inside an object"
                                                  : "ends inside an array");
    }

    if (*p == ',') {
        p = cricket_json_space(p + 1, json->last);

        return object ? cricket_json_key(json, p)
                      : cricket_json_value(json, p);
    }

    if (*p == (object ? '}' : ']')) {
        return cricket_json_close(json, p);
    }

    return cricket_json_error(json, p, object ? "expected a comma or }"
                                              : "expected a comma or ]");
}


static cricket_json_token_e
cricket_json_open(cricket_json_t *json, const unsigned char *p,
    cricket_json_token_e token)
{
    uint64_t  bit;

    if (json->depth == CRICKET_JSON_MAX_DEPTH) {
        return cricket_json_error(json, p, "nested deeper than 64 levels");
    }

    bit = UINT64_C(1) << json->depth++;

    if (token == CRICKET_JSON_OBJECT) {
        json->objects |= bit;
        json->state = CRICKET_JSON_STATE_MEMBER;

    } else {
        json->objects &= ~bit;
        json->state = CRICKET_JSON_STATE_ITEM;
    }

    json->pos = p + 1;

    return token;
}


static cricket_json_token_e
cricket_json_close(cricket_json_t *json, const unsigned char *p)
{
    json->depth--;
    json->pos = p + 1;
    json->state = CRICKET_JSON_STATE_AFTER;

    return (*p == '}') ? CRICKET_JSON_OBJECT_END : CRICKET_JSON_ARRAY_END;
}


static cricket_json_token_e
cricket_json_word(cricket_json_t *json, const unsigned char *p,
    const char *word, size_t len, cricket_json_token_e token)
{
    if ((size_t) (json->last - p) < len || memcmp(p, word, len) != 0) {
        return cricket_json_error(json, p, "expected a value");
    }

    json->pos = p + len;
    json->state = CRICKET_JSON_STATE_AFTER;

    return token;
}


static cricket_json_token_e
cricket_json_number(cricket_json_t *json, const unsigned char *p)
{
    const unsigned char  *last;

    last = json->last;
    json->text.data = p;

    if (*p == '-') {
        p++;
    }

    if (!cricket_json_digit(p, last)) {
        return cricket_json_error(json, p, "expected a digit");
    }

    if (*p++ == '0') {

        if (cricket_json_digit(p, last)) {
            return cricket_json_error(json, p, "number begins with 0");
        }

    } else {

        while (cricket_json_digit(p, last)) {
            p++;
        }
    }

    if (p < last && *p == '.') {
        p++;

        if (!cricket_json_digit(p, last)) {
            return cricket_json_error(json, p, "expected a digit");
        }

        while (cricket_json_digit(p, last)) {
            p++;
        }
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        p++;

        if (p < last && (*p == '+' || *p == '-')) {
            p++;
        }

        if (!cricket_json_digit(p, last)) {
            return cricket_json_error(json, p, "expected a digit");
        }

        while (cricket_json_digit(p, last)) {
            p++;
        }
    }

    json->text.len = p - json->text.data;
    json->pos = p;
    json->state = CRICKET_JSON_STATE_AFTER;

    return CRICKET_JSON_NUMBER;
}


/* reads a string from behind its first quote to behind its last, or NULL */

static const unsigned char *
cricket_json_string(cricket_json_t *json, const unsigned char *p)
{
    size_t                n;
    uint64_t              w, stop;
    const unsigned char  *last;

    last = json->last;
    json->text.data = p;
    json->escaped = 0;
    json->plain = 1;

    for ( ;; ) {

        /*
         * Eight bytes at once, as long as none is a quote, a backslash, below
         * 0x20 or above 0x7e.  A borrow or carry into the next byte can only
         * come from a byte that ends the loop anyway.
         */

        while (last - p >= 8) {
            memcpy(&w, p, 8);

            stop = (w | (w - cricket_json_bytes(0x20))
                    | (w + cricket_json_bytes(0x01))
                    | ((w ^ cricket_json_bytes('"')) - cricket_json_bytes(1))
                    | ((w ^ cricket_json_bytes('\\')) - cricket_json_bytes(1)))
                   & cricket_json_bytes(0x80);

            if (stop != 0) {
#if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
                p += __builtin_ctzll(stop) / 8;
#endif
                break;
            }

            p += 8;
        }

        while (p < last
               && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
        {
            p++;
        }

        if (p == last) {
            (void) cricket_json_error(json, p, "ends inside a string");
            return NULL;
        }

        if (*p == '"') {
            json->text.len = p - json->text.data;
            return p + 1;
        }

        if (*p == '\\') {
            json->escaped = 1;
            json->plain = 0;

            p = cricket_json_escape(json, p);
            if (p == NULL) {
                return NULL;
            }

            continue;
        }

        if (*p < 0x20) {
            (void) cricket_json_error(json, p,
                                      "raw control character in a string");
            return NULL;
        }

        n = cricket_utf8_length(p, last - p);
        if (n == 0) {
            (void) cricket_json_error(json, p, "broken UTF-8");
            return NULL;
        }

        json->plain = 0;
        p += n;
    }
}


/* passes over an escape; returns NULL if it is none of RFC 8259, section 7 */

static const unsigned char *
cricket_json_escape(cricket_json_t *json, const unsigned char *p)
{
    unsigned              i;
    const unsigned char  *last;

    last = json->last;
    p++;

    if (p < last) {

        switch (*p) {

        case '"': case '\\': case '/': case 'b':
        case 'f': case 'n': case 'r': case 't':
            return p + 1;

        case 'u':
            p++;

            for (i = 0; i < 4 && p < last; i++, p++) {

                if (!((*p >= '0' && *p <= '9')
                      || (*p >= 'a' && *p <= 'f')
                      || (*p >= 'A' && *p <= 'F')))
                {
                    (void) cricket_json_error(json, p,
                                              "expected a hexadecimal digit");
                    return NULL;
                }
            }

            if (i == 4) {
                return p;
            }

            break;

        default:
            (void) cricket_json_error(json, p, "unknown escape in a string");
            return NULL;
        }
    }

    (void) cricket_json_error(json, p, "ends inside a string");

    return NULL;
}


static cricket_json_token_e
cricket_json_error(cricket_json_t *json, const unsigned char *p,
    const char *error)
{
    json->pos = p;
    json->error = error;
    json->state = CRICKET_JSON_STATE_ERROR;

    return CRICKET_JSON_ERROR;
}


int
cricket_json_skip(cricket_json_t *json, cricket_json_token_e token)
{
    unsigned  depth;

    if (token == CRICKET_JSON_ERROR) {
        return CRICKET_INVALID;
    }

    if (token != CRICKET_JSON_OBJECT && token != CRICKET_JSON_ARRAY) {
        return CRICKET_OK;
    }

    depth = json->depth - 1;

    do {

        if (cricket_json_next(json) == CRICKET_JSON_ERROR) {
            return CRICKET_INVALID;
        }

    } while (json->depth > depth);

    return CRICKET_OK;
}


cricket_json_token_e
cricket_json_not_finite(cricket_json_t *json)
{
    size_t                i, n;
    const unsigned char  *p, *last;

    static const char  *words[] = { "infinity", "inf", "nan" };

    p = json->value;
    last = json->last;

    if (json->state != CRICKET_JSON_STATE_ERROR || p == NULL) {
        return CRICKET_JSON_ERROR;
    }

    if (p < last && *p == '-') {
        p++;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        n = strlen(words[i]);

        if ((size_t) (last - p) < n
            || strncasecmp((const char *) p, words[i], n) != 0)
        {
            continue;
        }

        p += n;

        if (p < last
            && ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')
                || (*p >= 'A' && *p <= 'Z') || *p == '_'))
        {
            break;
        }

        json->text.data = json->value;
        json->text.len = p - json->value;
        json->pos = p;
        json->value = NULL;
        json->error = NULL;
        json->state = CRICKET_JSON_STATE_AFTER;

        return CRICKET_JSON_NOT_FINITE;
    }

    return CRICKET_JSON_ERROR;
}


ptrdiff_t
cricket_json_decode(const cricket_str_t *text, unsigned char *dst)
{
    uint32_t              c, low;
    unsigned char        *d;
    const unsigned char  *p, *last;

    d = dst;
    p = text->data;
    last = p;

    if (text->len != 0) {
        last = p + text->len;
    }

    /* the reader has seen that each escape is whole */

    while (p < last) {

        if (*p != '\\') {
            *d++ = *p++;
            continue;
        }

        p += 2;

        switch (p[-1]) {

        case 'b':
            *d++ = '\b';
            continue;

        case 'f':
            *d++ = '\f';
            continue;

        case 'n':
            *d++ = '\n';
            continue;

        case 'r':
            *d++ = '\r';
            continue;

        case 't':
            *d++ = '\t';
            continue;

        case 'u':
            break;

        default: /* '"', '\\', '/' */
            *d++ = p[-1];
            continue;
        }

        c = cricket_json_hex(p);
        p += 4;

        if (c >= 0xdc00 && c <= 0xdfff) {
            return -1;
        }

        if (c >= 0xd800 && c <= 0xdbff) {

            if (last - p < 6 || p[0] != '\\' || p[1] != 'u') {
                return -1;
            }

            low = cricket_json_hex(p + 2);
            p += 6;

            if (low < 0xdc00 || low > 0xdfff) {
                return -1;
            }

            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }

        if (c < 0x80) {
            *d++ = (unsigned char) c;

        } else if (c < 0x800) {
            *d++ = (unsigned char) (0xc0 | (c >> 6));
            *d++ = (unsigned char) (0x80 | (c & 0x3f));

        } else if (c < 0x10000) {
            *d++ = (unsigned char) (0xe0 | (c >> 12));
            *d++ = (unsigned char) (0x80 | ((c >> 6) & 0x3f));
            *d++ = (unsigned char) (0x80 | (c & 0x3f));

        } else {
            *d++ = (unsigned char) (0xf0 | (c >> 18));
            *d++ = (unsigned char) (0x80 | ((c >> 12) & 0x3f));
            *d++ = (unsigned char) (0x80 | ((c >> 6) & 0x3f));
            *d++ = (unsigned char) (0x80 | (c & 0x3f));
        }
    }

    return d - dst;
}


static uint32_t
cricket_json_hex(const unsigned char *p)
{
    unsigned  i;
    uint32_t  c;

    c = 0;

    for (i = 0; i < 4; i++) {
        c <<= 4;

        if (p[i] <= '9') {
            c += p[i] - '0';

        } else {
            c += (p[i] | 0x20) - 'a' + 10;
        }
    }

    return c;
}


int
cricket_json_double(const cricket_str_t *text, double *value)
{
#if (FLT_EVAL_METHOD == 0)

    int                   exponent, e, minus, below;
    double                d;
    uint64_t              m;
    const unsigned char  *p, *last;

    /*
     * Up to 2^53 and 10^22 both sides of a product or quotient are exact, so
     * that it is rounded once, as it should be.  19 digits fit in m.
     */

    p = text->data;
    last = p + text->len;

    if (text->len > sizeof("-1234567890123456.789e-12") - 1) {
        return cricket_json_strtod(text, value);
    }

    m = 0;
    exponent = 0;
    minus = 0;

    if (*p == '-') {
        minus = 1;
        p++;
    }

    while (cricket_json_digit(p, last)) {
        m = m * 10 + (*p++ - '0');

        if (m > UINT64_C(1) << 53) {
            return cricket_json_strtod(text, value);
        }
    }

    if (p < last && *p == '.') {
        p++;

        while (cricket_json_digit(p, last)) {
            m = m * 10 + (*p++ - '0');
            exponent--;

            if (m > UINT64_C(1) << 53) {
                return cricket_json_strtod(text, value);
            }
        }
    }

    if (p < last) {
        p++;
        e = 0;
        below = 0;

        if (*p == '-' || *p == '+') {
            below = (*p == '-');
            p++;
        }

        while (p < last && e < 1000) {
            e = e * 10 + (*p++ - '0');
        }

        exponent += below ? -e : e;
    }

    if (exponent < -22 || exponent > 22) {
        return cricket_json_strtod(text, value);
    }

    d = (double) m;

    if (exponent < 0) {
        d /= cricket_json_powers[-exponent];

    } else {
        d *= cricket_json_powers[exponent];
    }

    *value = minus ? -d : d;

    return CRICKET_OK;

#else

    return cricket_json_strtod(text, value);

#endif
}


/*
 * Writes the digits without leading zeros and without a point, which in other
 * locales is a comma, for strtod().  Of the digits beyond CRICKET_JSON_DIGITS
 * it only matters whether one is not 0: then a 1 stands for all of them.
 */

static int
cricket_json_strtod(const cricket_str_t *text, double *value)
{
    char                  buf[CRICKET_JSON_DIGITS + 32], *d, *digits;
    int64_t               exponent, e;
    unsigned              minus, point, sticky;
    const unsigned char  *p, *last;

    p = text->data;
    last = p + text->len;
    d = buf;

    if (*p == '-') {
        *d++ = '-';
        p++;
    }

    digits = d;
    exponent = 0;
    point = 0;
    sticky = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p == '.') {
            point = 1;
            continue;
        }

        if (*p == 'e' || *p == 'E') {
            break;
        }

        if (d - digits == CRICKET_JSON_DIGITS) {
            sticky |= (*p != '0');
            exponent += !point;
            continue;
        }

        exponent -= point;

        if (*p != '0' || d != digits) {
            *d++ = (char) *p;
        }
    }

    if (d == digits) {
        *d++ = '0';
    }

    if (sticky) {
        *d++ = '1';
        exponent--;
    }

    if (p < last) {
        p++;
        e = 0;
        minus = 0;

        if (*p == '-' || *p == '+') {
            minus = (*p == '-');
            p++;
        }

        /* no text is long enough to outweigh an exponent of 10^17 */

        while (p < last && e < INT64_C(100000000000000000)) {
            e = e * 10 + (*p++ - '0');
        }

        exponent += minus ? -e : e;
    }

    if (exponent > CRICKET_JSON_EXPONENT) {
        exponent = CRICKET_JSON_EXPONENT;

    } else if (exponent < -CRICKET_JSON_EXPONENT) {
        exponent = -CRICKET_JSON_EXPONENT;
    }

    (void) snprintf(d, buf + sizeof(buf) - d, "e%d", (int) exponent);

    *value = strtod(buf, NULL);

    return isfinite(*value) ? CRICKET_OK : CRICKET_INVALID;
}
