
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes an answer as JSON or NDJSON. */


#include <string.h>

#include "cricket_writer.h"
#include "cricket_writer_json.h"
#include "cricket_writer_table.h"


/* what is around the name and the type of a line */
#define CRICKET_WRITE_JSON_LINE                                               \
    sizeof("{\"name\":\"\",\"type\":\"\",\"value\":")

#define cricket_writer_json_literal(p, s)                                      \
    cricket_writer_json_copy(p, s, sizeof(s) - 1)


static void cricket_writer_json_head(cricket_result_t *result);
static int cricket_writer_json_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static void cricket_writer_json_tail(cricket_result_t *result);

static void cricket_writer_json_lines_head(cricket_result_t *result);
static int cricket_writer_json_lines_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static void cricket_writer_json_lines_tail(cricket_result_t *result);

static int cricket_writer_json_line(cricket_buf_t *b,
    const cricket_result_hit_t *hit);


const cricket_result_writer_t  cricket_writer_json = {
    cricket_writer_json_head,
    cricket_writer_json_hit,
    cricket_writer_json_table_bucket,
    cricket_writer_json_tail,
    NULL
};


const cricket_result_writer_t  cricket_writer_json_lines = {
    cricket_writer_json_lines_head,
    cricket_writer_json_lines_hit,
    cricket_writer_json_table_bucket,
    cricket_writer_json_lines_tail,
    NULL
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
    if (cricket_query_is_datapoints(result->q)) {
        cricket_buf_literal(result->out, "[");

    } else {
        cricket_writer_json_table_head(result);
    }
}


static void
cricket_writer_json_tail(cricket_result_t *result)
{
    if (cricket_query_is_datapoints(result->q)) {
        cricket_buf_literal(result->out, "]\n");

    } else {
        cricket_writer_json_table_tail(result);
    }
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
