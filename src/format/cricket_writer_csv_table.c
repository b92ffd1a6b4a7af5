
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes statistics, names, tags and values as CSV. */


#include <math.h>

#include "cricket_writer.h"
#include "cricket_writer_table.h"


static void cricket_writer_csv_stats_head(cricket_buf_t *b,
    const cricket_query_t *q);
static void cricket_writer_csv_stats(cricket_buf_t *b,
    const cricket_query_t *q, const cricket_result_bucket_t *bucket);
static void cricket_writer_csv_listed(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
static void cricket_writer_csv_number(cricket_buf_t *b, double number);
static void cricket_writer_csv_column(cricket_buf_t *b, const char *text);


void
cricket_writer_csv_table_head(cricket_result_t *result)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    if (q->kind == CRICKET_QUERY_STATS) {
        cricket_writer_csv_stats_head(b, q);

    } else if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_cstr(b, q->detail ? "name,count,types,series,last"
                                      : "name,count");

    } else {
        cricket_buf_cstr(b, q->key.len ? "value,count,last" : "key,distinct");
    }

    cricket_buf_literal(b, "\r\n");
}


/* a comma is wanted where the line does not begin */

static void
cricket_writer_csv_column(cricket_buf_t *b, const char *text)
{
    if (b->len != 0 && b->data[b->len - 1] != '\n') {
        cricket_buf_literal(b, ",");
    }

    cricket_buf_cstr(b, text);
}


static void
cricket_writer_csv_stats_head(cricket_buf_t *b, const cricket_query_t *q)
{
    size_t  i;

    for (i = 0; i < q->nkeys; i++) {
        cricket_writer_csv_column(b, "tag.");
        cricket_buf_append(b, q->keys[i].data, q->keys[i].len);
    }

    if (q->interval.len != 0) {
        cricket_writer_csv_column(b, "start");
    }

    if (q->histogram) {
        cricket_writer_csv_column(b, "observations");

        if (q->below_set) {
            cricket_writer_csv_column(b, "below");
        }

    } else {
        cricket_writer_csv_column(b, "count,sum,min,max,average");
    }

    for (i = 0; i < q->npercentiles; i++) {
        cricket_writer_csv_column(b, "p");
        cricket_buf_append(b, q->percentiles[i].text.data,
                           q->percentiles[i].text.len);
    }

    if (q->rate != CRICKET_RATE_NOT && q->interval.len != 0 && !q->histogram) {
        cricket_writer_csv_column(b, "rate");
    }

    if (q->per.len != 0) {
        cricket_writer_csv_column(b, "per_sum,ratio");
    }

    if (q->interval.len != 0) {
        cricket_writer_csv_column(b, "partial");
    }
}


int
cricket_writer_csv_table_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t                  i;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    result->n++;

    if (q->kind != CRICKET_QUERY_STATS) {
        cricket_writer_csv_listed(result, bucket);
        cricket_buf_literal(b, "\r\n");

        return result->cell.failed ? CRICKET_ERROR : CRICKET_OK;
    }

    for (i = 0; i < q->nkeys; i++) {
        cricket_buf_cstr(b, (i == 0) ? "" : ",");
        cricket_writer_cell(b, &bucket->values[i]);
    }

    if (q->nkeys != 0) {
        cricket_buf_literal(b, ",");
    }

    if (q->interval.len != 0) {
        cricket_writer_time(b, &bucket->start);
        cricket_buf_literal(b, ",");
    }

    cricket_writer_csv_stats(b, q, bucket);

    if (q->interval.len != 0) {
        cricket_buf_cstr(b, bucket->partial ? ",true" : ",false");
    }

    cricket_buf_literal(b, "\r\n");

    return CRICKET_OK;
}


static void
cricket_writer_csv_stats(cricket_buf_t *b, const cricket_query_t *q,
    const cricket_result_bucket_t *bucket)
{
    size_t  i;

    if (q->histogram) {

        if (isfinite(bucket->observations)) {
            cricket_buf_double(b, bucket->observations);
        }

        if (q->below_set) {
            cricket_writer_csv_number(b, bucket->below);
        }

    } else {
        cricket_buf_int(b, bucket->count);
        cricket_writer_csv_number(b, bucket->sum);
        cricket_writer_csv_number(b, bucket->min);
        cricket_writer_csv_number(b, bucket->max);
        cricket_writer_csv_number(b, bucket->average);
    }

    for (i = 0; i < q->npercentiles; i++) {
        cricket_writer_csv_number(b, bucket->percentiles[i]);
    }

    if (q->rate != CRICKET_RATE_NOT && q->interval.len != 0 && !q->histogram) {
        cricket_writer_csv_number(b, bucket->rate);
    }

    if (q->per.len != 0) {
        cricket_writer_csv_number(b, bucket->per_sum);
        cricket_writer_csv_number(b, bucket->ratio);
    }
}


/* several types are one cell, with blanks between them */

static void
cricket_writer_csv_listed(cricket_result_t *result,
    const cricket_result_bucket_t *bucket)
{
    size_t                  i;
    cricket_buf_t          *b;
    cricket_str_t           types;
    const cricket_query_t  *q;

    b = result->out;
    q = result->q;

    cricket_writer_cell(b, &bucket->key);
    cricket_buf_literal(b, ",");
    cricket_buf_int(b, bucket->count);

    if (q->detail) {
        result->cell.len = 0;

        for (i = 0; i < bucket->ntypes; i++) {
            cricket_buf_cstr(&result->cell, (i == 0) ? "" : " ");
            cricket_buf_append(&result->cell, bucket->types[i].data,
                               bucket->types[i].len);
        }

        if (bucket->more_types) {
            cricket_buf_literal(&result->cell, " ...");
        }

        types.data = result->cell.data;
        types.len = result->cell.len;

        cricket_buf_literal(b, ",");
        cricket_writer_cell(b, &types);
        cricket_buf_literal(b, ",");
        cricket_buf_int(b, bucket->series);
    }

    if (q->detail || q->key.len != 0) {
        cricket_buf_literal(b, ",");

        if (bucket->has_last) {
            cricket_writer_time(b, &bucket->last);
        }
    }
}


/* what is null is an empty cell */

static void
cricket_writer_csv_number(cricket_buf_t *b, double number)
{
    cricket_buf_literal(b, ",");

    if (isfinite(number)) {
        cricket_buf_double(b, number);
    }
}
