
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TABLE_H_INCLUDED_
#define _CRICKET_TABLE_H_INCLUDED_


#include "cricket_dict.h"
#include "cricket_result.h"


/*
 * Statistics on their way to an answer: groups, and cells of buckets of them,
 * in whatever order they are found, from as many searches as it takes.
 */

typedef struct {
    uint32_t                   group;
    unsigned                   stats:1;     /* count to percentiles are known */
    int64_t                    start;       /* seconds; 0 without buckets */
    int64_t                    count;
    double                     sum;
    double                     min;
    double                     max;
    double                     average;
    double                     growth;      /* NAN: there is none */
    double                     per_sum;     /* of the metric that is below */
    double                     per_growth;
    size_t                     percentiles; /* in the table's, from 1, or 0 */
} cricket_table_cell_t;


typedef struct {
    const cricket_query_t     *q;
    size_t                     nvalues;     /* of a group */

    cricket_dict_t             groups;      /* values, their lengths before */
    uint32_t                  *order;       /* of the answer, once known */
    size_t                     norder;

    cricket_table_cell_t      *cells;
    size_t                     n;
    size_t                     size;

    double                    *percentiles;
    size_t                     npercentiles;
    size_t                     percentiles_size;

    int64_t                    lacking;
    int64_t                    left_out;

    unsigned                   plain:1;     /* no value is a number */
} cricket_table_t;


/* a table of groups that each have so many values; allocates nothing */
void cricket_table_init(cricket_table_t *t, const cricket_query_t *q,
    size_t nvalues);

void cricket_table_free(cricket_table_t *t);

/* finds or adds a group; CRICKET_OK, or CRICKET_ERROR: no memory */
int cricket_table_group(cricket_table_t *t, const cricket_str_t *values,
    size_t *group);

/* the values of a group: they move when one is added */
void cricket_table_values(const cricket_table_t *t, size_t group,
    cricket_str_t *values);

/* a new cell in which nothing is known, or NULL: no memory */
cricket_table_cell_t *cricket_table_add(cricket_table_t *t, size_t group,
    int64_t start);

/* copies so many percentiles as the query has, or one; CRICKET_ERROR */
int cricket_table_add_percentiles(cricket_table_t *t,
    cricket_table_cell_t *cell, const double *values, size_t n);

/* makes one cell of those that are of the same bucket and group, in order */
void cricket_table_fold(cricket_table_t *t);

/*
 * Sorts the groups by their values, or, if the query asks for some of them, by
 * their rank over the whole range, and leaves out the others.  CRICKET_ERROR:
 * no memory.
 */
int cricket_table_sort(cricket_table_t *t);
int cricket_table_rank(cricket_table_t *t);

/* is it one of the groups that were not left out? */
int cricket_table_has(const cricket_table_t *t, size_t group);

/* a bound of a histogram as a number; CRICKET_INVALID: it is none */
int cricket_table_bound(const cricket_str_t *text, double *bound);

/* how many buckets the range touches, at most max + 1 */
size_t cricket_table_buckets(const cricket_query_t *q, size_t max);

/*
 * The bucket that begins at start: the first second behind it, how many seconds
 * of it the range and the present cover, and whether that is not all of it.
 */
int64_t cricket_table_span(const cricket_query_t *q, int64_t start,
    double *covered, unsigned *partial);

/*
 * Writes all groups and buckets, once they are sorted and folded, empty buckets
 * as q->fill says.  Returns what the writer does, or CRICKET_ERROR.
 */
int cricket_table_write(cricket_table_t *t, cricket_result_t *result);


#endif /* _CRICKET_TABLE_H_INCLUDED_ */
