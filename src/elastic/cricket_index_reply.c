
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The fields of a document, and what replies say about an index. */


#include <stdlib.h>

#include "cricket_index_private.h"
#include "cricket_json.h"


/* of a time, which in days fits 63 bits */
#define CRICKET_INDEX_DIGITS  10

/* of a part of the name of a setting */
#define CRICKET_INDEX_PART    64


static int cricket_index_named(const cJSON *object, const cricket_str_t *index,
    const char *suffix);
static int64_t cricket_index_msec(const cricket_str_t *text);


/*
 * The number of a timestamp is read by the first format that takes it: with
 * strict_date_optional_time in front, 2016 ms would be the year.
 */

const cricket_index_field_t  cricket_index_fields[] = {
    { "name", "keyword", NULL, 512, 0, 0, 0 },
    { "type", "keyword", NULL, 64, 0, 0, 0 },
    { "value", "double", NULL, 0, 0, 0, 1 },
    { "timestamp", "date", "epoch_millis||strict_date_optional_time", 0, 0, 0,
      0 },
    { "nanos", "integer", NULL, 0, 0, 0, 0 },
    { "nanos_at", "long", NULL, 0, 0, 0, 0 },
    { "series", "keyword", NULL, 12, 1, 1, 0 },
    { "tags", "keyword", NULL, 256 + 1 + 1024, 0, 0, 0 },
    { NULL, NULL, NULL, 0, 0, 0, 0 }
};


const cJSON *
cricket_index_member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object)
           ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}


const cJSON *
cricket_index_setting(const cJSON *settings, const char *name)
{
    size_t        n;
    const cJSON  *item;
    char          part[CRICKET_INDEX_PART];

    item = cricket_index_member(settings, name);

    /* those of a template are not flat: each dot leads into an object */

    while (item == NULL && cJSON_IsObject(settings)) {

        n = strcspn(name, ".");

        if (n >= sizeof(part)) {
            break;
        }

        memcpy(part, name, n);
        part[n] = '\0';

        settings = cricket_index_member(settings, part);

        if (name[n] == '\0') {
            return settings;
        }

        name += n + 1;
    }

    return item;
}


const cJSON *
cricket_index_in_template(const cJSON *root, unsigned *shards)
{
    const cJSON  *item, *template;

    /* only the one that was asked for is there */

    item = cricket_index_member(root, "index_templates");
    item = cJSON_IsArray(item) ? item->child : NULL;
    item = cricket_index_member(item, "index_template");

    template = cricket_index_member(item, "template");

    item = cricket_index_member(template, "mappings");

    if (!cJSON_IsObject(item)) {
        return NULL;
    }

    item = cricket_index_setting(cricket_index_member(template, "settings"),
                                 "index.number_of_shards");

    *shards = cJSON_IsString(item) ? strtoul(item->valuestring, NULL, 10)
                                   : cJSON_IsNumber(item) ? item->valuedouble
                                                          : 0;

    return (*shards != 0) ? template : NULL;
}


cricket_index_place_e
cricket_index_place(const unsigned char *data, size_t len,
    const cricket_str_t *index)
{
    cJSON                  *root;
    const cJSON            *item, *aliases;
    cricket_index_place_e   place;

    root = cJSON_ParseWithLength((const char *) data, len);

    place = CRICKET_INDEX_BY_NAME;

    cJSON_ArrayForEach(item, root) {
        aliases = cricket_index_member(item, "aliases");

        if (cricket_index_named(aliases, index, "-w")) {
            place = CRICKET_INDEX_BY_ALIAS;
            break;
        }

        if (cricket_index_named(aliases, index, "")) {
            place = CRICKET_INDEX_BY_ITSELF;
            break;
        }

        if (cJSON_IsObject(aliases)
            && item->string != NULL
            && strlen(item->string) == index->len
            && memcmp(item->string, index->data, index->len) == 0)
        {
            place = CRICKET_INDEX_BARE;
            break;
        }
    }

    cJSON_Delete(root);

    return place;
}


/* has it a member of the index's name and what follows? */

static int
cricket_index_named(const cJSON *object, const cricket_str_t *index,
    const char *suffix)
{
    size_t        len;
    const cJSON  *item;

    len = strlen(suffix);

    cJSON_ArrayForEach(item, object) {

        if (item->string != NULL
            && strlen(item->string) == index->len + len
            && memcmp(item->string, index->data, index->len) == 0
            && memcmp(item->string + index->len, suffix, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


int
cricket_index_exists(const unsigned char *data, size_t len)
{
    int           exists;
    cJSON        *root;
    const char   *type;
    const cJSON  *error;

    root = cJSON_ParseWithLength((const char *) data, len);

    error = cricket_index_member(root, "error");
    type = cJSON_GetStringValue(cricket_index_member(error, "type"));

    exists = (type != NULL
              && strcmp(type, "resource_already_exists_exception") == 0);

    cJSON_Delete(root);

    return exists;
}


int64_t
cricket_index_refresh(const unsigned char *data, size_t len)
{
    int                   found;
    int64_t               msec, longest;
    cricket_json_t        json;
    cricket_json_token_e  token;

    static const char  name[] = "index.refresh_interval";

    cricket_json_init(&json, data, len);

    longest = 0;
    found = 0;

    for ( ;; ) {
        token = cricket_json_next(&json);

        if (token == CRICKET_JSON_ERROR || token == CRICKET_JSON_END) {
            return longest;
        }

        if (found && token == CRICKET_JSON_STRING) {
            msec = cricket_index_msec(&json.text);

            if (msec == CRICKET_INDEX_NEVER) {
                return CRICKET_INDEX_NEVER;
            }

            if (msec > longest) {
                longest = msec;
            }
        }

        found = (token == CRICKET_JSON_KEY
                 && json.text.len == sizeof(name) - 1
                 && memcmp(json.text.data, name, sizeof(name) - 1) == 0);
    }
}


/* Elasticsearch's "time units": below 0 is never, as is what no one awaits */

static int64_t
cricket_index_msec(const cricket_str_t *text)
{
    size_t   i, n;
    int64_t  value;

    static const struct {
        const char  *name;
        int64_t      mul;
        int64_t      div;
    } units[] = {
        { "nanos", 1, 1000000 },
        { "micros", 1, 1000 },
        { "ms", 1, 1 },
        { "s", 1000, 1 },
        { "m", 60 * 1000, 1 },
        { "h", 60 * 60 * 1000, 1 },
        { "d", 24 * 60 * 60 * 1000, 1 }
    };

    if (text->len && text->data[0] == '-') {
        return CRICKET_INDEX_NEVER;
    }

    value = 0;

    for (n = 0; n < text->len; n++) {

        if (text->data[n] < '0' || text->data[n] > '9') {
            break;
        }

        if (n == CRICKET_INDEX_DIGITS) {
            return CRICKET_INDEX_NEVER;
        }

        value = value * 10 + (text->data[n] - '0');
    }

    if (n == 0) {
        return 0;
    }

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {

        if (text->len - n == strlen(units[i].name)
            && memcmp(text->data + n, units[i].name, text->len - n) == 0)
        {
            return value * units[i].mul / units[i].div;
        }
    }

    return 0;
}
