
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_index.h"
#include "fuzz.h"


/*
 * An input is a reply to GET /INDEX.  What is wrong with it is told in one line
 * of ASCII.  One that nothing is wrong with can't do without a field, without
 * its type, or with another setting.
 */

static int fuzz_check(const char *data, size_t size);
static void fuzz_needed(cJSON *root);
static int fuzz_changed(cJSON *root);


static const char  *fuzz_fields[] = {
    "name", "type", "value", "timestamp", "nanos", "nanos_at", "tags"
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char   *text;
    cJSON  *root;

    if (fuzz_check((const char *) data, size) != CRICKET_OK) {
        return 0;
    }

    root = cJSON_ParseWithLength((const char *) data, size);
    FUZZ_CHECK(root != NULL);

    text = cJSON_PrintUnformatted(root);
    FUZZ_CHECK(text != NULL);

    /* cJSON writes an infinite number as null */

    if (strstr(text, "null") == NULL) {
        FUZZ_CHECK(fuzz_check(text, strlen(text)) == CRICKET_OK);
        fuzz_needed(root);
    }

    cJSON_free(text);
    cJSON_Delete(root);

    return 0;
}


static int
fuzz_check(const char *data, size_t size)
{
    int              rc;
    size_t           i;
    cricket_buf_t    why;
    unsigned char   *copy;

    /* a copy that ends where its memory ends */

    copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, data, size);

    cricket_buf_init(&why, 16384);
    cricket_buf_literal(&why, ">");

    FUZZ_CHECK(cricket_index_refresh(copy, size) >= CRICKET_INDEX_NEVER);

    rc = cricket_index_check(copy, size, NULL, 0, &why);

    FUZZ_CHECK(!why.failed && why.data[0] == '>');
    FUZZ_CHECK((rc == CRICKET_OK && why.len == 1)
               || ((rc == CRICKET_INVALID || rc == CRICKET_DONE)
                   && why.len > 1));

    for (i = 0; i < why.len; i++) {
        FUZZ_CHECK(why.data[i] >= 0x20 && why.data[i] < 0x7f);
    }

    cricket_buf_free(&why);
    free(copy);

    return rc;
}


static void
fuzz_needed(cJSON *root)
{
    cJSON   *mappings, *properties, *field, *copy;
    size_t   i;

    for (i = 0; i < 2 * sizeof(fuzz_fields) / sizeof(fuzz_fields[0]); i++) {

        copy = cJSON_Duplicate(root, 1);
        FUZZ_CHECK(copy != NULL);

        mappings = cJSON_GetObjectItemCaseSensitive(copy->child, "mappings");
        properties = cJSON_GetObjectItemCaseSensitive(mappings, "properties");
        field = cJSON_GetObjectItemCaseSensitive(properties,
                                                 fuzz_fields[i / 2]);
        FUZZ_CHECK(field != NULL);

        if (i % 2) {
            FUZZ_CHECK(cJSON_GetObjectItemCaseSensitive(field, "type"));
            cJSON_ReplaceItemInObjectCaseSensitive(field, "type",
                                                   cJSON_CreateString("text"));

        } else {
            cJSON_ReplaceItemInObjectCaseSensitive(properties,
                                                   fuzz_fields[i / 2],
                                                   cJSON_CreateObject());
        }

        FUZZ_CHECK(fuzz_changed(copy) == CRICKET_INVALID);
        cJSON_Delete(copy);
    }

    copy = cJSON_Duplicate(root, 1);
    FUZZ_CHECK(copy != NULL);

    mappings = cJSON_GetObjectItemCaseSensitive(copy->child, "mappings");

    FUZZ_CHECK(cJSON_ReplaceItemInObjectCaseSensitive(mappings, "dynamic",
                   cJSON_CreateString("true")));

    FUZZ_CHECK(fuzz_changed(copy) == CRICKET_INVALID);
    cJSON_Delete(copy);
}


static int
fuzz_changed(cJSON *root)
{
    int    rc;
    char  *text;

    text = cJSON_PrintUnformatted(root);
    FUZZ_CHECK(text != NULL);

    rc = fuzz_check(text, strlen(text));

    cJSON_free(text);

    return rc;
}
