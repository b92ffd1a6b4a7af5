
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_body.h"
#include "cricket_bulk.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * The first byte of an input chooses between JSON and NDJSON and the most
 * datapoints allowed; the rest is the body.
 */

typedef const cricket_reader_type_t  *fuzz_type_t;


static void fuzz_message(const char *s, size_t size);
static void fuzz_datapoint(const cricket_datapoint_t *dp);
static void fuzz_slices(fuzz_type_t type, const uint8_t *data, size_t size,
    size_t max, size_t n);
static void fuzz_whole(const uint8_t *data, size_t size, int rc, size_t n);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  rc;
    size_t               n, max;
    fuzz_type_t type;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    if (size == 0) {
        return 0;
    }

    type = (data[0] & 1) ? &cricket_body_ndjson : &cricket_body_json;
    max = (data[0] & 2) ? (size_t) data[0] >> 2 : size;

    data++;
    size--;

    fuzz_slices(type, data, size, max, 1);
    fuzz_slices(type, data, size, max, 2 + size % 7);
    fuzz_slices(type, data, size, max, CRICKET_READER_COST + size % 97);

    cricket_reader_init(&body.reader, type, data, size, max);

    for (n = 0; /* void */ ; n++) {
        memset(&dp, 0xa5, sizeof(cricket_datapoint_t));

        rc = cricket_reader_next(&body.reader, &dp);

        if (rc == CRICKET_OK) {
            FUZZ_CHECK(body.reader.index == n && n < max);
            fuzz_datapoint(&dp);
            continue;
        }

        if (rc == CRICKET_INVALID) {
            FUZZ_CHECK(body.reader.index == n && n < max);
            FUZZ_CHECK(body.reader.message[0] != '\0');
            fuzz_message(body.reader.field, sizeof(body.reader.field));
            fuzz_message(body.reader.message, sizeof(body.reader.message));
            continue;
        }

        break;
    }

    FUZZ_CHECK(rc == CRICKET_DONE || rc == CRICKET_ERROR);
    FUZZ_CHECK(cricket_reader_next(&body.reader, &dp) == rc);

    if (rc == CRICKET_ERROR) {
        FUZZ_CHECK(body.reader.message[0] != '\0');
        fuzz_message(body.reader.message, sizeof(body.reader.message));

        if (body.reader.index == max) {
            FUZZ_CHECK(n == max);
            return 0;
        }

        FUZZ_CHECK(type == &cricket_body_json || n == 0);
    }

    if (type == &cricket_body_json) {
        fuzz_whole(data, size, rc, n);
    }

    return 0;
}


/* in slices of some n it reads the same */

static void
fuzz_slices(fuzz_type_t type, const uint8_t *data, size_t size, size_t max,
    size_t n)
{
    int                  one, two;
    size_t               i;
    cricket_body_t       whole, sliced;
    cricket_datapoint_t  dp, part;

    cricket_reader_init(&whole.reader, type, data, size, max);
    cricket_reader_init(&sliced.reader, type, data, size, max);

    cricket_reader_limit(&sliced.reader, n);

    do {
        memset(&dp, 0x5a, sizeof(cricket_datapoint_t));
        memset(&part, 0xa5, sizeof(cricket_datapoint_t));

        one = cricket_reader_next(&whole.reader, &dp);

        /* a datapoint's cost takes some slices, so does the scan of a line */

        for (i = 0; /* void */ ; i++) {
            two = cricket_reader_next(&sliced.reader, &part);

            if (two != CRICKET_AGAIN) {
                break;
            }

            FUZZ_CHECK(i < 2 * size + 64);

            cricket_reader_limit(&sliced.reader, n);
        }

        FUZZ_CHECK(one == two && whole.reader.index == sliced.reader.index);

        if (one == CRICKET_OK) {
            FUZZ_CHECK(dp.name.data == part.name.data
                       && dp.name.len == part.name.len
                       && dp.type.data == part.type.data
                       && dp.type.len == part.type.len
                       && dp.number.data == part.number.data
                       && dp.number.len == part.number.len
                       && dp.timestamp.sec == part.timestamp.sec
                       && dp.timestamp.nsec == part.timestamp.nsec
                       && dp.ntags == part.ntags);

            for (i = 0; i < dp.ntags; i++) {
                FUZZ_CHECK(dp.tags[i].key.data == part.tags[i].key.data
                           && dp.tags[i].key.len == part.tags[i].key.len
                           && dp.tags[i].value.data == part.tags[i].value.data
                           && dp.tags[i].value.len == part.tags[i].value.len);
            }

        } else if (one != CRICKET_DONE) {
            FUZZ_CHECK(strcmp(whole.reader.field, sliced.reader.field) == 0
                       && strcmp(whole.reader.message,
                                  sliced.reader.message) == 0);
        }

    } while (one == CRICKET_OK || one == CRICKET_INVALID);
}


static void
fuzz_message(const char *s, size_t size)
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


static const cricket_bulk_meta_t  fuzz_meta = {
    .series = cricket_string("AAAAAAAAAAAA")
};


/* what is valid makes lines that are JSON and have the same in them */

static void
fuzz_datapoint(const cricket_datapoint_t *dp)
{
    char                  err[CRICKET_TIME_ERROR];
    double                value;
    size_t                i;
    cricket_buf_t         b;
    cricket_str_t         key;
    unsigned char        *line, expected[64];
    cricket_time_t        time;
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_buf_init(&b, 1024 * 1024);
    cricket_bulk_append(&b, dp, &fuzz_meta);

    FUZZ_CHECK(!b.failed && b.len > 16 && b.data[b.len - 1] == '\n');
    FUZZ_CHECK(memcmp(b.data, "{\"create\":{}}\n", 14) == 0);

    line = b.data + 14;
    FUZZ_CHECK(memchr(line, '\n', b.len - 14) == b.data + b.len - 1);

    cricket_json_init(&json, line, b.len - 15);
    FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_OBJECT);

    for ( ;; ) {
        token = cricket_json_next(&json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        FUZZ_CHECK(token == CRICKET_JSON_KEY);

        key = json.text;
        token = cricket_json_next(&json);

        switch (key.data[1]) {

        case 'a': /* name, nanos, nanos_at, value, tags */

            if (key.data[0] == 'v') {
                FUZZ_CHECK(token == CRICKET_JSON_NUMBER);
                FUZZ_CHECK(json.text.len <= CRICKET_NUMBER_LEN);
                FUZZ_CHECK(cricket_json_double(&json.text, &value)
                           == CRICKET_OK);
                FUZZ_CHECK(memcmp(&value, &dp->value, sizeof(double)) == 0);

            } else if (key.data[0] == 't') {
                FUZZ_CHECK(token == CRICKET_JSON_ARRAY && dp->ntags != 0);

                for (i = 0; i < dp->ntags; i++) {
                    token = cricket_json_next(&json);
                    key = dp->tags[i].key;

                    FUZZ_CHECK(token == CRICKET_JSON_STRING);
                    FUZZ_CHECK(json.text.len == key.len + 1
                                                + dp->tags[i].value.len);
                    FUZZ_CHECK(memcmp(json.text.data, key.data, key.len) == 0);
                    FUZZ_CHECK(json.text.data[key.len] == '=');
                }

                FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_ARRAY_END);

            } else if (key.len == 4) {
                FUZZ_CHECK(token == CRICKET_JSON_STRING);
                FUZZ_CHECK(json.text.len == dp->name.len);
                FUZZ_CHECK(memcmp(json.text.data, dp->name.data,
                                  dp->name.len) == 0);

            } else {
                FUZZ_CHECK(token == CRICKET_JSON_NUMBER);
                FUZZ_CHECK(dp->timestamp.nsec % 1000000 != 0);

                i = snprintf((char *) expected, sizeof(expected), "%lld",
                             key.len == 5
                             ? (long long) (dp->timestamp.nsec % 1000000)
                             : (long long) (dp->timestamp.sec * 1000
                                            + dp->timestamp.nsec / 1000000));
                FUZZ_CHECK(json.text.len == i && i != 0
                           && memcmp(json.text.data, expected, i) == 0);
            }

            break;

        case 'y':
            FUZZ_CHECK(token == CRICKET_JSON_STRING);
            FUZZ_CHECK(json.text.len == dp->type.len);
            FUZZ_CHECK(memcmp(json.text.data, dp->type.data,
                              dp->type.len) == 0);
            break;

        case 'e':
            FUZZ_CHECK(token == CRICKET_JSON_STRING);
            FUZZ_CHECK(cricket_string_is(&json.text, "AAAAAAAAAAAA"));
            break;

        default:

            if (dp->timestamp.sec < 10) {
                FUZZ_CHECK(token == CRICKET_JSON_STRING);
                FUZZ_CHECK(cricket_time_parse(json.text.data, json.text.len,
                                              &time, err)
                           == CRICKET_OK);
                FUZZ_CHECK(time.sec == dp->timestamp.sec
                           && time.nsec == dp->timestamp.nsec / 1000000
                                           * 1000000);
                break;
            }

            FUZZ_CHECK(token == CRICKET_JSON_NUMBER);
            i = snprintf((char *) expected, sizeof(expected), "%lld",
                         (long long) cricket_time_msec(&dp->timestamp));
            FUZZ_CHECK(json.text.len == i
                       && memcmp(json.text.data, expected, i) == 0);
        }
    }

    FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_END);

    cricket_buf_free(&b);
}


/*
 * A body is read to its end if and only if the reader, helped past a bare NaN,
 * reads it to its end, and has as many datapoints, right or wrong, as the
 * array has values.
 */

static void
fuzz_whole(const uint8_t *data, size_t size, int rc, size_t n)
{
    size_t                count;
    cricket_json_t        json;
    cricket_json_token_e  token, first;

    cricket_json_init(&json, data, size);
    first = cricket_json_token(&json);
    count = 0;

    if (first != CRICKET_JSON_OBJECT && first != CRICKET_JSON_ARRAY) {
        FUZZ_CHECK(rc == CRICKET_ERROR && n == 0);
        return;
    }

    if (first == CRICKET_JSON_OBJECT) {
        count = 1;
    }

    while (json.depth != 0) {
        token = cricket_json_token(&json);

        if (token == CRICKET_JSON_ERROR) {
            FUZZ_CHECK(rc == CRICKET_ERROR && n <= count);
            return;
        }

        /* an item of the array, when it is over */

        if (first == CRICKET_JSON_ARRAY
            && json.depth == 1
            && token != CRICKET_JSON_OBJECT
            && token != CRICKET_JSON_ARRAY)
        {
            count++;
        }
    }

    if (cricket_json_next(&json) == CRICKET_JSON_END) {
        FUZZ_CHECK(rc == CRICKET_DONE && n == count);
        return;
    }

    FUZZ_CHECK(rc == CRICKET_ERROR && n <= count);
}
