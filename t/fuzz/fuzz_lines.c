
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_body.h"
#include "cricket_lines.h"
#include "fuzz.h"


/*
 * The first byte of an input chooses between JSON and NDJSON, ids or none, and
 * whether invalid datapoints may be; the second is the size of a slice; the
 * rest is the body.  Lines, errors and places must be the same in one piece and
 * in slices, and as many as was counted.
 */

typedef struct {
    int              rc;
    cricket_buf_t    out;
    cricket_buf_t    told;
    cricket_body_t   body;
    cricket_lines_t  lines;
} fuzz_result_t;


static void fuzz_run(fuzz_result_t *result, const uint8_t *data, size_t size,
    unsigned flags, size_t n);
static size_t fuzz_id(void *data, size_t index, const cricket_datapoint_t *dp,
    const unsigned char *series, unsigned char *id);
static void fuzz_invalid(void *data, size_t index, const char *field,
    const char *message);
static void fuzz_free(fuzz_result_t *result);
static int fuzz_same(const cricket_buf_t *one, const cricket_buf_t *two);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            i, n, items;
    uint32_t          place, last;
    fuzz_result_t     whole, sliced;
    cricket_lines_t  *lines;

    if (size < 2) {
        return 0;
    }

    fuzz_run(&whole, data + 2, size - 2, data[0], (size_t) -1);
    fuzz_run(&sliced, data + 2, size - 2, data[0], 1 + data[1]);

    lines = &whole.lines;

    FUZZ_CHECK(whole.rc == sliced.rc
               && lines->total == sliced.lines.total
               && lines->rejected == sliced.lines.rejected
               && lines->n == sliced.lines.n
               && lines->too_many == sliced.lines.too_many
               && fuzz_same(&whole.out, &sliced.out)
               && fuzz_same(&whole.told, &sliced.told)
               && fuzz_same(&lines->index, &sliced.lines.index));

    FUZZ_CHECK(lines->rejected + lines->n <= lines->total
               && (lines->rejected == 0 || lines->partial
                   || lines->index.len == 0));

    items = 0;

    for (i = 0; i < whole.out.len; i += n) {
        n = cricket_bulk_item_size(whole.out.data + i, whole.out.len - i);
        items++;
    }

    FUZZ_CHECK(items == lines->n);

    if (lines->index.len != 0) {
        FUZZ_CHECK(lines->index.len == items * sizeof(uint32_t));

        last = 0;

        for (i = 0; i < items; i++) {
            memcpy(&place, lines->index.data + i * sizeof(uint32_t),
                   sizeof(uint32_t));

            FUZZ_CHECK(place < lines->total && (i == 0 || place > last));

            last = place;
        }
    }

    fuzz_free(&whole);
    fuzz_free(&sliced);

    return 0;
}


static void
fuzz_run(fuzz_result_t *result, const uint8_t *data, size_t size,
    unsigned flags, size_t n)
{
    cricket_lines_t  *lines;

    lines = &result->lines;

    cricket_buf_init(&result->out, 1 << 24);
    cricket_buf_init(&result->told, 1 << 24);

    cricket_reader_init(&result->body.reader,
                        (flags & 1) ? &cricket_body_ndjson
                                    : &cricket_body_json,
                        data, size, flags >> 3);
    cricket_lines_init(lines, &result->body.reader);

    lines->id = (flags & 2) ? fuzz_id : NULL;
    lines->partial = (flags & 4) != 0;
    lines->invalid = fuzz_invalid;
    lines->data = result;
    lines->out = &result->out;

    do {
        result->rc = cricket_lines_next(lines, n);
    } while (result->rc == CRICKET_AGAIN);

    FUZZ_CHECK(result->rc == CRICKET_OK || result->rc == CRICKET_INVALID);

    if (result->rc == CRICKET_INVALID) {
        cricket_buf_cstr(&result->told, lines->message);
    }
}


static size_t
fuzz_id(void *data, size_t index, const cricket_datapoint_t *dp,
    const unsigned char *series, unsigned char *id)
{
    (void) data;
    (void) series;

    return snprintf((char *) id, CRICKET_LINES_ID_LEN + 1, "%zu-%zu", index,
                    dp->name.len);
}


static void
fuzz_invalid(void *data, size_t index, const char *field, const char *message)
{
    fuzz_result_t *result = data;

    cricket_buf_int(&result->told, index);
    cricket_buf_cstr(&result->told, field);
    cricket_buf_cstr(&result->told, message);
}


static void
fuzz_free(fuzz_result_t *result)
{
    cricket_buf_free(&result->out);
    cricket_buf_free(&result->told);
    cricket_buf_free(&result->lines.index);
}


static int
fuzz_same(const cricket_buf_t *one, const cricket_buf_t *two)
{
    return one->len == two->len
           && (one->len == 0 || memcmp(one->data, two->data, one->len) == 0);
}
