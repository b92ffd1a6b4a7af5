
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_TURN_H_INCLUDED_
#define _NGX_HTTP_CRICKET_TURN_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * Work that would hold a worker up, done in slices between turns of the event
 * loop.  All of a worker's shares the time that a turn has for it.
 */


/* how much a slice is to do, as the readers that are sliced count */
#define NGX_HTTP_CRICKET_SLICE  65536


/*
 * Does a slice of some NGX_HTTP_CRICKET_SLICE.  Returns NGX_AGAIN if there is
 * more to do, else anything.
 */
typedef ngx_int_t (*ngx_http_cricket_slice_pt)(void *data);

/* is told the end, unless ngx_http_cricket_turn_start() told it */
typedef void (*ngx_http_cricket_sliced_pt)(void *data, ngx_int_t rc);


typedef struct {

    /* set by the caller, all else zero */

    ngx_http_cricket_slice_pt      slice;
    ngx_http_cricket_sliced_pt     handler;     /* may free the work */
    void                          *data;        /* of both */
    ngx_http_cricket_turns_t      *turns;       /* the worker's */

    unsigned                       first:1;     /* goes before others, as what
                                                   frees memory should */

    /* private */

    unsigned                       queued:1;
    ngx_queue_t                    queue;
} ngx_http_cricket_work_t;


struct ngx_http_cricket_turns_s {

    /* each new one has a slice soon; then one after the other is finished */

    ngx_queue_t                    fresh;
    ngx_queue_t                    begun;

    ngx_event_t                    event;       /* at the next turn */
    ngx_event_t                    guard;       /* keeps an exiting worker */

    ngx_msec_t                     turn;        /* for which: */
    uint64_t                       spent;       /* nanoseconds */

    unsigned                       odd:1;
};


/* prepares a worker's turns; called once a worker */
void ngx_http_cricket_turn_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_turns_t *turns);

/*
 * Begins work: does it at once, as far as this turn has time.  Returns what
 * the last slice did; if that is NGX_AGAIN, the rest is for later turns, the
 * handler will be called, and until then the work must stay where it is.
 */
ngx_int_t ngx_http_cricket_turn_start(ngx_http_cricket_work_t *work);

/* forgets work, if it is not done; the handler will not be called */
void ngx_http_cricket_turn_cancel(ngx_http_cricket_work_t *work);


#endif /* _NGX_HTTP_CRICKET_TURN_H_INCLUDED_ */
