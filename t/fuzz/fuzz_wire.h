
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FUZZ_WIRE_H_INCLUDED_
#define _CRICKET_FUZZ_WIRE_H_INCLUDED_


#include "cricket_bulk.h"
#include "cricket_reader.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * What holds for each reader of the formats that others have: every datapoint
 * is one that Cricket's own reader would take, makes lines that are JSON, and
 * the result is the same however the body is sliced.
 */


static const cricket_bulk_meta_t  fuzz_meta = {
    .series = cricket_string("AAAAAAAAAAAA")
};


static void
fuzz_wire_string(const cricket_str_t *text, size_t max)
{
    size_t         i, n;
    ptrdiff_t      len;
    unsigned char  buf[8192];

    FUZZ_CHECK(text->len != 0 && text->len <= sizeof(buf));

    len = cricket_json_decode(text, buf);

    FUZZ_CHECK(len > 0 && (size_t) len <= max);
    FUZZ_CHECK(!cricket_datapoint_is_control(buf, len));

    for (i = 0; i < (size_t) len; i += n) {
        n = cricket_utf8_length(buf + i, len - i);
        FUZZ_CHECK(n != 0);
    }
}


static void
fuzz_wire_datapoint(const cricket_datapoint_t *dp, cricket_buf_t *out)
{
    double                value;
    size_t                i, j;
    cricket_buf_t         b;
    cricket_json_t        json;
    cricket_json_token_e  token;

    fuzz_wire_string(&dp->name, CRICKET_NAME_LEN);
    fuzz_wire_string(&dp->type, CRICKET_TYPE_LEN);

    FUZZ_CHECK(dp->number.len <= CRICKET_NUMBER_LEN);
    FUZZ_CHECK(cricket_json_double(&dp->number, &value) == CRICKET_OK);
    FUZZ_CHECK(value == dp->value && value - value == 0);
    FUZZ_CHECK(dp->timestamp.nsec < 1000000000);
    FUZZ_CHECK(dp->ntags <= CRICKET_TAGS);

    for (i = 0; i < dp->ntags; i++) {
        FUZZ_CHECK(dp->tags[i].key.len != 0
                   && dp->tags[i].key.len <= CRICKET_TAG_KEY_LEN);
        FUZZ_CHECK(cricket_datapoint_is_key(dp->tags[i].key.data,
                                            dp->tags[i].key.len));
        fuzz_wire_string(&dp->tags[i].value, CRICKET_TAG_VALUE_LEN);

        for (j = 0; j < i; j++) {
            FUZZ_CHECK(dp->tags[i].key.len != dp->tags[j].key.len
                       || memcmp(dp->tags[i].key.data, dp->tags[j].key.data,
                                 dp->tags[i].key.len) != 0);
        }
    }

    cricket_buf_init(&b, 1024 * 1024);
    cricket_bulk_append(&b, dp, &fuzz_meta);

    FUZZ_CHECK(!b.failed && b.len > 16 && b.data[b.len - 1] == '\n');

    cricket_json_init(&json, b.data + 14, b.len - 15);

    do {
        token = cricket_json_next(&json);
        FUZZ_CHECK(token != CRICKET_JSON_ERROR);
    } while (token != CRICKET_JSON_END);

    cricket_buf_append(out, b.data, b.len);
    cricket_buf_free(&b);
}


static void
fuzz_wire_message(const char *s, size_t size)
{
    size_t  i, n, len;

    len = strnlen(s, size);
    FUZZ_CHECK(len < size);

    for (i = 0; i < len; i += n) {
        n = cricket_utf8_length((const unsigned char *) s + i, len - i);
        FUZZ_CHECK(n != 0);
        FUZZ_CHECK((unsigned char) s[i] >= 0x20 && s[i] != 0x7f);
    }
}


/* all that is read, in slices of n or, with 0, in one go */

static void
fuzz_wire_read(const cricket_reader_type_t *type, const uint8_t *data,
    size_t size, size_t max, size_t n, cricket_buf_t *out)
{
    int                   rc;
    size_t                again, count;
    uint8_t              *body;
    cricket_reader_t     *reader;
    cricket_datapoint_t   dp;

    cricket_buf_init(out, (size_t) -1);

    /* so that a sanitizer sees the byte behind it */

    body = malloc(size ? size : 1);
    memcpy(body, data, size);

    reader = malloc(type->size);
    memset(reader, n ? 0xff : 0, type->size);

    cricket_reader_init(reader, type, body, size, max);

    if (n != 0) {
        cricket_reader_limit(reader, n);
    }

    again = 0;
    count = 0;

    for ( ;; ) {
        rc = cricket_reader_next(reader, &dp);

        if (rc == CRICKET_AGAIN) {
            FUZZ_CHECK(n != 0 && ++again < 200 * size + 1000
                                           + 200 * (count + 1));
            cricket_reader_limit(reader, n);
            continue;
        }

        if (rc == CRICKET_OK) {
            FUZZ_CHECK(reader->index == count++ && count <= max);
            fuzz_wire_datapoint(&dp, out);
            continue;
        }

        cricket_buf_cstr(out, reader->field);
        cricket_buf_cstr(out, reader->message);

        if (rc == CRICKET_INVALID) {
            FUZZ_CHECK(reader->index == count++ && count <= max);
            FUZZ_CHECK(reader->message[0] != '\0');
            fuzz_wire_message(reader->field, sizeof(reader->field));
            fuzz_wire_message(reader->message, sizeof(reader->message));
            continue;
        }

        break;
    }

    FUZZ_CHECK(rc == CRICKET_DONE || rc == CRICKET_ERROR);
    FUZZ_CHECK(cricket_reader_next(reader, &dp) == rc);
    FUZZ_CHECK(!reader->failed);

    if (rc == CRICKET_ERROR) {
        FUZZ_CHECK(reader->message[0] != '\0');
        fuzz_wire_message(reader->message, sizeof(reader->message));
        FUZZ_CHECK(reader->index != max || count == max);
    }

    cricket_buf_int(out, rc);
    cricket_buf_literal(out, " ");
    cricket_buf_int(out, reader->ignored);
    cricket_buf_literal(out, " ");
    cricket_buf_int(out, reader->samples + 1000 * reader->histograms);

    cricket_reader_free(reader);
    free(reader);
    free(body);
}


static void
fuzz_wire(const cricket_reader_type_t *type, const uint8_t *data, size_t size,
    size_t max)
{
    size_t         i;
    cricket_buf_t  whole, sliced;

    size_t  sizes[] = { 1, 2 + size % 7, 8 + size % 97, 1000 };

    fuzz_wire_read(type, data, size, max, 0, &whole);

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        fuzz_wire_read(type, data, size, max, sizes[i], &sliced);

        FUZZ_CHECK(whole.len == sliced.len);
        FUZZ_CHECK(memcmp(whole.data, sliced.data, whole.len) == 0);

        cricket_buf_free(&sliced);
    }

    cricket_buf_free(&whole);
}


#endif /* _CRICKET_FUZZ_WIRE_H_INCLUDED_ */
