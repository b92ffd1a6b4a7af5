
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_
#define _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_


#include "ngx_http_cricket_elasticsearch.h"
#include "ngx_http_cricket_queue.h"


/* to ask whether there is an index to write to, or a template for one */

#define NGX_HTTP_CRICKET_PROBE_INDEX     1
#define NGX_HTTP_CRICKET_PROBE_TEMPLATE  2


/* a write's place in a batch */

typedef struct {
    ngx_http_cricket_write_t      *write;       /* NULL: it left */
    ngx_uint_t                     first;       /* item of the batch */
    ngx_uint_t                     n;
    size_t                         size;
    ngx_http_cricket_payload_t    *payload;
} ngx_http_cricket_seat_t;


/*
 * One _bulk, on the upstream of one of its writes' requests, the leader.  Its
 * memory is its own: writes, the leader too, may leave while it is in flight.
 */

struct ngx_http_cricket_batch_s {
    ngx_pool_t                    *pool;
    ngx_http_cricket_target_t     *target;
    ngx_http_cricket_lane_t       *lane;

    ngx_http_cricket_seat_t       *seats;
    ngx_uint_t                     nseats;
    ngx_uint_t                     n;           /* items */
    size_t                         size;
    ngx_msec_t                     start;
    uint64_t                       clock;       /* then, in nanoseconds */

    u_char                        *verdicts;
    ngx_uint_t                     failed;      /* items not stored */
    ngx_uint_t                     existed;     /* before their first try */
    ngx_uint_t                     seat;        /* the reply is read for */

    ngx_http_cricket_exchange_t    exchange;

    unsigned                       probe:2;     /* what it asks for instead */
    unsigned                       blocked:1;   /* the index, for now */
    unsigned                       dropped:1;   /* by a pipeline; logged */
};


/* takes parked writes, of which there must be one, on their way */
void ngx_http_cricket_batch_start(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane);

/* parks all its writes again; returns how many */
ngx_uint_t ngx_http_cricket_batch_park(ngx_http_cricket_batch_t *batch);

/* takes a write out of its batch */
void ngx_http_cricket_batch_vacate(ngx_http_cricket_write_t *w);


#endif /* _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_ */
