
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads JSON (RFC 8259), a token at a time, in slices. */


#include <string.h>
#include <strings.h>

#include "cricket_json.h"
#include "cricket_utf8.h"


/* what json->state says may come next */

#define CRICKET_JSON_STATE_START   0    /* the only value of the text */
#define CRICKET_JSON_STATE_VALUE   1    /* a member's value */
#define CRICKET_JSON_STATE_ITEM    2    /* the first item, or "]" */
#define CRICKET_JSON_STATE_MEMBER  3    /* the first key, or "}" */
#define CRICKET_JSON_STATE_KEY     4    /* a key behind a comma */
#define CRICKET_JSON_STATE_AFTER   5    /* what follows a whole value */

/* from here on blanks are no matter */

#define CRICKET_JSON_STATE_NAME    6    /* the rest of a key, ... */
#define CRICKET_JSON_STATE_STRING  7
#define CRICKET_JSON_STATE_INTEGER 8    /* of a number, ... */
#define CRICKET_JSON_STATE_POINT   9    /* behind its point */
#define CRICKET_JSON_STATE_POWER   10   /* of its exponent */
#define CRICKET_JSON_STATE_COLON   11   /* behind a key */
#define CRICKET_JSON_STATE_END     12
#define CRICKET_JSON_STATE_ERROR   13

/* one byte, eight times */
#define cricket_json_bytes(c)      (UINT64_C(0x0101010101010101) * (c))


static cricket_json_token_e cricket_json_resume(cricket_json_t *json);
static cricket_json_token_e cricket_json_pause(cricket_json_t *json,
    const unsigned char *p, unsigned state);
static cricket_json_token_e cricket_json_key(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_colon(cricket_json_t *json,
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
static cricket_json_token_e cricket_json_digits(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_string(cricket_json_t *json,
    const unsigned char *p, unsigned state);
static cricket_json_token_e cricket_json_text(cricket_json_t *json,
    const unsigned char *p);
static const unsigned char *cricket_json_escape(cricket_json_t *json,
    const unsigned char *p);
static cricket_json_token_e cricket_json_not_finite(cricket_json_t *json);
static cricket_json_token_e cricket_json_error(cricket_json_t *json,
    const unsigned char *p, const char *error);


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


/* is the slice over, and not the text? */

static inline int
cricket_json_sliced(const cricket_json_t *json, const unsigned char *p)
{
    return p >= json->stop && json->stop != json->last;
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
    json->stop = json->last;
    json->state = CRICKET_JSON_STATE_START;
}


void
cricket_json_limit(cricket_json_t *json, size_t n)
{
    json->stop = (n < (size_t) (json->last - json->pos)) ? json->pos + n
                                                         : json->last;
}


cricket_json_token_e
cricket_json_next(cricket_json_t *json)
{
    const unsigned char  *p;

    if (json->state >= CRICKET_JSON_STATE_NAME) {
        return cricket_json_resume(json);
    }

    p = cricket_json_space(json->pos, json->stop);

    if (cricket_json_sliced(json, p)) {
        return cricket_json_pause(json, p, json->state);
    }

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

    case CRICKET_JSON_STATE_KEY:
        return cricket_json_key(json, p);

    default: /* CRICKET_JSON_STATE_AFTER */
        return cricket_json_after(json, p);
    }
}


static cricket_json_token_e
cricket_json_resume(cricket_json_t *json)
{
    switch (json->state) {

    case CRICKET_JSON_STATE_NAME:
    case CRICKET_JSON_STATE_STRING:
        return cricket_json_text(json, json->pos);

    case CRICKET_JSON_STATE_INTEGER:
    case CRICKET_JSON_STATE_POINT:
    case CRICKET_JSON_STATE_POWER:
        return cricket_json_digits(json, json->pos);

    case CRICKET_JSON_STATE_COLON:
        return cricket_json_colon(json, json->pos);

    case CRICKET_JSON_STATE_END:
        return CRICKET_JSON_END;

    default: /* CRICKET_JSON_STATE_ERROR */
        return CRICKET_JSON_ERROR;
    }
}


static cricket_json_token_e
cricket_json_pause(cricket_json_t *json, const unsigned char *p,
    unsigned state)
{
    json->pos = p;
    json->state = state;

    return CRICKET_JSON_AGAIN;
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

    return cricket_json_string(json, p + 1, CRICKET_JSON_STATE_NAME);
}


static cricket_json_token_e
cricket_json_colon(cricket_json_t *json, const unsigned char *p)
{
    p = cricket_json_space(p, json->stop);

    if (cricket_json_sliced(json, p)) {
        return cricket_json_pause(json, p, CRICKET_JSON_STATE_COLON);
    }

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
        return cricket_json_string(json, p + 1, CRICKET_JSON_STATE_STRING);

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
        p = cricket_json_space(p + 1, json->stop);

        if (cricket_json_sliced(json, p)) {
            return cricket_json_pause(json, p,
                                      object ? CRICKET_JSON_STATE_KEY
                                             : CRICKET_JSON_STATE_VALUE);
        }

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

    if (*p++ == '0' && cricket_json_digit(p, last)) {
        return cricket_json_error(json, p, "number begins with 0");
    }

    json->state = CRICKET_JSON_STATE_INTEGER;

    return cricket_json_digits(json, p);
}


/* goes on in the middle of a number, of which json->state says where */

static cricket_json_token_e
cricket_json_digits(cricket_json_t *json, const unsigned char *p)
{
    const unsigned char  *last, *stop;

    last = json->last;
    stop = json->stop;

    for ( ;; ) {

        while (cricket_json_digit(p, stop)) {
            p++;
        }

        if (cricket_json_sliced(json, p)) {
            return cricket_json_pause(json, p, json->state);
        }

        if (p == last || json->state == CRICKET_JSON_STATE_POWER) {
            break;
        }

        if (*p == '.' && json->state == CRICKET_JSON_STATE_INTEGER) {
            p++;
            json->state = CRICKET_JSON_STATE_POINT;

        } else if (*p == 'e' || *p == 'E') {
            p++;
            json->state = CRICKET_JSON_STATE_POWER;

            if (p < last && (*p == '+' || *p == '-')) {
                p++;
            }

        } else {
            break;
        }

        if (!cricket_json_digit(p, last)) {
            return cricket_json_error(json, p, "expected a digit");
        }
    }

    json->text.len = p - json->text.data;
    json->pos = p;
    json->state = CRICKET_JSON_STATE_AFTER;

    return CRICKET_JSON_NUMBER;
}


/* reads a string from behind its first quote */

static cricket_json_token_e
cricket_json_string(cricket_json_t *json, const unsigned char *p,
    unsigned state)
{
    json->text.data = p;
    json->escaped = 0;
    json->plain = 1;
    json->state = state;

    return cricket_json_text(json, p);
}


/* goes on in the middle of a string, a key if json->state says so */

static cricket_json_token_e
cricket_json_text(cricket_json_t *json, const unsigned char *p)
{
    size_t                n;
    uint64_t              w, end;
    const unsigned char  *last, *stop;

    last = json->last;
    stop = json->stop;

    for ( ;; ) {

        /*
         * Eight bytes at once, as long as none is a quote, a backslash, below
         * 0x20 or above 0x7e.  A borrow or carry into the next byte can only
         * come from a byte that ends the loop anyway.
         */

        while (stop - p >= 8) {
            memcpy(&w, p, 8);

            end = (w | (w - cricket_json_bytes(0x20))
                   | (w + cricket_json_bytes(0x01))
                   | ((w ^ cricket_json_bytes('"')) - cricket_json_bytes(1))
                   | ((w ^ cricket_json_bytes('\\')) - cricket_json_bytes(1)))
                  & cricket_json_bytes(0x80);

            if (end != 0) {
#if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
                p += __builtin_ctzll(end) / 8;
#endif
                break;
            }

            p += 8;
        }

        while (p < stop
               && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
        {
            p++;
        }

        if (cricket_json_sliced(json, p)) {
            return cricket_json_pause(json, p, json->state);
        }

        if (p == last) {
            return cricket_json_error(json, p, "ends inside a string");
        }

        if (*p == '"') {
            json->text.len = p - json->text.data;

            if (json->state == CRICKET_JSON_STATE_NAME) {
                return cricket_json_colon(json, p + 1);
            }

            json->pos = p + 1;
            json->state = CRICKET_JSON_STATE_AFTER;

            return CRICKET_JSON_STRING;
        }

        if (*p == '\\') {
            json->escaped = 1;
            json->plain = 0;

            p = cricket_json_escape(json, p);
            if (p == NULL) {
                return CRICKET_JSON_ERROR;
            }

            continue;
        }

        if (*p < 0x20) {
            return cricket_json_error(json, p,
                                      "raw control character in a string");
        }

        n = cricket_utf8_length(p, last - p);
        if (n == 0) {
            return cricket_json_error(json, p, "broken UTF-8");
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
cricket_json_token(cricket_json_t *json)
{
    cricket_json_token_e  token;

    token = cricket_json_next(json);

    return (token == CRICKET_JSON_ERROR) ? cricket_json_not_finite(json)
                                         : token;
}


/* goes on behind what is no number of JSON's, if an error was at it */

static cricket_json_token_e
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
