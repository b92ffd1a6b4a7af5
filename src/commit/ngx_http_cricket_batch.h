
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_
#define _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_


#include "ngx_http_cricket_exchange.h"
#include "ngx_http_cricket_turn.h"
#include "ngx_http_cricket_write.h"


/* what is logged of a batch, by the core as well, says whose it is */

typedef struct {
    ngx_http_log_ctx_t             http;        /* the core's; the first */
    ngx_http_cricket_batch_t      *batch;
} ngx_http_cricket_batch_log_t;


/*
 * One _bulk, on the upstream of one of its writes' requests, the leader.  Its
 * memory is its own: writes, the leader too, may leave while it is in flight.
 */

struct ngx_http_cricket_batch_s {
    ngx_pool_t                    *pool;
    ngx_http_cricket_target_t     *target;
    ngx_http_cricket_lane_t       *lane;
    ngx_queue_t                    queue;       /* the lane's */

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
    ngx_uint_t                     asked;       /* items, for: */
    const char                    *why;         /* they are not; or NULL */

    ngx_http_cricket_work_t        work;        /* to read the reply */
    cricket_bulk_reply_t           reply;

    ngx_http_cricket_exchange_t    exchange;

    ngx_log_t                      log;
    ngx_http_cricket_batch_log_t   log_ctx;

    unsigned                       probe:3;     /* what it asks for instead */
    unsigned                       reasons:1;   /* the reply is read for */
    unsigned                       blocked:1;   /* the index, for now */
    unsigned                       absent:1;    /* a partition is */
    unsigned                       dropped:1;   /* by a pipeline; logged */
};


/* takes parked writes, of which there must be one, on their way */
void ngx_http_cricket_batch_start(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane);

/* the request of one that is filled, in its pool; NULL without memory */
ngx_chain_t *ngx_http_cricket_batch_request(ngx_http_cricket_batch_t *batch);


#endif /* _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_ */
