
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes datapoints as CSV (RFC 4180). */


#include "cricket_writer.h"
#include "cricket_writer_csv.h"
#include "cricket_writer_table.h"


static void cricket_writer_csv_head(cricket_result_t *result);
static int cricket_writer_csv_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static void cricket_writer_csv_tail(cricket_result_t *result);

static int cricket_writer_csv_text(cricket_result_t *result,
    const cricket_result_text_t *text);


const cricket_result_writer_t  cricket_writer_csv = {
    cricket_writer_csv_head,
    cricket_writer_csv_hit,
    cricket_writer_csv_table_bucket,
    cricket_writer_csv_tail,
    NULL
};


static void
cricket_writer_csv_head(cricket_result_t *result)
{
    const cricket_query_t  *q;

    q = result->q;

    if (!cricket_query_is_datapoints(q)) {
        cricket_writer_csv_table_head(result);
        return;
    }

    /* the pages of an export are one answer */

    if (q->kind != CRICKET_QUERY_EXPORT || !q->after_set) {
        cricket_buf_literal(result->out, "name,type,value,timestamp,tags\r\n");
    }
}


/*
 * RFC 4180.  The tags are one cell, the JSON object that they are elsewhere:
 * their values may have any separator in them.
 */

static int
cricket_writer_csv_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit)
{
    int             rc;
    cricket_str_t   tags;
    cricket_buf_t  *b;

    b = result->out;

    result->n++;

    rc = cricket_writer_csv_text(result, &hit->name);
    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    rc = cricket_writer_csv_text(result, &hit->type);
    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    if (cricket_writer_number(b, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",");
    cricket_writer_time(b, &hit->time);
    cricket_buf_literal(b, ",");

    if (hit->ntags != 0) {
        result->cell.len = 0;
        cricket_writer_tags(&result->cell, hit);

        if (result->cell.failed) {
            return CRICKET_ERROR;
        }

        tags.data = result->cell.data;
        tags.len = result->cell.len;

        cricket_writer_cell(b, &tags);
    }

    cricket_buf_literal(b, "\r\n");

    return CRICKET_OK;
}


static void
cricket_writer_csv_tail(cricket_result_t *result)
{
    (void) result;
}


static int
cricket_writer_csv_text(cricket_result_t *result,
    const cricket_result_text_t *text)
{
    int            rc;
    cricket_str_t  plain;

    rc = cricket_result_plain(text, &result->cell, &plain);

    if (rc == CRICKET_OK) {
        cricket_writer_cell(result->out, &plain);
    }

    return rc;
}
