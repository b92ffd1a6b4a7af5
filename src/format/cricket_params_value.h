
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PARAMS_VALUE_H_INCLUDED_
#define _CRICKET_PARAMS_VALUE_H_INCLUDED_


#include "cricket_query_private.h"


/* stores arg->value; returns NULL or what is wrong with it */
typedef const char *(*cricket_query_handler_pt)(cricket_query_t *q,
    cricket_query_arg_t *arg);


struct cricket_query_param_s {
    cricket_str_t                 name;
    cricket_query_handler_pt      handler;
    size_t                        offset;       /* of the field to set */
    size_t                        max;          /* length of the value */
    unsigned                      kinds;        /* that have it */
    unsigned                      required;     /* kinds that must have it */

    unsigned                      prefix:1;     /* name is how it begins */
    unsigned                      view:1;       /* not a filter */
    unsigned                      several:1;    /* may be repeated */
};


/*
 * Handlers: a text, a tag, a tag's key, an instant, and so on, as
 * cricket_params.c's table has them.
 */
const char *cricket_params_text(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_pattern(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_tag(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_key(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_time(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_limit(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_order(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_interval(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_percentiles(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_format(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_export_format(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_partial(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_wait(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_zone(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_keys(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_points(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_top(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_bottom(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_rank(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_fill(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_rate(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_histogram(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_below(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_detail(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_values_order(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_table_format(cricket_query_t *q,
    cricket_query_arg_t *arg);

/*
 * What can be told of statistics, and of values, only when all parameters are
 * there: sets *name to the parameter that is wrong and returns why, or NULL.
 */
const char *cricket_params_stats(cricket_query_t *q, const char **name);

/* NULL, or what is wrong with a pattern, or too much for Elasticsearch */
const char *cricket_params_is_pattern(const cricket_str_t *s);

/* reads all of 1 to 9 digits without a leading zero */
int cricket_params_number(const unsigned char *p, size_t len, int64_t *n);

/* the seconds of s, m, h, d or w, or 0 */
int cricket_params_seconds(unsigned char unit);

/* and of other formats: whatever it is, it changes nothing, and others */
const char *cricket_params_taken(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_precision(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_most(cricket_query_t *q, cricket_query_arg_t *arg);
const char *cricket_params_summary(cricket_query_t *q,
    cricket_query_arg_t *arg);
const char *cricket_params_details(cricket_query_t *q,
    cricket_query_arg_t *arg);


#endif /* _CRICKET_PARAMS_VALUE_H_INCLUDED_ */
