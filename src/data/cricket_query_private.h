
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_QUERY_PRIVATE_H_INCLUDED_
#define _CRICKET_QUERY_PRIVATE_H_INCLUDED_


#include "cricket_datapoint.h"
#include "cricket_query.h"
#include "cricket_series.h"
#include "cricket_zone.h"


/* what cricket_params_parse() found, for those who build and read searches */

#define CRICKET_QUERY_LIMIT        1000     /* datapoints or names a page */
#define CRICKET_QUERY_PAGE         5000     /* datapoints a page of an export */
#define CRICKET_QUERY_PERCENTILES  20
#define CRICKET_QUERY_BUCKETS      10000    /* a series, or all its groups */
#define CRICKET_QUERY_GROUPS       1000
#define CRICKET_QUERY_RANKED       10000    /* groups that "top" looks at */
#define CRICKET_QUERY_KEYS         8        /* of group_by */
#define CRICKET_QUERY_TAGS         256      /* filters by tags */
#define CRICKET_QUERY_ARGS         (CRICKET_QUERY_TAGS + 32)
#define CRICKET_QUERY_CURSOR       (1 + 8 + CRICKET_TAG_VALUE_LEN + 32)
#define CRICKET_QUERY_INDEX        255      /* of the name of an index */


typedef struct cricket_query_param_s  cricket_query_param_t;


typedef struct {
    const cricket_query_param_t  *param;
    cricket_str_t                 name;
    cricket_str_t                 value;    /* relative times: resolved */
    unsigned                      filter:1; /* a cursor goes with it */
} cricket_query_arg_t;


typedef struct {
    cricket_time_t                time;
    unsigned                      set:1;
} cricket_query_time_t;


/*
 * A filter by a tag.  Those of one key: a datapoint has any of the values or
 * patterns that are wanted, if there are some, and none of the others.
 */

typedef struct {
    cricket_str_t                 text;     /* "KEY=VALUE", "KEY=PATTERN" */
    size_t                        key;      /* the length of KEY */
    unsigned                      set;      /* all that are of one key, and
                                               of one set, are "any of" */
    unsigned                      not:1;
    unsigned                      like:1;   /* a pattern: * ? \* \? \\ */
    unsigned                      regexp:1; /* an expression of Lucene's */
} cricket_query_tag_t;


typedef struct {
    cricket_str_t                 text;     /* a JSON number, as it was given */
    double                        value;
} cricket_query_percentile_t;


typedef enum {
    CRICKET_RANK_AVERAGE = 0,
    CRICKET_RANK_MAX,
    CRICKET_RANK_MIN,
    CRICKET_RANK_SUM,
    CRICKET_RANK_COUNT,
    CRICKET_RANK_RATE,
    CRICKET_RANK_PERCENTILE
} cricket_query_rank_e;


typedef enum {
    CRICKET_FILL_NOT = 0,
    CRICKET_FILL_NULL,
    CRICKET_FILL_ZERO,
    CRICKET_FILL_PREVIOUS,
    CRICKET_FILL_NAN
} cricket_query_fill_e;


typedef enum {
    CRICKET_RATE_NOT = 0,
    CRICKET_RATE_TRUE,              /* as the type has it */
    CRICKET_RATE_INCREMENTS,
    CRICKET_RATE_CUMULATIVE
} cricket_query_rate_e;


typedef enum {
    CRICKET_FOLD_NONE = 0,          /* each stays what it is */
    CRICKET_FOLD_AVERAGE,
    CRICKET_FOLD_SUM,
    CRICKET_FOLD_MIN,
    CRICKET_FOLD_MAX,
    CRICKET_FOLD_COUNT,
    CRICKET_FOLD_DEVIATION,         /* of all, not of a sample */
    CRICKET_FOLD_PERCENTILE
} cricket_query_fold_e;


/* how several values become one */

typedef struct {
    cricket_query_fold_e          how;
    cricket_query_percentile_t    percentile;
    unsigned                      gaps:1;   /* of series: one without a value
                                               has that between its neighbours
                                               in time */
} cricket_query_fold_t;


/*
 * Lines: the datapoints of each series become one a bucket (or second, or
 * millisecond), perhaps their rate, and then several series, those with the
 * same values of q->keys, become one.  Every combination of these two steps
 * gives other numbers, so neither can be left to the other.
 */

typedef struct {
    cricket_query_fold_t          down;     /* of datapoints in a bucket */
    cricket_query_fold_t          fold;     /* of series */
    int64_t                       width;    /* of a bucket, in milliseconds;
                                               0: q->step, of the calendar */
    double                        counter_max;
    double                        reset;    /* a rate above that is 0, if > 0 */
    size_t                        nth;      /* question of its request */
    cricket_str_t                 echo;     /* the question, as JSON */
    size_t                        cells;    /* that questions before it took */
    size_t                        points;

    unsigned                      buckets:1;    /* as was asked for */
    unsigned                      whole:1;  /* the range is one bucket */
    unsigned                      rate:1;   /* a second */
    unsigned                      counter:1;    /* which never falls */
    unsigned                      drop:1;   /* what is behind a fall */
    unsigned                      exact:1;  /* no keys but those in filters */
    unsigned                      milliseconds:1;
    unsigned                      arrays:1;
    unsigned                      ids:1;    /* of series */
    unsigned                      echoes:1;
} cricket_query_lines_t;


typedef struct cricket_query_text_s  cricket_query_text_t;


/*
 * The last thing of a page: a datapoint's sort values, or a name.  A series is
 * in one shard, which has sequence numbers of its own, of each index that is
 * asked; older documents have none.
 */

typedef struct {
    cricket_time_t                time;
    int64_t                       seq_no;   /* -1: before all of that series */
    size_t                        series_len;
    unsigned char                 series[CRICKET_SERIES_LEN];
    size_t                        index_len;
    unsigned char                 index[CRICKET_QUERY_INDEX];
    cricket_str_t                 name;
} cricket_query_position_t;


struct cricket_query_s {
    cricket_query_e               kind;
    cricket_time_t                now;

    /* the parameters; a string that was not given is empty */
    cricket_str_t                 name;
    cricket_str_t                 name_like;    /* a pattern in its place */
    cricket_str_t                 type;
    cricket_str_t                 prefix;
    cricket_str_t                 interval;
    cricket_str_t                 per;          /* the name of a metric */
    cricket_str_t                 key;          /* whose values are meant */
    cricket_str_t                 cursor;
    cricket_str_t                 statement;
    cricket_query_time_t          timestamp;
    cricket_query_time_t          start;
    cricket_query_time_t          end;
    cricket_query_time_t          before;       /* in place of it */
    cricket_zone_step_t           step;         /* of interval */
    cricket_str_t                 tz;
    cricket_zone_t               *zone;         /* of tz, or NULL */
    unsigned                      points;       /* in place of interval */
    uint64_t                      precision;    /* nanoseconds */
    unsigned                      limit;
    cricket_format_e              format;

    size_t                        ntags;
    cricket_query_tag_t           tags[CRICKET_QUERY_TAGS];

    size_t                        npercentiles;
    cricket_query_percentile_t    percentiles[CRICKET_QUERY_PERCENTILES];

    size_t                        nkeys;        /* of group_by */
    cricket_str_t                 keys[CRICKET_QUERY_KEYS];

    unsigned                      top;          /* so many groups, or 0 */
    cricket_query_rank_e          rank;         /* ... by this */
    cricket_query_percentile_t    rank_percentile;

    cricket_query_fill_e          fill;
    cricket_query_rate_e          rate;
    double                        below;
    cricket_query_lines_t         lines;

    /* where the page starts, its size, and how far to look for it */
    cricket_query_position_t      after;
    cricket_query_time_t          until;
    unsigned                      page;

    unsigned                      descending:1; /* the newest first */
    unsigned                      bottom:1;     /* the smallest of them */
    unsigned                      rank_set:1;
    unsigned                      histogram:1;
    unsigned                      below_set:1;
    unsigned                      detail:1;
    unsigned                      odd_zone:1;   /* tz is none, told in turn */
    unsigned                      by_last:1;    /* values by their newest */
    unsigned                      values:1;     /* of all keys */
    unsigned                      accept_partial:1;
    unsigned                      refresh:1;
    unsigned                      summary:1;
    unsigned                      details:1;
    unsigned                      format_set:1;
    unsigned                      after_set:1;

    size_t                        nargs;
    cricket_query_arg_t           args[CRICKET_QUERY_ARGS];

    char                          message[CRICKET_TIME_ERROR];

    cricket_query_text_t         *texts;        /* of cricket_query_space() */
    cricket_query_t              *next;         /* of the same request */

    unsigned char                *pos;          /* free space in what follows */
};


/* memory that is freed with the question: n bytes, or NULL */
unsigned char *cricket_query_space(cricket_query_t *q, size_t n);


/* what to say of a type that has no rate of its own */
#define CRICKET_QUERY_RATE_OTHER                                              \
    "true is of the types counter, timer (increments) and cumulative, "        \
    "expected increments or cumulative"

/* how the rate of a type is made; CRICKET_RATE_TRUE: nothing says so */
cricket_query_rate_e cricket_query_rate_of(const cricket_str_t *type);

/* are datapoints asked for, and not what is made of them? */
int cricket_query_is_datapoints(const cricket_query_t *q);

/*
 * Appends the query string of the page that begins behind the position: the
 * same parameters, relative times resolved, and a cursor.
 */
void cricket_query_next(const cricket_query_t *q,
    const cricket_query_position_t *after, cricket_buf_t *b);

/* reads q->cursor, once all filters are known; returns NULL or what is wrong */
const char *cricket_query_cursor(cricket_query_t *q);


#endif /* _CRICKET_QUERY_PRIVATE_H_INCLUDED_ */
