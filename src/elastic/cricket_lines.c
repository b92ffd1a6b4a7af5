
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes bulk lines of a body, in slices; knows no nginx. */


#include "cricket_lines.h"
#include "cricket_series.h"


static int cricket_lines_valid(cricket_lines_t *lines);
static void cricket_lines_keep(cricket_lines_t *lines);


void
cricket_lines_init(cricket_lines_t *lines, cricket_reader_t *reader)
{
    lines->id = NULL;
    lines->invalid = NULL;
    lines->data = NULL;
    lines->out = NULL;
    lines->partition = NULL;
    lines->tag_fields = NULL;
    lines->ntag_fields = 0;
    lines->slot.len = 0;

    lines->total = 0;
    lines->rejected = 0;
    lines->n = 0;
    lines->message = NULL;
    lines->partial = 0;
    lines->routed = 0;
    lines->too_many = 0;

    cricket_buf_init(&lines->index, (size_t) -1);

    lines->reader = reader;
}


int
cricket_lines_next(cricket_lines_t *lines, size_t n)
{
    cricket_reader_t  *reader;

    reader = lines->reader;

    cricket_reader_limit(reader, n);

    for ( ;; ) {

        switch (cricket_reader_next(reader, &lines->dp)) {

        case CRICKET_OK:
            lines->total++;

            if (lines->rejected != 0 && !lines->partial) {
                break;
            }

            if (cricket_lines_valid(lines) != CRICKET_OK) {
                return CRICKET_ERROR;
            }

            break;

        case CRICKET_INVALID:
            lines->total++;
            lines->rejected++;

            lines->invalid(lines->data, reader->index, reader->field,
                           reader->message);
            break;

        case CRICKET_AGAIN:
            return CRICKET_AGAIN;

        case CRICKET_DONE:
            return CRICKET_OK;

        default: /* CRICKET_ERROR */

            if (reader->failed) {
                return CRICKET_ERROR;
            }

            lines->message = reader->message;
            lines->too_many = (reader->index == reader->max);

            return CRICKET_INVALID;
        }
    }
}


static int
cricket_lines_valid(cricket_lines_t *lines)
{
    unsigned char         id[CRICKET_LINES_ID_LEN + 1];
    unsigned char         series[CRICKET_SERIES_LEN];
    cricket_bulk_meta_t   meta;

    cricket_series(&lines->dp, series);

    meta.series.data = series;
    meta.series.len = CRICKET_SERIES_LEN;
    meta.id.len = 0;
    meta.alias.len = 0;
    meta.tag_fields = lines->tag_fields;
    meta.ntag_fields = lines->ntag_fields;
    meta.routed = lines->routed;

    if (lines->partition != NULL) {
        cricket_partition_find(lines->partition, &lines->slot,
                               lines->dp.timestamp.sec, lines->now,
                               lines->from);

        meta.alias = cricket_partition_slot_alias(&lines->slot,
                                                  lines->routed);
    }

    if (lines->rejected != 0) {
        cricket_lines_keep(lines);
    }

    if (lines->id != NULL) {
        meta.id.len = lines->id(lines->data, lines->reader->index, &lines->dp,
                                series, id);
        meta.id.data = id;
    }

    cricket_bulk_append(lines->out, &lines->dp, &meta);

    if (lines->out->failed || lines->index.failed) {
        return CRICKET_ERROR;
    }

    lines->n++;

    return CRICKET_OK;
}


static void
cricket_lines_keep(cricket_lines_t *lines)
{
    size_t    i;
    uint32_t  n;

    if (lines->index.len == 0) {

        (void) cricket_buf_reserve(&lines->index,
                                   (lines->n + 16) * sizeof(uint32_t));

        for (i = 0; i < lines->n; i++) {
            n = (uint32_t) i;
            cricket_buf_append(&lines->index, &n, sizeof(uint32_t));
        }
    }

    n = (uint32_t) lines->reader->index;
    cricket_buf_append(&lines->index, &n, sizeof(uint32_t));
}
