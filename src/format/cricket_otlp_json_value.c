
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The attributes and numbers of OTLP in JSON. */


#include <math.h>

#include "cricket_otlp_json_value.h"
#include "cricket_otlp_value.h"


/* for one that is too long, too, and for what may become of a string in JSON */
#define CRICKET_OTLP_JSON_VALUE_TEXT  8192


typedef enum {
    CRICKET_OTLP_JSON_VALUE_NONE = 0,
    CRICKET_OTLP_JSON_VALUE_STRING,
    CRICKET_OTLP_JSON_VALUE_BOOL,
    CRICKET_OTLP_JSON_VALUE_INT,
    CRICKET_OTLP_JSON_VALUE_DOUBLE,
    CRICKET_OTLP_JSON_VALUE_ARRAY,
    CRICKET_OTLP_JSON_VALUE_KVLIST,
    CRICKET_OTLP_JSON_VALUE_BYTES
} cricket_otlp_json_value_e;


/* what an AnyValue is */

typedef struct {
    cricket_otlp_json_value_e        member;
    cricket_json_token_e             token;
    cricket_json_t                   json;      /* behind the token */
} cricket_otlp_json_value_t;


/* a list that is being written */

typedef struct {
    cricket_json_t                   json;      /* in its "values" */
    unsigned                         object:1;
    unsigned                         more:1;    /* the next isn't the first */
    unsigned                         empty:1;
} cricket_otlp_json_value_frame_t;


typedef struct {
    cricket_buf_t                   *b;
    cricket_reader_t                *reader;
    unsigned                         depth;
    cricket_otlp_json_value_frame_t  frames[CRICKET_OTLP_VALUE_DEPTH];
} cricket_otlp_json_value_writer_t;


static int cricket_otlp_json_value_pair(cricket_reader_t *reader,
    cricket_json_t *json, cricket_json_token_e token, cricket_str_t *key,
    cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_scan(cricket_reader_t *reader,
    cricket_json_t *json, cricket_json_token_e token,
    cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_text(cricket_draft_t *s,
    cricket_reader_t *reader, cricket_otlp_json_value_t *value,
    cricket_str_t *raw);
static int cricket_otlp_json_value_write(cricket_otlp_json_value_writer_t *w,
    cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_scalar(cricket_otlp_json_value_writer_t *w,
    const cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_push(cricket_otlp_json_value_writer_t *w,
    const cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_next(cricket_otlp_json_value_writer_t *w,
    cricket_otlp_json_value_t *value);
static int cricket_otlp_json_value_expected(cricket_reader_t *reader,
    const char *expected);


static const struct {
    const char                 *name;
    cricket_otlp_json_value_e   member;
}  cricket_otlp_json_value_members[] = {
    { "stringValue", CRICKET_OTLP_JSON_VALUE_STRING },
    { "boolValue", CRICKET_OTLP_JSON_VALUE_BOOL },
    { "intValue", CRICKET_OTLP_JSON_VALUE_INT },
    { "doubleValue", CRICKET_OTLP_JSON_VALUE_DOUBLE },
    { "arrayValue", CRICKET_OTLP_JSON_VALUE_ARRAY },
    { "kvlistValue", CRICKET_OTLP_JSON_VALUE_KVLIST },
    { "bytesValue", CRICKET_OTLP_JSON_VALUE_BYTES },
    { NULL, CRICKET_OTLP_JSON_VALUE_NONE }
};


int
cricket_otlp_json_value(cricket_draft_t *s, cricket_reader_t *reader,
    const unsigned char *data, size_t len)
{
    int                        rc;
    cricket_str_t              key, text, raw;
    cricket_json_t             json;
    cricket_otlp_json_value_t  value;

    cricket_draft_blame(reader, "tags", NULL);

    if (len > CRICKET_OTLP_VALUE_LEN) {
        return cricket_draft_invalid(reader, "an attribute of more than %d "
                                      "bytes", CRICKET_OTLP_VALUE_LEN);
    }

    cricket_json_init(&json, data, len);

    rc = cricket_otlp_json_value_pair(reader, &json, cricket_json_token(&json),
                                      &text, &value);

    if (rc == CRICKET_OK) {
        rc = cricket_draft_decode(s, reader, &text, CRICKET_TAG_KEY_LEN,
                                   &key);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    rc = cricket_otlp_json_value_text(s, reader, &value, &raw);

    if (rc != CRICKET_OK) {
        cricket_draft_blame(reader, "tags.", &key);
        return rc;
    }

    return cricket_draft_tag(s, reader, &key, &raw);
}


/* a KeyValue that begins with the token: JSON that was read before */

static int
cricket_otlp_json_value_pair(cricket_reader_t *reader, cricket_json_t *json,
    cricket_json_token_e token, cricket_str_t *key,
    cricket_otlp_json_value_t *value)
{
    int                   rc;
    cricket_str_t         name;
    cricket_json_token_e  t;

    key->data = (const unsigned char *) "";
    key->len = 0;

    value->member = CRICKET_OTLP_JSON_VALUE_NONE;

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_otlp_json_value_expected(reader, "an object with key "
                                                "and value");
    }

    while (cricket_json_token(json) == CRICKET_JSON_KEY) {
        name = json->text;

        t = cricket_json_token(json);

        if (t == CRICKET_JSON_NULL) {
            continue;
        }

        if (cricket_string_is(&name, "key")) {

            if (t != CRICKET_JSON_STRING) {
                return cricket_otlp_json_value_expected(reader, "a string as "
                                                        "its key");
            }

            *key = json->text;

        } else if (cricket_string_is(&name, "value")) {
            rc = cricket_otlp_json_value_scan(reader, json, t, value);

            if (rc != CRICKET_OK) {
                return rc;
            }

        } else {
            (void) cricket_json_skip(json, t);
        }
    }

    return CRICKET_OK;
}


/* an AnyValue that begins with the token */

static int
cricket_otlp_json_value_scan(cricket_reader_t *reader, cricket_json_t *json,
    cricket_json_token_e token, cricket_otlp_json_value_t *value)
{
    unsigned                   i;
    cricket_json_token_e       t;
    cricket_otlp_json_value_e  member;

    value->member = CRICKET_OTLP_JSON_VALUE_NONE;

    if (token == CRICKET_JSON_NULL) {
        return CRICKET_OK;
    }

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_otlp_json_value_expected(reader, "an object as its "
                                                "value, like "
                                                "{\"stringValue\":\"...\"}");
    }

    while (cricket_json_token(json) == CRICKET_JSON_KEY) {

        for (i = 0; cricket_otlp_json_value_members[i].name != NULL; i++) {

            if (cricket_string_is(&json->text,
                                  cricket_otlp_json_value_members[i].name))
            {
                break;
            }
        }

        member = cricket_otlp_json_value_members[i].member;

        t = cricket_json_token(json);

        if (member != CRICKET_OTLP_JSON_VALUE_NONE && t != CRICKET_JSON_NULL) {

            if (value->member != CRICKET_OTLP_JSON_VALUE_NONE) {
                return cricket_otlp_json_value_expected(reader, "one value, "
                                                        "not several");
            }

            value->member = member;
            value->token = t;
            value->json = *json;
        }

        (void) cricket_json_skip(json, t);
    }

    return CRICKET_OK;
}


/* as cricket_otlp_value() */

static int
cricket_otlp_json_value_text(cricket_draft_t *s, cricket_reader_t *reader,
    cricket_otlp_json_value_t *value, cricket_str_t *raw)
{
    int                               rc;
    double                            d;
    cricket_buf_t                     b;
    unsigned char                     text[CRICKET_OTLP_JSON_VALUE_TEXT];
    cricket_otlp_json_value_writer_t  w;

    if (value->member == CRICKET_OTLP_JSON_VALUE_STRING
        || value->member == CRICKET_OTLP_JSON_VALUE_BYTES)
    {
        if (value->token != CRICKET_JSON_STRING) {
            return cricket_otlp_json_value_expected(reader, "a string");
        }

        return cricket_draft_decode(s, reader, &value->json.text,
                                     CRICKET_TAG_VALUE_LEN, raw);
    }

    cricket_buf_init(&b, sizeof(text));

    b.data = text;
    b.size = sizeof(text);

    if (value->member == CRICKET_OTLP_JSON_VALUE_DOUBLE) {

        if (cricket_otlp_json_value_double(&value->json, value->token, &d)
            != CRICKET_OK)
        {
            return cricket_otlp_json_value_expected(reader, "a number");
        }

        cricket_otlp_value_double(&b, d, 0);

    } else {
        w.b = &b;
        w.reader = reader;
        w.depth = 0;

        rc = cricket_otlp_json_value_write(&w, value);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    if (b.failed || b.len > CRICKET_TAG_VALUE_LEN) {
        return cricket_draft_invalid(reader, "longer than %d bytes",
                                      CRICKET_TAG_VALUE_LEN);
    }

    raw->data = cricket_draft_copy(s, text, b.len);
    raw->len = b.len;

    return (raw->data != NULL) ? CRICKET_OK : cricket_draft_no_memory(reader);
}


static int
cricket_otlp_json_value_write(cricket_otlp_json_value_writer_t *w,
    cricket_otlp_json_value_t *value)
{
    int  rc;

    do {
        if (value->member == CRICKET_OTLP_JSON_VALUE_ARRAY
            || value->member == CRICKET_OTLP_JSON_VALUE_KVLIST)
        {
            rc = cricket_otlp_json_value_push(w, value);

        } else {
            rc = cricket_otlp_json_value_scalar(w, value);
        }

        if (rc == CRICKET_OK) {
            rc = cricket_otlp_json_value_next(w, value);
        }

    } while (rc == CRICKET_OK && !w->b->failed);

    return (rc == CRICKET_DONE) ? CRICKET_OK : rc;
}


static int
cricket_otlp_json_value_scalar(cricket_otlp_json_value_writer_t *w,
    const cricket_otlp_json_value_t *value)
{
    double                 d;
    int64_t                n;
    cricket_json_token_e   token;
    const cricket_json_t  *json;

    json = &value->json;
    token = value->token;

    switch (value->member) {

    case CRICKET_OTLP_JSON_VALUE_STRING:
    case CRICKET_OTLP_JSON_VALUE_BYTES:

        if (token != CRICKET_JSON_STRING) {
            return cricket_otlp_json_value_expected(w->reader, "a string");
        }

        /* escaped as it was */

        cricket_buf_literal(w->b, "\"");
        cricket_buf_append(w->b, json->text.data, json->text.len);
        cricket_buf_literal(w->b, "\"");
        break;

    case CRICKET_OTLP_JSON_VALUE_BOOL:

        if (token != CRICKET_JSON_TRUE && token != CRICKET_JSON_FALSE) {
            return cricket_otlp_json_value_expected(w->reader, "a boolean");
        }

        cricket_buf_cstr(w->b, (token == CRICKET_JSON_TRUE) ? "true"
                                                            : "false");
        break;

    case CRICKET_OTLP_JSON_VALUE_INT:

        if (cricket_otlp_json_value_int(json, token, &n) != CRICKET_OK) {
            return cricket_otlp_json_value_expected(w->reader, "an integer");
        }

        cricket_buf_int(w->b, n);
        break;

    case CRICKET_OTLP_JSON_VALUE_DOUBLE:

        if (cricket_otlp_json_value_double(json, token, &d) != CRICKET_OK) {
            return cricket_otlp_json_value_expected(w->reader, "a number");
        }

        cricket_otlp_value_double(w->b, d, 1);
        break;

    default: /* CRICKET_OTLP_JSON_VALUE_NONE */
        cricket_buf_literal(w->b, "null");
        break;
    }

    return CRICKET_OK;
}


static int
cricket_otlp_json_value_push(cricket_otlp_json_value_writer_t *w,
    const cricket_otlp_json_value_t *value)
{
    cricket_str_t                     name;
    cricket_json_t                   *json;
    cricket_json_token_e              token;
    cricket_otlp_json_value_frame_t  *frame;

    if (w->depth == CRICKET_OTLP_VALUE_DEPTH) {
        return cricket_draft_invalid(w->reader, CRICKET_OTLP_VALUE_DEEP);
    }

    if (value->token != CRICKET_JSON_OBJECT) {
        return cricket_otlp_json_value_expected(w->reader, "an object with "
                                                "values");
    }

    frame = &w->frames[w->depth++];

    frame->json = value->json;
    frame->object = (value->member == CRICKET_OTLP_JSON_VALUE_KVLIST);
    frame->more = 0;
    frame->empty = 1;

    json = &frame->json;

    while (cricket_json_token(json) == CRICKET_JSON_KEY) {
        name = json->text;

        token = cricket_json_token(json);

        if (cricket_string_is(&name, "values")
            && token != CRICKET_JSON_NULL)
        {
            if (token != CRICKET_JSON_ARRAY) {
                return cricket_otlp_json_value_expected(w->reader, "an array "
                                                        "of values");
            }

            frame->empty = 0;
            break;
        }

        (void) cricket_json_skip(json, token);
    }

    cricket_buf_cstr(w->b, frame->object ? "{" : "[");

    return CRICKET_OK;
}


/* goes to the next value that is in a list; CRICKET_DONE behind the last */

static int
cricket_otlp_json_value_next(cricket_otlp_json_value_writer_t *w,
    cricket_otlp_json_value_t *value)
{
    int                               rc;
    cricket_str_t                     key;
    cricket_json_token_e              token;
    cricket_otlp_json_value_frame_t  *frame;

    while (w->depth != 0) {
        frame = &w->frames[w->depth - 1];

        token = CRICKET_JSON_ARRAY_END;

        if (!frame->empty) {
            token = cricket_json_token(&frame->json);
        }

        if (token == CRICKET_JSON_ARRAY_END) {
            cricket_buf_cstr(w->b, frame->object ? "}" : "]");
            w->depth--;
            continue;
        }

        if (frame->more) {
            cricket_buf_literal(w->b, ",");
        }

        frame->more = 1;

        if (!frame->object) {
            return cricket_otlp_json_value_scan(w->reader, &frame->json, token,
                                                value);
        }

        rc = cricket_otlp_json_value_pair(w->reader, &frame->json, token, &key,
                                          value);

        if (rc != CRICKET_OK) {
            return rc;
        }

        cricket_buf_literal(w->b, "\"");
        cricket_buf_append(w->b, key.data, key.len);
        cricket_buf_literal(w->b, "\":");

        return CRICKET_OK;
    }

    return CRICKET_DONE;
}


int
cricket_otlp_json_value_double(const cricket_json_t *json,
    cricket_json_token_e token, double *value)
{
    cricket_json_t  number;

    switch (token) {

    case CRICKET_JSON_NUMBER:
        break;

    case CRICKET_JSON_STRING:

        if (cricket_string_is(&json->text, "NaN")) {
            *value = NAN;
            return CRICKET_OK;
        }

        if (cricket_string_is(&json->text, "Infinity")) {
            *value = INFINITY;
            return CRICKET_OK;
        }

        if (cricket_string_is(&json->text, "-Infinity")) {
            *value = -INFINITY;
            return CRICKET_OK;
        }

        cricket_json_init(&number, json->text.data, json->text.len);

        if (cricket_json_next(&number) != CRICKET_JSON_NUMBER
            || number.text.len != json->text.len)
        {
            return CRICKET_INVALID;
        }

        break;

    case CRICKET_JSON_NOT_FINITE:

        /* bare, as some programs write it: no JSON, but its value is known */

        *value = NAN;
        return CRICKET_OK;

    default:
        return CRICKET_INVALID;
    }

    if (cricket_json_double(&json->text, value) != CRICKET_OK) {
        *value = (json->text.data[0] == '-') ? -INFINITY : INFINITY;
        return CRICKET_DONE;
    }

    return CRICKET_OK;
}


int
cricket_otlp_json_value_uint(const cricket_json_t *json,
    cricket_json_token_e token, uint64_t *value)
{
    size_t                i;
    double                d;
    uint64_t              n;
    const unsigned char  *p;

    if (token != CRICKET_JSON_NUMBER && token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    n = 0;
    p = json->text.data;

    for (i = 0; i < json->text.len; i++) {

        if (p[i] < '0' || p[i] > '9') {
            break;
        }

        if (n > (UINT64_MAX - (p[i] - '0')) / 10) {
            return CRICKET_INVALID;
        }

        n = n * 10 + (p[i] - '0');
    }

    if (i != 0 && i == json->text.len) {
        *value = n;
        return CRICKET_OK;
    }

    /* 3.0 and 3e2 are integers, too */

    if (cricket_otlp_json_value_double(json, token, &d) != CRICKET_OK
        || !(d >= 0 && d < 18446744073709551616.0)
        || d != floor(d))
    {
        return CRICKET_INVALID;
    }

    *value = (uint64_t) d;

    return CRICKET_OK;
}


int
cricket_otlp_json_value_int(const cricket_json_t *json,
    cricket_json_token_e token, int64_t *value)
{
    unsigned        negative;
    uint64_t        n;
    cricket_json_t  digits;

    digits = *json;

    negative = (digits.text.len > 1 && digits.text.data[0] == '-');

    if (negative) {
        digits.text.data++;
        digits.text.len--;
    }

    if (cricket_otlp_json_value_uint(&digits, token, &n) != CRICKET_OK
        || n > (uint64_t) INT64_MAX + negative)
    {
        return CRICKET_INVALID;
    }

    *value = negative ? (int64_t) (~n + 1) : (int64_t) n;

    return CRICKET_OK;
}


static int
cricket_otlp_json_value_expected(cricket_reader_t *reader,
    const char *expected)
{
    return cricket_draft_invalid(reader, "not as it should be, expected %s",
                                  expected);
}
