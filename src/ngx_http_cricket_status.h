
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_
#define _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_


#include "ngx_http_cricket_batch.h"


/*
 * What the workers count together, in shared memory that a reload keeps.  There
 * is none, and nothing is counted, unless some location has "cricket status".
 */


/* each datapoint of a POST has one of these in the end */

typedef enum {
    NGX_HTTP_CRICKET_STORED = 0,
    NGX_HTTP_CRICKET_DUPLICATE,     /* stored before, under the same id */
    NGX_HTTP_CRICKET_INVALID,
    NGX_HTTP_CRICKET_REJECTED,      /* for others of its request are invalid */
    NGX_HTTP_CRICKET_FAILED,        /* a 503, and it is not stored */
    NGX_HTTP_CRICKET_UNCERTAIN,     /* a 503, and it may be stored */
    NGX_HTTP_CRICKET_ABANDONED,     /* its client left before the answer */
    NGX_HTTP_CRICKET_FATES
} ngx_http_cricket_fate_e;


/* shares a zone with the other workers; for each "cricket status" */
ngx_int_t ngx_http_cricket_status_add_zone(ngx_conf_t *cf);

/* lets requests be counted as they end; called once a configuration */
ngx_int_t ngx_http_cricket_status_init(ngx_conf_t *cf);

/*
 * Empties this process's place in the zone: as a worker begins, for one that
 * crashed there may have left something behind, and as it exits.
 */
void ngx_http_cricket_status_clear(ngx_http_cricket_main_conf_t *cmcf);

/* GET /metrics: all of it in Prometheus' text format, 0.0.4 */
ngx_int_t ngx_http_cricket_status_handler(ngx_http_request_t *r);


/* the functions that follow do nothing if status is NULL */

/* n datapoints met their fate */
void ngx_http_cricket_count_datapoints(ngx_http_cricket_status_t *status,
    ngx_http_cricket_fate_e fate, ngx_uint_t n);

/* a POST found the queue full */
void ngx_http_cricket_count_overflow(ngx_http_cricket_status_t *status);

/* n writes go to _bulk again, or will */
void ngx_http_cricket_count_retry(ngx_http_cricket_status_t *status,
    ngx_http_cricket_retry_e reason, ngx_uint_t n);

/* a batch's exchange is over */
void ngx_http_cricket_count_batch(ngx_http_cricket_status_t *status,
    ngx_http_cricket_batch_t *batch);

/*
 * Requests, bytes and batches came to this worker's queues or, if negative,
 * left them.
 */
void ngx_http_cricket_count_load(ngx_http_cricket_status_t *status,
    ngx_int_t requests, ssize_t size, ngx_int_t batches);


#endif /* _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_ */
