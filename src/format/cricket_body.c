
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads a body of JSON or NDJSON, a datapoint at a time, in slices. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cricket_body.h"
#include "cricket_body_item.h"


/* body->state */

#define CRICKET_BODY_START         0
#define CRICKET_BODY_ARRAY         1    /* inside the array of datapoints */
#define CRICKET_BODY_ONE           2    /* behind the only datapoint */
#define CRICKET_BODY_LINES         3    /* at the start of a line */
#define CRICKET_BODY_LINE          4    /* inside one */
#define CRICKET_BODY_TRIM          5    /* is all the body one array? */
#define CRICKET_BODY_TAIL          6    /* behind the datapoint of a line */
#define CRICKET_BODY_ACROSS        7    /* does a value go over lines? */
#define CRICKET_BODY_OVER          8
#define CRICKET_BODY_BROKEN        9

/* a line's end is found by memchr(), that much faster than all else */
#define CRICKET_BODY_SCAN          16

/* that far a second line's indent is looked at */
#define CRICKET_BODY_INDENT        1024

#define CRICKET_BODY_DEFLATE                                                 \
    "deflate data, expected JSON; packed once, it is sent with the header "   \
    "Content-Encoding: deflate"


static void cricket_body_init_json(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_body_init_ndjson(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static int cricket_body_array(cricket_body_t *body, cricket_datapoint_t *dp);
static int cricket_body_element(cricket_body_t *body,
    cricket_json_token_e *token);
static int cricket_body_lines(cricket_body_t *body, cricket_datapoint_t *dp);
static int cricket_body_line(cricket_body_t *body,
    cricket_json_token_e *token);
static int cricket_body_cut(cricket_body_t *body);
static int cricket_body_first(cricket_body_t *body,
    cricket_json_token_e token);
static int cricket_body_tail(cricket_body_t *body);
static int cricket_body_across(cricket_body_t *body);
static void cricket_body_lend(cricket_body_t *body);
static void cricket_body_take_back(cricket_body_t *body);
static void cricket_body_cost(cricket_body_t *body, size_t n);
static int cricket_body_broken(cricket_body_t *body);
static const char *cricket_body_other(const cricket_body_t *body);
static int cricket_body_error(cricket_body_t *body, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


/* neither JSON nor a line of it begins so; zlib's levels have a head each */

static const struct {
    size_t       len;
    const char  *head;
    const char  *message;
}  cricket_body_others[] = {
    { 2, "\x1f\x8b", "gzip data, expected JSON; packed once, it is sent with "
      "the header Content-Encoding: gzip" },
    { 2, "x\x01", CRICKET_BODY_DEFLATE },
    { 2, "x\x5e", CRICKET_BODY_DEFLATE },
    { 2, "x\x9c", CRICKET_BODY_DEFLATE },
    { 2, "x\xda", CRICKET_BODY_DEFLATE },
    { 4, "\x28\xb5\x2f\xfd", "zstd data, expected JSON; packed, it may be with "
      "gzip or deflate" },
    { 2, "\xff\xfe", "UTF-16, expected JSON in UTF-8" },
    { 2, "\xfe\xff", "UTF-16, expected JSON in UTF-8" },
    { 0, NULL, NULL }
};


const cricket_reader_type_t  cricket_body_json = {
    sizeof(cricket_body_t),
    cricket_body_init_json,
    cricket_body_limit,
    cricket_body_next,
    NULL
};


const cricket_reader_type_t  cricket_body_ndjson = {
    sizeof(cricket_body_t),
    cricket_body_init_ndjson,
    cricket_body_limit,
    cricket_body_next,
    NULL
};


static void
cricket_body_init_json(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_body_init((cricket_body_t *) reader, &cricket_body_item_own, data,
                      len);
}


void
cricket_body_init(cricket_body_t *body, const cricket_body_dialect_t *dialect,
    const unsigned char *data, size_t len)
{
    cricket_json_init(&body->json, data, len);

    body->dialect = dialect;
    body->pos = body->json.start;
    body->scan = body->pos;
    body->last = body->json.last;
    body->left = (size_t) -1;
    body->phase = CRICKET_BODY_ITEM_BETWEEN;
    body->member = CRICKET_FIELD_TAGS;
    body->state = CRICKET_BODY_START;
}


static void
cricket_body_init_ndjson(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_body_t  *body;

    body = (cricket_body_t *) reader;

    cricket_body_init_json(reader, data, len);

    body->state = CRICKET_BODY_LINES;

    /* lines have readers of their own */

    body->json.stop = body->json.pos;
}


void
cricket_body_limit(cricket_reader_t *reader, size_t n)
{
    cricket_body_t  *body;

    body = (cricket_body_t *) reader;

    body->left = n;

    body->json.stop = body->json.pos;

    cricket_body_lend(body);
}


int
cricket_body_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    cricket_body_t  *body;

    body = (cricket_body_t *) reader;

    switch (body->state) {

    case CRICKET_BODY_OVER:
        return CRICKET_DONE;

    case CRICKET_BODY_BROKEN:
        return CRICKET_ERROR;

    case CRICKET_BODY_LINES:
    case CRICKET_BODY_LINE:
    case CRICKET_BODY_TRIM:
    case CRICKET_BODY_TAIL:
    case CRICKET_BODY_ACROSS:
        return cricket_body_lines(body, dp);

    default:
        return cricket_body_array(body, dp);
    }
}


/* lets the reader have of the slice what its text has bytes for */

static void
cricket_body_lend(cricket_body_t *body)
{
    size_t           n;
    cricket_json_t  *json;

    json = &body->json;

    n = json->last - json->pos;

    if (n > body->left) {
        n = body->left;
    }

    body->left -= n;

    cricket_json_limit(json, n);
}


/* a reader may have gone beyond its share, by a part of a token */

static void
cricket_body_take_back(cricket_body_t *body)
{
    cricket_json_t  *json;

    json = &body->json;

    if (json->stop > json->pos) {
        body->left += json->stop - json->pos;
    }

    json->stop = json->pos;
}


static void
cricket_body_cost(cricket_body_t *body, size_t n)
{
    if (n <= body->left) {
        body->left -= n;
        return;
    }

    n -= body->left;
    body->left = 0;

    cricket_body_take_back(body);

    body->left -= (n < body->left) ? n : body->left;

    cricket_body_lend(body);
}


static int
cricket_body_array(cricket_body_t *body, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_json_token_e  token;

    token = CRICKET_JSON_AGAIN;

    if (body->phase == CRICKET_BODY_ITEM_BETWEEN) {

        rc = cricket_body_element(body, &token);

        if (rc != CRICKET_OK) {
            return rc;
        }

        if (++body->reader.index == body->reader.max) {
            return cricket_body_error(body, "more than %zu datapoints",
                                      body->reader.max);
        }

        cricket_body_cost(body, CRICKET_READER_COST);
    }

    rc = cricket_body_item(body, token, dp);

    return (rc == CRICKET_ERROR) ? cricket_body_broken(body) : rc;
}


/* reads the first token of the next datapoint */

static int
cricket_body_element(cricket_body_t *body, cricket_json_token_e *token)
{
    *token = cricket_json_token(&body->json);

    if (body->state == CRICKET_BODY_START) {

        switch (*token) {

        case CRICKET_JSON_AGAIN:
        case CRICKET_JSON_ERROR:
            break;

        case CRICKET_JSON_OBJECT:
            body->state = CRICKET_BODY_ONE;
            break;

        case CRICKET_JSON_ARRAY:
            body->state = CRICKET_BODY_ARRAY;

            *token = cricket_json_token(&body->json);
            break;

        default:
            return cricket_body_error(body, "expected an array of datapoints "
                                      "or one datapoint");
        }
    }

    if (*token == CRICKET_JSON_ARRAY_END) {
        *token = cricket_json_next(&body->json);
    }

    switch (*token) {

    case CRICKET_JSON_AGAIN:
        return CRICKET_AGAIN;

    case CRICKET_JSON_ERROR:
        return cricket_body_broken(body);

    case CRICKET_JSON_END:
        body->state = CRICKET_BODY_OVER;
        return CRICKET_DONE;

    default:
        return CRICKET_OK;
    }
}


/* the body isn't JSON: says where, or what it is instead */

static int
cricket_body_broken(cricket_body_t *body)
{
    const char           *other;
    cricket_json_t       *json;
    const unsigned char  *p, *first;

    json = &body->json;

    if (body->state == CRICKET_BODY_START) {

        other = cricket_body_other(body);

        if (other != NULL) {
            return cricket_body_error(body, "at byte 0: %s", other);
        }

        if (json->value == json->last) {
            return cricket_body_error(body, "the body is empty, expected an "
                                      "array of datapoints or one datapoint");
        }
    }

    /* behind the only datapoint, on a line of its own, another one */

    if (body->state == CRICKET_BODY_ONE
        && body->dialect->lines
        && json->depth == 0
        && *json->pos == '{')
    {
        p = json->pos;
        first = json->start + 1;

        if (p - first > CRICKET_BODY_INDENT) {
            first = p - CRICKET_BODY_INDENT;
        }

        while (p > first
               && (p[-1] == ' ' || p[-1] == '\t' || p[-1] == '\r'))
        {
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
    cricket_json_token_e  token;

    if (body->state == CRICKET_BODY_TAIL) {
        return cricket_body_tail(body);
    }

    if (body->state == CRICKET_BODY_ACROSS) {
        return cricket_body_across(body);
    }

    token = CRICKET_JSON_AGAIN;

    if (body->phase == CRICKET_BODY_ITEM_BETWEEN) {

        rc = cricket_body_line(body, &token);

        if (rc != CRICKET_OK) {
            return rc;
        }

        if (body->reader.index == (size_t) -1) {

            rc = cricket_body_first(body, token);

            if (rc != CRICKET_OK) {
                return rc;
            }
        }

        if (++body->reader.index == body->reader.max) {
            return cricket_body_error(body, "more than %zu datapoints",
                                      body->reader.max);
        }

        cricket_body_cost(body, CRICKET_READER_COST);
    }

    rc = cricket_body_item(body, token, dp);

    if (rc == CRICKET_AGAIN) {
        return CRICKET_AGAIN;
    }

    body->rc = rc;
    body->state = CRICKET_BODY_TAIL;

    return cricket_body_tail(body);
}


/* reads the first token of the next line that is not blank */

static int
cricket_body_line(cricket_body_t *body, cricket_json_token_e *token)
{
    int              rc;
    cricket_json_t  *json;

    json = &body->json;

    if (body->state == CRICKET_BODY_TRIM) {
        *token = CRICKET_JSON_ARRAY;
        return CRICKET_OK;
    }

    for ( ;; ) {

        if (body->state == CRICKET_BODY_LINES) {

            rc = cricket_body_cut(body);

            if (rc != CRICKET_OK) {
                return rc;
            }

            body->state = CRICKET_BODY_LINE;
        }

        *token = cricket_json_token(&body->json);

        if (*token == CRICKET_JSON_AGAIN) {
            return CRICKET_AGAIN;
        }

        if (*token != CRICKET_JSON_ERROR || json->value != json->last) {
            return CRICKET_OK;
        }

        body->state = CRICKET_BODY_LINES;
    }
}


/* gives body->json the next line */

static int
cricket_body_cut(cricket_body_t *body)
{
    size_t                n, rest;
    const unsigned char  *p, *last;

    cricket_body_take_back(body);

    if (body->scan == body->pos) {

        /* an empty line is not worth a reader */

        while (body->pos != body->last && *body->pos == '\n' && body->left) {
            body->pos++;
            body->left--;
        }

        body->scan = body->pos;
    }

    if (body->pos == body->last) {
        body->state = CRICKET_BODY_OVER;
        return CRICKET_DONE;
    }

    if (body->left == 0) {
        return CRICKET_AGAIN;
    }

    rest = body->last - body->scan;
    n = rest;

    if (n / CRICKET_BODY_SCAN >= body->left) {
        n = body->left * CRICKET_BODY_SCAN;
    }

    p = memchr(body->scan, '\n', n);

    if (p == NULL && n < rest) {
        body->scan += n;
        body->left = 0;
        return CRICKET_AGAIN;
    }

    last = (p != NULL) ? p : body->last;

    cricket_body_cost(body, (last - body->scan) / CRICKET_BODY_SCAN + 1);

    cricket_json_init(&body->json, body->pos, last - body->pos);

    body->pos = (p != NULL) ? p + 1 : body->last;
    body->scan = body->pos;

    cricket_body_lend(body);

    return CRICKET_OK;
}


/* what is no NDJSON at all shows by the first line that is not blank */

static int
cricket_body_first(cricket_body_t *body, cricket_json_token_e token)
{
    const char           *other;
    const unsigned char  *last;

    if (body->state != CRICKET_BODY_TRIM) {

        other = cricket_body_other(body);

        if (other != NULL) {
            return cricket_body_error(body, "at byte 0: %s", other);
        }

        if (token != CRICKET_JSON_ARRAY) {
            return CRICKET_OK;
        }

        body->state = CRICKET_BODY_TRIM;
        body->scan = body->last;
    }

    /* an array from the first bracket to the last, on however many lines? */

    cricket_body_take_back(body);

    for (last = body->scan;
         last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'
         || last[-1] == '\n';
         last--)
    {
        if (body->left == 0) {
            body->scan = last;
            return CRICKET_AGAIN;
        }

        body->left--;
    }

    if (last[-1] == ']') {
        return cricket_body_error(body, "an array, expected one datapoint "
                                  "a line; send it as Content-Type: "
                                  "application/json");
    }

    body->scan = body->pos;
    body->state = CRICKET_BODY_LINE;

    cricket_body_lend(body);

    return CRICKET_OK;
}


/* behind the datapoint of a line nothing may follow */

static int
cricket_body_tail(cricket_body_t *body)
{
    cricket_json_t        *json;
    cricket_json_token_e   token;

    json = &body->json;

    token = (body->rc == CRICKET_ERROR) ? CRICKET_JSON_ERROR
                                        : cricket_json_next(json);

    if (token == CRICKET_JSON_AGAIN) {
        return CRICKET_AGAIN;
    }

    body->state = CRICKET_BODY_LINES;

    if (token != CRICKET_JSON_ERROR) {
        return body->rc;
    }

    body->reader.field[0] = '\0';
    (void) cricket_body_item_invalid(body, "at byte %zu of the line: %s",
                                     (size_t) (json->pos - json->start),
                                     json->error);

    if (body->reader.index != 0) {
        return CRICKET_INVALID;
    }

    /* from the first line on */

    body->state = CRICKET_BODY_ACROSS;
    body->seen = 0;

    cricket_body_take_back(body);
    cricket_json_init(json, json->start, body->last - json->start);
    cricket_body_lend(body);

    return cricket_body_across(body);
}


/* is there a whole object, but not on its first line alone? */

static int
cricket_body_across(cricket_body_t *body)
{
    cricket_json_t        *json;
    cricket_json_token_e   token;

    json = &body->json;

    do {
        token = cricket_json_token(&body->json);

        if (token == CRICKET_JSON_AGAIN) {
            return CRICKET_AGAIN;
        }

        if (token == CRICKET_JSON_ERROR
            || (!body->seen && token != CRICKET_JSON_OBJECT))
        {
            body->state = CRICKET_BODY_LINES;
            return CRICKET_INVALID;
        }

        body->seen = 1;

    } while (json->depth != 0);

    if (body->pos[-1] == '\n' && json->pos >= body->pos) {
        return cricket_body_error(body, "a value over several lines, "
                                  "expected one datapoint a line; a JSON "
                                  "text is sent as Content-Type: "
                                  "application/json");
    }

    body->state = CRICKET_BODY_LINES;

    return CRICKET_INVALID;
}


/* what the body is that is no JSON, by its first bytes; or NULL */

static const char *
cricket_body_other(const cricket_body_t *body)
{
    size_t                i, len;
    const unsigned char  *p;

    p = body->json.start;
    len = body->last - p;

    for (i = 0; cricket_body_others[i].len != 0; i++) {

        if (len >= cricket_body_others[i].len
            && memcmp(p, cricket_body_others[i].head,
                      cricket_body_others[i].len)
               == 0)
        {
            return cricket_body_others[i].message;
        }
    }

    return NULL;
}


static int
cricket_body_error(cricket_body_t *body, const char *fmt, ...)
{
    va_list  args;

    body->state = CRICKET_BODY_BROKEN;
    body->reader.field[0] = '\0';

    va_start(args, fmt);
    (void) vsnprintf(body->reader.message, sizeof(body->reader.message), fmt,
                     args);
    va_end(args);

    return CRICKET_ERROR;
}
