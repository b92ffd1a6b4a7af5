
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEST_SLICED_H_INCLUDED_
#define _CRICKET_TEST_SLICED_H_INCLUDED_


#include <stdlib.h>

#include "cricket_buf.h"
#include "cricket_reader.h"
#include "test.h"


/*
 * What a reader reads, a line each: NAME TYPE VALUE SECONDS.NANOSECONDS and
 * KEY=VALUE; "invalid INDEX FIELD: MESSAGE"; at last "done", "ignored N" if it
 * did, "samples N" and "histograms N"; or "error: MESSAGE".  The body is where
 * a sanitizer sees the first byte behind it; n is that of limit(), or 0.
 */

static void
reader_text(cricket_buf_t *out, const cricket_reader_type_t *type,
    const unsigned char *data, size_t len, size_t max, size_t n)
{
    int                   rc;
    size_t                i, again;
    unsigned char        *body;
    cricket_reader_t     *reader;
    cricket_datapoint_t   dp;

    cricket_buf_init(out, (size_t) -1);

    body = malloc(len ? len : 1);
    memcpy(body, data ? data : (unsigned char *) "", len);

    reader = malloc(type->size);
    memset(reader, n ? 0xff : 0, type->size);

    cricket_reader_init(reader, type, body + (len ? 0 : 1), len, max);

    if (n != 0) {
        cricket_reader_limit(reader, n);
    }

    for (again = 0; /* void */ ; /* void */) {
        memset(&dp, 0xa5, sizeof(cricket_datapoint_t));

        rc = cricket_reader_next(reader, &dp);

        if (rc == CRICKET_AGAIN) {

            if (n == 0 || ++again > 64 * len + 1000) {
                cricket_buf_literal(out, "goes on for ever\n");
                break;
            }

            cricket_reader_limit(reader, n);
            continue;
        }

        if (rc == CRICKET_OK) {
            cricket_buf_append(out, dp.name.data, dp.name.len);
            cricket_buf_literal(out, " ");
            cricket_buf_append(out, dp.type.data, dp.type.len);
            cricket_buf_literal(out, " ");
            cricket_buf_append(out, dp.number.data, dp.number.len);
            cricket_buf_literal(out, " ");
            cricket_buf_int(out, dp.timestamp.sec);
            cricket_buf_literal(out, ".");
            cricket_buf_int(out, dp.timestamp.nsec);

            for (i = 0; i < dp.ntags; i++) {
                cricket_buf_literal(out, " ");
                cricket_buf_append(out, dp.tags[i].key.data,
                                   dp.tags[i].key.len);
                cricket_buf_literal(out, "=");
                cricket_buf_append(out, dp.tags[i].value.data,
                                   dp.tags[i].value.len);
            }

            cricket_buf_literal(out, "\n");
            continue;
        }

        if (rc == CRICKET_INVALID) {
            cricket_buf_literal(out, "invalid ");
            cricket_buf_int(out, reader->index);
            cricket_buf_literal(out, " ");
            cricket_buf_cstr(out, reader->field);
            cricket_buf_literal(out, ": ");
            cricket_buf_cstr(out, reader->message);
            cricket_buf_literal(out, "\n");
            continue;
        }

        break;
    }

    if (rc == CRICKET_DONE) {
        cricket_buf_literal(out, "done");

        if (reader->ignored) {
            cricket_buf_literal(out, ", ignored ");
            cricket_buf_int(out, reader->ignored);
        }

        if (reader->samples || reader->histograms) {
            cricket_buf_literal(out, ", samples ");
            cricket_buf_int(out, reader->samples);
            cricket_buf_literal(out, ", histograms ");
            cricket_buf_int(out, reader->histograms);
        }

    } else if (rc == CRICKET_ERROR) {
        cricket_buf_literal(out, "error: ");
        cricket_buf_cstr(out, reader->message);
    }

    if (rc != CRICKET_AGAIN && cricket_reader_next(reader, &dp) != rc) {
        cricket_buf_literal(out, ", but not the second time");
    }

    cricket_reader_free(reader);
    cricket_reader_free(reader);
    free(reader);
    free(body);
}


/* in slices of some sizes it is the same; returns the size of the first not */

static size_t
reader_sliced(const cricket_reader_type_t *type, const unsigned char *data,
    size_t len, size_t max)
{
    size_t         i;
    cricket_buf_t  whole, sliced;

    static const size_t  sizes[] = { 1, 2, 3, 7, 8, 9, 20, 64, 129, 500, 5000 };

    reader_text(&whole, type, data, len, max, 0);

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        reader_text(&sliced, type, data, len, max, sizes[i]);

        if (whole.len != sliced.len
            || memcmp(whole.data, sliced.data, whole.len) != 0)
        {
            printf("# in slices of %zu: %.*s\n# whole: %.*s\n", sizes[i],
                   (int) sliced.len, (char *) sliced.data, (int) whole.len,
                   (char *) whole.data);
            cricket_buf_free(&sliced);
            cricket_buf_free(&whole);
            return sizes[i];
        }

        cricket_buf_free(&sliced);
    }

    cricket_buf_free(&whole);

    return 0;
}


static int
reader_is(const cricket_reader_type_t *type, const unsigned char *data,
    size_t len, size_t max, const char *expected)
{
    int            same;
    cricket_buf_t  out;

    reader_text(&out, type, data, len, max, 0);

    same = (out.len == strlen(expected)
            && memcmp(out.data, expected, out.len) == 0);

    if (!same) {
        printf("# got:\n# %.*s\n# expected:\n# %s\n", (int) out.len,
               (char *) out.data, expected);
    }

    cricket_buf_free(&out);

    return same;
}


#endif /* _CRICKET_TEST_SLICED_H_INCLUDED_ */
