
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ASK_PRIVATE_H_INCLUDED_
#define _CRICKET_ASK_PRIVATE_H_INCLUDED_


#include "cricket_ask.h"
#include "cricket_ask_reply.h"
#include "cricket_dict.h"
#include "cricket_fold.h"
#include "cricket_search_private.h"
#include "cricket_table.h"


#define CRICKET_ASK_SERIES_EXCESS                                             \
    "rate: cumulative looks at no more than 10000 series, expected filters"

#define CRICKET_ASK_CELLS_EXCESS                                              \
    "rate: cumulative has too much to look at, expected a longer interval, a " \
    "shorter range, or filters"

/* what one search may have Elasticsearch build: its own limit is 65,536 */
#define CRICKET_ASK_BUILT    60000

/* buckets of a page, where a question has several */
#define CRICKET_ASK_PAGE     20000

/* different tags, and values of one key, that are looked at */
#define CRICKET_ASK_TAGS_MOST    500000
#define CRICKET_ASK_VALUES_MOST  10000

/* series that "last" looks at: Elasticsearch's window is one more */
#define CRICKET_ASK_LAST_MOST    9999

/* series that a rate looks at, and series in a bucket of theirs, in all */
#define CRICKET_ASK_SERIES   10000
#define CRICKET_ASK_CELLS    400000

/* searches for parts of a range */
#define CRICKET_ASK_PARTS    64

/* steps in which a histogram without buckets looks for restarts */
#define CRICKET_ASK_STEPS    1000

/* 9999-12-31T23:59:59.999Z */
#define CRICKET_ASK_LAST_MSEC  253402300799999LL

/* keys of group_by, and the bounds of a histogram */
#define CRICKET_ASK_KEYS     (CRICKET_QUERY_KEYS + 1)


/* which search it is */

typedef enum {
    CRICKET_ASK_PLAIN = 0,      /* datapoints, names */
    CRICKET_ASK_TYPES,          /* what there is of types */
    CRICKET_ASK_CENSUS,         /* how many values each key has */
    CRICKET_ASK_GROUPS,         /* which of them come together */
    CRICKET_ASK_RANK,           /* statistics of groups over the whole range */
    CRICKET_ASK_SERIES_OF,      /* series, their groups and what was before */
    CRICKET_ASK_CELLS_OF,       /* series in buckets */
    CRICKET_ASK_STATS,          /* statistics */
    CRICKET_ASK_TAGS,           /* tags, or values of one */
    CRICKET_ASK_LIST,           /* series and their tags */
    CRICKET_ASK_DOWN,           /* what each has in every bucket */
    CRICKET_ASK_ANSWER          /* none: all is known */
} cricket_ask_step_e;


typedef struct {
    double                     last;        /* value; NAN: none yet */
    uint32_t                   group;
    unsigned                   lacking:1;   /* of a key: in no group */
} cricket_ask_series_t;


struct cricket_ask_s {
    cricket_query_t           *q;
    cricket_ask_step_e         step;

    cricket_table_t            table;
    cricket_fold_t             fold;        /* of lines */
    cricket_buf_t              name;        /* of a histogram's buckets */
    cricket_str_t              bucket_name; /* ... the same */
    const char                *excess;      /* the message of a 400 */

    size_t                     nkeys;       /* of groups, and le */
    cricket_str_t              keys[CRICKET_ASK_KEYS];
    size_t                     cap;         /* of groups */

    /* the census: values of a key, and of several keys together */
    size_t                     values[CRICKET_ASK_KEYS];
    size_t                     depth;
    size_t                     size;        /* of the deepest level */
    size_t                     combined;
    cricket_query_time_t       first;       /* of all that matches */
    cricket_query_time_t       last;

    /* the part of the range that the next search is about */
    cricket_query_time_t       from;
    cricket_query_time_t       to;
    size_t                     parts;

    cricket_query_rate_e       found;       /* by the types */

    /* the series of a rate */
    cricket_dict_t             names;
    cricket_ask_series_t      *series;
    size_t                     series_size;
    cricket_buf_t              after;       /* the series of the last bucket */
    int64_t                    after_msec;
    size_t                     page;
    size_t                     cells;
    cricket_zone_step_t        grain;       /* of the cells */
    double                    *growth;      /* of groups, in one bucket */
    int64_t                    bucket;      /* which one */
    size_t                     grown;       /* cells of growth */
    cricket_buf_t              group[CRICKET_ASK_KEYS];     /* of a series */
    unsigned                   group_set;   /* a bit for each */

    unsigned                   ranked:1;
    unsigned                   counted:1;   /* there was a census */
    unsigned                   combined_set:1;
    unsigned                   rated:1;     /* series and cells are done */
    unsigned                   listed:1;    /* so are the series */
    unsigned                   summed:1;    /* so are the statistics */
    unsigned                   per:1;       /* it is about q->per */
    unsigned                   after_set:1;
    unsigned                   partly:1;    /* from and to are set */
    unsigned                   bucket_set:1;
    unsigned                   past:1;      /* the rest is passed over */
    unsigned                   more:1;      /* of this step: search again */
};


/* the name that this search is about */
const cricket_str_t *cricket_ask_name(const cricket_ask_t *ask);

/* is it about what has grown, of a series each? */
int cricket_ask_cumulative(const cricket_ask_t *ask);

/* the percentiles of the next search */
size_t cricket_ask_percentiles(const cricket_ask_t *ask,
    const cricket_query_percentile_t **percentiles);

/* does the next search count what is in no group? */
int cricket_ask_counts_lacking(const cricket_ask_t *ask);

/* do statistics have buckets of composite, that are never too many? */
int cricket_ask_composite(const cricket_ask_t *ask);

/* bodies of searches, but for the braces around them */
void cricket_ask_body_types(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_census(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_groups(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_stats(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_series(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_cells(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_tags(cricket_ask_t *ask, cricket_buf_t *b);

void cricket_ask_body_list(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body_down(const cricket_ask_t *ask, cricket_buf_t *b);

/* what ends a bucket of a reply, for each kind of search */
int cricket_ask_on_types(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_census(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_groups(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_stats(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_series(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_cells(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_tags(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_list(cricket_ask_reply_t *r, size_t depth);
int cricket_ask_on_down(cricket_ask_reply_t *r, size_t depth);

/* the growth from one value to the next of a series; NAN: there was none */
double cricket_ask_growth(double before, double now);

/* writes the growth of the bucket that was read last to the table */
int cricket_ask_cells_flush(cricket_ask_t *ask);

/* the next page begins behind this; returns CRICKET_OK or CRICKET_ERROR */
int cricket_ask_after(cricket_ask_t *ask, const cricket_ask_node_t *node);

/* seconds of milliseconds, rounded down */
int64_t cricket_ask_seconds(int64_t msec);

/*
 * Begin and end a step: ask->more is set where it needs another search;
 * CRICKET_DONE: ask->excess is the answer.
 */
int cricket_ask_census_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_groups_begin(cricket_ask_t *ask);
int cricket_ask_groups_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_stats_begin(cricket_ask_t *ask);
int cricket_ask_stats_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_series_begin(cricket_ask_t *ask);
int cricket_ask_series_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_cells_begin(cricket_ask_t *ask);
int cricket_ask_cells_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_tags_done(cricket_ask_t *ask, cricket_ask_reply_t *r);

/* the same of lines: which step is next, its begin and its end, the answer */
cricket_ask_step_e cricket_ask_fold_step(const cricket_ask_t *ask);
void cricket_ask_fold_begin(cricket_ask_t *ask);
int cricket_ask_fold_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
int cricket_ask_fold_write(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out);

/* write keys or values, or the newest datapoints, and where there are more */
int cricket_ask_tags_write(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out,
    cricket_buf_t *next);
int cricket_ask_last(cricket_ask_t *ask, const cricket_result_writer_t *writer,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    cricket_buf_t *next, size_t *foreign, const char **err);

/*
 * Chooses the interval of q->points, once the groups are known: CRICKET_AGAIN,
 * or CRICKET_DONE.
 */
int cricket_ask_points(cricket_ask_t *ask);

/* is the answer small enough?  CRICKET_OK or CRICKET_DONE */
int cricket_ask_bounded(cricket_ask_t *ask, const cricket_table_t *table);


#endif /* _CRICKET_ASK_PRIVATE_H_INCLUDED_ */
