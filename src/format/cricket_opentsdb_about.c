
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What clients of OpenTSDB ask of it itself: what it can, and which it is. */


#include <string.h>

#include "cricket_opentsdb_private.h"


static void cricket_opentsdb_about_aggregators(cricket_buf_t *b);
static void cricket_opentsdb_about_filters(cricket_buf_t *b);
static void cricket_opentsdb_about_text(cricket_buf_t *b, const char *name,
    const char *text);


void
cricket_opentsdb_about(const cricket_str_t *path, const char *version,
    cricket_buf_t *b)
{
    if (cricket_string_is(path, "/aggregators")) {
        cricket_opentsdb_about_aggregators(b);

    } else if (cricket_string_is(path, "/filters")) {
        cricket_opentsdb_about_filters(b);

    } else if (cricket_string_is(path, "/config")) {

        /* all values are texts; of OpenTSDB's, those that are true here */

        cricket_buf_literal(b, "{\"tsd.core.auto_create_metrics\":\"true\","
                               "\"tsd.http.request.enable_chunked\":\"true\","
                               "\"tsd.mode\":\"rw\"}\n");

    } else {
        cricket_buf_literal(b, "{\"version\":\"");
        cricket_buf_cstr(b, version);
        cricket_buf_literal(b, "\",\"short_revision\":\"\","
                               "\"full_revision\":\"\",\"timestamp\":\"0\","
                               "\"repo_status\":\"MINT\",\"user\":\"\","
                               "\"host\":\"\",\"repo\":\"cricket\","
                               "\"branch\":\"\"}\n");
    }
}


static void
cricket_opentsdb_about_aggregators(cricket_buf_t *b)
{
    size_t       i;
    const char  *name;

    cricket_buf_literal(b, "[");

    for (i = 0; (name = cricket_opentsdb_time_name(i)) != NULL; i++) {
        cricket_buf_cstr(b, (i == 0) ? "\"" : ",\"");
        cricket_buf_cstr(b, name);
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_literal(b, "]\n");
}


static void
cricket_opentsdb_about_filters(cricket_buf_t *b)
{
    size_t       i;
    const char  *name, *description, *example;

    cricket_buf_literal(b, "{");

    for (i = 0; /* void */ ; i++) {
        name = cricket_opentsdb_filter_type(i, &description, &example);

        if (name == NULL) {
            break;
        }

        cricket_buf_cstr(b, (i == 0) ? "\"" : ",\"");
        cricket_buf_cstr(b, name);
        cricket_buf_literal(b, "\":{");
        cricket_opentsdb_about_text(b, "description", description);
        cricket_buf_literal(b, ",");
        cricket_opentsdb_about_text(b, "examples", example);
        cricket_buf_literal(b, "}");
    }

    cricket_buf_literal(b, "}\n");
}


static void
cricket_opentsdb_about_text(cricket_buf_t *b, const char *name,
    const char *text)
{
    cricket_buf_literal(b, "\"");
    cricket_buf_cstr(b, name);
    cricket_buf_literal(b, "\":");
    cricket_buf_json(b, (const unsigned char *) text, strlen(text));
}
