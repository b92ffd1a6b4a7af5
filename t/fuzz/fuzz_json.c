
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_buf.h"
#include "cricket_json.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * What the reader accepts cJSON must read as the same tree of the same values,
 * unless it has one of cJSON's own limits: half a surrogate pair, or a number
 * of more than 63 bytes.
 */

#define FUZZ_NUMBER_LEN  62


static cricket_json_token_e fuzz_read(const uint8_t *data, size_t size,
    unsigned *beyond);
static void fuzz_slices(const uint8_t *data, size_t size, size_t n);
static void fuzz_string(const cricket_str_t *text, unsigned *beyond);
static void fuzz_number(const cricket_str_t *text, unsigned *beyond);
static void fuzz_same(cricket_json_t *json, cricket_json_token_e token,
    const cJSON *item);
static int fuzz_same_text(const cricket_str_t *text, const char *s);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON                *root;
    unsigned              beyond;
    cricket_json_t        json;
    cricket_json_token_e  last, token;

    beyond = 0;

    last = fuzz_read(data, size, &beyond);

    fuzz_slices(data, size, 1);
    fuzz_slices(data, size, 2 + size % 7);

    /* skipping is as strict as reading */

    cricket_json_init(&json, data, size);
    token = cricket_json_next(&json);

    if (cricket_json_skip(&json, token) == CRICKET_OK) {
        token = cricket_json_next(&json);

    } else {
        token = CRICKET_JSON_ERROR;
    }

    FUZZ_CHECK(token == last);

    if (last == CRICKET_JSON_ERROR || beyond) {
        return 0;
    }

    root = cJSON_ParseWithLength((const char *) data, size);
    FUZZ_CHECK(root != NULL);

    cricket_json_init(&json, data, size);
    token = cricket_json_next(&json);
    fuzz_same(&json, token, root);

    cJSON_Delete(root);

    return 0;
}


static cricket_json_token_e
fuzz_read(const uint8_t *data, size_t size, unsigned *beyond)
{
    size_t                n;
    cricket_json_t        json;
    const unsigned char  *pos;
    cricket_json_token_e  token;

    cricket_json_init(&json, data, size);

    for (n = 0; /* void */ ; n++) {
        pos = json.pos;
        token = cricket_json_next(&json);

        FUZZ_CHECK(json.pos >= json.start && json.pos <= json.last);
        FUZZ_CHECK(json.depth <= CRICKET_JSON_MAX_DEPTH);

        switch (token) {

        case CRICKET_JSON_ERROR:
            FUZZ_CHECK(json.error != NULL);
            FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_ERROR);
            return token;

        case CRICKET_JSON_END:
            FUZZ_CHECK(json.pos == json.last && json.depth == 0);
            FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_END);
            return token;

        case CRICKET_JSON_KEY:
        case CRICKET_JSON_STRING:
            FUZZ_CHECK(json.text.data > pos
                       && json.text.data + json.text.len < json.pos);
            FUZZ_CHECK(json.escaped
                       == (json.text.len != 0
                           && memchr(json.text.data, '\\', json.text.len)
                              != NULL));
            fuzz_string(&json.text, beyond);
            break;

        case CRICKET_JSON_NUMBER:
            FUZZ_CHECK(json.text.len != 0
                       && json.text.data + json.text.len == json.pos);
            fuzz_number(&json.text, beyond);
            break;

        default:
            break;
        }

        FUZZ_CHECK(json.pos > pos && n <= size);
    }
}


/* in slices of some n bytes it reads the same */

static void
fuzz_slices(const uint8_t *data, size_t size, size_t n)
{
    cricket_json_t        whole, sliced;
    const unsigned char  *pos;
    cricket_json_token_e  token, again;

    cricket_json_init(&whole, data, size);
    cricket_json_init(&sliced, data, size);

    cricket_json_limit(&sliced, n);
    pos = sliced.pos;

    do {
        token = cricket_json_next(&whole);

        while ((again = cricket_json_next(&sliced)) == CRICKET_JSON_AGAIN) {
            FUZZ_CHECK(sliced.pos > pos
                       && (size_t) (sliced.pos - pos) < n + 16);

            cricket_json_limit(&sliced, n);
            pos = sliced.pos;
        }

        FUZZ_CHECK(token == again && whole.pos == sliced.pos
                   && whole.error == sliced.error
                   && whole.value == sliced.value);

        if (token == CRICKET_JSON_KEY || token == CRICKET_JSON_STRING) {
            FUZZ_CHECK(whole.text.data == sliced.text.data
                       && whole.text.len == sliced.text.len
                       && whole.escaped == sliced.escaped
                       && whole.plain == sliced.plain);
        }

    } while (token != CRICKET_JSON_ERROR && token != CRICKET_JSON_END);
}


/* decoded, it is UTF-8; written again and read again, the same */

static void
fuzz_string(const cricket_str_t *text, unsigned *beyond)
{
    size_t          i, n;
    ptrdiff_t       len;
    cricket_buf_t   b;
    unsigned char  *decoded, *again;
    cricket_json_t  json;

    decoded = malloc(text->len + 1);
    FUZZ_CHECK(decoded != NULL);

    len = cricket_json_decode(text, decoded);

    if (len == -1) {
        *beyond = 1;
        free(decoded);
        return;
    }

    FUZZ_CHECK(len >= 0 && (size_t) len <= text->len);

    for (i = 0; i < (size_t) len; i += n) {
        n = cricket_utf8_length(decoded + i, len - i);
        FUZZ_CHECK(n != 0);
    }

    cricket_buf_init(&b, 6 * text->len + 2);
    cricket_buf_json(&b, decoded, len);
    FUZZ_CHECK(!b.failed);

    cricket_json_init(&json, b.data, b.len);
    FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_STRING);

    again = malloc(json.text.len + 1);
    FUZZ_CHECK(again != NULL);
    FUZZ_CHECK(cricket_json_decode(&json.text, again) == len);
    FUZZ_CHECK(memcmp(again, decoded, len) == 0);
    FUZZ_CHECK(cricket_json_next(&json) == CRICKET_JSON_END);

    cricket_buf_free(&b);
    free(again);
    free(decoded);
}


/* as strtod() has it; written and read again, the same */

static void
fuzz_number(const cricket_str_t *text, unsigned *beyond)
{
    int            rc;
    char          *s;
    double         value, expected, again;
    cricket_buf_t  b;
    cricket_str_t  number;

    if (text->len > FUZZ_NUMBER_LEN) {
        *beyond = 1;
    }

    s = malloc(text->len + 1);
    FUZZ_CHECK(s != NULL);

    memcpy(s, text->data, text->len);
    s[text->len] = '\0';

    expected = strtod(s, NULL);
    free(s);

    rc = cricket_json_double(text, &value);

    if (rc != CRICKET_OK) {
        FUZZ_CHECK(__builtin_isinf(expected));
        return;
    }

    FUZZ_CHECK(memcmp(&value, &expected, sizeof(double)) == 0);

    cricket_buf_init(&b, CRICKET_NUMBER_LEN);
    cricket_buf_double(&b, value);
    FUZZ_CHECK(!b.failed);

    number.data = b.data;
    number.len = b.len;

    FUZZ_CHECK(cricket_json_double(&number, &again) == CRICKET_OK);
    FUZZ_CHECK(memcmp(&value, &again, sizeof(double)) == 0);

    cricket_buf_free(&b);
}


/* no deeper than CRICKET_JSON_MAX_DEPTH */

static void
fuzz_same(cricket_json_t *json, cricket_json_token_e token, const cJSON *item)
{
    double  value;

    switch (token) {

    case CRICKET_JSON_OBJECT:
        FUZZ_CHECK(cJSON_IsObject(item));

        item = item->child;

        for ( ;; ) {
            token = cricket_json_next(json);

            if (token == CRICKET_JSON_OBJECT_END) {
                FUZZ_CHECK(item == NULL);
                return;
            }

            FUZZ_CHECK(token == CRICKET_JSON_KEY && item != NULL);
            FUZZ_CHECK(fuzz_same_text(&json->text, item->string));

            token = cricket_json_next(json);
            fuzz_same(json, token, item);
            item = item->next;
        }

    case CRICKET_JSON_ARRAY:
        FUZZ_CHECK(cJSON_IsArray(item));

        item = item->child;

        for ( ;; ) {
            token = cricket_json_next(json);

            if (token == CRICKET_JSON_ARRAY_END) {
                FUZZ_CHECK(item == NULL);
                return;
            }

            FUZZ_CHECK(item != NULL);
            fuzz_same(json, token, item);
            item = item->next;
        }

    case CRICKET_JSON_STRING:
        FUZZ_CHECK(cJSON_IsString(item));
        FUZZ_CHECK(fuzz_same_text(&json->text, item->valuestring));
        break;

    case CRICKET_JSON_NUMBER:
        FUZZ_CHECK(cJSON_IsNumber(item));

        if (cricket_json_double(&json->text, &value) == CRICKET_OK) {
            FUZZ_CHECK(value == item->valuedouble);
        }

        break;

    case CRICKET_JSON_TRUE:
        FUZZ_CHECK(cJSON_IsTrue(item));
        break;

    case CRICKET_JSON_FALSE:
        FUZZ_CHECK(cJSON_IsFalse(item));
        break;

    default:
        FUZZ_CHECK(token == CRICKET_JSON_NULL && cJSON_IsNull(item));
    }
}


/* up to the first zero, which ends it for cJSON */

static int
fuzz_same_text(const cricket_str_t *text, const char *s)
{
    int             rc;
    ptrdiff_t       len;
    unsigned char  *decoded;

    decoded = malloc(text->len + 1);
    FUZZ_CHECK(decoded != NULL);

    len = cricket_json_decode(text, decoded);
    FUZZ_CHECK(len >= 0);

    decoded[len] = '\0';
    rc = (strcmp((char *) decoded, s) == 0);

    free(decoded);

    return rc;
}
