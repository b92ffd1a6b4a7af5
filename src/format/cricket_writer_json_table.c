
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes statistics, names, tags and values as JSON. */


#include "cricket_writer.h"
#include "cricket_writer_table.h"


static void cricket_writer_json_table_keys(cricket_buf_t *b,
    const cricket_query_t *q);
static int cricket_writer_json_is_list(const cricket_query_t *q);
static int cricket_writer_json_is_nested(const cricket_query_t *q);
static void cricket_writer_json_listed(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_json_group(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_json_stats(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_json_number(cricket_buf_t *b, const char *name,
    double number);
static void cricket_writer_json_member(cricket_buf_t *b, const char *name,
    const cricket_str_t *value);


void
cricket_writer_json_table_head(cricket_result_t *result)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_literal(b, "{\"names\":[");
        return;
    }

    cricket_buf_literal(b, "{");

    if (q->kind == CRICKET_QUERY_TAG_KEYS) {
        cricket_writer_json_member(b, "key", &q->key);
        cricket_buf_cstr(b, q->key.len ? "\"values\":[" : "\"tags\":[");
        return;
    }

    cricket_writer_json_table_keys(b, q);
    cricket_writer_json_member(b, "interval", &q->interval);

    if (q->nkeys != 0) {
        cricket_buf_literal(b, "\"groups\":[");

    } else if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"buckets\":[");
    }
}


static void
cricket_writer_json_table_keys(cricket_buf_t *b, const cricket_query_t *q)
{
    size_t  i;

    if (q->nkeys == 1) {
        cricket_writer_json_member(b, "group_by", &q->keys[0]);
        return;
    }

    for (i = 0; i < q->nkeys; i++) {
        cricket_buf_cstr(b, (i == 0) ? "\"group_by\":[" : ",");
        cricket_buf_json(b, q->keys[i].data, q->keys[i].len);
    }

    if (q->nkeys != 0) {
        cricket_buf_literal(b, "],");
    }
}


void
cricket_writer_json_table_tail(cricket_result_t *result)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (cricket_writer_json_is_nested(q) && result->n != 0) {
        cricket_buf_literal(b, "]}");
    }

    if (cricket_writer_json_is_list(q)) {
        cricket_buf_literal(b, "]");
    }

    if (q->nkeys != 0) {
        cricket_buf_literal(b, ",\"lacking\":");
        cricket_buf_int(b, result->lacking);
    }

    if (q->top != 0) {
        cricket_buf_literal(b, ",\"groups_left_out\":");
        cricket_buf_int(b, result->left_out);
    }

    cricket_buf_literal(b, "}\n");
}


/* all but stats without buckets */

static int
cricket_writer_json_is_list(const cricket_query_t *q)
{
    return q->kind != CRICKET_QUERY_STATS
           || q->nkeys != 0 || q->interval.len != 0;
}


/* groups that each have a series */

static int
cricket_writer_json_is_nested(const cricket_query_t *q)
{
    return q->nkeys != 0 && q->interval.len != 0;
}


int
cricket_writer_json_table_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (!cricket_writer_json_is_list(q)) {
        cricket_writer_json_stats(result, bucket);
        return CRICKET_OK;
    }

    if (bucket->opens && result->n != 0 && cricket_writer_json_is_nested(q)) {
        cricket_buf_literal(b, "]}");
    }

    cricket_buf_cstr(b, result->n++ ? ",\n{" : "{");

    if (q->kind != CRICKET_QUERY_STATS) {
        cricket_writer_json_listed(result, bucket);
        return CRICKET_OK;
    }

    if (bucket->opens && q->nkeys != 0) {
        cricket_writer_json_group(result, bucket);
    }

    if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"start\":\"");
        cricket_writer_time(b, &bucket->start);
        cricket_buf_literal(b, "\",");
    }

    cricket_writer_json_stats(result, bucket);

    cricket_buf_cstr(b, bucket->partial ? ",\"partial\":true}" : "}");

    return CRICKET_OK;
}


/* a name, a value or a key */

static void
cricket_writer_json_listed(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t                  i;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_writer_json_member(b, "name", &bucket->key);

    } else {
        cricket_buf_cstr(b, q->key.len ? "\"value\":" : "\"key\":");
        cricket_buf_json(b, bucket->key.data, bucket->key.len);
        cricket_buf_literal(b, ",");
    }

    cricket_buf_cstr(b, (q->kind == CRICKET_QUERY_TAG_KEYS && q->key.len == 0)
                        ? "\"distinct\":" : "\"count\":");
    cricket_buf_int(b, bucket->count);

    if (q->detail) {
        cricket_buf_literal(b, ",\"types\":[");

        for (i = 0; i < bucket->ntypes; i++) {
            cricket_buf_cstr(b, (i == 0) ? "" : ",");
            cricket_buf_json(b, bucket->types[i].data, bucket->types[i].len);
        }

        cricket_buf_cstr(b, bucket->more_types ? "],\"more_types\":true" : "]");
        cricket_buf_literal(b, ",\"series\":");
        cricket_buf_int(b, bucket->series);
    }

    if (bucket->has_last) {
        cricket_buf_literal(b, ",\"last\":\"");
        cricket_writer_time(b, &bucket->last);
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_literal(b, "}");
}


static void
cricket_writer_json_group(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t                  i;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (q->nkeys == 1) {
        cricket_buf_literal(b, "\"value\":");
        cricket_buf_json(b, bucket->values[0].data, bucket->values[0].len);
        cricket_buf_literal(b, ",");
    }

    for (i = 0; i < q->nkeys; i++) {
        cricket_buf_cstr(b, (i == 0) ? "\"tags\":{" : ",");
        cricket_buf_json(b, q->keys[i].data, q->keys[i].len);
        cricket_buf_literal(b, ":");
        cricket_buf_json(b, bucket->values[i].data, bucket->values[i].len);
    }

    cricket_buf_literal(b, "},");

    if (cricket_writer_json_is_nested(q)) {
        cricket_writer_json_member(b, "interval", &q->interval);
        cricket_buf_literal(b, "\"buckets\":[{");
    }
}


static void
cricket_writer_json_stats(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t                  i;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (q->histogram) {
        cricket_writer_json_number(b, "\"observations\":",
                                   bucket->observations);
        if (q->below_set) {
            cricket_writer_json_number(b, ",\"below\":", bucket->below);
        }

    } else {
        cricket_buf_literal(b, "\"count\":");
        cricket_buf_int(b, bucket->count);

        cricket_writer_json_number(b, ",\"sum\":", bucket->sum);
        cricket_writer_json_number(b, ",\"min\":", bucket->min);
        cricket_writer_json_number(b, ",\"max\":", bucket->max);
        cricket_writer_json_number(b, ",\"average\":", bucket->average);
    }

    if (q->rate != CRICKET_RATE_NOT && q->interval.len != 0 && !q->histogram) {
        cricket_writer_json_number(b, ",\"rate\":", bucket->rate);
    }

    if (q->per.len != 0) {
        cricket_writer_json_number(b, ",\"per_sum\":", bucket->per_sum);
        cricket_writer_json_number(b, ",\"ratio\":", bucket->ratio);
    }

    for (i = 0; i < q->npercentiles; i++) {
        cricket_buf_cstr(b, (i == 0) ? ",\"percentiles\":{\"" : ",\"");
        cricket_buf_append(b, q->percentiles[i].text.data,
                           q->percentiles[i].text.len);
        cricket_writer_json_number(b, "\":", bucket->percentiles[i]);
    }

    if (q->npercentiles != 0) {
        cricket_buf_literal(b, "}");
    }
}


static void
cricket_writer_json_number(cricket_buf_t *b, const char *name, double number)
{
    cricket_buf_cstr(b, name);
    cricket_buf_double(b, number);
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
