
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_HISTOGRAM_H_INCLUDED_
#define _CRICKET_HISTOGRAM_H_INCLUDED_


#include "cricket_draft.h"


/*
 * Several datapoints made of one: NAME_count, NAME_sum, NAME_min, NAME_max, and
 * NAME_bucket with the tag "le" or NAME with the tag "quantile".  The format's
 * reader gives what the lists of it have, twice: to be checked, and to be made
 * datapoints, so that nothing of an invalid one is stored.
 */

/* what is in the lists */

typedef enum {
    CRICKET_HISTOGRAM_BUCKETS = 0,  /* upper bounds and counts */
    CRICKET_HISTOGRAM_EXPONENTIAL,  /* powers of a base and counts */
    CRICKET_HISTOGRAM_QUANTILES     /* quantiles and values */
} cricket_histogram_kind_e;


typedef enum {
    CRICKET_HISTOGRAM_COUNT = 0,
    CRICKET_HISTOGRAM_SUM,
    CRICKET_HISTOGRAM_MIN,
    CRICKET_HISTOGRAM_MAX,
    CRICKET_HISTOGRAM_NEGATIVE,
    CRICKET_HISTOGRAM_ZERO,
    CRICKET_HISTOGRAM_POSITIVE,     /* or of any other kind */
    CRICKET_HISTOGRAM_END
} cricket_histogram_part_e;


/*
 * Reads from one of the lists, NEGATIVE or POSITIVE, which begins anew where
 * first is set.  Returns
 * CRICKET_OK       bound is that of BUCKETS, in their order, the last INFINITY;
 *                  or the index i of EXPONENTIAL's, from base^i to base^(i+1);
 *                  or the quantile.  n is the count, or the quantile's value;
 * CRICKET_DONE     there is no more, as in a list that there is not;
 * CRICKET_AGAIN    it has made a step, or the list has a bucket that is empty;
 * CRICKET_INVALID  the datapoint is, see the reader;
 * CRICKET_ERROR    the body is.
 */
typedef int (*cricket_histogram_pull_pt)(void *data,
    cricket_histogram_part_e list, unsigned first, double *bound, double *n);


typedef struct {
    cricket_histogram_kind_e   kind;
    const char                *type;        /* of counts and of the sum */
    double                     count;
    double                     sum;
    double                     min;
    double                     max;
    int64_t                    scale;       /* the base is 2^(2^-scale) */
    double                     threshold;   /* up to which is zero ... */
    double                     zero;        /* ... so many */

    unsigned                   has_count:1;
    unsigned                   has_sum:1;
    unsigned                   has_min:1;
    unsigned                   has_max:1;

    /* private */

    unsigned                   checked:1;
    unsigned                   going:1;     /* a list is being read */
    cricket_histogram_part_e   part;
    double                     last;        /* bound */
    double                     negative;    /* counts of all of them */
    double                     total;
} cricket_histogram_t;


/* the longest of the suffixes */
#define CRICKET_HISTOGRAM_SUFFIX  (sizeof("_bucket") - 1)


/* all zero, of this kind */
void cricket_histogram_init(cricket_histogram_t *h,
    cricket_histogram_kind_e kind);

/*
 * Checks the lists, then makes the datapoints, one at a call.  Returns
 * CRICKET_OK with the next one in dp, CRICKET_DONE when there is no more,
 * CRICKET_AGAIN behind each step of the lists, where a slice can end, or
 * what pull() did; CRICKET_INVALID only before the first.  The numbers of h are
 * finite and not negative where they count.
 */
int cricket_histogram_next(cricket_histogram_t *h, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp,
    cricket_histogram_pull_pt pull, void *data);


#endif /* _CRICKET_HISTOGRAM_H_INCLUDED_ */
