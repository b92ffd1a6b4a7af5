
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads a body of OpenTSDB's /api/put: Cricket's JSON in a dialect. */


#include "cricket_body_item.h"
#include "cricket_opentsdb.h"


#define CRICKET_OPENTSDB_TYPE      "gauge"

/* the last second; what is above are milliseconds */
#define CRICKET_OPENTSDB_SECONDS   UINT64_C(0xffffffff)

/* the year 9999 */
#define CRICKET_OPENTSDB_LAST      UINT64_C(253402300799999)

#define CRICKET_OPENTSDB_TIME                                                \
    "whole seconds or milliseconds since 1970, such as 1795627134"


static void cricket_opentsdb_init(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static int cricket_opentsdb_value(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_opentsdb_timestamp(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);
static int cricket_opentsdb_is_zero(const cricket_str_t *digits);
static void cricket_opentsdb_whole(cricket_body_t *body,
    cricket_datapoint_t *dp);


static const cricket_body_dialect_t  cricket_opentsdb_dialect = {
    { cricket_string("metric"), cricket_string(""), cricket_string("value"),
      cricket_string("timestamp"), cricket_string("tags") },
    "unknown field, expected metric, timestamp, value or tags",
    cricket_opentsdb_value,
    cricket_opentsdb_timestamp,
    cricket_opentsdb_whole,
    0, 1, 1
};


const cricket_reader_type_t  cricket_opentsdb = {
    sizeof(cricket_opentsdb_t),
    cricket_opentsdb_init,
    cricket_body_limit,
    cricket_body_next,
    NULL
};


static void
cricket_opentsdb_init(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_body_init((cricket_body_t *) reader, &cricket_opentsdb_dialect,
                      data, len);
}


static int
cricket_opentsdb_value(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    cricket_opentsdb_t  *put;

    put = (cricket_opentsdb_t *) body;
    put->own = 0;

    if (token == CRICKET_JSON_NUMBER) {
        dp->number = body->json.text;

        if (dp->number.len > CRICKET_VALUE_LEN) {
            return cricket_body_item_invalid(body, "longer than %d bytes",
                                             CRICKET_VALUE_LEN);
        }

    } else if (token == CRICKET_JSON_STRING) {

        /* of what a number has, nothing needs an escape */

        if (body->json.text.len > CRICKET_OPENTSDB_NUMBER) {
            return cricket_body_item_invalid(body, "longer than %d bytes",
                                             CRICKET_OPENTSDB_NUMBER);
        }

        if (cricket_number_json(&body->json.text, put->number, &dp->number)
            != CRICKET_OK)
        {
            return cricket_body_item_invalid(body, "a string that is no "
                                             "number");
        }

        /* it moves with the reader, see cricket_opentsdb_whole() */

        put->own = (dp->number.data == put->number);
        put->len = dp->number.len;

    } else {
        return cricket_body_item_expected(body, "a number, or a string that is "
                                          "one", token);
    }

    if (cricket_json_double(&dp->number, &dp->value) != CRICKET_OK) {
        return cricket_body_item_invalid(body, "beyond the range of a double");
    }

    return CRICKET_OK;
}


static int
cricket_opentsdb_timestamp(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp)
{
    uint64_t          n;
    cricket_number_t  parts;

    if (token != CRICKET_JSON_NUMBER && token != CRICKET_JSON_STRING) {
        return cricket_body_item_expected(body, CRICKET_OPENTSDB_TIME, token);
    }

    if (cricket_number_parse(&body->json.text, &parts) != CRICKET_OK
        || parts.whole.len == 0
        || parts.negative
        || parts.exponent.len
        || !cricket_opentsdb_is_zero(&parts.fraction)
        || cricket_number_uint(&parts.whole, &n) != CRICKET_OK
        || n == 0
        || n > CRICKET_OPENTSDB_LAST)
    {
        return cricket_body_item_invalid(body, "expected "
                                         CRICKET_OPENTSDB_TIME);
    }

    if (n <= CRICKET_OPENTSDB_SECONDS) {
        n *= 1000;
    }

    (void) cricket_time_set(&dp->timestamp, n, 0);

    return CRICKET_OK;
}


/* some languages write each number with a point */

static int
cricket_opentsdb_is_zero(const cricket_str_t *digits)
{
    size_t  i;

    for (i = 0; i < digits->len; i++) {

        if (digits->data[i] != '0') {
            return 0;
        }
    }

    return 1;
}


static void
cricket_opentsdb_whole(cricket_body_t *body, cricket_datapoint_t *dp)
{
    cricket_opentsdb_t  *put;

    put = (cricket_opentsdb_t *) body;

    dp->type.data = (const unsigned char *) CRICKET_OPENTSDB_TYPE;
    dp->type.len = sizeof(CRICKET_OPENTSDB_TYPE) - 1;

    if (put->own) {
        dp->number.data = put->number;
        dp->number.len = put->len;
    }
}
