
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Does an index look as Cricket needs it? */


#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cricket_datapoint.h"
#include "cricket_index_private.h"


/* how much of a word of the reply is told */
#define CRICKET_INDEX_WORD_LEN  64

/* more than all differences together can fill */
#define CRICKET_INDEX_TEXT_LEN  8192

/* and the names of all fields that may lack */
#define CRICKET_INDEX_LACKING_LEN                                             \
    ((CRICKET_INDEX_TAG_FIELDS + 1) * (CRICKET_TAG_KEY_LEN + 32))


typedef struct {
    const char            *name;
    const char            *value;
} cricket_index_setting_t;


/* what is held against an index, and what is found */

typedef struct {
    const cricket_str_t   *tag_fields;
    size_t                 ntag_fields;
    cricket_buf_t          why;         /* what is different */
    cricket_buf_t          lacking;     /* the fields that can be added */
} cricket_index_look_t;


static void cricket_index_look(cricket_index_look_t *look,
    const cricket_str_t *tag_fields, size_t ntag_fields);
static int cricket_index_looked(cricket_index_look_t *look,
    cricket_buf_t *why);
static void cricket_index_reply(cricket_index_look_t *look,
    const unsigned char *data, size_t len);
static void cricket_index_settings(const cJSON *settings, cricket_buf_t *why);
static void cricket_index_mappings(cricket_index_look_t *look,
    const cJSON *mappings);
static void cricket_index_tags(cricket_index_look_t *look,
    const cJSON *properties);
static const cJSON *cricket_index_tag_field(const cJSON *properties,
    const cricket_str_t *key);
static void cricket_index_field(cricket_index_look_t *look,
    const cricket_index_field_t *field, const cJSON *item);
static void cricket_index_options(const cricket_index_field_t *field,
    const cJSON *item, cricket_buf_t *why);
static int cricket_index_format(const cJSON *format);
static int cricket_index_listed(const char *list, const char *word);
static void cricket_index_differs(cricket_buf_t *why);
static void cricket_index_field_differs(cricket_buf_t *why,
    const cricket_index_field_t *field, const char *text);
static void cricket_index_value(cricket_buf_t *why, const cJSON *item);
static int cricket_index_is(const cJSON *item, const char *value);


static const cricket_index_setting_t  cricket_index_wanted[] = {
    { "index.translog.durability", "request" },
    { "index.mapping.ignore_malformed", "false" },
    { "index.blocks.read_only", "false" },
    { "index.blocks.read_only_allow_delete", "false" },
    { "index.blocks.read", "false" },
    { "index.blocks.write", "false" },
    { NULL, NULL }
};


int
cricket_index_check(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, cricket_buf_t *why)
{
    cricket_index_look_t  look;

    cricket_index_look(&look, tag_fields, ntag_fields);

    cricket_index_reply(&look, data, len);

    return cricket_index_looked(&look, why);
}


int
cricket_index_check_template(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, unsigned *shards,
    cricket_buf_t *why)
{
    cJSON                 *root;
    const cJSON           *template;
    cricket_index_look_t   look;

    cricket_index_look(&look, tag_fields, ntag_fields);

    root = cJSON_ParseWithLength((const char *) data, len);

    template = cricket_index_in_template(root, shards);

    if (template == NULL) {
        cricket_buf_literal(&look.why, "it is none of cricket --init");

    } else {
        cricket_index_mappings(&look, cricket_index_member(template,
                                                           "mappings"));
        cricket_index_settings(cricket_index_member(template, "settings"),
                               &look.why);
    }

    cJSON_Delete(root);

    return cricket_index_looked(&look, why);
}


int
cricket_index_probe(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, unsigned *single,
    cricket_buf_t *why)
{
    cJSON                        *root;
    const cJSON                  *index, *item;
    cricket_index_look_t          look;
    const cricket_index_field_t  *field;

    cricket_index_look(&look, tag_fields, ntag_fields);

    root = cJSON_ParseWithLength((const char *) data, len);

    *single = 1;

    cJSON_ArrayForEach(index, root) {

        item = cricket_index_member(index, "settings");
        item = cricket_index_member(item, "index.number_of_shards");

        if (item == NULL || !cricket_index_is(item, "1")) {
            *single = 0;
        }

        item = cricket_index_member(index, "mappings");
        item = cricket_index_member(item, "properties");

        if (!cJSON_IsObject(item) || look.lacking.len) {
            continue;
        }

        for (field = cricket_index_fields; field->name; field++) {

            if (field->added) {
                cricket_index_field(&look, field,
                                    cricket_index_member(item, field->name));
            }
        }

        cricket_index_tags(&look, item);
    }

    cJSON_Delete(root);

    return cricket_index_looked(&look, why);
}


static void
cricket_index_look(cricket_index_look_t *look,
    const cricket_str_t *tag_fields, size_t ntag_fields)
{
    look->tag_fields = tag_fields;
    look->ntag_fields = ntag_fields;

    cricket_buf_init(&look->why, CRICKET_INDEX_TEXT_LEN);
    cricket_buf_init(&look->lacking, CRICKET_INDEX_LACKING_LEN);
}


static int
cricket_index_looked(cricket_index_look_t *look, cricket_buf_t *why)
{
    int  rc;

    if (look->why.len) {
        cricket_buf_append(why, look->why.data, look->why.len);
        rc = CRICKET_INVALID;

    } else if (look->lacking.len) {

        /* only if there is nothing worse */

        cricket_buf_literal(why, "it lacks ");
        cricket_buf_append(why, look->lacking.data, look->lacking.len);
        cricket_buf_literal(why, ", which cricket --init adds");
        rc = CRICKET_DONE;

    } else {
        rc = CRICKET_OK;
    }

    if (look->why.failed || look->lacking.failed || why->failed) {
        rc = CRICKET_ERROR;
    }

    cricket_buf_free(&look->why);
    cricket_buf_free(&look->lacking);

    return rc;
}


static void
cricket_index_reply(cricket_index_look_t *look, const unsigned char *data,
    size_t len)
{
    cJSON                *root;
    const char           *end;
    const cJSON          *index, *mappings, *settings;
    cricket_buf_t        *why;
    const unsigned char  *p;

    why = &look->why;

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

    cricket_index_mappings(look, mappings);
    cricket_index_settings(settings, why);

done:

    cJSON_Delete(root);
}


static void
cricket_index_settings(const cJSON *settings, cricket_buf_t *why)
{
    const cJSON                    *item;
    const cricket_index_setting_t  *wanted;

    for (wanted = cricket_index_wanted; wanted->name; wanted++) {

        item = cricket_index_setting(settings, wanted->name);

        if (item == NULL || cricket_index_is(item, wanted->value)) {
            continue;
        }

        cricket_index_differs(why);
        cricket_buf_cstr(why, wanted->name + sizeof("index.") - 1);
        cricket_buf_literal(why, " is ");
        cricket_index_value(why, item);
        cricket_buf_literal(why, ", expected ");
        cricket_buf_cstr(why, wanted->value);
    }

    item = cricket_index_member(settings, "index.verified_before_close");

    if (item && cricket_index_is(item, "true")) {
        cricket_index_differs(why);
        cricket_buf_literal(why, "the index is closed");
    }
}


static void
cricket_index_mappings(cricket_index_look_t *look, const cJSON *mappings)
{
    const cJSON                  *item, *properties, *runtime;
    cricket_buf_t                *why;
    const cricket_index_field_t  *field;

    why = &look->why;

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

        cricket_index_field(look, field,
                            cricket_index_member(properties, field->name));

        if (cricket_index_member(runtime, field->name)) {
            cricket_index_field_differs(why, field,
                                        "is hidden by a runtime field");
        }
    }

    cricket_index_tags(look, properties);
}


static void
cricket_index_tags(cricket_index_look_t *look, const cJSON *properties)
{
    size_t                  i;
    const cJSON            *item;
    const cricket_str_t    *key;
    cricket_index_field_t   field;
    char                    name[sizeof("tag.") + CRICKET_TAG_KEY_LEN];

    memset(&field, 0, sizeof(cricket_index_field_t));

    field.name = name;
    field.type = "keyword";
    field.length = CRICKET_TAG_VALUE_LEN;
    field.added = 1;

    for (i = 0; i < look->ntag_fields; i++) {
        key = &look->tag_fields[i];

        snprintf(name, sizeof(name), "tag.%.*s", (int) key->len,
                 (const char *) key->data);

        item = cricket_index_tag_field(properties, key);

        cricket_index_field(look, &field, item);
    }
}


/* each dot of a key leads into an object, but in a template it may be whole */

static const cJSON *
cricket_index_tag_field(const cJSON *properties, const cricket_str_t *key)
{
    size_t        i, n;
    const cJSON  *item, *whole;
    char          name[CRICKET_TAG_KEY_LEN + 1];

    item = cricket_index_member(properties, "tag");

    memcpy(name, key->data, key->len);
    name[key->len] = '\0';

    whole = cricket_index_member(cricket_index_member(item, "properties"),
                                 name);

    if (whole != NULL) {
        return whole;
    }

    n = 0;

    for (i = 0; i <= key->len; i++) {

        if (i < key->len && key->data[i] != '.') {
            name[n++] = (char) key->data[i];
            continue;
        }

        name[n] = '\0';
        n = 0;

        item = cricket_index_member(item, "properties");
        item = cricket_index_member(item, name);
    }

    return item;
}


static void
cricket_index_field(cricket_index_look_t *look,
    const cricket_index_field_t *field, const cJSON *item)
{
    const cJSON    *type;
    cricket_buf_t  *why;

    why = &look->why;
    type = cricket_index_member(item, "type");

    if (item == NULL && field->added) {

        if (look->lacking.len) {
            cricket_buf_literal(&look->lacking, ", ");
        }

        cricket_buf_literal(&look->lacking, "field \"");
        cricket_buf_cstr(&look->lacking, field->name);
        cricket_buf_literal(&look->lacking, "\"");
        return;
    }

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

    cricket_index_options(field, item, why);
}


static void
cricket_index_options(const cricket_index_field_t *field, const cJSON *item,
    cricket_buf_t *why)
{
    size_t        i;
    const cJSON  *value;

    static const struct {
        const char  *name;
        const char  *expected;
    } options[] = {
        { "index", "true" },
        { "doc_values", "true" },
        { "ignore_malformed", "false" }
    };

    /* those that no search asks for need no index */

    for (i = (field->plain || field->spare) ? 1 : 0;
         i < sizeof(options) / sizeof(options[0]);
         i++)
    {
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
