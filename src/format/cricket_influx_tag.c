
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The measurement and the tags of a line. */


#include "cricket_influx_private.h"


static void cricket_influx_tag_check(cricket_influx_t *influx,
    const cricket_str_t *key);
static void cricket_influx_tag_set(cricket_influx_t *influx,
    const cricket_str_t *raw);


int
cricket_influx_tag_name(cricket_influx_t *influx)
{
    ptrdiff_t      n;
    cricket_str_t  raw;

    if (cricket_influx_scan(influx, CRICKET_INFLUX_COMMA | CRICKET_INFLUX_BLANK,
                            CRICKET_INFLUX_COMMA | CRICKET_INFLUX_BLANK)
        != CRICKET_OK)
    {
        return CRICKET_AGAIN;
    }

    raw.data = influx->token;
    raw.len = influx->pos - influx->token;

    if (raw.len == 0) {
        cricket_influx_invalid(influx, NULL, NULL, "no measurement");
        return cricket_influx_lost(influx);
    }

    n = cricket_influx_text(influx, "measurement", &raw, &raw,
                            CRICKET_INFLUX_COMMA | CRICKET_INFLUX_BLANK,
                            CRICKET_NAME_LEN, influx->name, &influx->plain);

    influx->name_len = (n == -1) ? 0 : (size_t) n;

    if (influx->pos == influx->last || *influx->pos == '\n') {
        cricket_influx_invalid(influx, "measurement", &raw, "no fields");
        return cricket_influx_lost(influx);
    }

    influx->phase = (*influx->pos == ',') ? CRICKET_INFLUX_TAG_KEY
                                          : CRICKET_INFLUX_FIELDS;
    influx->pos++;
    influx->token = influx->pos;

    return CRICKET_INFLUX_ON;
}


int
cricket_influx_tag_key(cricket_influx_t *influx)
{
    cricket_str_t  key;

    if (cricket_influx_scan(influx, CRICKET_INFLUX_KEYS, CRICKET_INFLUX_KEYS)
        != CRICKET_OK)
    {
        return CRICKET_AGAIN;
    }

    key.data = influx->token;
    key.len = influx->pos - influx->token;

    if (influx->pos == influx->last || *influx->pos != '=') {

        if (key.len) {
            cricket_influx_invalid(influx, "tag", &key, "no value");

        } else {
            cricket_influx_invalid(influx, NULL, NULL, "a comma without a tag");
        }

        return cricket_influx_lost(influx);
    }

    cricket_influx_tag_check(influx, &key);

    influx->key = key;
    influx->pos++;
    influx->token = influx->pos;
    influx->phase = CRICKET_INFLUX_TAG_VALUE;

    return CRICKET_INFLUX_ON;
}


static void
cricket_influx_tag_check(cricket_influx_t *influx, const cricket_str_t *key)
{
    size_t                i;
    const cricket_str_t  *prev;

    if (influx->bad) {
        return;
    }

    if (influx->ntags == CRICKET_TAGS) {
        cricket_influx_invalid(influx, NULL, NULL, "more than %d tags",
                               CRICKET_TAGS);
        return;
    }

    if (key->len == 0
        || key->len > CRICKET_TAG_KEY_LEN
        || !cricket_datapoint_is_key(key->data, key->len))
    {
        cricket_influx_invalid(influx, "tag", key, "not a key of 1 to %d bytes "
                               "of A-Z a-z 0-9 _ . / -", CRICKET_TAG_KEY_LEN);
        return;
    }

    for (i = 0; i < influx->ntags; i++) {
        prev = &influx->tags[i].key;

        if (prev->len == key->len
            && memcmp(prev->data, key->data, key->len) == 0)
        {
            cricket_influx_invalid(influx, "tag", key, "repeated");
            return;
        }
    }
}


int
cricket_influx_tag_value(cricket_influx_t *influx)
{
    cricket_str_t  raw;

    if (cricket_influx_scan(influx, CRICKET_INFLUX_KEYS, CRICKET_INFLUX_KEYS)
        != CRICKET_OK)
    {
        return CRICKET_AGAIN;
    }

    raw.data = influx->token;
    raw.len = influx->pos - influx->token;

    if (raw.len == 0) {
        cricket_influx_invalid(influx, "tag", &influx->key, "no value");
        return cricket_influx_lost(influx);
    }

    if (influx->pos == influx->last || *influx->pos == '\n') {
        cricket_influx_invalid(influx, "tag", &influx->key,
                               "no fields behind it");
        return cricket_influx_lost(influx);
    }

    if (*influx->pos == '=') {
        cricket_influx_invalid(influx, "tag", &influx->key,
                               "\"=\" in the value, expected \"\\=\"");
        return cricket_influx_lost(influx);
    }

    if (!influx->bad) {
        cricket_influx_tag_set(influx, &raw);
    }

    influx->phase = (*influx->pos == ',') ? CRICKET_INFLUX_TAG_KEY
                                          : CRICKET_INFLUX_FIELDS;
    influx->pos++;
    influx->token = influx->pos;

    return CRICKET_INFLUX_ON;
}


static void
cricket_influx_tag_set(cricket_influx_t *influx, const cricket_str_t *raw)
{
    size_t                 plain;
    ptrdiff_t              n;
    unsigned char         *dst;
    cricket_influx_tag_t  *tag;

    dst = influx->text + influx->text_len;

    n = cricket_influx_text(influx, "tag", &influx->key, raw,
                            CRICKET_INFLUX_KEYS, CRICKET_TAG_VALUE_LEN, dst,
                            &plain);
    if (n == -1) {
        return;
    }

    tag = &influx->tags[influx->ntags++];

    tag->key = influx->key;
    tag->value = *raw;

    /* what has no escape of either kind stays where it is */

    if ((size_t) n != raw->len || memcmp(dst, raw->data, n) != 0) {
        tag->value.len = n;
        tag->value.data = NULL;
        tag->offset = influx->text_len;

        influx->text_len += n;
    }
}
