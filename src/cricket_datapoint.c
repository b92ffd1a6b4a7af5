
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cricket_datapoint.h"
#include "cricket_utf8.h"


/* body->state */

#define CRICKET_BODY_START         0
#define CRICKET_BODY_ARRAY         1    /* inside the array of datapoints */
#define CRICKET_BODY_ONE           2    /* behind the only datapoint */
#define CRICKET_BODY_LINES         3
#define CRICKET_BODY_OVER          4
#define CRICKET_BODY_BROKEN        5

/* no escape is longer for each byte it stands for than \u0041 */
#define CRICKET_BODY_ESCAPE        (sizeof("\\u0041") - 1)

#define CRICKET_BODY_TIMESTAMP_LEN                                           \
    (sizeof("2016-12-31T22:49:50.123456789+00:00") - 1)

#define CRICKET_BODY_GZIP                                                    \
    "at byte 0: gzip data, expected JSON; packed once, it is sent with the "  \
    "header Content-Encoding: gzip"

#define cricket_body_is(s, literal)                                          \
    ((s)->len == sizeof(literal) - 1                                         \
     && memcmp((s)->data, literal, sizeof(literal) - 1) == 0)


typedef enum {
    CRICKET_FIELD_NAME = 0,
    CRICKET_FIELD_TYPE,
    CRICKET_FIELD_VALUE,
    CRICKET_FIELD_TIMESTAMP,
    CRICKET_FIELD_TAGS,
    CRICKET_FIELD_UNKNOWN
} cricket_field_e;


static int cricket_body_json(cricket_body_t *body, cricket_datapoint_t *dp);
static int cricket_body_lines(cricket_body_t *body, cricket_datapoint_t *dp);
static int cricket_body_broken(cricket_body_t *body);
static int cricket_body_is_gzip(const cricket_body_t *body);
static int cricket_body_is_array(const unsigned char *p,
    const unsigned char *last);
static cricket_json_token_e cricket_body_token(cricket_body_t *body);
static int cricket_body_item(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp);
static int cricket_body_fields(cricket_body_t *body, cricket_datapoint_t *dp);
static cricket_field_e cricket_body_field(const cricket_json_t *json);
static int cricket_body_value(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_body_timestamp(cricket_body_t *body,
    cricket_json_token_e token, cricket_time_t *t);
static int cricket_body_tags(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp);
static int cricket_body_tag_key(cricket_body_t *body,
    const cricket_datapoint_t *dp, unsigned *escaped);
static int cricket_body_string(cricket_body_t *body,
    cricket_json_token_e token, size_t max, cricket_str_t *str);
static int cricket_body_control(const unsigned char *p, size_t len);
static int cricket_body_expected(cricket_body_t *body, const char *expected,
    cricket_json_token_e token);
static int cricket_body_invalid(cricket_body_t *body, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void cricket_body_blame(cricket_body_t *body, const char *prefix,
    const cricket_str_t *name);
static int cricket_body_error(cricket_body_t *body, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


static const char  *cricket_field_names[] = {
    "name", "type", "value", "timestamp", "tags"
};


void
cricket_body_init(cricket_body_t *body, cricket_body_e type,
    const unsigned char *data, size_t len, size_t max)
{
    cricket_json_init(&body->json, data, len);

    body->type = type;
    body->pos = body->json.start;
    body->last = body->json.last;
    body->max = max;
    body->index = (size_t) -1;
    body->field[0] = '\0';
    body->message[0] = '\0';

    body->state = (type == CRICKET_BODY_NDJSON) ? CRICKET_BODY_LINES
                                                : CRICKET_BODY_START;
}


int
cricket_body_next(cricket_body_t *body, cricket_datapoint_t *dp)
{
    switch (body->state) {

    case CRICKET_BODY_OVER:
        return CRICKET_DONE;

    case CRICKET_BODY_BROKEN:
        return CRICKET_ERROR;

    case CRICKET_BODY_LINES:
        return cricket_body_lines(body, dp);

    default:
        return cricket_body_json(body, dp);
    }
}


static int
cricket_body_json(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_json_t       *json;
    cricket_json_token_e  token;

    json = &body->json;

    token = cricket_body_token(body);

    if (token == CRICKET_JSON_ERROR) {
        return cricket_body_broken(body);
    }

    if (body->state == CRICKET_BODY_START) {

        switch (token) {

        case CRICKET_JSON_OBJECT:
            body->state = CRICKET_BODY_ONE;
            break;

        case CRICKET_JSON_ARRAY:
            body->state = CRICKET_BODY_ARRAY;

            token = cricket_body_token(body);

            if (token == CRICKET_JSON_ERROR) {
                return cricket_body_broken(body);
            }

            break;

        default:
            return cricket_body_error(body, "expected an array of datapoints "
                                      "or one datapoint");
        }
    }

    if (token == CRICKET_JSON_ARRAY_END) {
        token = cricket_json_next(json);

        if (token == CRICKET_JSON_ERROR) {
            return cricket_body_broken(body);
        }
    }

    if (token == CRICKET_JSON_END) {
        body->state = CRICKET_BODY_OVER;
        return CRICKET_DONE;
    }

    if (++body->index == body->max) {
        return cricket_body_error(body, "more than %zu datapoints", body->max);
    }

    rc = cricket_body_item(body, token, dp);

    return (rc == CRICKET_ERROR) ? cricket_body_broken(body) : rc;
}


/* the body isn't JSON: says where, or what it is instead */

static int
cricket_body_broken(cricket_body_t *body)
{
    size_t                n;
    cricket_json_t       *json;
    const unsigned char  *p;

    json = &body->json;

    if (body->state == CRICKET_BODY_START) {

        if (cricket_body_is_gzip(body)) {
            return cricket_body_error(body, CRICKET_BODY_GZIP);
        }

        for (n = json->last - json->start; n != 0; n--) {

            if (json->start[n - 1] > ' ') {
                break;
            }
        }

        if (n == 0 && json->pos == json->last) {
            return cricket_body_error(body, "the body is empty, expected an "
                                      "array of datapoints or one datapoint");
        }
    }

    /* behind the only datapoint, on a line of its own, another one */

    if (body->state == CRICKET_BODY_ONE
        && json->depth == 0
        && *json->pos == '{')
    {
        for (p = json->pos; p[-1] == ' ' || p[-1] == '\t' || p[-1] == '\r';) {
            p--;
        }

        if (p[-1] == '\n') {
            return cricket_body_error(body, "at byte %zu: %s; send NDJSON as "
                                      "Content-Type: application/x-ndjson",
                                      (size_t) (json->pos - json->start),
                                      json->error);
        }
    }

    return cricket_body_error(body, "at byte %zu: %s",
                              (size_t) (json->pos - json->start), json->error);
}


static int
cricket_body_lines(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_json_t       *json;
    const unsigned char  *p, *last;

    json = &body->json;

    for ( ;; ) {

        if (body->pos == body->last) {
            body->state = CRICKET_BODY_OVER;
            return CRICKET_DONE;
        }

        p = body->pos;

        last = memchr(p, '\n', body->last - p);

        if (last != NULL) {
            body->pos = last + 1;

        } else {
            body->pos = body->last;
            last = body->last;
        }

        cricket_json_init(json, p, last - p);

        while (p < last && (*p == ' ' || *p == '\t' || *p == '\r')) {
            p++;
        }

        if (p < last) {
            break;
        }
    }

    if (body->index == (size_t) -1) {

        if (cricket_body_is_gzip(body)) {
            return cricket_body_error(body, CRICKET_BODY_GZIP);
        }

        if (cricket_body_is_array(p, body->last)) {
            return cricket_body_error(body, "an array, expected one datapoint "
                                      "a line; send it as Content-Type: "
                                      "application/json");
        }
    }

    if (++body->index == body->max) {
        return cricket_body_error(body, "more than %zu datapoints", body->max);
    }

    rc = cricket_body_item(body, cricket_body_token(body), dp);

    if (rc == CRICKET_ERROR || cricket_json_next(json) == CRICKET_JSON_ERROR) {
        body->field[0] = '\0';
        return cricket_body_invalid(body, "at byte %zu of the line: %s",
                                    (size_t) (json->pos - json->start),
                                    json->error);
    }

    return rc;
}


/* gzip begins with these bytes, and neither JSON nor UTF-8 does */

static int
cricket_body_is_gzip(const cricket_body_t *body)
{
    const unsigned char  *p;

    p = body->json.start;

    return body->last - p >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}


/* from the first bracket to the last, on however many lines */

static int
cricket_body_is_array(const unsigned char *p, const unsigned char *last)
{
    if (*p != '[') {
        return 0;
    }

    while (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'
           || last[-1] == '\n')
    {
        last--;
    }

    return last[-1] == ']';
}


/* a bare NaN is the fault of one value, and not of the whole body */

static cricket_json_token_e
cricket_body_token(cricket_body_t *body)
{
    cricket_json_token_e  token;

    token = cricket_json_next(&body->json);

    return (token == CRICKET_JSON_ERROR) ? cricket_json_not_finite(&body->json)
                                         : token;
}


/*
 * Reads what begins with the token, where a datapoint should, to its end.
 * Returns CRICKET_ERROR, with the message in body->json, if it isn't JSON.
 */

static int
cricket_body_item(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    int       rc;
    unsigned  depth;

    depth = body->json.depth;
    body->field[0] = '\0';

    switch (token) {

    case CRICKET_JSON_ERROR:
        return CRICKET_ERROR;

    case CRICKET_JSON_OBJECT:
        depth--;
        rc = cricket_body_fields(body, dp);

        if (rc != CRICKET_INVALID) {
            return rc;
        }

        break;

    case CRICKET_JSON_ARRAY:
        depth--;

        /* fall through */

    default:
        (void) cricket_body_expected(body, "a datapoint", token);
    }

    while (body->json.depth > depth) {

        if (cricket_body_token(body) == CRICKET_JSON_ERROR) {
            return CRICKET_ERROR;
        }
    }

    return CRICKET_INVALID;
}


static int
cricket_body_fields(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                   rc;
    unsigned              i, seen;
    cricket_json_t       *json;
    cricket_field_e       field;
    cricket_json_token_e  token;

    json = &body->json;
    dp->ntags = 0;
    seen = 0;

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        if (token == CRICKET_JSON_ERROR) {
            return CRICKET_ERROR;
        }

        field = cricket_body_field(json);

        if (field == CRICKET_FIELD_UNKNOWN) {
            cricket_body_blame(body, "", &json->text);
            return cricket_body_invalid(body, "unknown field, expected name, "
                                        "type, value, timestamp or tags");
        }

        if (seen & (1 << field)) {
            rc = cricket_body_invalid(body, "repeated");
            goto invalid;
        }

        seen |= 1 << field;

        token = cricket_body_token(body);

        if (token == CRICKET_JSON_ERROR) {
            return CRICKET_ERROR;
        }

        switch (field) {

        case CRICKET_FIELD_NAME:
            rc = cricket_body_string(body, token, CRICKET_NAME_LEN, &dp->name);
            break;

        case CRICKET_FIELD_TYPE:
            rc = cricket_body_string(body, token, CRICKET_TYPE_LEN, &dp->type);
            break;

        case CRICKET_FIELD_VALUE:
            rc = cricket_body_value(body, token, dp);
            break;

        case CRICKET_FIELD_TIMESTAMP:
            rc = cricket_body_timestamp(body, token, &dp->timestamp);
            break;

        default: /* CRICKET_FIELD_TAGS */

            /* has put the blame on one tag or on all */

            rc = cricket_body_tags(body, token, dp);

            if (rc != CRICKET_OK) {
                return rc;
            }
        }

        if (rc != CRICKET_OK) {
            goto invalid;
        }
    }

    for (i = 0; i < CRICKET_FIELD_TAGS; i++) {

        if (!(seen & (1 << i))) {
            field = i;
            rc = cricket_body_invalid(body, "missing");
            goto invalid;
        }
    }

    return CRICKET_OK;

invalid:

    cricket_body_blame(body, cricket_field_names[field], NULL);

    return rc;
}


static cricket_field_e
cricket_body_field(const cricket_json_t *json)
{
    ptrdiff_t      n;
    cricket_str_t  key;
    unsigned char  buf[CRICKET_BODY_ESCAPE * (sizeof("timestamp") - 1)];

    key = json->text;

    if (json->escaped) {

        if (key.len > sizeof(buf)) {
            return CRICKET_FIELD_UNKNOWN;
        }

        n = cricket_json_decode(&key, buf);
        if (n == -1) {
            return CRICKET_FIELD_UNKNOWN;
        }

        key.len = n;
        key.data = buf;
    }

    if (cricket_body_is(&key, "name")) {
        return CRICKET_FIELD_NAME;
    }

    if (cricket_body_is(&key, "type")) {
        return CRICKET_FIELD_TYPE;
    }

    if (cricket_body_is(&key, "value")) {
        return CRICKET_FIELD_VALUE;
    }

    if (cricket_body_is(&key, "timestamp")) {
        return CRICKET_FIELD_TIMESTAMP;
    }

    if (cricket_body_is(&key, "tags")) {
        return CRICKET_FIELD_TAGS;
    }

    return CRICKET_FIELD_UNKNOWN;
}


static int
cricket_body_value(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    if (token != CRICKET_JSON_NUMBER) {
        return cricket_body_expected(body, "a number", token);
    }

    dp->number = body->json.text;

    if (cricket_json_double(&dp->number, &dp->value) != CRICKET_OK) {
        return cricket_body_invalid(body, "beyond the range of a double");
    }

    return CRICKET_OK;
}


static int
cricket_body_timestamp(cricket_body_t *body, cricket_json_token_e token,
    cricket_time_t *t)
{
    char           err[CRICKET_TIME_ERROR];
    ptrdiff_t      n;
    cricket_str_t  text;
    unsigned char  buf[CRICKET_BODY_ESCAPE * CRICKET_BODY_TIMESTAMP_LEN];

    if (token != CRICKET_JSON_STRING) {
        return cricket_body_expected(body, "a string like "
                                     "2016-12-31T22:49:50Z", token);
    }

    text = body->json.text;

    if (body->json.escaped) {

        if (text.len > sizeof(buf)) {
            return cricket_body_invalid(body, "too long, "
                                        CRICKET_TIME_EXPECTED);
        }

        n = cricket_json_decode(&text, buf);

        if (n == -1) {
            return cricket_body_invalid(body, "half of a surrogate pair, "
                                        CRICKET_TIME_EXPECTED);
        }

        text.len = n;
        text.data = buf;
    }

    if (cricket_time_parse(text.data, text.len, t, err) != CRICKET_OK) {
        return cricket_body_invalid(body, "%s", err);
    }

    return CRICKET_OK;
}


static int
cricket_body_tags(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    int              rc;
    unsigned         escaped;
    cricket_tag_t   *tag;
    cricket_json_t  *json;

    json = &body->json;

    if (token != CRICKET_JSON_OBJECT) {
        cricket_body_blame(body, "tags", NULL);
        return cricket_body_expected(body, "an object of strings", token);
    }

    escaped = 0;

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token == CRICKET_JSON_ERROR) {
            return CRICKET_ERROR;
        }

        if (dp->ntags == CRICKET_TAGS) {
            cricket_body_blame(body, "tags", NULL);
            return cricket_body_invalid(body, "more than %d tags",
                                        CRICKET_TAGS);
        }

        tag = &dp->tags[dp->ntags];
        tag->key = json->text;

        rc = cricket_body_tag_key(body, dp, &escaped);

        if (rc == CRICKET_OK) {
            token = cricket_body_token(body);

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_ERROR;
            }

            rc = cricket_body_string(body, token, CRICKET_TAG_VALUE_LEN,
                                     &tag->value);
        }

        if (rc != CRICKET_OK) {
            cricket_body_blame(body, "tags.", &tag->key);
            return rc;
        }

        dp->ntags++;
    }
}


/*
 * Checks the key just read, that of dp->tags[dp->ntags].  *escaped is whether
 * any key of the datapoint has an escape: only then may two keys that look
 * different be the same.
 */

static int
cricket_body_tag_key(cricket_body_t *body, const cricket_datapoint_t *dp,
    unsigned *escaped)
{
    size_t                i, len;
    ptrdiff_t             n;
    unsigned char         buf[CRICKET_BODY_ESCAPE * CRICKET_TAG_KEY_LEN];
    unsigned char         buf2[CRICKET_BODY_ESCAPE * CRICKET_TAG_KEY_LEN];
    const unsigned char  *p;
    const cricket_str_t  *key, *prev;

    key = &dp->tags[dp->ntags].key;

    p = key->data;
    len = key->len;

    if (body->json.escaped) {
        *escaped = 1;

        if (len > sizeof(buf)) {
            goto bad;
        }

        n = cricket_json_decode(key, buf);
        if (n == -1) {
            goto bad;
        }

        p = buf;
        len = n;
    }

    if (len == 0 || len > CRICKET_TAG_KEY_LEN) {
        goto bad;
    }

    for (i = 0; i < len; i++) {

        if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z')
              || (p[i] >= '-' && p[i] <= '9') || p[i] == '_'))
        {
            goto bad;
        }
    }

    for (i = 0; i < dp->ntags; i++) {
        prev = &dp->tags[i].key;

        if (*escaped) {

            /* has passed the check above, so it fits in */

            if (cricket_json_decode(prev, buf2) == (ptrdiff_t) len
                && memcmp(buf2, p, len) == 0)
            {
                return cricket_body_invalid(body, "repeated");
            }

            continue;
        }

        if (prev->len == len && memcmp(prev->data, p, len) == 0) {
            return cricket_body_invalid(body, "repeated");
        }
    }

    return CRICKET_OK;

bad:

    return cricket_body_invalid(body, "not a key of 1 to %d bytes of A-Z a-z "
                                "0-9 _ . / -", CRICKET_TAG_KEY_LEN);
}


static int
cricket_body_string(cricket_body_t *body, cricket_json_token_e token,
    size_t max, cricket_str_t *str)
{
    size_t                len;
    ptrdiff_t             n;
    unsigned char         buf[CRICKET_BODY_ESCAPE * CRICKET_TAG_VALUE_LEN];
    const unsigned char  *p;

    if (token != CRICKET_JSON_STRING) {
        return cricket_body_expected(body, "a string", token);
    }

    *str = body->json.text;

    p = str->data;
    len = str->len;

    if (body->json.escaped) {

        if (len > CRICKET_BODY_ESCAPE * max) {
            goto too_long;
        }

        n = cricket_json_decode(str, buf);

        if (n == -1) {
            return cricket_body_invalid(body, "half of a surrogate pair");
        }

        p = buf;
        len = n;
    }

    if (len == 0) {
        return cricket_body_invalid(body, "empty, expected 1 to %zu bytes",
                                    max);
    }

    if (len > max) {
        goto too_long;
    }

    if (!body->json.plain && cricket_body_control(p, len)) {
        return cricket_body_invalid(body, "a control character");
    }

    return CRICKET_OK;

too_long:

    return cricket_body_invalid(body, "longer than %zu bytes", max);
}


/* looks for U+0000 to U+001F and U+007F to U+009F in valid UTF-8 */

static int
cricket_body_control(const unsigned char *p, size_t len)
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


static int
cricket_body_expected(cricket_body_t *body, const char *expected,
    cricket_json_token_e token)
{
    const char     *found;
    cricket_str_t  *text;

    switch (token) {

    case CRICKET_JSON_NOT_FINITE:
        text = &body->json.text;

        return cricket_body_invalid(body, "%.*s, which JSON does not have, "
                                    "expected %s", (int) text->len,
                                    (const char *) text->data, expected);

    case CRICKET_JSON_OBJECT:
        found = "an object";
        break;

    case CRICKET_JSON_ARRAY:
        found = "an array";
        break;

    case CRICKET_JSON_STRING:
        found = "a string";
        break;

    case CRICKET_JSON_NUMBER:
        found = "a number";
        break;

    case CRICKET_JSON_NULL:
        found = "null";
        break;

    default: /* CRICKET_JSON_TRUE, CRICKET_JSON_FALSE */
        found = "a boolean";
        break;
    }

    return cricket_body_invalid(body, "%s, expected %s", found, expected);
}


static int
cricket_body_invalid(cricket_body_t *body, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(body->message, sizeof(body->message), fmt, args);
    va_end(args);

    return CRICKET_INVALID;
}


/*
 * Sets body->field to prefix and, as far as it fits, name, which is what stood
 * between quotes.
 */

static void
cricket_body_blame(cricket_body_t *body, const char *prefix,
    const cricket_str_t *name)
{
    char                 *dst, *end;
    size_t                n, len;
    ptrdiff_t             decoded;
    unsigned char         buf[CRICKET_BODY_ESCAPE * sizeof(body->field)];
    const unsigned char  *p, *last;

    len = strlen(prefix);
    memcpy(body->field, prefix, len);

    dst = body->field + len;
    *dst = '\0';

    if (name == NULL || name->len == 0) {
        return;
    }

    p = name->data;
    last = p + name->len;

    /* what is too long or no character is shown with its escapes */

    if (name->len <= sizeof(buf)) {
        decoded = cricket_json_decode(name, buf);

        if (decoded != -1) {
            p = buf;
            last = p + decoded;
        }
    }

    end = body->field + sizeof(body->field) - sizeof("...");

    if ((size_t) (last - p) < sizeof(body->field) - len) {
        end = body->field + sizeof(body->field) - 1;
    }

    while (p < last) {
        n = cricket_utf8_length(p, last - p);

        if (n > (size_t) (end - dst)) {
            memcpy(dst, "...", 3);
            dst += 3;
            break;
        }

        if (cricket_body_control(p, n)) {
            *dst++ = '?';

        } else {
            memcpy(dst, p, n);
            dst += n;
        }

        p += n;
    }

    *dst = '\0';
}


static int
cricket_body_error(cricket_body_t *body, const char *fmt, ...)
{
    va_list  args;

    body->state = CRICKET_BODY_BROKEN;
    body->field[0] = '\0';

    va_start(args, fmt);
    (void) vsnprintf(body->message, sizeof(body->message), fmt, args);
    va_end(args);

    return CRICKET_ERROR;
}
