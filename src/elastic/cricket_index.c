
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What the index and its template look like, and whether one does. */


#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cricket_index.h"
#include "cricket_json.h"


/* how much of a word of the reply is told */
#define CRICKET_INDEX_WORD_LEN  64

/* more than all differences together can fill */
#define CRICKET_INDEX_TEXT_LEN  8192

/* of a time, which in days fits 63 bits */
#define CRICKET_INDEX_DIGITS    10


typedef struct {
    const char            *name;
    const char            *type;
    const char            *format;
    unsigned               length;      /* of a keyword, in characters */
} cricket_index_field_t;


typedef struct {
    const char            *name;
    const char            *value;
    unsigned               required:1;  /* no default that is right */
} cricket_index_setting_t;


static void cricket_index_shape(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas);
static int cricket_index_named(const cJSON *object, const cricket_str_t *index,
    const char *suffix);
static void cricket_index_reply(const unsigned char *data, size_t len,
    cricket_buf_t *why);
static const cJSON *cricket_index_member(const cJSON *object,
    const char *name);
static void cricket_index_settings(const cJSON *settings, cricket_buf_t *why);
static void cricket_index_mappings(const cJSON *mappings, cricket_buf_t *why);
static void cricket_index_field(const cricket_index_field_t *field,
    const cJSON *item, cricket_buf_t *why);
static int cricket_index_format(const cJSON *format);
static int cricket_index_listed(const char *list, const char *word);
static void cricket_index_differs(cricket_buf_t *why);
static void cricket_index_field_differs(cricket_buf_t *why,
    const cricket_index_field_t *field, const char *text);
static void cricket_index_value(cricket_buf_t *why, const cJSON *item);
static int cricket_index_is(const cJSON *item, const char *value);
static int64_t cricket_index_msec(const cricket_str_t *text);


/*
 * The number of a timestamp is read by the first format that takes it: with
 * strict_date_optional_time in front, 2016 ms would be the year.
 */

static const cricket_index_field_t  cricket_index_fields[] = {
    { "name", "keyword", NULL, 512 },
    { "type", "keyword", NULL, 64 },
    { "value", "double", NULL, 0 },
    { "timestamp", "date", "epoch_millis||strict_date_optional_time", 0 },
    { "nanos", "integer", NULL, 0 },
    { "nanos_at", "long", NULL, 0 },
    { "tags", "keyword", NULL, 256 + 1 + 1024 },
    { NULL, NULL, NULL, 0 }
};


static const cricket_index_setting_t  cricket_index_wanted[] = {
    { "index.number_of_shards", "1", 1 },
    { "index.translog.durability", "request", 0 },
    { "index.mapping.ignore_malformed", "false", 0 },
    { "index.blocks.read_only", "false", 0 },
    { "index.blocks.read_only_allow_delete", "false", 0 },
    { "index.blocks.read", "false", 0 },
    { "index.blocks.write", "false", 0 },
    { NULL, NULL, 0 }
};


void
cricket_index_create(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas)
{
    cricket_buf_literal(b, "{");
    cricket_index_shape(b, index, replicas);
    cricket_buf_literal(b, "}");
}


void
cricket_index_template(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas)
{
    cricket_buf_literal(b, "{\"index_patterns\":[");
    cricket_buf_json(b, index->data, index->len);
    cricket_buf_literal(b, "],\"priority\":500,\"template\":{");
    cricket_index_shape(b, index, replicas);
    cricket_buf_literal(b, "},\"_meta\":{\"managed_by\":\"cricket\","
                           "\"description\":\"made by cricket --init\"}}");
}


static void
cricket_index_shape(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas)
{
    const cricket_index_field_t  *field;

    /* durability is said, lest another template turns the promise of 200 */

    cricket_buf_literal(b, "\"settings\":{\"index\":{\"number_of_shards\":1");

    if (replicas != CRICKET_INDEX_REPLICAS) {
        cricket_buf_literal(b, ",\"number_of_replicas\":");
        cricket_buf_int(b, replicas);
    }

    cricket_buf_literal(b, ",\"translog\":{\"durability\":\"request\"}}},"
                           "\"mappings\":{\"dynamic\":\"strict\","
                           "\"properties\":{");

    for (field = cricket_index_fields; field->name; field++) {

        if (field != cricket_index_fields) {
            cricket_buf_literal(b, ",");
        }

        cricket_buf_literal(b, "\"");
        cricket_buf_cstr(b, field->name);
        cricket_buf_literal(b, "\":{\"type\":\"");
        cricket_buf_cstr(b, field->type);
        cricket_buf_literal(b, "\"");

        if (field->format) {
            cricket_buf_literal(b, ",\"format\":\"");
            cricket_buf_cstr(b, field->format);
            cricket_buf_literal(b, "\"");
        }

        cricket_buf_literal(b, "}");
    }

    /* of the alphabet of cricket_index_name() */

    cricket_buf_literal(b, "}},\"aliases\":{\"");
    cricket_buf_append(b, index->data, index->len);
    cricket_buf_literal(b, "-w\":" CRICKET_INDEX_ALIAS "}");
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


int
cricket_index_check(const unsigned char *data, size_t len, cricket_buf_t *why)
{
    int            rc;
    cricket_buf_t  text;

    cricket_buf_init(&text, CRICKET_INDEX_TEXT_LEN);

    cricket_index_reply(data, len, &text);

    cricket_buf_append(why, text.data, text.len);

    if (text.failed || why->failed) {
        rc = CRICKET_ERROR;

    } else {
        rc = text.len ? CRICKET_INVALID : CRICKET_OK;
    }

    cricket_buf_free(&text);

    return rc;
}


static void
cricket_index_reply(const unsigned char *data, size_t len, cricket_buf_t *why)
{
    cJSON                *root;
    const char           *end;
    const cJSON          *index, *mappings, *settings;
    const unsigned char  *p;

    /* cJSON does not say whether it was the text or malloc() that failed */

    errno = 0;

    root = cJSON_ParseWithLengthOpts((const char *) data, len, &end, 0);

    if (root == NULL) {

        if (errno == ENOMEM) {
            why->failed = 1;

        } else {
            cricket_buf_literal(why, "the reply is not JSON");
        }

        return;
    }

    for (p = (const unsigned char *) end; p < data + len; p++) {

        if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n') {
            cricket_buf_literal(why, "the reply is not JSON");
            goto done;
        }
    }

    index = cJSON_IsObject(root) ? root->child : NULL;

    if (index && index->next && !cricket_index_member(root, "error")) {
        cricket_buf_literal(why, "more than one index has this name");
        goto done;
    }

    mappings = cricket_index_member(index, "mappings");
    settings = cricket_index_member(index, "settings");

    if (!cJSON_IsObject(mappings) || !cJSON_IsObject(settings)) {
        cricket_buf_literal(why, "the reply does not describe an index");
        goto done;
    }

    cricket_index_mappings(mappings, why);
    cricket_index_settings(settings, why);

done:

    cJSON_Delete(root);
}


static const cJSON *
cricket_index_member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object)
           ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}


static void
cricket_index_settings(const cJSON *settings, cricket_buf_t *why)
{
    const cJSON                    *item;
    const cricket_index_setting_t  *wanted;

    for (wanted = cricket_index_wanted; wanted->name; wanted++) {

        item = cricket_index_member(settings, wanted->name);

        if (item == NULL && !wanted->required) {
            continue;
        }

        if (item && cricket_index_is(item, wanted->value)) {
            continue;
        }

        cricket_index_differs(why);
        cricket_buf_cstr(why, wanted->name + sizeof("index.") - 1);

        if (item) {
            cricket_buf_literal(why, " is ");
            cricket_index_value(why, item);
            cricket_buf_literal(why, ", expected ");
            cricket_buf_cstr(why, wanted->value);

        } else {
            cricket_buf_literal(why, " is missing");
        }
    }

    item = cricket_index_member(settings, "index.verified_before_close");

    if (item && cricket_index_is(item, "true")) {
        cricket_index_differs(why);
        cricket_buf_literal(why, "the index is closed");
    }
}


static void
cricket_index_mappings(const cJSON *mappings, cricket_buf_t *why)
{
    const cJSON                  *item, *properties, *runtime;
    const cricket_index_field_t  *field;

    item = cricket_index_member(mappings, "dynamic");

    if (item == NULL) {
        cricket_index_differs(why);
        cricket_buf_literal(why, "dynamic is true, expected strict");

    } else if (!cricket_index_is(item, "strict")) {
        cricket_index_differs(why);
        cricket_buf_literal(why, "dynamic is ");
        cricket_index_value(why, item);
        cricket_buf_literal(why, ", expected strict");
    }

    item = cricket_index_member(mappings, "_routing");

    if (cJSON_IsTrue(cricket_index_member(item, "required"))) {
        cricket_index_differs(why);
        cricket_buf_literal(why, "_routing is required");
    }

    properties = cricket_index_member(mappings, "properties");
    runtime = cricket_index_member(mappings, "runtime");

    for (field = cricket_index_fields; field->name; field++) {

        cricket_index_field(field,
                            cricket_index_member(properties, field->name),
                            why);

        if (cricket_index_member(runtime, field->name)) {
            cricket_index_field_differs(why, field,
                                        "is hidden by a runtime field");
        }
    }
}


static void
cricket_index_field(const cricket_index_field_t *field, const cJSON *item,
    cricket_buf_t *why)
{
    size_t        i;
    const cJSON  *type, *value;

    static const struct {
        const char  *name;
        const char  *expected;
    } options[] = {
        { "index", "true" },
        { "doc_values", "true" },
        { "ignore_malformed", "false" }
    };

    type = cricket_index_member(item, "type");

    if (item == NULL) {
        cricket_index_field_differs(why, field, "is missing, expected ");
        cricket_buf_cstr(why, field->type);
        return;
    }

    if (type == NULL || !cricket_index_is(type, field->type)) {
        cricket_index_field_differs(why, field, "is ");

        if (type) {
            cricket_index_value(why, type);

        } else {
            cricket_buf_literal(why, "an object");
        }

        cricket_buf_literal(why, ", expected ");
        cricket_buf_cstr(why, field->type);
        return;
    }

    for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {

        value = cricket_index_member(item, options[i].name);

        if (value && !cricket_index_is(value, options[i].expected)) {
            cricket_index_field_differs(why, field, "has ");
            cricket_buf_cstr(why, options[i].name);
            cricket_buf_literal(why, " ");
            cricket_index_value(why, value);
            cricket_buf_literal(why, ", expected ");
            cricket_buf_cstr(why, options[i].expected);
        }
    }

    value = cricket_index_member(item, "format");

    if (field->format && value && !cricket_index_format(value)) {
        cricket_index_field_differs(why, field, "has format ");
        cricket_index_value(why, value);
        cricket_buf_literal(why, ", expected ");
        cricket_buf_cstr(why, field->format);
    }

    value = cricket_index_member(item, "ignore_above");

    if (field->length && value
        && !(cJSON_IsNumber(value) && value->valuedouble >= field->length))
    {
        cricket_index_field_differs(why, field, "has ignore_above ");
        cricket_index_value(why, value);
        cricket_buf_literal(why, ", expected at least ");
        cricket_buf_int(why, field->length);
    }

    if (cricket_index_member(item, "normalizer")) {
        cricket_index_field_differs(why, field, "has a normalizer");
    }
}


static int
cricket_index_format(const cJSON *format)
{
    return cJSON_IsString(format)
           && cricket_index_listed(format->valuestring, "epoch_millis")
           && cricket_index_listed(format->valuestring,
                                   "strict_date_optional_time");
}


/* is the word one of a list that has "||" between its words */

static int
cricket_index_listed(const char *list, const char *word)
{
    size_t       n, len;
    const char  *end;

    len = strlen(word);

    for ( ;; ) {

        end = strstr(list, "||");
        n = end ? (size_t) (end - list) : strlen(list);

        if (n == len && memcmp(list, word, len) == 0) {
            return 1;
        }

        if (end == NULL) {
            return 0;
        }

        list = end + 2;
    }
}


static void
cricket_index_differs(cricket_buf_t *why)
{
    if (why->len) {
        cricket_buf_literal(why, "; ");
    }
}


static void
cricket_index_field_differs(cricket_buf_t *why,
    const cricket_index_field_t *field, const char *text)
{
    cricket_index_differs(why);

    cricket_buf_literal(why, "field \"");
    cricket_buf_cstr(why, field->name);
    cricket_buf_literal(why, "\" ");
    cricket_buf_cstr(why, text);
}


/* a scalar of the reply, fit for one line of plain text */

static void
cricket_index_value(cricket_buf_t *why, const cJSON *item)
{
    size_t          i;
    const char     *p;
    unsigned char   c;

    if (cJSON_IsBool(item)) {
        cricket_buf_cstr(why, cJSON_IsTrue(item) ? "true" : "false");
        return;
    }

    if (cJSON_IsNumber(item)) {
        cricket_buf_double(why, item->valuedouble);
        return;
    }

    if (!cJSON_IsString(item)) {
        cricket_buf_literal(why, "not a word");
        return;
    }

    p = item->valuestring;

    for (i = 0; p[i] && i < CRICKET_INDEX_WORD_LEN; i++) {
        c = (unsigned char) p[i];

        if (c < 0x20 || c >= 0x7f) {
            c = '?';
        }

        cricket_buf_append(why, &c, 1);
    }

    if (p[i]) {
        cricket_buf_literal(why, "...");
    }
}


/* settings come as strings, options of a field as booleans */

static int
cricket_index_is(const cJSON *item, const char *value)
{
    if (cJSON_IsString(item)) {
        return strcmp(item->valuestring, value) == 0;
    }

    if (cJSON_IsBool(item)) {
        return strcmp(cJSON_IsTrue(item) ? "true" : "false", value) == 0;
    }

    return cJSON_IsNumber(item) && *value >= '0' && *value <= '9'
           && item->valuedouble == strtod(value, NULL);
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


int
cricket_index_name(const unsigned char *p, size_t len)
{
    size_t         i;
    unsigned char  c;

    if (len == 0 || len > 255) {
        return CRICKET_INVALID;
    }

    if (p[0] == '-' || p[0] == '_') {
        return CRICKET_INVALID;
    }

    if (p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.'))) {
        return CRICKET_INVALID;
    }

    for (i = 0; i < len; i++) {
        c = p[i];

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '.' || c == '_' || c == '-')
        {
            continue;
        }

        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}
