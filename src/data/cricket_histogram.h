
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_HISTOGRAM_H_INCLUDED_
#define _CRICKET_HISTOGRAM_H_INCLUDED_


#include "cricket_table.h"


/* a bound of a histogram, and how many observations were up to it */

typedef struct {
    double                     bound;       /* INFINITY: all of them */
    double                     count;
} cricket_histogram_bound_t;


/*
 * The value below which a part q, 0 to 1, of the observations is: n bounds in
 * their order, as Prometheus' histogram_quantile() has it.  NAN where there are
 * no observations, or no bound.
 */
double cricket_histogram_quantile(const cricket_histogram_bound_t *bounds,
    size_t n, double q);

/*
 * Makes of a table whose groups have a bound, "le", as their last value, one of
 * those without it: growth is what the highest bound has grown, per_growth the
 * share of it up to q->below.  Returns CRICKET_OK or CRICKET_ERROR.
 */
int cricket_histogram_fold(cricket_table_t *in, cricket_table_t *out);


#endif /* _CRICKET_HISTOGRAM_H_INCLUDED_ */
