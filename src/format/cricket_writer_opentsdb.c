
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes answers as OpenTSDB's HTTP interface does. */


#include <math.h>
#include <string.h>

#include "cricket_writer_opentsdb.h"


static void cricket_writer_opentsdb_head(cricket_result_t *result);
static void cricket_writer_opentsdb_tail(cricket_result_t *result);
static void cricket_writer_opentsdb_line(cricket_result_t *result,
    const cricket_result_line_t *line);
static void cricket_writer_opentsdb_points(cricket_result_t *result,
    const cricket_result_line_t *line);
static void cricket_writer_opentsdb_tags(cricket_buf_t *b,
    const cricket_result_line_t *line);
static void cricket_writer_opentsdb_echo(cricket_result_t *result,
    const cricket_result_line_t *line);
static void cricket_writer_opentsdb_id(cricket_buf_t *b,
    const cricket_str_t *id);

static void cricket_writer_opentsdb_list_head(cricket_result_t *result);
static int cricket_writer_opentsdb_list_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_opentsdb_list_tail(cricket_result_t *result);

static void cricket_writer_opentsdb_series_head(cricket_result_t *result);
static void cricket_writer_opentsdb_series_tail(cricket_result_t *result);
static void cricket_writer_opentsdb_series_line(cricket_result_t *result,
    const cricket_result_line_t *line);


const cricket_result_writer_t  cricket_writer_opentsdb = {
    cricket_writer_opentsdb_head,
    NULL,
    NULL,
    cricket_writer_opentsdb_tail,
    cricket_writer_opentsdb_line
};


const cricket_result_writer_t  cricket_writer_opentsdb_suggest = {
    cricket_writer_opentsdb_list_head,
    NULL,
    cricket_writer_opentsdb_list_bucket,
    cricket_writer_opentsdb_list_tail,
    NULL
};


const cricket_result_writer_t  cricket_writer_opentsdb_lookup = {
    cricket_writer_opentsdb_series_head,
    NULL,
    NULL,
    cricket_writer_opentsdb_series_tail,
    cricket_writer_opentsdb_series_line
};


static void
cricket_writer_opentsdb_head(cricket_result_t *result)
{
    if (result->q->lines.nth == 0) {
        cricket_buf_literal(result->out, "[");
    }
}


static void
cricket_writer_opentsdb_tail(cricket_result_t *result)
{
    if (result->q->next == NULL) {
        cricket_buf_literal(result->out, "]\n");
    }
}


static void
cricket_writer_opentsdb_line(cricket_result_t *result,
    const cricket_result_line_t *line)
{
    size_t          i;
    cricket_buf_t  *b;

    b = result->out;

    /* of questions before it there may have been no answer */

    cricket_buf_cstr(b, (b->len != 0 && b->data[b->len - 1] == '[')
                        ? "{" : ",\n{");

    cricket_buf_literal(b, "\"metric\":");
    cricket_buf_json(b, line->name.data, line->name.len);
    cricket_buf_literal(b, ",\"tags\":");
    cricket_writer_opentsdb_tags(b, line);
    cricket_buf_literal(b, ",\"aggregateTags\":[");

    for (i = 0; i < line->nkeys; i++) {
        cricket_buf_cstr(b, (i == 0) ? "" : ",");
        cricket_buf_json(b, line->keys[i].data, line->keys[i].len);
    }

    cricket_buf_literal(b, "]");

    if (result->q->lines.echoes) {
        cricket_writer_opentsdb_echo(result, line);
    }

    if (result->q->lines.ids) {
        cricket_buf_literal(b, ",\"tsuids\":[");

        for (i = 0; i < line->nids; i++) {
            cricket_buf_cstr(b, (i == 0) ? "" : ",");
            cricket_writer_opentsdb_id(b, &line->ids[i]);
        }

        cricket_buf_literal(b, "]");
    }

    cricket_writer_opentsdb_points(result, line);

    cricket_buf_literal(b, "}");
}


static void
cricket_writer_opentsdb_points(cricket_result_t *result,
    const cricket_result_line_t *line)
{
    double                  value;
    size_t                  i, n;
    int64_t                 time;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;
    n = 0;

    cricket_buf_cstr(b, q->lines.arrays ? ",\"dps\":[" : ",\"dps\":{");

    for (i = 0; i < line->n; i++) {
        value = line->points[i].value;

        if (!isfinite(value) && (!isnan(value)
                                 || (q->fill != CRICKET_FILL_NAN
                                     && q->fill != CRICKET_FILL_NULL)))
        {
            continue;
        }

        /* rounded down already, if it is of seconds */

        time = line->points[i].msec / (q->lines.milliseconds ? 1 : 1000);

        cricket_buf_cstr(b, (n++ == 0) ? "" : ",");
        cricket_buf_cstr(b, q->lines.arrays ? "[" : "\"");
        cricket_buf_int(b, time);
        cricket_buf_cstr(b, q->lines.arrays ? "," : "\":");

        if (isfinite(value)) {
            cricket_buf_double(b, value);

        } else {
            cricket_buf_cstr(b, (q->fill == CRICKET_FILL_NULL) ? "null"
                                                               : "\"NaN\"");
        }

        cricket_buf_cstr(b, q->lines.arrays ? "]" : "");
    }

    cricket_buf_cstr(b, q->lines.arrays ? "]" : "}");
}


static void
cricket_writer_opentsdb_tags(cricket_buf_t *b,
    const cricket_result_line_t *line)
{
    size_t                i, key;
    const cricket_str_t  *tag;
    const unsigned char  *equal;

    cricket_buf_literal(b, "{");

    for (i = 0; i < line->ntags; i++) {
        tag = &line->tags[i];
        equal = memchr(tag->data, '=', tag->len);
        key = (equal != NULL) ? (size_t) (equal - tag->data) : tag->len;

        cricket_buf_cstr(b, (i == 0) ? "" : ",");
        cricket_buf_json(b, tag->data, key);
        cricket_buf_literal(b, ":");

        key += (key < tag->len);
        cricket_buf_json(b, tag->data + key, tag->len - key);
    }

    cricket_buf_literal(b, "}");
}


/* the question, with its number: some match answers and questions by it */

static void
cricket_writer_opentsdb_echo(cricket_result_t *result,
    const cricket_result_line_t *line)
{
    cricket_buf_t                *b;
    const cricket_query_lines_t  *lines;

    b = result->out;
    lines = &result->q->lines;

    cricket_buf_literal(b, ",\"query\":{\"index\":");
    cricket_buf_int(b, (int64_t) lines->nth);
    cricket_buf_literal(b, ",");

    if (lines->echo.len != 0 && memchr(lines->echo.data, '"', lines->echo.len))
    {
        cricket_buf_append(b, lines->echo.data, lines->echo.len);

    } else {
        cricket_buf_literal(b, "\"aggregator\":");
        cricket_buf_json(b, lines->echo.data, lines->echo.len);
        cricket_buf_literal(b, ",\"metric\":");
        cricket_buf_json(b, line->name.data, line->name.len);
    }

    cricket_buf_literal(b, "}");
}


/* hexadecimal, as clients expect it */

static void
cricket_writer_opentsdb_id(cricket_buf_t *b, const cricket_str_t *id)
{
    size_t          i;
    unsigned char  *p;

    static const char  digits[] = "0123456789ABCDEF";

    p = cricket_buf_reserve(b, 2 * id->len + 2);
    if (p == NULL) {
        return;
    }

    *p++ = '"';

    for (i = 0; i < id->len; i++) {
        *p++ = digits[id->data[i] >> 4];
        *p++ = digits[id->data[i] & 15];
    }

    *p = '"';

    b->len += 2 * id->len + 2;
}


static void
cricket_writer_opentsdb_list_head(cricket_result_t *result)
{
    cricket_buf_literal(result->out, "[");
}


static int
cricket_writer_opentsdb_list_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    const cricket_str_t  *prefix;

    prefix = &result->q->prefix;

    if (result->n == result->q->limit || bucket->key.len < prefix->len
        || (prefix->len != 0
            && memcmp(bucket->key.data, prefix->data, prefix->len) != 0))
    {
        return CRICKET_OK;
    }

    cricket_buf_cstr(result->out, (result->n++ == 0) ? "" : ",");
    cricket_buf_json(result->out, bucket->key.data, bucket->key.len);

    return CRICKET_OK;
}


static void
cricket_writer_opentsdb_list_tail(cricket_result_t *result)
{
    cricket_buf_literal(result->out, "]\n");
}


static void
cricket_writer_opentsdb_series_head(cricket_result_t *result)
{
    cricket_buf_t  *b;

    b = result->out;

    cricket_buf_literal(b, "{\"type\":\"LOOKUP\",\"metric\":");
    cricket_buf_json(b, result->q->name.data, result->q->name.len);
    cricket_buf_literal(b, ",\"limit\":");
    cricket_buf_int(b, result->q->limit);
    cricket_buf_literal(b, ",\"startIndex\":0,\"results\":[");
}


static void
cricket_writer_opentsdb_series_line(cricket_result_t *result,
    const cricket_result_line_t *line)
{
    cricket_buf_t  *b;

    b = result->out;

    if (result->n == result->q->limit) {
        return;
    }

    cricket_buf_cstr(b, (result->n++ == 0) ? "" : ",\n");
    cricket_buf_literal(b, "{\"tsuid\":");
    cricket_writer_opentsdb_id(b, &line->ids[0]);
    cricket_buf_literal(b, ",\"metric\":");
    cricket_buf_json(b, line->name.data, line->name.len);
    cricket_buf_literal(b, ",\"tags\":");
    cricket_writer_opentsdb_tags(b, line);
    cricket_buf_literal(b, "}");
}


static void
cricket_writer_opentsdb_series_tail(cricket_result_t *result)
{
    cricket_buf_literal(result->out, "],\"totalResults\":");
    cricket_buf_int(result->out, (int64_t) result->n);
    cricket_buf_literal(result->out, "}\n");
}
