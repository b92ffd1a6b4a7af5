
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes an answer as JSON or NDJSON. */


#include <math.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_writer.h"
#include "cricket_writer_json.h"


/* what is around the name and the type of a line */
#define CRICKET_WRITE_JSON_LINE                                               \
    sizeof("{\"name\":\"\",\"type\":\"\",\"value\":")

#define cricket_writer_json_literal(p, s)                                      \
    cricket_writer_json_copy(p, s, sizeof(s) - 1)


static void cricket_writer_json_head(cricket_result_t *result);
static int cricket_writer_json_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static int cricket_writer_json_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_json_tail(cricket_result_t *result);

static void cricket_writer_json_lines_head(cricket_result_t *result);
static int cricket_writer_json_lines_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static void cricket_writer_json_lines_tail(cricket_result_t *result);

static int cricket_writer_json_is_list(const cricket_query_t *q);
static int cricket_writer_json_is_nested(const cricket_query_t *q);
static int cricket_writer_json_line(cricket_buf_t *b,
    const cricket_result_hit_t *hit);
static int cricket_writer_json_stats(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static int cricket_writer_json_percentiles(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static int cricket_writer_json_double(const cricket_str_t *text,
    double *number);
static void cricket_writer_json_member(cricket_buf_t *b, const char *name,
    const cricket_str_t *value);


const cricket_result_writer_t  cricket_writer_json = {
    cricket_writer_json_head,
    cricket_writer_json_hit,
    cricket_writer_json_bucket,
    cricket_writer_json_tail
};


const cricket_result_writer_t  cricket_writer_json_lines = {
    cricket_writer_json_lines_head,
    cricket_writer_json_lines_hit,
    cricket_writer_json_bucket,
    cricket_writer_json_lines_tail
};


static inline unsigned char *
cricket_writer_json_copy(unsigned char *p, const void *data, size_t n)
{
    memcpy(p, data, n);

    return p + n;
}


static void
cricket_writer_json_head(cricket_result_t *result)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (cricket_query_is_datapoints(q)) {
        cricket_buf_literal(b, "[");
        return;
    }

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_literal(b, "{\"names\":[");
        return;
    }

    cricket_buf_literal(b, "{");
    cricket_writer_json_member(b, "group_by", &q->group_by);
    cricket_writer_json_member(b, "interval", &q->interval);

    if (q->group_by.len != 0) {
        cricket_buf_literal(b, "\"groups\":[");

    } else if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"buckets\":[");
    }
}


static void
cricket_writer_json_tail(cricket_result_t *result)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (cricket_query_is_datapoints(q)) {
        cricket_buf_literal(b, "]\n");
        return;
    }

    if (cricket_writer_json_is_nested(q) && result->n != 0) {
        cricket_buf_literal(b, "]}");
    }

    cricket_buf_cstr(b, cricket_writer_json_is_list(q) ? "]}\n" : "}\n");
}


/* all but stats without buckets */

static int
cricket_writer_json_is_list(const cricket_query_t *q)
{
    return q->kind == CRICKET_QUERY_NAMES
           || q->group_by.len != 0 || q->interval.len != 0;
}


/* groups that each have a series */

static int
cricket_writer_json_is_nested(const cricket_query_t *q)
{
    return q->group_by.len != 0 && q->interval.len != 0;
}


static int
cricket_writer_json_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit)
{
    if (result->n++) {
        cricket_buf_literal(result->out, ",\n");
    }

    return cricket_writer_json_line(result->out, hit);
}


static void
cricket_writer_json_lines_head(cricket_result_t *result)
{
    (void) result;
}


static int
cricket_writer_json_lines_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit)
{
    int  rc;

    result->n++;

    rc = cricket_writer_json_line(result->out, hit);

    cricket_buf_literal(result->out, "\n");

    return rc;
}


static void
cricket_writer_json_lines_tail(cricket_result_t *result)
{
    (void) result;
}


static int
cricket_writer_json_line(cricket_buf_t *b, const cricket_result_hit_t *hit)
{
    unsigned char  *p;

    /* one reservation for the most of a line: an export has millions */

    p = cricket_buf_reserve(b, hit->name.text.len + hit->type.text.len
                               + CRICKET_WRITE_JSON_LINE);
    if (p == NULL) {
        return CRICKET_OK;
    }

    p = cricket_writer_json_literal(p, "{\"name\":\"");
    p = cricket_writer_json_copy(p, hit->name.text.data, hit->name.text.len);
    p = cricket_writer_json_literal(p, "\",\"type\":\"");
    p = cricket_writer_json_copy(p, hit->type.text.data, hit->type.text.len);
    p = cricket_writer_json_literal(p, "\",\"value\":");

    b->len = p - b->data;

    if (cricket_writer_number(b, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",\"timestamp\":\"");
    cricket_writer_time(b, &hit->time);

    if (hit->ntags != 0) {
        cricket_buf_literal(b, "\",\"tags\":");
        cricket_writer_tags(b, hit);
        cricket_buf_literal(b, "}");

    } else {
        cricket_buf_literal(b, "\"}");
    }

    return CRICKET_OK;
}


static int
cricket_writer_json_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    int                     rc;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (!cricket_writer_json_is_list(q)) {
        return cricket_writer_json_stats(result, bucket);
    }

    if (bucket->opens && result->n != 0 && cricket_writer_json_is_nested(q)) {
        cricket_buf_literal(b, "]}");
    }

    cricket_buf_cstr(b, result->n++ ? ",\n{" : "{");

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_writer_json_member(b, "name", &bucket->key);
        cricket_buf_literal(b, "\"count\":");
        cricket_buf_int(b, bucket->count);
        cricket_buf_literal(b, "}");

        return CRICKET_OK;
    }

    if (bucket->opens) {
        cricket_writer_json_member(b, "value", &bucket->key);

        if (cricket_writer_json_is_nested(q)) {
            cricket_writer_json_member(b, "interval", &q->interval);
            cricket_buf_literal(b, "\"buckets\":[{");
        }
    }

    if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"start\":\"");
        cricket_writer_time(b, &bucket->start);
        cricket_buf_literal(b, "\",");
    }

    rc = cricket_writer_json_stats(result, bucket);

    cricket_buf_literal(b, "}");

    return rc;
}


static int
cricket_writer_json_stats(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t          i;
    cricket_buf_t  *b;

    const struct {
        const char           *name;
        const cricket_str_t  *number;
    } members[] = {
        { ",\"sum\":", &bucket->sum },
        { ",\"min\":", &bucket->min },
        { ",\"max\":", &bucket->max },

        /* a sum that is not finite has no average */

        { ",\"average\":", bucket->sum.len ? &bucket->average
                                           : &bucket->sum }
    };

    b = result->out;

    cricket_buf_literal(b, "\"count\":");
    cricket_buf_int(b, bucket->count);

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        cricket_buf_cstr(b, members[i].name);

        if (cricket_writer_number(b, members[i].number) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    if (result->q->npercentiles != 0) {
        return cricket_writer_json_percentiles(result, bucket);
    }

    return CRICKET_OK;
}


static int
cricket_writer_json_percentiles(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    double                min, max, number;
    size_t                i;
    cricket_buf_t        *b;
    const cricket_str_t  *text, *value;

    b = result->out;

    if (cricket_writer_json_double(&bucket->min, &min) != CRICKET_OK
        || cricket_writer_json_double(&bucket->max, &max) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",\"percentiles\":{");

    for (i = 0; i < result->q->npercentiles; i++) {
        text = &result->q->percentiles[i].text;
        value = &bucket->percentiles[i];

        if (cricket_writer_json_double(value, &number) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        /* they are estimates, and may be an ulp outside of what there is */

        if (number < min) {
            value = &bucket->min;

        } else if (number > max) {
            value = &bucket->max;
        }

        cricket_buf_cstr(b, (i == 0) ? "\"" : ",\"");
        cricket_buf_append(b, text->data, text->len);
        cricket_buf_literal(b, "\":");

        if (cricket_writer_number(b, value) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    cricket_buf_literal(b, "}");

    return CRICKET_OK;
}


/* one that is not finite, and has no text, is neither below nor above others */

static int
cricket_writer_json_double(const cricket_str_t *text, double *number)
{
    if (text->len == 0) {
        *number = NAN;
        return CRICKET_OK;
    }

    return cricket_json_double(text, number);
}


/* a member that is a string, and a comma; nothing if it is empty */

static void
cricket_writer_json_member(cricket_buf_t *b, const char *name,
    const cricket_str_t *value)
{
    if (value->len != 0) {
        cricket_buf_literal(b, "\"");
        cricket_buf_cstr(b, name);
        cricket_buf_literal(b, "\":");
        cricket_buf_json(b, value->data, value->len);
        cricket_buf_literal(b, ",");
    }
}
