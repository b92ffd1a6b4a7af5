
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FUZZ_READER_H_INCLUDED_
#define _CRICKET_FUZZ_READER_H_INCLUDED_


#include "cricket_bulk.h"
#include "cricket_reader.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * What must hold for the reader of any format: what is valid makes lines that
 * are JSON, within the limits of a datapoint; messages are text; it ends, for
 * good; and in slices it reads the same, wherever it is moved in between.
 */


static const cricket_bulk_meta_t  fuzz_meta = {
    .series = cricket_string("AAAAAAAAAAAA")
};


static inline void
fuzz_message(const char *s, size_t size)
{
    size_t  i, n, len;

    len = strnlen(s, size);
    FUZZ_CHECK(len < size);

    for (i = 0; i < len; i += n) {
        n = cricket_utf8_length((const unsigned char *) s + i, len - i);
        FUZZ_CHECK(n != 0);
        FUZZ_CHECK(!cricket_datapoint_is_control((const unsigned char *) s + i,
                                                 n));
    }
}


static inline void
fuzz_text(const cricket_str_t *text, size_t max)
{
    ptrdiff_t       n;
    unsigned char  *plain;

    plain = malloc(text->len + 1);
    FUZZ_CHECK(plain != NULL);

    n = cricket_json_decode(text, plain);

    FUZZ_CHECK(n > 0 && (size_t) n <= max);
    FUZZ_CHECK(!cricket_datapoint_is_control(plain, n));

    free(plain);
}


static inline void
fuzz_datapoint(const cricket_datapoint_t *dp, cricket_buf_t *b)
{
    size_t                i, start;
    double                value;
    cricket_json_t        json;
    cricket_json_token_e  token;

    fuzz_text(&dp->name, CRICKET_NAME_LEN);
    fuzz_text(&dp->type, CRICKET_TYPE_LEN);

    FUZZ_CHECK(dp->number.len <= CRICKET_VALUE_LEN);
    FUZZ_CHECK(cricket_json_double(&dp->number, &value) == CRICKET_OK);
    FUZZ_CHECK(memcmp(&value, &dp->value, sizeof(double)) == 0);

    FUZZ_CHECK(dp->ntags <= CRICKET_TAGS);

    for (i = 0; i < dp->ntags; i++) {
        fuzz_text(&dp->tags[i].key, CRICKET_TAG_KEY_LEN);
        fuzz_text(&dp->tags[i].value, CRICKET_TAG_VALUE_LEN);
    }

    start = b->len;

    cricket_bulk_append(b, dp, &fuzz_meta);
    FUZZ_CHECK(!b->failed && b->len > start + 16);
    FUZZ_CHECK(memcmp(b->data + start, "{\"create\":{}}\n", 14) == 0);

    cricket_json_init(&json, b->data + start + 14, b->len - start - 15);

    do {
        token = cricket_json_next(&json);
        FUZZ_CHECK(token != CRICKET_JSON_ERROR);
    } while (token != CRICKET_JSON_END);
}


/* what it reads, as text, whole if n is 0 */

static inline int
fuzz_read(cricket_buf_t *b, const cricket_reader_type_t *type,
    const uint8_t *data, size_t size, size_t max, uint64_t precision, size_t n)
{
    int                   rc;
    size_t                count, agains;
    cricket_reader_t     *reader, *moved;
    cricket_datapoint_t   dp;

    reader = malloc(type->size);
    FUZZ_CHECK(reader != NULL);

    memset(reader, 0xa5, type->size);
    cricket_reader_init(reader, type, data, size, max);

    reader->now.sec = 1795687200;
    reader->precision = precision;

    if (n) {
        cricket_reader_limit(reader, n);
    }

    count = 0;
    agains = 0;

    rc = CRICKET_OK;

    for ( ;; ) {

        /* behind the end of a slice it has what was read so far */

        if (rc != CRICKET_AGAIN) {
            memset(&dp, 0x5a, sizeof(cricket_datapoint_t));
        }

        rc = cricket_reader_next(reader, &dp);

        if (rc == CRICKET_OK) {
            FUZZ_CHECK(reader->index == count && count++ < max);
            fuzz_datapoint(&dp, b);

        } else if (rc == CRICKET_INVALID) {
            FUZZ_CHECK(reader->index == count && count++ < max);
            FUZZ_CHECK(reader->message[0] != '\0');
            FUZZ_CHECK(reader->text.len == 0
                       || (reader->text.data >= data
                           && reader->text.len <= size
                           && reader->text.data + reader->text.len
                              <= data + size));
            fuzz_message(reader->field, sizeof(reader->field));
            fuzz_message(reader->message, sizeof(reader->message));
            cricket_buf_cstr(b, reader->field);
            cricket_buf_cstr(b, reader->message);
            cricket_buf_append(b, reader->text.data, reader->text.len);

        } else if (rc == CRICKET_AGAIN) {
            FUZZ_CHECK(n != 0);
            FUZZ_CHECK(++agains < 300 * size + 1000);

            moved = malloc(type->size);
            FUZZ_CHECK(moved != NULL);

            memcpy(moved, reader, type->size);
            memset(reader, 0xa5, type->size);
            free(reader);

            reader = moved;
            cricket_reader_limit(reader, n);

        } else {
            break;
        }
    }

    FUZZ_CHECK(rc == CRICKET_DONE || rc == CRICKET_ERROR);
    FUZZ_CHECK(cricket_reader_next(reader, &dp) == rc);

    if (rc == CRICKET_ERROR) {
        FUZZ_CHECK(reader->message[0] != '\0');
        fuzz_message(reader->message, sizeof(reader->message));
        cricket_buf_cstr(b, reader->message);
    }

    cricket_buf_int(b, reader->ignored);

    free(reader);

    return rc;
}


/* the same, whole and in slices */

static inline void
fuzz_reader(const cricket_reader_type_t *type, const uint8_t *data,
    size_t size, size_t max, uint64_t precision)
{
    int            rc;
    size_t         i;
    size_t         slices[] = { 1, 2 + size % 7,
                                CRICKET_READER_COST + size % 97 };
    cricket_buf_t  one, two;

    cricket_buf_init(&one, 256 * 1024 * 1024);
    cricket_buf_init(&two, 256 * 1024 * 1024);

    rc = fuzz_read(&one, type, data, size, max, precision, 0);

    for (i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
        two.len = 0;

        FUZZ_CHECK(fuzz_read(&two, type, data, size, max, precision, slices[i])
                   == rc);
        FUZZ_CHECK(one.len == two.len
                   && memcmp(one.data, two.data, one.len) == 0);
    }

    cricket_buf_free(&one);
    cricket_buf_free(&two);
}


#endif /* _CRICKET_FUZZ_READER_H_INCLUDED_ */
