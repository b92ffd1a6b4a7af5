
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes questions of what is asked of OpenTSDB's HTTP interface. */


#include <stdlib.h>
#include <string.h>

#include "cricket_opentsdb_private.h"
#include "cricket_params.h"


static int cricket_opentsdb_ask_questions(cricket_opentsdb_ask_t *ask,
    const unsigned char *body, size_t len);
static int cricket_opentsdb_ask_args(cricket_opentsdb_ask_t *ask);
static unsigned cricket_opentsdb_ask_flag(const cricket_query_t *params,
    const char *name);
static int cricket_opentsdb_ask_short(cricket_opentsdb_ask_t *ask,
    const char *name, const cricket_str_t *value, unsigned char *dst,
    size_t *len);
static int cricket_opentsdb_ask_whole(cricket_opentsdb_ask_t *ask);
static int cricket_opentsdb_ask_times(cricket_opentsdb_ask_t *ask,
    cricket_query_t *q);
static int cricket_opentsdb_ask_zone(cricket_opentsdb_ask_t *ask,
    cricket_query_t *q);
static int cricket_opentsdb_ask_time(cricket_opentsdb_ask_t *ask,
    cricket_query_t *q, const char *name, const unsigned char *text,
    size_t len, cricket_query_time_t *time);
static int cricket_opentsdb_ask_down(cricket_opentsdb_ask_t *ask,
    cricket_query_t *q);
static int cricket_opentsdb_ask_echo(cricket_query_t *q);
static cricket_query_t *cricket_opentsdb_ask_suggest(
    cricket_opentsdb_ask_t *ask, const unsigned char *body, size_t len);
static int cricket_opentsdb_ask_flat(cricket_opentsdb_ask_t *ask,
    cricket_buf_t *args);
static int cricket_opentsdb_ask_series(cricket_opentsdb_ask_t *ask,
    const unsigned char *body, size_t len);


cricket_query_t *
cricket_opentsdb_ask(cricket_query_t *params, const unsigned char *body,
    size_t len, cricket_buf_t *err)
{
    int                      rc;
    cricket_query_t         *first;
    cricket_opentsdb_ask_t  *ask;

    ask = calloc(1, sizeof(cricket_opentsdb_ask_t));
    if (ask == NULL) {
        cricket_query_free(params);
        return NULL;
    }

    ask->params = params;
    ask->err = err;
    ask->within = "";

    if (params->kind == CRICKET_QUERY_TSDB_SUGGEST) {
        first = cricket_opentsdb_ask_suggest(ask, body, len);
        free(ask);
        return first;
    }

    rc = (params->kind == CRICKET_QUERY_TSDB_LOOKUP)
         ? cricket_opentsdb_ask_series(ask, body, len)
         : cricket_opentsdb_ask_questions(ask, body, len);

    first = ask->first;

    if (rc != CRICKET_OK) {
        cricket_query_free(first);
        first = NULL;
    }

    cricket_query_free(params);
    free(ask);

    return first;
}


static int
cricket_opentsdb_ask_questions(cricket_opentsdb_ask_t *ask,
    const unsigned char *body, size_t len)
{
    int                     rc;
    const cricket_query_t  *params;

    params = ask->params;

    ask->milliseconds = cricket_opentsdb_ask_flag(params, "ms");
    ask->ids = cricket_opentsdb_ask_flag(params, "show_tsuids");
    ask->echoes = cricket_opentsdb_ask_flag(params, "show_query");
    ask->calendar = cricket_opentsdb_ask_flag(params, "use_calendar");

    rc = cricket_opentsdb_ask_args(ask);

    if (rc == CRICKET_OK && len != 0) {
        cricket_json_init(&ask->json, body, len);
        rc = cricket_opentsdb_query_body(ask);
    }

    ask->within = "";

    if (rc == CRICKET_OK && ask->first == NULL) {
        return cricket_opentsdb_wrong(ask, len ? "queries" : "m", "missing",
                                      NULL);
    }

    return (rc == CRICKET_OK) ? cricket_opentsdb_ask_whole(ask) : rc;
}


/* a flag of OpenTSDB's is there or not; some write "false" after all */

static unsigned
cricket_opentsdb_ask_flag(const cricket_query_t *params, const char *name)
{
    size_t  i;

    for (i = 0; i < params->nargs; i++) {

        if (cricket_string_is(&params->args[i].name, name)) {
            return !cricket_string_is(&params->args[i].value, "false");
        }
    }

    return 0;
}


static int
cricket_opentsdb_ask_args(cricket_opentsdb_ask_t *ask)
{
    int                         rc;
    size_t                      i;
    const cricket_query_arg_t  *arg;

    rc = CRICKET_OK;

    for (i = 0; rc == CRICKET_OK && i < ask->params->nargs; i++) {
        arg = &ask->params->args[i];

        if (cricket_string_is(&arg->name, "start")) {
            rc = cricket_opentsdb_ask_short(ask, "start", &arg->value,
                                            ask->start, &ask->start_len);

        } else if (cricket_string_is(&arg->name, "end")) {
            rc = cricket_opentsdb_ask_short(ask, "end", &arg->value, ask->end,
                                            &ask->end_len);

        } else if (cricket_string_is(&arg->name, "tz")
                   || cricket_string_is(&arg->name, "timezone"))
        {
            ask->zone_name = (arg->name.len == 2) ? "tz" : "timezone";
            rc = cricket_opentsdb_ask_short(ask, ask->zone_name, &arg->value,
                                            ask->zone, &ask->zone_len);

        } else if (cricket_string_is(&arg->name, "m")) {
            rc = cricket_opentsdb_m(ask, &arg->value);
            ask->within = "";

        } else if (cricket_string_is(&arg->name, "delete")
                   && cricket_opentsdb_ask_flag(ask->params, "delete"))
        {
            rc = cricket_opentsdb_wrong(ask, "delete", "is not to be had here",
                                        NULL);

        } else if (cricket_string_is(&arg->name, "tsuid")) {
            rc = cricket_opentsdb_wrong(ask, "tsuid", "series are asked for "
                                        "by m, metric and tags", NULL);
        }
    }

    return rc;
}


static int
cricket_opentsdb_ask_short(cricket_opentsdb_ask_t *ask, const char *name,
    const cricket_str_t *value, unsigned char *dst, size_t *len)
{
    if (value->len > CRICKET_OPENTSDB_TEXT) {
        return cricket_opentsdb_wrong(ask, name, "longer than 64 bytes", NULL);
    }

    memcpy(dst, value->data, value->len);
    *len = value->len;

    return CRICKET_OK;
}


/* what all questions have in common, and each needs to be whole */

static int
cricket_opentsdb_ask_whole(cricket_opentsdb_ask_t *ask)
{
    int               rc;
    cricket_query_t  *q;

    ask->n = 0;

    for (q = ask->first; q != NULL; q = q->next) {
        ask->n++;
        ask->within = "";

        q->lines.milliseconds = ask->milliseconds;
        q->lines.arrays = cricket_opentsdb_ask_flag(ask->params, "arrays");
        q->lines.ids = ask->ids;
        q->lines.echoes = ask->echoes;

        rc = cricket_opentsdb_ask_times(ask, q);

        if (rc == CRICKET_OK) {
            rc = cricket_opentsdb_ask_down(ask, q);
        }

        if (rc == CRICKET_OK) {
            rc = cricket_opentsdb_ask_echo(q);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    return CRICKET_OK;
}


static int
cricket_opentsdb_ask_times(cricket_opentsdb_ask_t *ask, cricket_query_t *q)
{
    int  rc;

    rc = cricket_opentsdb_ask_zone(ask, q);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (ask->start_len == 0) {
        return cricket_opentsdb_wrong(ask, "start", "missing", NULL);
    }

    rc = cricket_opentsdb_ask_time(ask, q, "start", ask->start, ask->start_len,
                                   &q->start);

    if (rc == CRICKET_OK && ask->end_len != 0) {
        rc = cricket_opentsdb_ask_time(ask, q, "end", ask->end, ask->end_len,
                                       &q->end);

    } else if (rc == CRICKET_OK) {
        q->end.time = q->now;
        q->end.set = 1;
    }

    if (rc == CRICKET_OK
        && cricket_time_cmp(&q->start.time, &q->end.time) > 0)
    {
        return cricket_opentsdb_wrong(ask, "start", "after end", NULL);
    }

    return rc;
}


static int
cricket_opentsdb_ask_zone(cricket_opentsdb_ask_t *ask, cricket_query_t *q)
{
    int             rc;
    unsigned char  *p;
    cricket_str_t   name;

    if (ask->zone_len == 0) {
        return CRICKET_OK;
    }

    p = cricket_query_space(q, ask->zone_len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    memcpy(p, ask->zone, ask->zone_len);

    name.data = p;
    name.len = ask->zone_len;

    rc = cricket_zone_open(&name, &q->zone);

    if (rc == CRICKET_INVALID) {
        return cricket_opentsdb_wrong(ask, ask->zone_name, "expected the name "
                                      "of a zone, as Europe/Berlin", &name);
    }

    q->tz = name;

    return rc;
}


static int
cricket_opentsdb_ask_time(cricket_opentsdb_ask_t *ask, cricket_query_t *q,
    const char *name, const unsigned char *text, size_t len,
    cricket_query_time_t *time)
{
    const char     *message;
    cricket_str_t   s;

    s.data = text;
    s.len = len;

    message = cricket_opentsdb_time(&s, &q->now, q->zone, &time->time);

    if (message != NULL) {
        return cricket_opentsdb_wrong(ask, name, message, &s);
    }

    time->set = 1;

    return CRICKET_OK;
}


/* without downsample, a value of each series a second, or a millisecond */

static int
cricket_opentsdb_ask_down(cricket_opentsdb_ask_t *ask, cricket_query_t *q)
{
    const char             *message;
    cricket_str_t           text;
    cricket_query_lines_t  *lines;

    lines = &q->lines;
    text = q->interval;
    q->interval.len = 0;

    if (text.len != 0) {
        message = cricket_opentsdb_time_down(q, &text, ask->calendar);

        if (message != NULL) {
            ask->within = (ask->n <= ask->by_m) ? "m" : "queries";
            return cricket_opentsdb_wrong(ask, "downsample", message, &text);
        }

        return CRICKET_OK;
    }

    lines->width = lines->milliseconds ? 1 : 1000;
    lines->down = lines->fold;

    if (lines->fold.how != CRICKET_FOLD_SUM
        && lines->fold.how != CRICKET_FOLD_MIN
        && lines->fold.how != CRICKET_FOLD_MAX)
    {
        lines->down.how = CRICKET_FOLD_AVERAGE;
    }

    return CRICKET_OK;
}


/* the members of a question, or, of "m", its aggregator */

static int
cricket_opentsdb_ask_echo(cricket_query_t *q)
{
    cricket_str_t   echo;
    unsigned char  *p;

    echo = q->lines.echo;
    q->lines.echo.len = 0;

    if (!q->lines.echoes || echo.len == 0) {
        return CRICKET_OK;
    }

    p = cricket_query_space(q, echo.len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    memcpy(p, echo.data, echo.len);

    q->lines.echo.data = p;
    q->lines.echo.len = echo.len;

    return CRICKET_OK;
}


/* the names, or the keys or values of all tags, that begin so */

static cricket_query_t *
cricket_opentsdb_ask_suggest(cricket_opentsdb_ask_t *ask,
    const unsigned char *body, size_t len)
{
    int               rc;
    cricket_buf_t     args;
    cricket_query_t  *q;

    q = ask->params;
    rc = CRICKET_OK;

    if (len != 0) {
        cricket_buf_init(&args, SIZE_MAX);
        cricket_json_init(&ask->json, body, len);

        rc = cricket_opentsdb_ask_flat(ask, &args);

        if (rc == CRICKET_OK) {
            ask->params = cricket_params_parse(CRICKET_QUERY_TSDB_SUGGEST,
                                               args.data, args.len, &q->now,
                                               ask->err);
            cricket_query_free(q);
            q = ask->params;
        }

        cricket_buf_free(&args);
    }

    if (q == NULL) {
        return NULL;
    }

    if (rc == CRICKET_OK && cricket_string_is(&q->statement, "metrics")) {
        q->kind = CRICKET_QUERY_NAMES;

    } else if (rc == CRICKET_OK && cricket_string_is(&q->statement, "tagk")) {
        q->kind = CRICKET_QUERY_TAG_KEYS;

    } else if (rc == CRICKET_OK && cricket_string_is(&q->statement, "tagv")) {
        q->kind = CRICKET_QUERY_TAG_KEYS;
        q->values = 1;

    } else {

        if (rc == CRICKET_OK) {
            (void) cricket_opentsdb_wrong(ask, "type",
                                          "expected metrics, tagk or tagv",
                                          &q->statement);
        }

        cricket_query_free(q);
        return NULL;
    }

    q->page = q->limit;
    q->format = CRICKET_FORMAT_OPENTSDB_SUGGEST;
    q->format_set = 1;

    return q;
}


/* an object of texts and numbers as a query string */

static int
cricket_opentsdb_ask_flat(cricket_opentsdb_ask_t *ask, cricket_buf_t *args)
{
    ptrdiff_t              n;
    cricket_str_t          text;
    unsigned char         *p;
    cricket_json_token_e   token;

    if (cricket_json_next(&ask->json) != CRICKET_JSON_OBJECT) {
        return cricket_opentsdb_wrong(ask, "body", "expected an object, "
                                      "{\"type\":\"metrics\",\"q\":\"sys\"}",
                                      NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_OBJECT_END
            && cricket_json_next(&ask->json) == CRICKET_JSON_END)
        {
            return args->failed ? CRICKET_ERROR : CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            break;
        }

        cricket_buf_cstr(args, (args->len != 0) ? "&" : "");
        cricket_buf_url(args, ask->json.text.data, ask->json.text.len, "");
        cricket_buf_literal(args, "=");

        token = cricket_json_next(&ask->json);
        text = ask->json.text;

        if (token != CRICKET_JSON_STRING && token != CRICKET_JSON_NUMBER) {
            break;
        }

        p = cricket_query_space(ask->params, text.len + 1);
        n = (p != NULL) ? cricket_json_decode(&text, p) : 0;

        if (p == NULL) {
            return CRICKET_ERROR;
        }

        if (n < 0) {
            break;
        }

        cricket_buf_url(args, p, n, "");
    }

    return cricket_opentsdb_wrong(ask, "body", ask->json.error
                                  ? ask->json.error
                                  : "expected texts and numbers in an object",
                                  NULL);
}


/* which series there are, of a metric, or of tags, or of both */

static int
cricket_opentsdb_ask_series(cricket_opentsdb_ask_t *ask,
    const unsigned char *body, size_t len)
{
    int               rc;
    cricket_query_t  *q, *params;

    params = ask->params;

    rc = cricket_opentsdb_another(ask);

    if (rc != CRICKET_OK) {
        return rc;
    }

    q = ask->last;

    q->kind = CRICKET_QUERY_SERIES;
    q->format = CRICKET_FORMAT_OPENTSDB_LOOKUP;
    q->limit = params->limit;

    if (len != 0) {
        cricket_json_init(&ask->json, body, len);
        rc = cricket_opentsdb_query_series(ask);

    } else if (params->statement.len != 0) {
        rc = cricket_opentsdb_m_series(ask, &params->statement);
    }

    ask->within = "";

    if (rc == CRICKET_OK && q->name.len == 0 && q->ntags == 0) {
        return cricket_opentsdb_wrong(ask, len ? "metric" : "m", "missing",
                                      NULL);
    }

    return rc;
}
