
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEST_READER_H_INCLUDED_
#define _CRICKET_TEST_READER_H_INCLUDED_


#include <stdlib.h>

#include "cricket_reader.h"
#include "test_buf.h"


/* when the request came, in what is read */
#define TEST_READER_NOW  "2026-11-26T10:00:00.25Z"


/*
 * What is read, as text: a line for each datapoint, "!field: message <text>"
 * for one that is invalid, and at last "." and how many were ignored, or
 * "=message" if the body is not to be used.
 */


static inline void
test_reader_datapoint(cricket_buf_t *b, const cricket_datapoint_t *dp)
{
    size_t         i;
    char           number[16];
    unsigned char  time[CRICKET_TIME_LEN];

    cricket_buf_append(b, dp->name.data, dp->name.len);
    cricket_buf_literal(b, " ");
    cricket_buf_append(b, dp->number.data, dp->number.len);
    cricket_buf_literal(b, " ");
    cricket_buf_append(b, time, cricket_time_format(time, &dp->timestamp));

    for (i = 0; i < dp->ntags; i++) {
        cricket_buf_literal(b, " ");
        cricket_buf_append(b, dp->tags[i].key.data, dp->tags[i].key.len);
        cricket_buf_literal(b, "=");
        cricket_buf_append(b, dp->tags[i].value.data, dp->tags[i].value.len);
    }

    cricket_buf_literal(b, "\n");

    if (!cricket_string_is(&dp->type, "gauge")) {
        cricket_buf_literal(b, "not a gauge");
    }

    if (dp->number.len < sizeof(number)) {
        memcpy(number, dp->number.data, dp->number.len);
        number[dp->number.len] = '\0';

        if (dp->value != strtod(number, NULL)) {
            cricket_buf_literal(b, "another value");
        }
    }
}


/* one body, as it is read in slices of some n, or whole if n is 0 */

static inline void
test_reader_read(cricket_buf_t *b, const cricket_reader_type_t *type,
    const unsigned char *data, size_t len, uint64_t precision, size_t max,
    size_t n)
{
    int                  rc;
    size_t               agains;
    unsigned char       *copy;
    cricket_reader_t    *reader, *moved;
    cricket_datapoint_t  dp;

    /* blocks of their own, so that a byte beyond them is seen */

    copy = malloc(len ? len : 1);
    reader = malloc(type->size);

    if (copy == NULL || reader == NULL) {
        abort();
    }

    memcpy(copy, data, len);
    memset(reader, 0xa5, type->size);

    cricket_reader_init(reader, type, copy, len, max);

    reader->precision = precision;
    reader->now.sec = 1795687200;
    reader->now.nsec = 250000000;

    if (n) {
        cricket_reader_limit(reader, n);
    }

    agains = 0;

    rc = CRICKET_OK;

    for ( ;; ) {

        /* behind the end of a slice it has what was read so far */

        if (rc != CRICKET_AGAIN) {
            memset(&dp, 0x5a, sizeof(cricket_datapoint_t));
        }

        rc = cricket_reader_next(reader, &dp);

        if (rc == CRICKET_OK) {
            test_reader_datapoint(b, &dp);

        } else if (rc == CRICKET_INVALID) {
            cricket_buf_literal(b, "!");
            cricket_buf_cstr(b, reader->field);
            cricket_buf_literal(b, ": ");
            cricket_buf_cstr(b, reader->message);

            if (reader->text.len) {
                cricket_buf_literal(b, " <");
                cricket_buf_append(b, reader->text.data, reader->text.len);
                cricket_buf_literal(b, ">");
            }

            cricket_buf_literal(b, "\n");

        } else if (rc == CRICKET_AGAIN) {

            /* it may move, and none of it may point to where it was */

            if (n == 0 || ++agains > 1000 * len + 1000) {
                cricket_buf_literal(b, "it does not end");
                break;
            }

            moved = malloc(type->size);

            if (moved == NULL) {
                abort();
            }

            memcpy(moved, reader, type->size);
            memset(reader, 0xa5, type->size);
            free(reader);
            reader = moved;

            cricket_reader_limit(reader, n);

        } else {
            break;
        }
    }

    if (rc == CRICKET_DONE) {
        cricket_buf_literal(b, ".");

        if (reader->ignored) {
            cricket_buf_int(b, reader->ignored);
        }

    } else if (rc == CRICKET_ERROR) {
        cricket_buf_literal(b, "=");
        cricket_buf_cstr(b, reader->message);
    }

    if (cricket_reader_next(reader, &dp) != rc) {
        cricket_buf_literal(b, "it goes on");
    }

    free(reader);
    free(copy);
}


#endif /* _CRICKET_TEST_READER_H_INCLUDED_ */
