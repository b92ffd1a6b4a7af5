
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The lines of a bulk request, and the reader of its reply. */


#include <math.h>
#include <string.h>

#include "cricket_bulk.h"


#define cricket_bulk_literal(p, s)  cricket_bulk_copy(p, s, sizeof(s) - 1)


typedef enum {
    CRICKET_BULK_START = 0,
    CRICKET_BULK_MEMBERS,       /* of the reply, "items" is one */
    CRICKET_BULK_ITEMS
} cricket_bulk_state_e;


static size_t cricket_bulk_size(const cricket_datapoint_t *dp,
    const cricket_bulk_meta_t *meta);
static unsigned char *cricket_bulk_action(unsigned char *p,
    const cricket_bulk_meta_t *meta);
static unsigned char *cricket_bulk_timestamp(unsigned char *p,
    const cricket_time_t *t);
static unsigned char *cricket_bulk_tags(unsigned char *p,
    const cricket_datapoint_t *dp);
static unsigned char *cricket_bulk_tag(unsigned char *p,
    const cricket_datapoint_t *dp, const cricket_str_t *key);
static unsigned char *cricket_bulk_number(unsigned char *p, int64_t n);
static int cricket_bulk_member(cricket_bulk_reply_t *reply);
static int cricket_bulk_next_item(cricket_bulk_reply_t *reply);
static int cricket_bulk_item(cricket_bulk_reply_t *reply,
    cricket_item_t *item);
static int cricket_bulk_error(cricket_bulk_reply_t *reply,
    cricket_json_token_e token, cricket_item_t *item);
static int cricket_bulk_status(const cricket_str_t *text, unsigned *status);
static int cricket_bulk_invalid(cricket_bulk_reply_t *reply, const char *err);


static inline unsigned char *
cricket_bulk_copy(unsigned char *p, const void *data, size_t len)
{
    memcpy(p, data, len);

    return p + len;
}


void
cricket_bulk_append(cricket_buf_t *b, const cricket_datapoint_t *dp,
    const cricket_bulk_meta_t *meta)
{
    size_t          i;
    unsigned char  *p;

    /* at most, so that what follows can't fail halfway */

    p = cricket_buf_reserve(b, cricket_bulk_size(dp, meta));
    if (p == NULL) {
        return;
    }

    p = cricket_bulk_action(p, meta);

    p = cricket_bulk_literal(p, "{\"name\":\"");
    p = cricket_bulk_copy(p, dp->name.data, dp->name.len);
    p = cricket_bulk_literal(p, "\",\"type\":\"");
    p = cricket_bulk_copy(p, dp->type.data, dp->type.len);
    p = cricket_bulk_literal(p, "\",\"value\":");

    if (dp->value == 0 && signbit(dp->value)) {

        /* elasticsearch takes "-0" for an integer, which has no such zero */

        p = cricket_bulk_literal(p, "-0.0");

    } else if (dp->number.len <= CRICKET_NUMBER_LEN) {
        p = cricket_bulk_copy(p, dp->number.data, dp->number.len);

    } else {
        b->len = p - b->data;
        cricket_buf_double(b, dp->value);
        p = b->data + b->len;
    }

    p = cricket_bulk_timestamp(p, &dp->timestamp);

    p = cricket_bulk_literal(p, ",\"series\":\"");
    p = cricket_bulk_copy(p, meta->series.data, meta->series.len);
    *p++ = '"';

    if (dp->ntags != 0) {
        p = cricket_bulk_tags(p, dp);
    }

    for (i = 0; i < meta->ntag_fields; i++) {
        p = cricket_bulk_tag(p, dp, &meta->tag_fields[i]);
    }

    p = cricket_bulk_literal(p, "}\n");

    b->len = p - b->data;
}


static size_t
cricket_bulk_size(const cricket_datapoint_t *dp,
    const cricket_bulk_meta_t *meta)
{
    size_t  i, n, size;

    size = sizeof("{\"create\":{\"_index\":\"\",\"_id\":\"\","
                  "\"routing\":\"\"}}\n"
                  "{\"name\":\"\",\"type\":\"\",\"value\":,\"timestamp\":"
                  ",\"nanos\":,\"nanos_at\":,\"series\":\"\",\"tags\":[]}\n")
           + 4 * CRICKET_NUMBER_LEN + dp->name.len + dp->type.len
           + meta->alias.len + meta->id.len + 2 * meta->series.len;

    for (i = 0; i < dp->ntags; i++) {
        n = sizeof("\"=\",") + dp->tags[i].key.len + dp->tags[i].value.len;

        /* a key has but one field */

        size += n + (meta->ntag_fields ? n + sizeof("\"tag.\":") : 0);
    }

    return size;
}


static unsigned char *
cricket_bulk_action(unsigned char *p, const cricket_bulk_meta_t *meta)
{
    p = cricket_bulk_literal(p, "{\"create\":{");

    if (meta->alias.len != 0) {
        p = cricket_bulk_literal(p, "\"_index\":\"");
        p = cricket_bulk_copy(p, meta->alias.data, meta->alias.len);
        p = cricket_bulk_literal(p, "\",");
    }

    if (meta->id.len != 0) {
        p = cricket_bulk_literal(p, "\"_id\":\"");
        p = cricket_bulk_copy(p, meta->id.data, meta->id.len);
        p = cricket_bulk_literal(p, "\",");
    }

    if (meta->routed) {
        p = cricket_bulk_literal(p, "\"routing\":\"");
        p = cricket_bulk_copy(p, meta->series.data, meta->series.len);
        p = cricket_bulk_literal(p, "\",");
    }

    if (p[-1] == ',') {
        p--;
    }

    return cricket_bulk_literal(p, "}}\n");
}


static unsigned char *
cricket_bulk_timestamp(unsigned char *p, const cricket_time_t *t)
{
    uint32_t        nanos;
    cricket_time_t  msec;

    nanos = cricket_time_nanos(t);

    p = cricket_bulk_literal(p, ",\"timestamp\":");

    if (t->sec >= CRICKET_TIME_NUMBERS) {
        p = cricket_bulk_number(p, cricket_time_msec(t));

    } else {
        msec = *t;
        msec.nsec -= nanos;

        *p++ = '"';
        p += cricket_time_format(p, &msec);
        *p++ = '"';
    }

    if (nanos != 0) {
        p = cricket_bulk_literal(p, ",\"nanos\":");
        p = cricket_bulk_number(p, nanos);
        p = cricket_bulk_literal(p, ",\"nanos_at\":");
        p = cricket_bulk_number(p, cricket_time_msec(t));
    }

    return p;
}


static unsigned char *
cricket_bulk_tags(unsigned char *p, const cricket_datapoint_t *dp)
{
    size_t  i;

    p = cricket_bulk_literal(p, ",\"tags\":[");

    for (i = 0; i < dp->ntags; i++) {
        *p++ = '"';
        p = cricket_bulk_copy(p, dp->tags[i].key.data, dp->tags[i].key.len);
        *p++ = '=';
        p = cricket_bulk_copy(p, dp->tags[i].value.data,
                              dp->tags[i].value.len);
        *p++ = '"';
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


static unsigned char *
cricket_bulk_tag(unsigned char *p, const cricket_datapoint_t *dp,
    const cricket_str_t *key)
{
    size_t  i;

    for (i = 0; i < dp->ntags; i++) {

        if (cricket_datapoint_key_cmp(&dp->tags[i].key, key) == 0) {
            p = cricket_bulk_literal(p, ",\"tag.");
            p = cricket_bulk_copy(p, key->data, key->len);
            p = cricket_bulk_literal(p, "\":\"");
            p = cricket_bulk_copy(p, dp->tags[i].value.data,
                                  dp->tags[i].value.len);
            *p++ = '"';
            break;
        }
    }

    return p;
}


static unsigned char *
cricket_bulk_number(unsigned char *p, int64_t n)
{
    uint64_t       u;
    unsigned char  digits[CRICKET_NUMBER_LEN], *d, *last;

    last = digits + CRICKET_NUMBER_LEN;
    d = last;

    u = (n < 0) ? - (uint64_t) n : (uint64_t) n;

    do {
        *--d = (unsigned char) ('0' + u % 10);
        u /= 10;
    } while (u);

    if (n < 0) {
        *--d = '-';
    }

    return cricket_bulk_copy(p, d, last - d);
}


size_t
cricket_bulk_item_size(const unsigned char *p, size_t len)
{
    const unsigned char  *last, *end;

    last = p + len;

    /* no line has a line feed inside */

    end = memchr(p, '\n', len);

    if (end != NULL) {
        end++;
        end = memchr(end, '\n', last - end);
    }

    return end ? (size_t) (end + 1 - p) : len;
}


cricket_str_t
cricket_bulk_item_alias(const unsigned char *p, size_t len)
{
    size_t                n;
    cricket_str_t         alias;
    const unsigned char  *last;

    static const char  front[] = "{\"create\":{\"_index\":\"";

    alias.data = NULL;
    alias.len = 0;

    n = sizeof(front) - 1;

    if (len > n && memcmp(p, front, n) == 0) {
        last = memchr(p + n, '"', len - n);

        if (last != NULL) {
            alias.data = p + n;
            alias.len = last - alias.data;
        }
    }

    return alias;
}


void
cricket_bulk_reply_init(cricket_bulk_reply_t *reply, const unsigned char *data,
    size_t len, unsigned char *verdicts, size_t n)
{
    cricket_json_init(&reply->json, data, len);

    reply->handler = NULL;
    reply->data = NULL;
    reply->verdicts = verdicts;
    reply->n = n;
    reply->index = 0;
    reply->state = CRICKET_BULK_START;
    reply->found = 0;
    reply->err = NULL;
}


int
cricket_bulk_reply_next(cricket_bulk_reply_t *reply, size_t n)
{
    int                   rc;
    cricket_json_t       *json;
    const unsigned char  *start;

    json = &reply->json;
    start = json->pos;

    do {
        rc = (reply->state == CRICKET_BULK_ITEMS)
             ? cricket_bulk_next_item(reply) : cricket_bulk_member(reply);

    } while (rc == CRICKET_AGAIN && (size_t) (json->pos - start) < n);

    if (rc == CRICKET_INVALID && json->error != NULL) {
        reply->err = json->error;
    }

    return rc;
}


static int
cricket_bulk_member(cricket_bulk_reply_t *reply)
{
    cricket_json_t       *json;
    cricket_json_token_e  token;

    json = &reply->json;

    token = cricket_json_next(json);

    if (reply->state == CRICKET_BULK_START) {

        if (token != CRICKET_JSON_OBJECT) {
            return cricket_bulk_invalid(reply, "not an object");
        }

        reply->state = CRICKET_BULK_MEMBERS;

        return CRICKET_AGAIN;
    }

    if (token == CRICKET_JSON_OBJECT_END) {

        if (cricket_json_next(json) != CRICKET_JSON_END) {
            return CRICKET_INVALID;
        }

        return reply->found ? CRICKET_OK
                            : cricket_bulk_invalid(reply, "no items");
    }

    if (token == CRICKET_JSON_KEY && cricket_string_is(&json->text, "items")) {

        if (reply->found) {
            return cricket_bulk_invalid(reply, "items twice");
        }

        if (cricket_json_next(json) != CRICKET_JSON_ARRAY) {
            return cricket_bulk_invalid(reply, "items are not an array");
        }

        reply->found = 1;
        reply->state = CRICKET_BULK_ITEMS;

        return CRICKET_AGAIN;
    }

    if (cricket_json_skip(json, cricket_json_next(json)) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    return CRICKET_AGAIN;
}


static int
cricket_bulk_next_item(cricket_bulk_reply_t *reply)
{
    cricket_item_t        item;
    cricket_json_token_e  token;

    token = cricket_json_next(&reply->json);

    if (token == CRICKET_JSON_ARRAY_END) {

        if (reply->index < reply->n) {
            return cricket_bulk_invalid(reply, "too few items");
        }

        reply->state = CRICKET_BULK_MEMBERS;

        return CRICKET_AGAIN;
    }

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_bulk_invalid(reply, "an item is not an object");
    }

    if (reply->index == reply->n) {
        return cricket_bulk_invalid(reply, "too many items");
    }

    if (cricket_bulk_item(reply, &item) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    reply->verdicts[reply->index] = (unsigned char) item.verdict;

    if (item.verdict != CRICKET_VERDICT_DONE && reply->handler != NULL) {
        reply->handler(reply->data, reply->index, &item);
    }

    reply->index++;

    return CRICKET_AGAIN;
}


static int
cricket_bulk_item(cricket_bulk_reply_t *reply, cricket_item_t *item)
{
    int                   error;
    cricket_str_t         key;
    cricket_json_t       *json;
    cricket_json_token_e  token;

    json = &reply->json;

    memset(item, 0, sizeof(cricket_item_t));

    error = 0;

    if (cricket_json_next(json) != CRICKET_JSON_KEY
        || cricket_json_next(json) != CRICKET_JSON_OBJECT)
    {
        return cricket_bulk_invalid(reply, "an item without a result");
    }

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token != CRICKET_JSON_KEY) {
            break;
        }

        key = json->text;

        token = cricket_json_next(json);

        if (cricket_string_is(&key, "status")) {

            if (token != CRICKET_JSON_NUMBER || item->status != 0
                || cricket_bulk_status(&json->text, &item->status)
                   != CRICKET_OK)
            {
                return cricket_bulk_invalid(reply, "an item's status is bad");
            }

        } else if (cricket_string_is(&key, "error")
                   && token != CRICKET_JSON_NULL)
        {
            if (error || cricket_bulk_error(reply, token, item) != CRICKET_OK)
            {
                return cricket_bulk_invalid(reply, "an item's error is bad");
            }

            error = 1;

        } else if (cricket_json_skip(json, token) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    /* an error of the reader, if any, repeats itself */

    if (cricket_json_next(json) != CRICKET_JSON_OBJECT_END) {
        return cricket_bulk_invalid(reply, "an item with two results");
    }

    if (item->status == 0) {
        return cricket_bulk_invalid(reply, "an item without a status");
    }

    item->verdict = cricket_verdict(CRICKET_VERDICT_ITEM, item->status,
                                    &item->type, 1);

    if (item->verdict == CRICKET_VERDICT_NONSENSE) {
        return cricket_bulk_invalid(reply, "an item's status is bad");
    }

    if (item->verdict == CRICKET_VERDICT_DONE && error) {
        return cricket_bulk_invalid(reply, "an item both stored and failed");
    }

    return CRICKET_OK;
}


static int
cricket_bulk_error(cricket_bulk_reply_t *reply, cricket_json_token_e token,
    cricket_item_t *item)
{
    cricket_str_t    key, *value;
    cricket_json_t  *json;

    json = &reply->json;

    if (token == CRICKET_JSON_STRING) {
        item->reason = json->text;
        return CRICKET_OK;
    }

    if (token != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token == CRICKET_JSON_ERROR) {
            return CRICKET_INVALID;
        }

        key = json->text;
        token = cricket_json_next(json);

        if (cricket_string_is(&key, "type")) {
            value = &item->type;

        } else if (cricket_string_is(&key, "reason")) {
            value = &item->reason;

        } else {
            value = NULL;
        }

        if (value != NULL && token == CRICKET_JSON_STRING) {
            *value = json->text;

        } else if (cricket_json_skip(json, token) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }
}


static int
cricket_bulk_status(const cricket_str_t *text, unsigned *status)
{
    const unsigned char  *p;

    p = text->data;

    if (text->len != 3
        || p[0] < '1' || p[0] > '5'
        || p[1] < '0' || p[1] > '9'
        || p[2] < '0' || p[2] > '9')
    {
        return CRICKET_INVALID;
    }

    *status = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');

    return CRICKET_OK;
}


int
cricket_bulk_own(const unsigned char *data, size_t len, unsigned status)
{
    int                   error, same;
    unsigned              n;
    cricket_str_t         key;
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_json_init(&json, data, len);

    if (cricket_json_next(&json) != CRICKET_JSON_OBJECT) {
        return 0;
    }

    error = 0;
    same = 0;

    while (cricket_json_next(&json) == CRICKET_JSON_KEY) {

        key = json.text;
        token = cricket_json_next(&json);

        if (cricket_string_is(&key, "error")) {
            error = (token == CRICKET_JSON_OBJECT
                     || token == CRICKET_JSON_STRING);

        } else if (cricket_string_is(&key, "status")) {
            same = (token == CRICKET_JSON_NUMBER
                    && cricket_bulk_status(&json.text, &n) == CRICKET_OK
                    && n == status);
        }

        if (cricket_json_skip(&json, token) != CRICKET_OK) {
            return 0;
        }
    }

    /* an error of the reader, if any, repeats itself */

    return error && same && cricket_json_next(&json) == CRICKET_JSON_END;
}


static int
cricket_bulk_invalid(cricket_bulk_reply_t *reply, const char *err)
{
    reply->err = err;

    return CRICKET_INVALID;
}
