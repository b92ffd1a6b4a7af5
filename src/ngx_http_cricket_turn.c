
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Long work in slices, of which each turn of the event loop does a few. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_turn.h"


/* a turn's time for work, in nanoseconds; one slice it may have in any case */
#define NGX_HTTP_CRICKET_TURN   2000000

/* how often a worker that exits looks whether it still waits, milliseconds */
#define NGX_HTTP_CRICKET_GUARD  60000


static ngx_uint_t ngx_http_cricket_turn_over(ngx_http_cricket_turns_t *turns);
static ngx_int_t ngx_http_cricket_turn_slice(ngx_http_cricket_work_t *work);
static void ngx_http_cricket_turn_queue(ngx_http_cricket_work_t *work,
    ngx_queue_t *queue, ngx_uint_t first);
static ngx_http_cricket_work_t *ngx_http_cricket_turn_next(
    ngx_http_cricket_turns_t *turns);
static void ngx_http_cricket_turn_handler(ngx_event_t *ev);
static void ngx_http_cricket_turn_guard_handler(ngx_event_t *ev);


#define ngx_http_cricket_turn_idle(turns)                                     \
    (ngx_queue_empty(&(turns)->fresh) && ngx_queue_empty(&(turns)->begun))


void
ngx_http_cricket_turn_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_turns_t *turns)
{
    ngx_queue_init(&turns->fresh);
    ngx_queue_init(&turns->begun);

    turns->event.handler = ngx_http_cricket_turn_handler;
    turns->event.data = turns;
    turns->event.log = cycle->log;

    turns->guard.handler = ngx_http_cricket_turn_guard_handler;
    turns->guard.data = turns;
    turns->guard.log = cycle->log;
}


ngx_int_t
ngx_http_cricket_turn_start(ngx_http_cricket_work_t *work)
{
    ngx_int_t                  rc;
    ngx_http_cricket_turns_t  *turns;

    turns = work->turns;

    if (!ngx_http_cricket_turn_idle(turns)
        || ngx_http_cricket_turn_over(turns))
    {
        ngx_http_cricket_turn_queue(work, &turns->fresh, work->first);
        return NGX_AGAIN;
    }

    do {
        rc = ngx_http_cricket_turn_slice(work);

    } while (rc == NGX_AGAIN && !ngx_http_cricket_turn_over(turns));

    if (rc == NGX_AGAIN) {
        ngx_http_cricket_turn_queue(work, &turns->begun, 1);
    }

    return rc;
}


/* has this turn, which is known by its time, no more time for work? */

static ngx_uint_t
ngx_http_cricket_turn_over(ngx_http_cricket_turns_t *turns)
{
    if (turns->turn != ngx_current_msec) {
        turns->turn = ngx_current_msec;
        turns->spent = 0;
    }

    return turns->spent >= NGX_HTTP_CRICKET_TURN;
}


static ngx_int_t
ngx_http_cricket_turn_slice(ngx_http_cricket_work_t *work)
{
    uint64_t                   start;
    ngx_int_t                  rc;
    ngx_http_cricket_turns_t  *turns;

    turns = work->turns;

    start = ngx_http_cricket_clock();

    rc = work->slice(work->data);

    turns->spent += ngx_http_cricket_clock() - start;

    return rc;
}


static void
ngx_http_cricket_turn_queue(ngx_http_cricket_work_t *work, ngx_queue_t *queue,
    ngx_uint_t first)
{
    ngx_http_cricket_turns_t  *turns;

    turns = work->turns;

    work->queued = 1;

    if (first) {
        ngx_queue_insert_head(queue, &work->queue);

    } else {
        ngx_queue_insert_tail(queue, &work->queue);
    }

    /* an event of this turn would come before it is over */

    ngx_post_event(&turns->event, &ngx_posted_next_events);

    /* an exiting worker waits for timers, and not for posted events */

    if (!turns->guard.timer_set) {
        ngx_add_timer(&turns->guard, NGX_HTTP_CRICKET_GUARD);
    }
}


void
ngx_http_cricket_turn_cancel(ngx_http_cricket_work_t *work)
{
    if (work->queued) {
        work->queued = 0;
        ngx_queue_remove(&work->queue);
    }
}


/*
 * The new and the begun take turns, so that neither waits for all of the other.
 * What was begun is finished one after the other: half done, each holds memory.
 */

static ngx_http_cricket_work_t *
ngx_http_cricket_turn_next(ngx_http_cricket_turns_t *turns)
{
    ngx_queue_t              *queue;
    ngx_http_cricket_work_t  *work;

    turns->odd ^= 1;

    queue = turns->odd ? &turns->fresh : &turns->begun;

    if (ngx_queue_empty(queue)) {
        queue = turns->odd ? &turns->begun : &turns->fresh;
    }

    work = ngx_queue_data(ngx_queue_head(queue), ngx_http_cricket_work_t,
                          queue);

    work->first |= (queue == &turns->begun);

    ngx_http_cricket_turn_cancel(work);

    return work;
}


static void
ngx_http_cricket_turn_handler(ngx_event_t *ev)
{
    ngx_int_t                  rc;
    ngx_uint_t                 n;
    ngx_http_cricket_work_t   *work;
    ngx_http_cricket_turns_t  *turns;

    turns = ev->data;

    n = 0;

    while (!ngx_http_cricket_turn_idle(turns)) {

        if (n++ && ngx_http_cricket_turn_over(turns)) {
            ngx_post_event(ev, &ngx_posted_next_events);
            return;
        }

        work = ngx_http_cricket_turn_next(turns);

        rc = ngx_http_cricket_turn_slice(work);

        if (rc == NGX_AGAIN) {
            ngx_http_cricket_turn_queue(work, &turns->begun, work->first);

        } else {
            work->handler(work->data, rc);
        }
    }

    if (turns->guard.timer_set) {
        ngx_del_timer(&turns->guard);
    }
}


static void
ngx_http_cricket_turn_guard_handler(ngx_event_t *ev)
{
    ngx_add_timer(ev, NGX_HTTP_CRICKET_GUARD);
}
