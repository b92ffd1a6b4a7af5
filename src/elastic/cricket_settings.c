
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What settings of an index and of its cluster mean to Cricket. */


#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cricket_settings.h"


/* datapoints of an export's page */
#define CRICKET_SETTINGS_WINDOW   5000

/* of a series, and one more */
#define CRICKET_SETTINGS_BUCKETS  10001

/* of a pipeline's name */
#define CRICKET_SETTINGS_NAME     255


static const cJSON *cricket_settings_of(const cJSON *root);
static const char *cricket_settings_text(const cJSON *settings,
    const char *name);
static void cricket_settings_low(const cJSON *settings, const char *name,
    long least, const char *what, cricket_buf_t *notes);
static const cJSON *cricket_settings_level(const cJSON *root,
    const char *name);


static const char  *cricket_settings_kinds[CRICKET_SETTINGS_PIPELINES] = {
    "default", "final"
};


void
cricket_settings_index(const unsigned char *data, size_t len,
    cricket_buf_t *notes)
{
    cJSON        *root;
    const char   *refresh;
    const cJSON  *settings;

    root = cJSON_ParseWithLength((const char *) data, len);

    settings = cricket_settings_of(root);

    refresh = cricket_settings_text(settings, "index.refresh_interval");

    if (refresh && refresh[0] == '-') {
        cricket_buf_literal(notes, "refresh_interval is -1: what is stored is "
                                   "not read before somebody has the index "
                                   "refreshed\n");
    }

    cricket_settings_low(settings, "index.max_result_window",
                         CRICKET_SETTINGS_WINDOW,
                         "pages and exports may fail", notes);

    cJSON_Delete(root);
}


int
cricket_settings_pipeline(const unsigned char *data, size_t len,
    cricket_settings_pipeline_e kind, cricket_buf_t *name,
    cricket_buf_t *path)
{
    int             rc;
    cJSON          *root;
    const char     *text, *p;
    unsigned char   c, code[3];

    static const char  hex[] = "0123456789ABCDEF";

    static const char  *settings[CRICKET_SETTINGS_PIPELINES] = {
        "index.default_pipeline", "index.final_pipeline"
    };

    rc = CRICKET_DONE;

    root = cJSON_ParseWithLength((const char *) data, len);

    text = cricket_settings_text(cricket_settings_of(root), settings[kind]);

    /* "_none" is Elasticsearch's word for it */

    if (text == NULL || text[0] == '\0' || strcmp(text, "_none") == 0
        || strlen(text) > CRICKET_SETTINGS_NAME)
    {
        goto done;
    }

    cricket_buf_shown(name, (const unsigned char *) text, strlen(text),
                      CRICKET_SETTINGS_NAME);

    for (p = text; *p != '\0'; p++) {
        c = (unsigned char) *p;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')
        {
            cricket_buf_append(path, &c, 1);
            continue;
        }

        code[0] = '%';
        code[1] = hex[c >> 4];
        code[2] = hex[c & 15];

        cricket_buf_append(path, code, 3);
    }

    rc = CRICKET_OK;

done:

    cJSON_Delete(root);

    return rc;
}


const char *
cricket_settings_kind(cricket_settings_pipeline_e kind)
{
    return cricket_settings_kinds[kind];
}


void
cricket_settings_cluster(const unsigned char *data, size_t len,
    cricket_buf_t *why, cricket_buf_t *notes)
{
    size_t       i;
    cJSON       *root;
    const char  *name, *text;

    static const char  *blocks[] = {
        "cluster.blocks.read_only", "cluster.blocks.read_only_allow_delete"
    };

    root = cJSON_ParseWithLength((const char *) data, len);

    for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        text = cricket_settings_text(cricket_settings_level(root, blocks[i]),
                                     blocks[i]);

        if (text && strcmp(text, "true") == 0 && why->len == 0) {
            cricket_buf_literal(why, "the cluster's setting ");
            cricket_buf_cstr(why, blocks[i]);
            cricket_buf_literal(why, " is true, expected false");
        }
    }

    name = "search.max_buckets";

    cricket_settings_low(cricket_settings_level(root, name), name,
                         CRICKET_SETTINGS_BUCKETS,
                         "statistics of many buckets or groups may fail",
                         notes);

    name = "search.allow_expensive_queries";

    text = cricket_settings_text(cricket_settings_level(root, name), name);

    if (text && strcmp(text, "false") == 0) {
        cricket_buf_literal(notes, "search.allow_expensive_queries is false: "
                                   "names by a prefix are refused\n");
    }

    cJSON_Delete(root);
}


/* those of the one index that a reply describes */

static const cJSON *
cricket_settings_of(const cJSON *root)
{
    if (!cJSON_IsObject(root)) {
        return NULL;
    }

    return cJSON_GetObjectItemCaseSensitive(root->child, "settings");
}


/* numbers and booleans come as strings, too */

static const char *
cricket_settings_text(const cJSON *settings, const char *name)
{
    if (!cJSON_IsObject(settings)) {
        return NULL;
    }

    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(settings,
                                                                 name));
}


static void
cricket_settings_low(const cJSON *settings, const char *name, long least,
    const char *what, cricket_buf_t *notes)
{
    char        *end;
    long         n;
    const char  *text;

    text = cricket_settings_text(settings, name);

    if (text == NULL) {
        return;
    }

    n = strtol(text, &end, 10);

    /* below 0 is no limit */

    if (end == text || *end != '\0' || n < 0 || n >= least) {
        return;
    }

    if (strncmp(name, "index.", 6) == 0) {
        name += 6;
    }

    cricket_buf_cstr(notes, name);
    cricket_buf_literal(notes, " is ");
    cricket_buf_int(notes, n);
    cricket_buf_literal(notes, ", less than ");
    cricket_buf_int(notes, least);
    cricket_buf_literal(notes, ": ");
    cricket_buf_cstr(notes, what);
    cricket_buf_literal(notes, "\n");
}


/* the level that decides about a setting, in the order in which they do */

static const cJSON *
cricket_settings_level(const cJSON *root, const char *name)
{
    size_t        i;
    const cJSON  *level;

    static const char  *levels[] = { "transient", "persistent", "defaults" };

    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {

        level = cJSON_IsObject(root)
                ? cJSON_GetObjectItemCaseSensitive(root, levels[i]) : NULL;

        if (cricket_settings_text(level, name)) {
            return level;
        }
    }

    return NULL;
}
