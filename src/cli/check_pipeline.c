
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Are the ingest pipelines there that indices name? */


#include <stdio.h>
#include <string.h>

#include "cricket_settings.h"
#include "cricket_check.h"


#define CRICKET_CHECK_MAX_TEXT  8192


/* in check->asked, in front of a name and its zero */

enum {
    CRICKET_CHECK_PIPELINE_NEW = 0,     /* not asked yet */
    CRICKET_CHECK_PIPELINE_THERE,
    CRICKET_CHECK_PIPELINE_GONE,
    CRICKET_CHECK_PIPELINE_UNKNOWN
};


static int cricket_check_pipeline_ask(cricket_check_t *check,
    const char *name, int *state);
static int cricket_check_pipeline_state(const cricket_check_t *check,
    const char *name);
static void cricket_check_pipeline_told(cricket_check_t *check, int kind,
    const char *index, const char *name, int exists);


/* there may be a thousand indices with the same one */

void
cricket_check_pipeline_add(cricket_check_t *check, const char *index,
    int kind, const cricket_buf_t *name)
{
    char            c;
    cricket_buf_t  *b;

    b = &check->pipelines;
    c = (char) kind;

    cricket_buf_append(b, &c, 1);
    cricket_buf_cstr(b, index ? index : "");
    cricket_buf_append(b, "", 1);
    cricket_buf_append(b, name->data, name->len);
    cricket_buf_append(b, "", 1);
}


int
cricket_check_pipelines(cricket_check_t *check)
{
    int          kind, state;
    const char  *p, *last, *index, *name;

    p = (char *) check->pipelines.data;
    last = p + check->pipelines.len;

    if (check->pipelines.failed) {
        check->found.failed = 1;
        return CRICKET_OK;
    }

    while (p < last) {
        kind = *p++;

        index = p;
        name = index + strlen(index) + 1;
        p = name + strlen(name) + 1;

        state = cricket_check_pipeline_state(check, name);

        if (state == CRICKET_CHECK_PIPELINE_NEW
            && cricket_check_pipeline_ask(check, name, &state) != CRICKET_OK)
        {
            return CRICKET_ERROR;
        }

        if (state != CRICKET_CHECK_PIPELINE_UNKNOWN) {
            cricket_check_pipeline_told(check, kind, *index ? index : NULL,
                                        name,
                                        state == CRICKET_CHECK_PIPELINE_THERE);
        }
    }

    check->pipelines.len = 0;

    return CRICKET_OK;
}


static int
cricket_check_pipeline_ask(cricket_check_t *check, const char *name,
    int *state)
{
    int              rc;
    char             c;
    cricket_buf_t    path;
    cricket_reply_t  reply;

    cricket_buf_init(&path, CRICKET_INIT_PATH_LEN);
    cricket_buf_url(&path, (const unsigned char *) name, strlen(name), "");

    rc = cricket_check_ask(check, &reply, "look for the ingest pipelines",
                           "cluster privilege read_pipeline",
                           "/_ingest/pipeline/%.*s", (int) path.len,
                           (char *) path.data);

    cricket_buf_free(&path);

    if (rc == CRICKET_ERROR) {
        return rc;
    }

    if (rc != CRICKET_INVALID) {
        cricket_reply_free(&reply);
    }

    *state = (rc == CRICKET_OK) ? CRICKET_CHECK_PIPELINE_THERE
             : (rc == CRICKET_DONE) ? CRICKET_CHECK_PIPELINE_GONE
             : CRICKET_CHECK_PIPELINE_UNKNOWN;

    c = (char) *state;

    cricket_buf_append(&check->asked, &c, 1);
    cricket_buf_append(&check->asked, name, strlen(name) + 1);

    check->found.failed |= check->asked.failed;

    return CRICKET_OK;
}


static int
cricket_check_pipeline_state(const cricket_check_t *check, const char *name)
{
    const char  *p, *last;

    p = (char *) check->asked.data;
    last = p + check->asked.len;

    for ( /* void */ ; p < last; p += 1 + strlen(p + 1) + 1) {

        if (strcmp(p + 1, name) == 0) {
            return *p;
        }
    }

    return CRICKET_CHECK_PIPELINE_NEW;
}


static void
cricket_check_pipeline_told(cricket_check_t *check, int kind,
    const char *index, const char *name, int exists)
{
    char           fix[CRICKET_CHECK_WORD_LEN];
    cricket_buf_t  text, b;

    cricket_buf_init(&text, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&b, CRICKET_CHECK_MAX_TEXT);

    cricket_buf_cstr(&b, name);
    cricket_settings_pipeline(kind, &b, exists, &text);

    snprintf(fix, sizeof(fix), index ? "PUT /INDEX/_settings {\"index.%s\":"
                                       "\"_none\"}"
                                     : "take index.%s out of it",
             kind == CRICKET_SETTINGS_FINAL ? "final_pipeline"
                                            : "default_pipeline");

    cricket_check_found(check, exists ? CRICKET_CHECK_NOTE
                                      : CRICKET_CHECK_ERROR,
                        CRICKET_CHECK_PIPELINE, index, fix, "%s%.*s",
                        index ? "" : "in the index template, ",
                        (int) text.len, (char *) text.data);

    check->found.failed |= (text.failed || b.failed);

    cricket_buf_free(&text);
    cricket_buf_free(&b);
}
