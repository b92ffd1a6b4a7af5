
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes datapoints of a histogram or summary. */


#include <math.h>
#include <string.h>

#include "cricket_histogram.h"


static int cricket_histogram_check(cricket_histogram_t *h,
    cricket_reader_t *reader, cricket_histogram_pull_pt pull, void *data);
static int cricket_histogram_check_item(cricket_histogram_t *h,
    cricket_reader_t *reader, double bound, double n);
static unsigned cricket_histogram_number(cricket_histogram_t *h,
    cricket_draft_t *s, cricket_datapoint_t *dp);
static unsigned cricket_histogram_item(cricket_histogram_t *h,
    cricket_draft_t *s, cricket_reader_t *reader, cricket_datapoint_t *dp,
    double bound, double n);
static void cricket_histogram_part(cricket_histogram_t *h,
    cricket_histogram_part_e part);
static double cricket_histogram_power(const cricket_histogram_t *h,
    double index);


void
cricket_histogram_init(cricket_histogram_t *h, cricket_histogram_kind_e kind)
{
    memset(h, 0, sizeof(cricket_histogram_t));

    h->kind = kind;

    cricket_histogram_part(h, CRICKET_HISTOGRAM_NEGATIVE);
}


static void
cricket_histogram_part(cricket_histogram_t *h, cricket_histogram_part_e part)
{
    h->part = part;
    h->going = 0;
    h->last = -INFINITY;
}


int
cricket_histogram_next(cricket_histogram_t *h, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp,
    cricket_histogram_pull_pt pull, void *data)
{
    int       rc;
    double    bound, n;
    unsigned  first;

    if (!h->checked) {
        rc = cricket_histogram_check(h, reader, pull, data);

        if (rc != CRICKET_OK) {
            return rc;
        }

        h->checked = 1;

        cricket_histogram_part(h, CRICKET_HISTOGRAM_COUNT);
    }

    for ( ;; ) {

        switch (h->part) {

        case CRICKET_HISTOGRAM_END:
            return CRICKET_DONE;

        case CRICKET_HISTOGRAM_NEGATIVE:
        case CRICKET_HISTOGRAM_POSITIVE:
            first = !h->going;
            h->going = 1;

            rc = pull(data, h->part, first, &bound, &n);

            if (rc == CRICKET_OK) {

                /* none is made of some: a slice may be over all the same */

                return cricket_histogram_item(h, s, reader, dp, bound, n)
                       ? CRICKET_OK : CRICKET_AGAIN;
            }

            if (rc != CRICKET_DONE) {
                return rc;
            }

            cricket_histogram_part(h, h->part + 1);
            break;

        default:

            if (cricket_histogram_number(h, s, dp)) {
                return CRICKET_OK;
            }
        }
    }
}


/* are the lists as they should be?  Sums up what is needed of them, too. */

static int
cricket_histogram_check(cricket_histogram_t *h, cricket_reader_t *reader,
    cricket_histogram_pull_pt pull, void *data)
{
    int       rc;
    double    bound, n;
    unsigned  first;

    while (h->part != CRICKET_HISTOGRAM_END) {

        if (h->part == CRICKET_HISTOGRAM_ZERO) {
            h->negative = h->total;
            cricket_histogram_part(h, CRICKET_HISTOGRAM_POSITIVE);
        }

        first = !h->going;
        h->going = 1;

        rc = pull(data, h->part, first, &bound, &n);

        if (rc == CRICKET_OK) {
            rc = cricket_histogram_check_item(h, reader, bound, n);

            return (rc == CRICKET_OK) ? CRICKET_AGAIN : rc;
        }

        if (rc != CRICKET_DONE) {
            return rc;
        }

        cricket_histogram_part(h, h->part + 1);
    }

    return CRICKET_OK;
}


static int
cricket_histogram_check_item(cricket_histogram_t *h, cricket_reader_t *reader,
    double bound, double n)
{
    if (h->kind == CRICKET_HISTOGRAM_QUANTILES) {

        if (!(bound >= 0 && bound <= 1)) {
            cricket_draft_blame(reader, "quantile", NULL);
            return cricket_draft_invalid(reader, "not from 0 to 1");
        }

        return CRICKET_OK;
    }

    if (!(n >= 0) || isinf(n)) {
        cricket_draft_blame(reader, "bucket", NULL);
        return cricket_draft_invalid(reader, "a count that is no number from "
                                      "0 on");
    }

    h->total += n;

    if (h->kind == CRICKET_HISTOGRAM_BUCKETS) {

        if (!(bound > h->last)) {
            cricket_draft_blame(reader, "bucket", NULL);
            return cricket_draft_invalid(reader, "a bound that is not above "
                                          "the one before");
        }

        h->last = bound;
    }

    return CRICKET_OK;
}


/* is there one in this part? */

static unsigned
cricket_histogram_number(cricket_histogram_t *h, cricket_draft_t *s,
    cricket_datapoint_t *dp)
{
    unsigned                  has;
    cricket_histogram_part_e  part;

    part = h->part;

    cricket_histogram_part(h, part + 1);

    switch (part) {

    case CRICKET_HISTOGRAM_COUNT:
        has = h->has_count;

        if (has) {
            cricket_draft_datapoint(s, dp, "_count", h->type, h->count);
        }

        break;

    case CRICKET_HISTOGRAM_SUM:
        has = h->has_sum;

        if (has) {
            cricket_draft_datapoint(s, dp, "_sum", h->type, h->sum);
        }

        break;

    case CRICKET_HISTOGRAM_MIN:
        has = h->has_min;

        if (has) {
            cricket_draft_datapoint(s, dp, "_min", "gauge", h->min);
        }

        break;

    case CRICKET_HISTOGRAM_MAX:
        has = h->has_max;

        if (has) {
            cricket_draft_datapoint(s, dp, "_max", "gauge", h->max);
        }

        /* the list that follows begins with all of the negative */

        h->total = h->negative;
        break;

    default: /* CRICKET_HISTOGRAM_ZERO */
        h->total = h->negative + h->zero;

        has = (h->zero != 0);

        if (has) {
            cricket_draft_datapoint(s, dp, "_bucket", h->type, h->total);
            cricket_draft_bound(s, dp, "le", h->threshold);
        }
    }

    return has;
}


static unsigned
cricket_histogram_item(cricket_histogram_t *h, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp, double bound, double n)
{
    if (h->kind == CRICKET_HISTOGRAM_QUANTILES) {

        /* of no observations */

        if (!isfinite(n)) {
            reader->ignored++;
            return 0;
        }

        cricket_draft_datapoint(s, dp, "", "gauge", n);
        cricket_draft_bound(s, dp, "quantile", bound);

        return 1;
    }

    if (h->kind == CRICKET_HISTOGRAM_BUCKETS) {
        h->total += n;

        cricket_draft_datapoint(s, dp, "_bucket", h->type, h->total);
        cricket_draft_bound(s, dp, "le", bound);

        return 1;
    }

    if (n == 0) {
        return 0;
    }

    if (h->part == CRICKET_HISTOGRAM_NEGATIVE) {

        /* from -base^(i+1) up to -base^i: those after it are all below it */

        cricket_draft_datapoint(s, dp, "_bucket", h->type, h->total);
        cricket_draft_bound(s, dp, "le", -cricket_histogram_power(h, bound));

        h->total -= n;

        return 1;
    }

    h->total += n;

    cricket_draft_datapoint(s, dp, "_bucket", h->type, h->total);
    cricket_draft_bound(s, dp, "le", cricket_histogram_power(h, bound + 1));

    return 1;
}


/* base^index; exact for whole powers of two, 0 or infinite beyond a double */

static double
cricket_histogram_power(const cricket_histogram_t *h, double index)
{
    int  scale;

    scale = (h->scale > 1100) ? 1100 : (h->scale < -1100) ? -1100
                                       : (int) h->scale;

    return exp2(ldexp(index, -scale));
}
