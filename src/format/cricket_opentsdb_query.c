
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the body of OpenTSDB's /api/query. */


#include <stdlib.h>
#include <string.h>

#include "cricket_opentsdb_private.h"


/* of a filter, until all of its members are there */

typedef struct {
    cricket_str_t                type;
    cricket_str_t                key;
    cricket_str_t                text;
    unsigned                     group;
} cricket_opentsdb_parts_t;


static int cricket_opentsdb_query_time(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_flag(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_several(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_one(cricket_opentsdb_ask_t *ask,
    cricket_json_token_e token);
static int cricket_opentsdb_query_aggregator(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_metric(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_down(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_option(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_options(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_limit(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_most(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_pairs(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_tags(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_filters(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
static int cricket_opentsdb_query_filter(cricket_opentsdb_ask_t *ask,
    cricket_json_token_e token);
static int cricket_opentsdb_query_part(cricket_opentsdb_ask_t *ask,
    cricket_opentsdb_parts_t *parts, const cricket_str_t *name,
    cricket_json_token_e token);


static const cricket_opentsdb_member_t  cricket_opentsdb_request[] = {
    { "start", cricket_opentsdb_query_time },
    { "end", cricket_opentsdb_query_time },
    { "timezone", cricket_opentsdb_query_time },
    { "queries", cricket_opentsdb_query_several },
    { "msResolution", cricket_opentsdb_query_flag },
    { "showTSUIDs", cricket_opentsdb_query_flag },
    { "showQuery", cricket_opentsdb_query_flag },
    { "useCalendar", cricket_opentsdb_query_flag },

    /* there are no annotations, nor what else they ask for */

    { "noAnnotations", cricket_opentsdb_value_skip },
    { "globalAnnotations", cricket_opentsdb_value_skip },
    { "showSummary", cricket_opentsdb_value_skip },
    { "showStats", cricket_opentsdb_value_skip },
    { "padding", cricket_opentsdb_value_skip },
    { "options", cricket_opentsdb_value_skip },
    { "overrideDataPointLimit", cricket_opentsdb_value_skip },
    { "delete", cricket_opentsdb_value_refused },
    { NULL, NULL }
};


static const cricket_opentsdb_member_t  cricket_opentsdb_question[] = {
    { "aggregator", cricket_opentsdb_query_aggregator },
    { "metric", cricket_opentsdb_query_metric },
    { "downsample", cricket_opentsdb_query_down },
    { "rate", cricket_opentsdb_query_option },
    { "rateOptions", cricket_opentsdb_query_options },
    { "tags", cricket_opentsdb_query_tags },
    { "filters", cricket_opentsdb_query_filters },
    { "explicitTags", cricket_opentsdb_query_option },
    { "index", cricket_opentsdb_value_skip },
    { "filterTagKs", cricket_opentsdb_value_skip },
    { "preAggregate", cricket_opentsdb_value_skip },
    { "rollupUsage", cricket_opentsdb_value_skip },
    { "rollupTable", cricket_opentsdb_value_skip },
    { "useMultiGets", cricket_opentsdb_value_skip },
    { "showHistogramBuckets", cricket_opentsdb_value_refused },
    { "percentiles", cricket_opentsdb_value_refused },
    { "tsuids", cricket_opentsdb_value_refused },
    { "delete", cricket_opentsdb_value_refused },
    { NULL, NULL }
};


static const cricket_opentsdb_member_t  cricket_opentsdb_options[] = {
    { "counter", cricket_opentsdb_query_option },
    { "dropResets", cricket_opentsdb_query_option },
    { "counterMax", cricket_opentsdb_query_limit },
    { "resetValue", cricket_opentsdb_query_limit },
    { NULL, NULL }
};


/* of a lookup */

static const cricket_opentsdb_member_t  cricket_opentsdb_series[] = {
    { "metric", cricket_opentsdb_query_metric },
    { "tags", cricket_opentsdb_query_pairs },
    { "limit", cricket_opentsdb_query_most },
    { "useMeta", cricket_opentsdb_value_skip },
    { "use_meta", cricket_opentsdb_value_skip },
    { "startIndex", cricket_opentsdb_value_skip },
    { "type", cricket_opentsdb_value_skip },
    { NULL, NULL }
};


int
cricket_opentsdb_query_series(cricket_opentsdb_ask_t *ask)
{
    int  rc;

    rc = cricket_opentsdb_value_object(ask, cricket_opentsdb_series,
                                       cricket_json_next(&ask->json),
                                       "expected an object, "
                                       "{\"metric\":...,\"tags\":[{\"key\":"
                                       "...,\"value\":...}]}");

    if (rc == CRICKET_OK && cricket_json_next(&ask->json) != CRICKET_JSON_END)
    {
        return cricket_opentsdb_value_json(ask);
    }

    return rc;
}


int
cricket_opentsdb_query_body(cricket_opentsdb_ask_t *ask)
{
    int  rc;

    ask->within = "";

    rc = cricket_opentsdb_value_object(ask, cricket_opentsdb_request,
                                       cricket_json_next(&ask->json),
                                       "expected an object, {\"start\":...,"
                                       "\"queries\":[...]}");

    if (rc == CRICKET_OK && cricket_json_next(&ask->json) != CRICKET_JSON_END)
    {
        return cricket_opentsdb_value_json(ask);
    }

    return rc;
}


static int
cricket_opentsdb_query_time(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    switch (name[0]) {

    case 's':
        return cricket_opentsdb_value_short(ask, name, token, ask->start,
                                            &ask->start_len);

    case 'e':
        return cricket_opentsdb_value_short(ask, name, token, ask->end,
                                            &ask->end_len);

    default: /* timezone */
        ask->zone_name = name;
        return cricket_opentsdb_value_short(ask, name, token, ask->zone,
                                            &ask->zone_len);
    }
}


static int
cricket_opentsdb_query_flag(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int       rc;
    unsigned  value;

    value = 0;
    rc = cricket_opentsdb_value_bool(ask, name, token, &value);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (strcmp(name, "msResolution") == 0) {
        ask->milliseconds = value;

    } else if (strcmp(name, "showTSUIDs") == 0) {
        ask->ids = value;

    } else if (strcmp(name, "showQuery") == 0) {
        ask->echoes = value;

    } else {
        ask->calendar = value;
    }

    return CRICKET_OK;
}


static int
cricket_opentsdb_query_several(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int  rc;

    if (token != CRICKET_JSON_ARRAY) {
        return cricket_opentsdb_wrong(ask, name, "expected an array", NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            ask->within = "";
            return CRICKET_OK;
        }

        rc = (token == CRICKET_JSON_ERROR)
             ? cricket_opentsdb_value_json(ask)
             : cricket_opentsdb_query_one(ask, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_opentsdb_query_one(cricket_opentsdb_ask_t *ask,
    cricket_json_token_e token)
{
    int                   rc;
    const unsigned char  *begin;

    rc = cricket_opentsdb_another(ask);

    if (rc != CRICKET_OK) {
        return rc;
    }

    ask->within = "queries";
    begin = ask->json.pos;

    rc = cricket_opentsdb_value_object(ask, cricket_opentsdb_question, token,
                                       "expected an object, {\"metric\":...,"
                                       "\"aggregator\":...}");
    if (rc != CRICKET_OK) {
        return rc;
    }

    if (ask->last->lines.echo.len == 0) {
        return cricket_opentsdb_wrong(ask, "aggregator", "missing", NULL);
    }

    if (ask->last->name.len == 0) {
        return cricket_opentsdb_wrong(ask, "metric", "missing", NULL);
    }

    /* what is between its braces; copied when it is known to be wanted */

    ask->last->lines.echo.data = begin;
    ask->last->lines.echo.len = ask->json.pos - begin - 1;

    return CRICKET_OK;
}


static int
cricket_opentsdb_query_aggregator(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token)
{
    int             rc;
    const char     *message;
    cricket_str_t   text;

    rc = cricket_opentsdb_value_text(ask, name, token, &text);

    if (rc != CRICKET_OK) {
        return rc;
    }

    message = cricket_opentsdb_time_fold(&text, &ask->last->lines.fold);

    if (message != NULL) {
        return cricket_opentsdb_wrong(ask, name, message, &text);
    }

    ask->last->lines.echo = text;

    return CRICKET_OK;
}


static int
cricket_opentsdb_query_metric(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int  rc;

    rc = cricket_opentsdb_value_text(ask, name, token, &ask->last->name);

    if (rc == CRICKET_OK && ask->last->name.len > CRICKET_NAME_LEN) {
        return cricket_opentsdb_wrong(ask, name, "longer than 512 bytes",
                                      NULL);
    }

    return rc;
}


static int
cricket_opentsdb_query_down(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int             rc;
    cricket_str_t   text;

    rc = cricket_opentsdb_value_text(ask, name, token, &text);

    if (rc == CRICKET_OK && text.len != 0) {

        /* read when it is known whether there is a calendar */

        ask->last->interval = text;
    }

    return rc;
}


static int
cricket_opentsdb_query_option(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int                     rc;
    unsigned                value;
    cricket_query_lines_t  *lines;

    value = 0;
    rc = cricket_opentsdb_value_bool(ask, name, token, &value);

    if (rc != CRICKET_OK) {
        return rc;
    }

    lines = &ask->last->lines;

    switch (name[0]) {

    case 'r':
        lines->rate = value;
        break;

    case 'e':
        lines->exact = value;
        break;

    case 'c':
        lines->counter = value;
        break;

    default: /* dropResets */
        lines->drop = value;
    }

    return CRICKET_OK;
}


static int
cricket_opentsdb_query_options(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    (void) name;

    return cricket_opentsdb_value_object(ask, cricket_opentsdb_options, token,
                                         "expected an object");
}


static int
cricket_opentsdb_query_limit(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    return cricket_opentsdb_value_number(ask, name, token,
                                         (name[0] == 'c')
                                         ? &ask->last->lines.counter_max
                                         : &ask->last->lines.reset);
}


static int
cricket_opentsdb_query_most(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int     rc;
    double  number;

    rc = cricket_opentsdb_value_number(ask, name, token, &number);

    if (rc == CRICKET_OK && number >= 1) {
        ask->last->limit = (number < CRICKET_OPENTSDB_MOST)
                           ? (unsigned) number : CRICKET_OPENTSDB_MOST;
    }

    return rc;
}


/* [{"key":"host","value":"*"}, ...] */

static int
cricket_opentsdb_query_pairs(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int            rc;
    cricket_str_t  key, value, *text;

    if (token != CRICKET_JSON_ARRAY) {
        return cricket_opentsdb_wrong(ask, name, "expected an array", NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_OBJECT) {
            return cricket_opentsdb_value_json(ask);
        }

        memset(&key, 0, sizeof(cricket_str_t));
        memset(&value, 0, sizeof(cricket_str_t));

        while (cricket_json_next(&ask->json) == CRICKET_JSON_KEY) {
            text = cricket_string_is(&ask->json.text, "key") ? &key
                   : cricket_string_is(&ask->json.text, "value") ? &value
                                                                 : NULL;
            token = cricket_json_next(&ask->json);

            rc = (text == NULL)
                 ? cricket_opentsdb_wrong(ask, name, "expected key and value",
                                          NULL)
                 : cricket_opentsdb_value_text(ask, name, token, text);

            if (rc != CRICKET_OK) {
                return rc;
            }
        }

        if (ask->json.error != NULL) {
            return cricket_opentsdb_value_json(ask);
        }

        rc = cricket_opentsdb_filter_tag(ask, &key, &value, 0);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_opentsdb_query_tags(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int            rc;
    cricket_str_t  key, value;

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_opentsdb_wrong(ask, name, "expected an object of "
                                      "strings", NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            return cricket_opentsdb_value_json(ask);
        }

        rc = cricket_opentsdb_value_text(ask, name, CRICKET_JSON_STRING, &key);

        if (rc == CRICKET_OK) {
            token = cricket_json_next(&ask->json);

            rc = (token == CRICKET_JSON_ERROR)
                 ? cricket_opentsdb_value_json(ask)
                 : cricket_opentsdb_value_text(ask, name, token, &value);
        }

        if (rc == CRICKET_OK) {
            rc = cricket_opentsdb_filter_tag(ask, &key, &value, 1);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_opentsdb_query_filters(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    int  rc;

    if (token != CRICKET_JSON_ARRAY) {
        return cricket_opentsdb_wrong(ask, name, "expected an array", NULL);
    }

    for (ask->filter = 0; /* void */ ; ask->filter++) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            ask->within = "queries";
            return CRICKET_OK;
        }

        ask->within = "filters";

        rc = (token == CRICKET_JSON_ERROR)
             ? cricket_opentsdb_value_json(ask)
             : cricket_opentsdb_query_filter(ask, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_opentsdb_query_filter(cricket_opentsdb_ask_t *ask,
    cricket_json_token_e token)
{
    int                        rc;
    cricket_str_t              name;
    cricket_opentsdb_parts_t   parts;

    memset(&parts, 0, sizeof(cricket_opentsdb_parts_t));

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_opentsdb_wrong(ask, "body", "expected an object, "
                                      "{\"type\":...,\"tagk\":...,"
                                      "\"filter\":...,\"groupBy\":...}", NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return cricket_opentsdb_filter(ask, &parts.key, &parts.type,
                                           &parts.text, parts.group);
        }

        if (token != CRICKET_JSON_KEY) {
            return cricket_opentsdb_value_json(ask);
        }

        name = ask->json.text;
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_ERROR) {
            return cricket_opentsdb_value_json(ask);
        }

        if (token == CRICKET_JSON_NULL) {
            continue;
        }

        rc = cricket_opentsdb_query_part(ask, &parts, &name, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_opentsdb_query_part(cricket_opentsdb_ask_t *ask,
    cricket_opentsdb_parts_t *parts, const cricket_str_t *name,
    cricket_json_token_e token)
{
    if (cricket_string_is(name, "type")) {
        return cricket_opentsdb_value_text(ask, "type", token, &parts->type);
    }

    if (cricket_string_is(name, "tagk")) {
        return cricket_opentsdb_value_text(ask, "tagk", token, &parts->key);
    }

    if (cricket_string_is(name, "filter")) {
        return cricket_opentsdb_value_text(ask, "filter", token, &parts->text);
    }

    if (cricket_string_is(name, "groupBy")
        || cricket_string_is(name, "group_by"))
    {
        return cricket_opentsdb_value_bool(ask, "groupBy", token,
                                           &parts->group);
    }

    return cricket_opentsdb_wrong(ask, "member", "unknown", name);
}
