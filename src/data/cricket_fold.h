
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FOLD_H_INCLUDED_
#define _CRICKET_FOLD_H_INCLUDED_


#include "cricket_dict.h"
#include "cricket_result.h"


/*
 * Folds series into lines: takes the series that match and what there is of
 * each in every bucket, makes rates of them, fills what is empty, and makes one
 * of those that belong together.  That is arithmetic of what is left when all
 * datapoints of a bucket have become one value.
 */

#define CRICKET_FOLD_SERIES  10000
#define CRICKET_FOLD_CELLS   400000     /* of all questions of a request */
#define CRICKET_FOLD_POINTS  100000     /* likewise, of the answer */
#define CRICKET_FOLD_STEPS   10000000   /* values that are looked at */


typedef struct {
    size_t                     tags;        /* in text: "KEY=VALUE\n", ... */
    size_t                     tags_len;
    size_t                     name;        /* likewise, without an end */
    size_t                     name_len;
    size_t                     first;       /* of its cells, once in order */
    size_t                     n;
    size_t                     group;       /* SIZE_MAX: none */
} cricket_fold_series_t;


typedef struct {
    cricket_result_point_t     point;
    size_t                     series;
} cricket_fold_cell_t;


typedef struct {
    cricket_query_t           *q;
    cricket_dict_t             ids;
    cricket_buf_t              text;
    cricket_fold_series_t     *series;      /* by the number of their id */
    size_t                     nseries;     /* there is room for */
    cricket_fold_cell_t       *cells;       /* in the order of time */
    size_t                     ncells;
    size_t                     room;        /* for cells */
    int64_t                    from;        /* of the first bucket */
    const char                *excess;      /* with CRICKET_DONE: a constant */
} cricket_fold_t;


/* begins with nothing; q must outlive it */
void cricket_fold_init(cricket_fold_t *fold, cricket_query_t *q);

void cricket_fold_free(cricket_fold_t *fold);

/*
 * Adds a series: its id of CRICKET_SERIES_LEN, its tags, each with a line feed
 * behind it, in the order of their keys, and its name.  Returns CRICKET_OK,
 * CRICKET_DONE (too many) or CRICKET_ERROR.
 */
int cricket_fold_add(cricket_fold_t *fold, const cricket_str_t *id,
    const cricket_str_t *tags, const cricket_str_t *name);

/*
 * Adds what a bucket of a series has, buckets in the order of time; what is of
 * no series that was added is passed over.  Returns as above.
 */
int cricket_fold_point(cricket_fold_t *fold, const cricket_str_t *id,
    int64_t msec, double value);

/*
 * The instant, milliseconds, at which the bucket begins that has the start of
 * the range: what is in it before the range is not looked at.
 */
int64_t cricket_fold_from(const cricket_query_t *q);

/*
 * Writes all lines, or for CRICKET_QUERY_SERIES a line without points for each
 * series.  Returns CRICKET_OK, CRICKET_DONE or CRICKET_ERROR.
 */
int cricket_fold_write(cricket_fold_t *fold, cricket_result_t *result);


#endif /* _CRICKET_FOLD_H_INCLUDED_ */
