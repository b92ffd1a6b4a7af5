
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


static const struct {
    const char  *kind;
    const char  *setting;
} cricket_settings_pipelines[CRICKET_SETTINGS_PIPELINES] = {
    { "default", "index.default_pipeline" },
    { "final", "index.final_pipeline" }
};


void
cricket_settings_index(const unsigned char *data, size_t len,
    cricket_buf_t *notes, cricket_buf_t *pipelines)
{
    size_t        i;
    cJSON        *root;
    const char   *text;
    const cJSON  *settings;

    root = cJSON_ParseWithLength((const char *) data, len);

    settings = cricket_settings_of(root);

    text = cricket_settings_text(settings, "index.refresh_interval");

    if (text && text[0] == '-') {
        cricket_buf_literal(notes, "refresh_interval is -1: what is stored is "
                                   "not read before somebody has the index "
                                   "refreshed\n");
    }

    cricket_settings_low(settings, "index.max_result_window",
                         CRICKET_SETTINGS_WINDOW,
                         "pages and exports may fail", notes);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        text = cricket_settings_text(settings,
                                     cricket_settings_pipelines[i].setting);

        /* "_none" is Elasticsearch's word for it */

        if (text && strcmp(text, "_none") != 0
            && strlen(text) <= CRICKET_SETTINGS_NAME)
        {
            cricket_buf_cstr(&pipelines[i], text);
        }
    }

    cJSON_Delete(root);
}


void
cricket_settings_pipeline(cricket_settings_pipeline_e kind,
    const cricket_buf_t *name, int exists, cricket_buf_t *b)
{
    cricket_buf_literal(b, "its ");
    cricket_buf_cstr(b, cricket_settings_pipelines[kind].kind);
    cricket_buf_literal(b, " pipeline \"");
    cricket_buf_shown(b, name->data, name->len, CRICKET_SETTINGS_NAME);

    if (exists) {
        cricket_buf_literal(b, "\" may change or drop what is sent");
        return;
    }

    cricket_buf_literal(b, "\" does not exist: make it, or set ");
    cricket_buf_cstr(b, cricket_settings_pipelines[kind].setting);
    cricket_buf_literal(b, " to _none");
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
