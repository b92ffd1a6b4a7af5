
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What an index and its template look like. */


#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cricket_datapoint.h"
#include "cricket_index_private.h"


static int cricket_index_print(const cJSON *item, cricket_buf_t *b);
static int cricket_index_below(const cricket_str_t *key,
    const cricket_str_t *other);
static void cricket_index_settings_body(cricket_buf_t *b,
    const cricket_index_shape_t *shape);
static void cricket_index_mappings_body(cricket_buf_t *b,
    const cricket_index_shape_t *shape);
static void cricket_index_properties(cricket_buf_t *b,
    const cricket_index_shape_t *shape, int all);
static void cricket_index_property(cricket_buf_t *b,
    const cricket_index_shape_t *shape, const cricket_index_field_t *field);
static void cricket_index_comma(cricket_buf_t *b);


void
cricket_index_create(cricket_buf_t *b, const cricket_index_shape_t *shape,
    const cricket_str_t *name)
{
    cricket_buf_literal(b, "{");
    cricket_index_settings_body(b, shape);
    cricket_buf_literal(b, ",");
    cricket_index_mappings_body(b, shape);
    cricket_buf_literal(b, ",\"aliases\":{");
    cricket_partition_aliases(&shape->index, name, shape->shards, b);
    cricket_buf_literal(b, "}}");
}


void
cricket_index_template(cricket_buf_t *b, const cricket_index_shape_t *shape)
{
    cricket_buf_literal(b, "{\"index_patterns\":[");
    cricket_partition_patterns(&shape->index, b);
    cricket_buf_literal(b, "],\"priority\":500,\"template\":{");
    cricket_index_settings_body(b, shape);
    cricket_buf_literal(b, ",");
    cricket_index_mappings_body(b, shape);
    cricket_buf_literal(b, ",\"aliases\":{");
    cricket_partition_aliases(&shape->index, NULL, shape->shards, b);
    cricket_buf_literal(b, "}},\"_meta\":{\"managed_by\":\"cricket\","
                           "\"description\":\"made by cricket --init\"}}");
}


void
cricket_index_add(cricket_buf_t *b, const cricket_index_shape_t *shape)
{
    cricket_buf_literal(b, "{");
    cricket_index_properties(b, shape, 0);
    cricket_buf_literal(b, "}");
}


int
cricket_index_from_template(const unsigned char *data, size_t len,
    const cricket_partition_t *index, const cricket_str_t *name,
    cricket_buf_t *b)
{
    int           rc;
    cJSON        *root;
    unsigned      shards;
    const cJSON  *template;

    root = cJSON_ParseWithLength((const char *) data, len);

    template = cricket_index_in_template(root, &shards);

    if (template == NULL) {
        cJSON_Delete(root);
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, "{\"settings\":");
    rc = cricket_index_print(cricket_index_member(template, "settings"), b);

    if (rc == CRICKET_OK) {
        cricket_buf_literal(b, ",\"mappings\":");
        rc = cricket_index_print(cricket_index_member(template, "mappings"),
                                 b);
    }

    cricket_buf_literal(b, ",\"aliases\":{");
    cricket_partition_aliases(index, name, shards, b);
    cricket_buf_literal(b, "}}");

    cJSON_Delete(root);

    return b->failed ? CRICKET_ERROR : rc;
}


static int
cricket_index_print(const cJSON *item, cricket_buf_t *b)
{
    char  *text;

    text = cJSON_PrintUnformatted(item);
    if (text == NULL) {
        return CRICKET_ERROR;
    }

    cricket_buf_cstr(b, text);

    cJSON_free(text);

    return CRICKET_OK;
}


int
cricket_index_tag(const cricket_str_t *key, const cricket_str_t *keys,
    size_t n)
{
    size_t  i;

    if (key->len == 0
        || key->len > CRICKET_TAG_KEY_LEN
        || !cricket_datapoint_is_key(key->data, key->len)
        || key->data[0] == '.'
        || key->data[key->len - 1] == '.')
    {
        return CRICKET_INVALID;
    }

    for (i = 1; i < key->len; i++) {

        if (key->data[i] == '.' && key->data[i - 1] == '.') {
            return CRICKET_INVALID;
        }
    }

    for (i = 0; i < n; i++) {

        if (cricket_index_below(key, &keys[i])
            || cricket_index_below(&keys[i], key))
        {
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


/* the same, or a level below: what is an object has no value of its own */

static int
cricket_index_below(const cricket_str_t *key, const cricket_str_t *other)
{
    return key->len >= other->len
           && memcmp(key->data, other->data, other->len) == 0
           && (key->len == other->len || key->data[other->len] == '.');
}


static void
cricket_index_settings_body(cricket_buf_t *b,
    const cricket_index_shape_t *shape)
{
    cricket_buf_literal(b, "\"settings\":{\"index\":{\"number_of_shards\":");
    cricket_buf_int(b, shape->shards);

    if (shape->replicas != CRICKET_INDEX_REPLICAS) {
        cricket_buf_literal(b, ",\"number_of_replicas\":");
        cricket_buf_int(b, shape->replicas);
    }

    if (shape->compressed) {
        cricket_buf_literal(b, ",\"codec\":\"best_compression\"");
    }

    /* said, lest another template turns the promise of 200 */

    cricket_buf_literal(b, ",\"translog\":{\"durability\":\"request\"}}}");
}


static void
cricket_index_mappings_body(cricket_buf_t *b,
    const cricket_index_shape_t *shape)
{
    cricket_buf_literal(b, "\"mappings\":{\"dynamic\":\"strict\","
                           "\"_meta\":{\"managed_by\":\"cricket\",\"index\":");
    cricket_buf_json(b, shape->index.pattern.data, shape->index.pattern.len);
    cricket_buf_literal(b, "},");

    if (shape->compact) {
        cricket_buf_literal(b, "\"_source\":{\"enabled\":false},");
    }

    cricket_index_properties(b, shape, 1);
    cricket_buf_literal(b, "}");
}


/* all of them, or those that an index may lack */

static void
cricket_index_properties(cricket_buf_t *b, const cricket_index_shape_t *shape,
    int all)
{
    size_t                        i;
    const cricket_index_field_t  *field;

    cricket_buf_literal(b, "\"properties\":{");

    for (field = cricket_index_fields; field->name; field++) {

        if (all || field->added) {
            cricket_index_comma(b);
            cricket_index_property(b, shape, field);
        }
    }

    if (shape->ntag_fields != 0) {
        cricket_buf_literal(b, ",\"tag\":{\"properties\":{");

        for (i = 0; i < shape->ntag_fields; i++) {
            cricket_index_comma(b);
            cricket_buf_json(b, shape->tag_fields[i].data,
                             shape->tag_fields[i].len);
            cricket_buf_literal(b, ":{\"type\":\"keyword\"}");
        }

        cricket_buf_literal(b, "}}");
    }

    cricket_buf_literal(b, "}");
}


static void
cricket_index_property(cricket_buf_t *b, const cricket_index_shape_t *shape,
    const cricket_index_field_t *field)
{
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

    if (field->plain || (field->spare && shape->compact)) {
        cricket_buf_literal(b, ",\"index\":false");
    }

    cricket_buf_literal(b, "}");
}


/* between the members of an object */

static void
cricket_index_comma(cricket_buf_t *b)
{
    if (b->len != 0 && b->data[b->len - 1] != '{') {
        cricket_buf_literal(b, ",");
    }
}
