
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads one datapoint of a body, a JSON object, to its end. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cricket_body_item.h"
#include "cricket_utf8.h"


/* no escape is longer for each byte it stands for than \u0041 */
#define CRICKET_BODY_ITEM_ESCAPE  (sizeof("\\u0041") - 1)

#define CRICKET_BODY_ITEM_TIMESTAMP_LEN                                      \
    (sizeof("2016-12-31T22:49:50.123456789+00:00") - 1)


static int cricket_body_item_fields(cricket_body_t *body,
    cricket_datapoint_t *dp);
static int cricket_body_item_field(cricket_body_t *body);
static cricket_field_e cricket_body_item_name(const cricket_body_t *body);
static int cricket_body_item_read(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_body_item_missing(cricket_body_t *body);
static int cricket_body_item_value(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_body_item_timestamp(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_body_item_tags(cricket_body_t *body,
    cricket_datapoint_t *dp);
static int cricket_body_item_tag_key(cricket_body_t *body,
    const cricket_datapoint_t *dp);
static int cricket_body_item_tag_value(cricket_body_t *body,
    cricket_json_token_e token, cricket_str_t *value);
static int cricket_body_item_string(cricket_body_t *body,
    cricket_json_token_e token, size_t max, cricket_str_t *str);
static void cricket_body_item_blame_member(cricket_body_t *body,
    unsigned member);
static void cricket_body_item_blame(cricket_body_t *body, const char *prefix,
    const cricket_str_t *name);


const cricket_body_dialect_t  cricket_body_item_own = {
    { cricket_string("name"), cricket_string("type"), cricket_string("value"),
      cricket_string("timestamp"), cricket_string("tags") },
    "unknown field, expected name, type, value, timestamp or tags",
    cricket_body_item_value,
    cricket_body_item_timestamp,
    NULL,
    1, 0, 0
};


int
cricket_body_item(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    int  rc;

    rc = CRICKET_INVALID;

    if (body->phase == CRICKET_BODY_ITEM_BETWEEN) {

        body->depth = body->json.depth;
        body->item = (token == CRICKET_JSON_NOT_FINITE) ? body->json.text.data
                                                        : body->json.value;
        body->reader.field[0] = '\0';
        body->reader.text.len = 0;
        body->phase = CRICKET_BODY_ITEM_SKIP;

        switch (token) {

        case CRICKET_JSON_ERROR:
            body->phase = CRICKET_BODY_ITEM_BETWEEN;
            return CRICKET_ERROR;

        case CRICKET_JSON_OBJECT:
            body->depth--;
            body->seen = 0;
            body->escaped = 0;
            body->phase = CRICKET_BODY_ITEM_FIELD;
            dp->ntags = 0;
            break;

        case CRICKET_JSON_ARRAY:
            body->depth--;

            /* fall through */

        default:
            (void) cricket_body_item_expected(body, "a datapoint", token);
        }
    }

    if (body->phase != CRICKET_BODY_ITEM_SKIP) {
        rc = cricket_body_item_fields(body, dp);

        if (rc == CRICKET_INVALID) {
            body->phase = CRICKET_BODY_ITEM_SKIP;
        }
    }

    while (rc == CRICKET_INVALID && body->json.depth > body->depth) {

        token = cricket_json_token(&body->json);

        if (token == CRICKET_JSON_AGAIN) {
            return CRICKET_AGAIN;
        }

        if (token == CRICKET_JSON_ERROR) {
            rc = CRICKET_ERROR;
        }
    }

    if (rc == CRICKET_AGAIN) {
        return CRICKET_AGAIN;
    }

    body->phase = CRICKET_BODY_ITEM_BETWEEN;

    if (rc == CRICKET_OK && body->dialect->whole) {
        body->dialect->whole(body, dp);
    }

    if (rc == CRICKET_INVALID && body->dialect->text) {
        body->reader.text.data = body->item;
        body->reader.text.len = body->json.pos - body->item;
    }

    return rc;
}


static int
cricket_body_item_fields(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_json_token_e  token;

    for ( ;; ) {

        if (body->phase == CRICKET_BODY_ITEM_FIELD) {

            token = cricket_json_next(&body->json);

            if (token == CRICKET_JSON_OBJECT_END) {
                return cricket_body_item_missing(body);
            }

            if (token == CRICKET_JSON_AGAIN) {
                return CRICKET_AGAIN;
            }

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_ERROR;
            }

            rc = cricket_body_item_field(body);

            if (rc != CRICKET_OK) {
                return rc;
            }

            body->phase = CRICKET_BODY_ITEM_VALUE;
        }

        if (body->phase == CRICKET_BODY_ITEM_VALUE) {

            token = cricket_json_token(&body->json);

            if (token == CRICKET_JSON_AGAIN) {
                return CRICKET_AGAIN;
            }

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_ERROR;
            }

            rc = cricket_body_item_read(body, token, dp);

            if (rc != CRICKET_OK) {
                cricket_body_item_blame_member(body, body->member);
                return rc;
            }

            if (body->member != CRICKET_FIELD_TAGS) {
                body->phase = CRICKET_BODY_ITEM_FIELD;
                continue;
            }

            body->phase = CRICKET_BODY_ITEM_TAG;
        }

        /* puts the blame on one tag or on all */

        rc = cricket_body_item_tags(body, dp);

        if (rc != CRICKET_OK) {
            return rc;
        }

        body->phase = CRICKET_BODY_ITEM_FIELD;
    }
}


/* the key just read */

static int
cricket_body_item_field(cricket_body_t *body)
{
    cricket_field_e  field;

    field = cricket_body_item_name(body);

    if (field == CRICKET_FIELD_UNKNOWN) {
        cricket_body_item_blame(body, "", &body->json.text);
        return cricket_body_item_invalid(body, "%s", body->dialect->unknown);
    }

    if (body->seen & (1 << field)) {
        cricket_body_item_blame_member(body, field);
        return cricket_body_item_invalid(body, "repeated");
    }

    body->seen |= 1 << field;
    body->member = field;

    return CRICKET_OK;
}


static int
cricket_body_item_read(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    switch (body->member) {

    case CRICKET_FIELD_NAME:
        return cricket_body_item_string(body, token, CRICKET_NAME_LEN,
                                        &dp->name);

    case CRICKET_FIELD_TYPE:
        return cricket_body_item_string(body, token, CRICKET_TYPE_LEN,
                                        &dp->type);

    case CRICKET_FIELD_VALUE:
        return body->dialect->value(body, token, dp);

    case CRICKET_FIELD_TIMESTAMP:
        return body->dialect->timestamp(body, token, dp);

    default: /* CRICKET_FIELD_TAGS */

        if (token != CRICKET_JSON_OBJECT) {
            return cricket_body_item_expected(body, "an object of strings",
                                              token);
        }

        return CRICKET_OK;
    }
}


static int
cricket_body_item_missing(cricket_body_t *body)
{
    unsigned  i;

    for (i = 0; i < CRICKET_FIELD_TAGS; i++) {

        if (body->dialect->names[i].len && !(body->seen & (1 << i))) {
            cricket_body_item_blame_member(body, i);
            return cricket_body_item_invalid(body, "missing");
        }
    }

    return CRICKET_OK;
}


static cricket_field_e
cricket_body_item_name(const cricket_body_t *body)
{
    unsigned              i, field;
    ptrdiff_t             n;
    cricket_str_t         key;
    const cricket_str_t  *name;
    unsigned char         buf[CRICKET_BODY_ITEM_ESCAPE
                              * (sizeof("timestamp") - 1)];

    key = body->json.text;

    if (body->json.escaped) {

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

    /* most senders have an order, and it is often this */

    field = body->member;

    for (i = 0; i < CRICKET_FIELD_UNKNOWN; i++) {

        field = (field + 1 < CRICKET_FIELD_UNKNOWN) ? field + 1 : 0;
        name = &body->dialect->names[field];

        if (name->len == key.len
            && key.len
            && memcmp(name->data, key.data, key.len) == 0)
        {
            return field;
        }
    }

    return CRICKET_FIELD_UNKNOWN;
}


static int
cricket_body_item_value(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    if (token != CRICKET_JSON_NUMBER) {
        return cricket_body_item_expected(body, "a number", token);
    }

    dp->number = body->json.text;

    /* one that is longer would take its time, and be in one piece */

    if (dp->number.len > CRICKET_VALUE_LEN) {
        return cricket_body_item_invalid(body, "longer than %d bytes",
                                         CRICKET_VALUE_LEN);
    }

    if (cricket_json_double(&dp->number, &dp->value) != CRICKET_OK) {
        return cricket_body_item_invalid(body, "beyond the range of a double");
    }

    return CRICKET_OK;
}


static int
cricket_body_item_timestamp(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    char           err[CRICKET_TIME_ERROR];
    ptrdiff_t      n;
    cricket_str_t  text;
    unsigned char  buf[CRICKET_BODY_ITEM_ESCAPE
                       * CRICKET_BODY_ITEM_TIMESTAMP_LEN];

    if (token != CRICKET_JSON_STRING) {
        return cricket_body_item_expected(body, "a string like "
                                          "2016-12-31T22:49:50Z", token);
    }

    text = body->json.text;

    if (body->json.escaped) {

        if (text.len > sizeof(buf)) {
            return cricket_body_item_invalid(body, "too long, "
                                             CRICKET_TIME_EXPECTED);
        }

        n = cricket_json_decode(&text, buf);

        if (n == -1) {
            return cricket_body_item_invalid(body, "half of a surrogate pair, "
                                             CRICKET_TIME_EXPECTED);
        }

        text.len = n;
        text.data = buf;
    }

    if (cricket_time_parse(text.data, text.len, &dp->timestamp, err)
        != CRICKET_OK)
    {
        return cricket_body_item_invalid(body, "%s", err);
    }

    return CRICKET_OK;
}


static int
cricket_body_item_tags(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                    rc;
    cricket_tag_t         *tag;
    cricket_json_token_e   token;

    for ( ;; ) {
        rc = CRICKET_OK;

        if (body->phase == CRICKET_BODY_ITEM_TAG) {

            token = cricket_json_next(&body->json);

            if (token == CRICKET_JSON_OBJECT_END) {
                return CRICKET_OK;
            }

            if (token == CRICKET_JSON_AGAIN) {
                return CRICKET_AGAIN;
            }

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_ERROR;
            }

            if (dp->ntags == CRICKET_TAGS) {
                cricket_body_item_blame(body, "tags", NULL);
                return cricket_body_item_invalid(body, "more than %d tags",
                                                 CRICKET_TAGS);
            }

            dp->tags[dp->ntags].key = body->json.text;

            rc = cricket_body_item_tag_key(body, dp);

            body->phase = CRICKET_BODY_ITEM_TAG_VALUE;
        }

        tag = &dp->tags[dp->ntags];

        if (rc == CRICKET_OK) {
            token = cricket_json_token(&body->json);

            if (token == CRICKET_JSON_AGAIN) {
                return CRICKET_AGAIN;
            }

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_ERROR;
            }

            rc = cricket_body_item_tag_value(body, token, &tag->value);
        }

        if (rc != CRICKET_OK) {
            cricket_body_item_blame(body, "tags.", &tag->key);
            return rc;
        }

        dp->ntags++;

        body->phase = CRICKET_BODY_ITEM_TAG;
    }
}


/*
 * Checks the key just read, that of dp->tags[dp->ntags].  body->escaped is
 * whether any key of the datapoint has an escape: only then may two keys that
 * look different be the same.
 */

static int
cricket_body_item_tag_key(cricket_body_t *body, const cricket_datapoint_t *dp)
{
    size_t                i, len;
    ptrdiff_t             n;
    unsigned char         buf[CRICKET_BODY_ITEM_ESCAPE * CRICKET_TAG_KEY_LEN];
    unsigned char         buf2[CRICKET_BODY_ITEM_ESCAPE * CRICKET_TAG_KEY_LEN];
    const unsigned char  *p;
    const cricket_str_t  *key, *prev;

    key = &dp->tags[dp->ntags].key;

    p = key->data;
    len = key->len;

    if (body->json.escaped) {
        body->escaped = 1;

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

    if (len == 0
        || len > CRICKET_TAG_KEY_LEN
        || !cricket_datapoint_is_key(p, len))
    {
        goto bad;
    }

    for (i = 0; i < dp->ntags; i++) {
        prev = &dp->tags[i].key;

        if (body->escaped) {

            /* has passed the check above, so it fits in */

            if (cricket_json_decode(prev, buf2) == (ptrdiff_t) len
                && memcmp(buf2, p, len) == 0)
            {
                return cricket_body_item_invalid(body, "repeated");
            }

            continue;
        }

        if (prev->len == len && memcmp(prev->data, p, len) == 0) {
            return cricket_body_item_invalid(body, "repeated");
        }
    }

    return CRICKET_OK;

bad:

    return cricket_body_item_invalid(body, "not a key of 1 to %d bytes of A-Z "
                                     "a-z 0-9 _ . / -", CRICKET_TAG_KEY_LEN);
}


static int
cricket_body_item_tag_value(cricket_body_t *body, cricket_json_token_e token,
    cricket_str_t *value)
{
    if (token == CRICKET_JSON_NUMBER && body->dialect->numbers) {
        *value = body->json.text;

        if (value->len > CRICKET_TAG_VALUE_LEN) {
            return cricket_body_item_invalid(body, "longer than %d bytes",
                                             CRICKET_TAG_VALUE_LEN);
        }

        return CRICKET_OK;
    }

    return cricket_body_item_string(body, token, CRICKET_TAG_VALUE_LEN, value);
}


static int
cricket_body_item_string(cricket_body_t *body, cricket_json_token_e token,
    size_t max, cricket_str_t *str)
{
    size_t                len;
    ptrdiff_t             n;
    unsigned char         buf[CRICKET_BODY_ITEM_ESCAPE * CRICKET_TAG_VALUE_LEN];
    const unsigned char  *p;

    if (token != CRICKET_JSON_STRING) {
        return cricket_body_item_expected(body, "a string", token);
    }

    *str = body->json.text;

    p = str->data;
    len = str->len;

    if (body->json.escaped) {

        if (len > CRICKET_BODY_ITEM_ESCAPE * max) {
            goto too_long;
        }

        n = cricket_json_decode(str, buf);

        if (n == -1) {
            return cricket_body_item_invalid(body, "half of a surrogate pair");
        }

        p = buf;
        len = n;
    }

    if (len == 0) {
        return cricket_body_item_invalid(body, "empty, expected 1 to %zu bytes",
                                         max);
    }

    if (len > max) {
        goto too_long;
    }

    if (!body->json.plain && cricket_datapoint_is_control(p, len)) {
        return cricket_body_item_invalid(body, "a control character");
    }

    return CRICKET_OK;

too_long:

    return cricket_body_item_invalid(body, "longer than %zu bytes", max);
}


int
cricket_body_item_expected(cricket_body_t *body, const char *expected,
    cricket_json_token_e token)
{
    const char     *found;
    cricket_str_t  *text;

    switch (token) {

    case CRICKET_JSON_NOT_FINITE:
        text = &body->json.text;

        return cricket_body_item_invalid(body, "%.*s, which JSON does not "
                                         "have, expected %s", (int) text->len,
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

    return cricket_body_item_invalid(body, "%s, expected %s", found, expected);
}


int
cricket_body_item_invalid(cricket_body_t *body, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(body->reader.message, sizeof(body->reader.message), fmt,
                     args);
    va_end(args);

    return CRICKET_INVALID;
}


static void
cricket_body_item_blame_member(cricket_body_t *body, unsigned member)
{
    cricket_body_item_blame(body,
                            (const char *) body->dialect->names[member].data,
                            NULL);
}


/*
 * Sets body->reader.field to prefix and, as far as it fits, name, which is what
 * stood between quotes.
 */

static void
cricket_body_item_blame(cricket_body_t *body, const char *prefix,
    const cricket_str_t *name)
{
    char                 *dst, *end;
    size_t                n, len;
    ptrdiff_t             decoded;
    unsigned char         buf[CRICKET_BODY_ITEM_ESCAPE
                              * sizeof(body->reader.field)];
    const unsigned char  *p, *last;

    len = strlen(prefix);
    memcpy(body->reader.field, prefix, len);

    dst = body->reader.field + len;
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

    end = body->reader.field + sizeof(body->reader.field) - sizeof("...");

    if ((size_t) (last - p) < sizeof(body->reader.field) - len) {
        end = body->reader.field + sizeof(body->reader.field) - 1;
    }

    while (p < last) {
        n = cricket_utf8_length(p, last - p);

        if (n > (size_t) (end - dst)) {
            memcpy(dst, "...", 3);
            dst += 3;
            break;
        }

        if (cricket_datapoint_is_control(p, n)) {
            *dst++ = '?';

        } else {
            memcpy(dst, p, n);
            dst += n;
        }

        p += n;
    }

    *dst = '\0';
}
