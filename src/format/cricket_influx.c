
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads a body of InfluxDB's line protocol, a field at a time, in slices. */


#include <stdio.h>

#include "cricket_influx_private.h"
#include "cricket_influx_value.h"


/* so much faster than all else is memchr() */
#define CRICKET_INFLUX_SCAN       16


typedef int (*cricket_influx_phase_pt)(cricket_influx_t *influx);


static void cricket_influx_init(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_influx_limit(cricket_reader_t *reader, size_t n);
static int cricket_influx_next(cricket_reader_t *reader,
    cricket_datapoint_t *dp);
static int cricket_influx_line(cricket_influx_t *influx);
static int cricket_influx_skip(cricket_influx_t *influx);
static int cricket_influx_fields(cricket_influx_t *influx);
static int cricket_influx_key(cricket_influx_t *influx);
static int cricket_influx_value(cricket_influx_t *influx);
static int cricket_influx_string(cricket_influx_t *influx);
static int cricket_influx_field(cricket_influx_t *influx);
static int cricket_influx_datapoint(cricket_influx_t *influx);
static int cricket_influx_time(cricket_influx_t *influx);
static int cricket_influx_stamp(cricket_influx_t *influx);
static int cricket_influx_tail(cricket_influx_t *influx);
static int cricket_influx_ready(cricket_influx_t *influx);
static int cricket_influx_broken(cricket_influx_t *influx);


/* by phase */

static const cricket_influx_phase_pt  cricket_influx_phases[] = {
    cricket_influx_line,
    cricket_influx_skip,
    cricket_influx_tag_name,
    cricket_influx_tag_key,
    cricket_influx_tag_value,
    cricket_influx_fields,
    cricket_influx_key,
    cricket_influx_value,
    cricket_influx_string,
    cricket_influx_field,
    cricket_influx_time,
    cricket_influx_stamp,
    cricket_influx_tail,
    cricket_influx_ready,
    cricket_influx_broken
};


const cricket_reader_type_t  cricket_influx = {
    sizeof(cricket_influx_t),
    cricket_influx_init,
    cricket_influx_limit,
    cricket_influx_next,
    NULL
};


static void
cricket_influx_init(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_influx_t  *influx;

    influx = (cricket_influx_t *) reader;

    /* data may be NULL where len is 0, and is not to be compared then */

    influx->start = len ? data : (const unsigned char *) "";
    influx->last = influx->start + len;
    influx->pos = influx->start;
    influx->left = (size_t) -1;
    influx->phase = CRICKET_INFLUX_LINE;
    influx->line = 1;
    influx->inside = 0;
}


static void
cricket_influx_limit(cricket_reader_t *reader, size_t n)
{
    cricket_influx_t  *influx;

    influx = (cricket_influx_t *) reader;

    influx->left = n ? n : 1;
}


static int
cricket_influx_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    int                rc;
    cricket_influx_t  *influx;

    influx = (cricket_influx_t *) reader;

    influx->dp = dp;

    do {
        rc = cricket_influx_phases[influx->phase](influx);
    } while (rc == CRICKET_INFLUX_ON);

    return rc;
}


static int
cricket_influx_line(cricket_influx_t *influx)
{
    if (influx->pos == influx->start
        && influx->last - influx->pos >= 2
        && memcmp(influx->pos, "\x1f\x8b", 2) == 0)
    {
        influx->phase = CRICKET_INFLUX_BROKEN;
        influx->reader.field[0] = '\0';
        (void) snprintf(influx->reader.message, sizeof(influx->reader.message),
                        "at byte 0: gzip data, expected line protocol; packed "
                        "once, it is sent with the header Content-Encoding: "
                        "gzip");
        return CRICKET_ERROR;
    }

    if (cricket_influx_blanks(influx) != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (influx->pos == influx->last) {
        return CRICKET_DONE;
    }

    if (cricket_influx_is_end(influx) || *influx->pos == '#') {
        influx->phase = CRICKET_INFLUX_SKIP;
        return CRICKET_INFLUX_ON;
    }

    influx->begin = influx->pos;
    influx->token = influx->pos;
    influx->ntags = 0;
    influx->text_len = 0;
    influx->bad = 0;
    influx->phase = CRICKET_INFLUX_NAME;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_skip(cricket_influx_t *influx)
{
    size_t                n;
    const unsigned char  *p;

    n = influx->last - influx->pos;

    if (n == 0) {
        influx->phase = CRICKET_INFLUX_LINE;
        return CRICKET_INFLUX_ON;
    }

    if (influx->left == 0) {
        return CRICKET_AGAIN;
    }

    if (n / CRICKET_INFLUX_SCAN >= influx->left) {
        n = influx->left * CRICKET_INFLUX_SCAN;
    }

    p = memchr(influx->pos, '\n', n);

    if (p == NULL) {
        influx->pos += n;
        cricket_influx_cost(influx, n / CRICKET_INFLUX_SCAN + 1);
        return CRICKET_INFLUX_ON;
    }

    cricket_influx_cost(influx, (p - influx->pos) / CRICKET_INFLUX_SCAN + 1);

    influx->pos = p + 1;
    influx->line += 1 + influx->inside;
    influx->inside = 0;
    influx->phase = CRICKET_INFLUX_LINE;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_fields(cricket_influx_t *influx)
{
    if (cricket_influx_blanks(influx) != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (cricket_influx_is_end(influx)) {
        cricket_influx_invalid(influx, NULL, NULL, "no fields");
        return cricket_influx_lost(influx);
    }

    influx->fields = influx->pos;
    influx->token = influx->pos;
    influx->pass = 0;
    influx->phase = CRICKET_INFLUX_KEY;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_key(cricket_influx_t *influx)
{
    if (cricket_influx_scan(influx, CRICKET_INFLUX_KEYS, CRICKET_INFLUX_KEYS)
        != CRICKET_OK)
    {
        return CRICKET_AGAIN;
    }

    influx->key.data = influx->token;
    influx->key.len = influx->pos - influx->token;

    if (influx->key.len == 0) {
        cricket_influx_invalid(influx, NULL, NULL, "a field without a name");
        return cricket_influx_lost(influx);
    }

    if (influx->pos == influx->last || *influx->pos != '=') {
        cricket_influx_invalid(influx, "field", &influx->key, "no value");
        return cricket_influx_lost(influx);
    }

    influx->pos++;
    influx->token = influx->pos;

    influx->string = (influx->pos < influx->last && *influx->pos == '"');

    if (influx->string) {
        influx->pos++;
        influx->open = 0;
        influx->phase = CRICKET_INFLUX_STRING;

    } else {
        influx->phase = CRICKET_INFLUX_VALUE;
    }

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_value(cricket_influx_t *influx)
{
    if (cricket_influx_scan(influx, CRICKET_INFLUX_COMMA | CRICKET_INFLUX_BLANK,
                            0)
        != CRICKET_OK)
    {
        return CRICKET_AGAIN;
    }

    /* the end of a line may have two characters */

    if (influx->pos > influx->token
        && influx->pos[-1] == '\r'
        && (influx->pos == influx->last || *influx->pos == '\n'))
    {
        influx->pos--;
    }

    if (influx->pos == influx->token) {
        cricket_influx_invalid(influx, "field", &influx->key, "no value");
        return cricket_influx_lost(influx);
    }

    influx->phase = CRICKET_INFLUX_FIELD;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_string(cricket_influx_t *influx)
{
    const unsigned char  *p, *stop;

    p = influx->pos;
    stop = influx->last;

    if ((size_t) (stop - p) > influx->left) {
        stop = p + influx->left;
    }

    while (p < stop && *p != '"') {

        influx->open += (*p == '\n');

        if (*p++ == '\\' && p < influx->last && (*p == '"' || *p == '\\')) {
            p++;
        }
    }

    cricket_influx_cost(influx, p - influx->pos);
    influx->pos = p;

    if (p == influx->last) {

        /* it may be one line's mistake: all others are looked at */

        influx->pos = influx->token;
        cricket_influx_invalid(influx, "field", &influx->key,
                               "a string without its closing quote");
        return cricket_influx_lost(influx);
    }

    if (p >= stop) {
        return CRICKET_AGAIN;
    }

    influx->pos++;

    if (influx->pass == 0) {
        influx->inside += influx->open;
    }

    influx->phase = CRICKET_INFLUX_FIELD;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_field(cricket_influx_t *influx)
{
    int  rc;

    rc = CRICKET_INFLUX_ON;

    if (influx->pass == 1) {

        if (influx->string) {
            influx->reader.ignored++;

        } else {
            rc = cricket_influx_datapoint(influx);

            if (rc == CRICKET_ERROR) {
                return rc;
            }
        }
    }

    if (influx->pos < influx->last && *influx->pos == ',') {
        influx->pos++;
        influx->token = influx->pos;
        influx->phase = CRICKET_INFLUX_KEY;
        return rc;
    }

    if (influx->pass == 1) {
        influx->pos = influx->end;
        influx->phase = CRICKET_INFLUX_SKIP;
        return rc;
    }

    if (influx->pos < influx->last && *influx->pos == ' ') {
        influx->phase = CRICKET_INFLUX_TIME;
        return rc;
    }

    if (!cricket_influx_is_end(influx)) {
        cricket_influx_invalid(influx, "field", &influx->key,
                               "text behind the closing quote");
        return cricket_influx_lost(influx);
    }

    influx->time = influx->reader.now;
    influx->phase = CRICKET_INFLUX_READY;

    return rc;
}


static int
cricket_influx_datapoint(cricket_influx_t *influx)
{
    size_t                       i, plain;
    ptrdiff_t                    n;
    const char                  *wrong;
    cricket_str_t                raw;
    cricket_datapoint_t         *dp;
    const cricket_influx_tag_t  *tag;

    dp = influx->dp;

    /* the measurement and the tags are written again for each field */

    if (cricket_influx_count(influx, influx->fields - influx->begin)
        != CRICKET_OK)
    {
        return CRICKET_ERROR;
    }

    influx->bad = 0;

    dp->name.data = influx->name;
    dp->name.len = influx->name_len;

    if (!cricket_string_is(&influx->key, "value")) {

        if (influx->plain + 1 >= CRICKET_NAME_LEN) {
            cricket_influx_invalid(influx, "field", &influx->key, "its name, "
                                   "with the measurement's, longer than %d "
                                   "bytes", CRICKET_NAME_LEN);
            return CRICKET_INVALID;
        }

        influx->name[influx->name_len] = '_';

        n = cricket_influx_text(influx, "field", &influx->key, &influx->key,
                                CRICKET_INFLUX_KEYS,
                                CRICKET_NAME_LEN - influx->plain - 1,
                                influx->name + influx->name_len + 1, &plain);
        if (n == -1) {
            return CRICKET_INVALID;
        }

        dp->name.len += 1 + n;
    }

    raw.data = influx->token;
    raw.len = influx->pos - influx->token;

    wrong = cricket_influx_value_read(&raw, influx->number, &dp->number,
                                      &dp->value);
    if (wrong != NULL) {
        cricket_influx_invalid(influx, "field", &influx->key, "%s", wrong);
        return CRICKET_INVALID;
    }

    dp->type.data = (const unsigned char *) CRICKET_INFLUX_TYPE;
    dp->type.len = sizeof(CRICKET_INFLUX_TYPE) - 1;

    dp->timestamp = influx->time;
    dp->ntags = influx->ntags;

    for (i = 0; i < influx->ntags; i++) {
        tag = &influx->tags[i];

        dp->tags[i].key = tag->key;
        dp->tags[i].value = tag->value;

        if (tag->value.data == NULL) {
            dp->tags[i].value.data = influx->text + tag->offset;
        }
    }

    return CRICKET_OK;
}


static int
cricket_influx_time(cricket_influx_t *influx)
{
    if (cricket_influx_blanks(influx) != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (cricket_influx_is_end(influx)) {
        influx->time = influx->reader.now;
        influx->phase = CRICKET_INFLUX_READY;
        return CRICKET_INFLUX_ON;
    }

    influx->token = influx->pos;
    influx->phase = CRICKET_INFLUX_STAMP;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_stamp(cricket_influx_t *influx)
{
    const char     *wrong;
    cricket_str_t   raw;

    if (cricket_influx_scan(influx, CRICKET_INFLUX_BLANK, 0) != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (influx->pos[-1] == '\r'
        && (influx->pos == influx->last || *influx->pos == '\n'))
    {
        influx->pos--;
    }

    raw.data = influx->token;
    raw.len = influx->pos - influx->token;

    wrong = cricket_influx_value_time(&raw, influx->reader.precision,
                                      &influx->time);
    if (wrong != NULL) {
        cricket_influx_invalid(influx, "time", &raw, "%s", wrong);
    }

    influx->phase = CRICKET_INFLUX_TAIL;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_tail(cricket_influx_t *influx)
{
    if (cricket_influx_blanks(influx) != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (!cricket_influx_is_end(influx)) {
        cricket_influx_invalid(influx, NULL, NULL, "text behind the time");
        return cricket_influx_lost(influx);
    }

    influx->phase = CRICKET_INFLUX_READY;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_ready(cricket_influx_t *influx)
{
    if (influx->bad) {
        return cricket_influx_lost(influx);
    }

    influx->end = influx->pos;
    influx->pos = influx->fields;
    influx->token = influx->fields;
    influx->pass = 1;
    influx->phase = CRICKET_INFLUX_KEY;

    return CRICKET_INFLUX_ON;
}


static int
cricket_influx_broken(cricket_influx_t *influx)
{
    (void) influx;
    return CRICKET_ERROR;
}
