
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_COUNT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_COUNT_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * What the workers count together, in shared memory that a reload keeps.  There
 * is none, and nothing is counted, unless some location has "cricket status".
 * All is counted for a place to write to, by the labels that it has; more of
 * these than there is room for share the last one.
 */

#define NGX_HTTP_CRICKET_COUNT_ROUTES    32
#define NGX_HTTP_CRICKET_COUNT_METHODS   4
#define NGX_HTTP_CRICKET_COUNT_STATUSES  48
#define NGX_HTTP_CRICKET_COUNT_TARGETS   32
#define NGX_HTTP_CRICKET_COUNT_FORMATS   16
#define NGX_HTTP_CRICKET_COUNT_LABELS    640

/* of a histogram, the infinite one too */
#define NGX_HTTP_CRICKET_COUNT_BUCKETS   16

#define NGX_HTTP_CRICKET_COUNT_INFINITE  ((ngx_atomic_uint_t) -1)


/* each datapoint of a POST has one of these in the end */

typedef enum {
    NGX_HTTP_CRICKET_STORED = 0,
    NGX_HTTP_CRICKET_DUPLICATE,     /* stored before, under the same id */
    NGX_HTTP_CRICKET_CONFLICT,      /* likewise, but with another value */
    NGX_HTTP_CRICKET_INVALID,
    NGX_HTTP_CRICKET_REJECTED,      /* for others of its request are invalid */
    NGX_HTTP_CRICKET_FAILED,        /* a 503, and it is not stored */
    NGX_HTTP_CRICKET_UNCERTAIN,     /* a 503, and it may be stored */
    NGX_HTTP_CRICKET_ABANDONED,     /* its client left before the answer */
    NGX_HTTP_CRICKET_IGNORED,       /* a string, which its format may have */
    NGX_HTTP_CRICKET_FATES
} ngx_http_cricket_fate_e;


/* and each bulk one of these */

typedef enum {
    NGX_HTTP_CRICKET_ANSWERED = 0,  /* with a 200 */
    NGX_HTTP_CRICKET_REFUSED,       /* with another status */
    NGX_HTTP_CRICKET_NOT_SENT,
    NGX_HTTP_CRICKET_LOST,          /* sent, but never answered */
    NGX_HTTP_CRICKET_ENDS
} ngx_http_cricket_end_e;


/* why a write is tried again */

typedef enum {
    NGX_HTTP_CRICKET_RETRY_BUSY = 0,
    NGX_HTTP_CRICKET_RETRY_BLOCKED,     /* a disk is full */
    NGX_HTTP_CRICKET_RETRY_FAILED,      /* its fate unknown */
    NGX_HTTP_CRICKET_RETRY_UNSENT,      /* no node was reached */
    NGX_HTTP_CRICKET_RETRY_TOO_LARGE,   /* the batch was */
    NGX_HTTP_CRICKET_RETRY_NEXT_NODE,   /* by nginx, at once */
    NGX_HTTP_CRICKET_RETRY_PARTITION,   /* its partition was not there */
    NGX_HTTP_CRICKET_RETRIES
} ngx_http_cricket_retry_e;


/* of what is or is not so, once it is known */

typedef enum {
    NGX_HTTP_CRICKET_COUNT_UNKNOWN = 0,
    NGX_HTTP_CRICKET_COUNT_NO,
    NGX_HTTP_CRICKET_COUNT_YES
} ngx_http_cricket_count_e;


typedef struct {
    ngx_atomic_uint_t              max;
    const char                    *text;
} ngx_http_cricket_bound_t;


/* values are integers: durations are microseconds */

typedef struct {
    ngx_atomic_t                   buckets[NGX_HTTP_CRICKET_COUNT_BUCKETS];
    ngx_atomic_t                   sum;
} ngx_http_cricket_histogram_t;


/* what a process has at hand: only it writes there */

typedef struct {
    ngx_atomic_t                   requests;
    ngx_atomic_t                   size;
    ngx_atomic_t                   batches;
} ngx_http_cricket_load_t;


struct ngx_http_cricket_count_s {
    u_char                         labels[NGX_HTTP_CRICKET_COUNT_LABELS];
    size_t                         len;         /* of these; they end in "," */

    ngx_atomic_t                   requests[NGX_HTTP_CRICKET_COUNT_ROUTES]
                                           [NGX_HTTP_CRICKET_COUNT_METHODS]
                                           [NGX_HTTP_CRICKET_COUNT_STATUSES];
    ngx_http_cricket_histogram_t   durations[NGX_HTTP_CRICKET_COUNT_ROUTES]
                                            [NGX_HTTP_CRICKET_COUNT_METHODS];

    ngx_atomic_t                   datapoints[NGX_HTTP_CRICKET_COUNT_FORMATS]
                                             [NGX_HTTP_CRICKET_FATES];

    ngx_atomic_t                   bulks[NGX_HTTP_CRICKET_ENDS];
    ngx_http_cricket_histogram_t   items;
    ngx_http_cricket_histogram_t   sizes;
    ngx_http_cricket_histogram_t   waits;

    ngx_atomic_t                   retries[NGX_HTTP_CRICKET_RETRIES];
    ngx_atomic_t                   overflows;

    ngx_atomic_t                   up;          /* ngx_http_cricket_count_e */
    ngx_atomic_t                   ready;
    ngx_atomic_t                   max_size;    /* of a worker's queue */
    ngx_atomic_t                   max_requests;

    ngx_http_cricket_load_t        loads[NGX_MAX_PROCESSES];
};


/* all there is */

struct ngx_http_cricket_counts_s {
    ngx_http_cricket_count_t       none;        /* for no place to write to */
    ngx_http_cricket_count_t       targets[NGX_HTTP_CRICKET_COUNT_TARGETS];
    ngx_uint_t                     ntargets;
};


/* the statuses that are told apart; the last one, 0, stands for all others */
extern const ngx_uint_t
    ngx_http_cricket_count_statuses[NGX_HTTP_CRICKET_COUNT_STATUSES];

/* the upper bounds of the buckets of durations, of numbers, of sizes */
extern const ngx_http_cricket_bound_t  ngx_http_cricket_count_times[];
extern const ngx_http_cricket_bound_t  ngx_http_cricket_count_numbers[];
extern const ngx_http_cricket_bound_t  ngx_http_cricket_count_bytes[];


/* shares a zone with the other workers; for each "cricket status" */
ngx_int_t ngx_http_cricket_count_add_zone(ngx_conf_t *cf);

/*
 * The counters for what has these labels, which are set up if there are none
 * yet; NULL if nothing is counted.
 */
ngx_http_cricket_count_t *ngx_http_cricket_count_find(
    ngx_http_cricket_main_conf_t *cmcf, ngx_str_t *index, ngx_str_t *upstream);

/*
 * Empties this process's places in the zone: as a worker begins, for one that
 * crashed there may have left something behind, and as it exits.
 */
void ngx_http_cricket_count_clear(ngx_http_cricket_main_conf_t *cmcf);


/* the functions that follow do nothing if count is NULL */

/* a request has ended; and it took so many microseconds */
void ngx_http_cricket_count_request(ngx_http_cricket_count_t *count,
    ngx_uint_t route, ngx_uint_t method, ngx_uint_t status);
void ngx_http_cricket_count_duration(ngx_http_cricket_count_t *count,
    ngx_uint_t route, ngx_uint_t method, uint64_t duration);

/* n datapoints of a format, a row of cricket_format_requests, met their fate */
void ngx_http_cricket_count_datapoints(ngx_http_cricket_count_t *count,
    ngx_uint_t format, ngx_http_cricket_fate_e fate, ngx_uint_t n);

/* a POST found the queue full */
void ngx_http_cricket_count_overflow(ngx_http_cricket_count_t *count);

/* n writes go to _bulk again, or will */
void ngx_http_cricket_count_retry(ngx_http_cricket_count_t *count,
    ngx_http_cricket_retry_e reason, ngx_uint_t n);

/* a bulk of n datapoints and some bytes is over, after some microseconds */
void ngx_http_cricket_count_bulk(ngx_http_cricket_count_t *count,
    ngx_http_cricket_end_e end, ngx_uint_t n, size_t size, uint64_t duration);

/*
 * Requests, bytes and batches came to this worker's queues or, if negative,
 * left them.
 */
void ngx_http_cricket_count_load(ngx_http_cricket_count_t *count,
    ngx_int_t requests, ssize_t size, ngx_int_t batches);

/* so much a worker's queue takes */
void ngx_http_cricket_count_limits(ngx_http_cricket_count_t *count,
    size_t size, ngx_uint_t requests);

/* whether a node was reached when last tried, and whether the index is there */
void ngx_http_cricket_count_up(ngx_http_cricket_count_t *count, ngx_uint_t yes);
void ngx_http_cricket_count_ready(ngx_http_cricket_count_t *count,
    ngx_uint_t yes);


#endif /* _NGX_HTTP_CRICKET_COUNT_H_INCLUDED_ */
