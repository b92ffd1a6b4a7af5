
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A write: what one POST wants stored, and the states it passes through. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_write.h"


/* a pause before a try is between half of this, doubled each time, and all */
#define NGX_HTTP_CRICKET_BACKOFF      100
#define NGX_HTTP_CRICKET_BACKOFF_MAX  3000

/*
 * A disk that is full for a moment, as while a shard moves, is no refusal; but
 * Elasticsearch looks only every 30 s whether it still is.
 */
#define NGX_HTTP_CRICKET_BLOCKED      5000


static void ngx_http_cricket_write_state(ngx_http_cricket_write_t *w,
    ngx_http_cricket_write_e state);
static ngx_int_t ngx_http_cricket_write_timer(ngx_http_cricket_write_t *w);
static void ngx_http_cricket_write_backoff(ngx_event_t *ev);


void
ngx_http_cricket_write_park(ngx_http_cricket_write_t *w, ngx_uint_t front)
{
    ngx_http_cricket_lane_t    *lane;
    ngx_http_cricket_target_t  *target;

    target = w->target;
    lane = &target->lanes[w->lane];

    ngx_http_cricket_write_state(w, NGX_HTTP_CRICKET_PARKED);

    if (front) {
        ngx_queue_insert_head(&lane->parked, &w->queue);

    } else {
        ngx_queue_insert_tail(&lane->parked, &w->queue);
    }

    ngx_http_cricket_write_watch(w->request);

    /*
     * Not at once: all that this turn of the event loop still reads shares the
     * next batch.
     */

    ngx_post_event(&target->dispatch, &ngx_posted_events);
}


void
ngx_http_cricket_write_ride(ngx_http_cricket_write_t *w,
    ngx_http_cricket_seat_t *seat)
{
    ngx_http_cricket_write_state(w, NGX_HTTP_CRICKET_IN_FLIGHT);

    w->seat = seat;
}


void
ngx_http_cricket_write_again(ngx_http_cricket_write_t *w,
    ngx_http_cricket_retry_e reason, const char *error)
{
    ngx_msec_t      pause;
    ngx_msec_int_t  left, wait;

    left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

    if (reason == NGX_HTTP_CRICKET_RETRY_BUSY
        || reason == NGX_HTTP_CRICKET_RETRY_BLOCKED)
    {

        /* under way at the deadline, its fate would not be known any more */

        wait = w->target->conf->timeout / 8;
        left -= ngx_max(wait, 2 * NGX_HTTP_CRICKET_WAIT_MIN);
    }

    pause = 0;

    if (w->tries++) {
        pause = ngx_http_cricket_write_pause(w->tries - 2,
                                             NGX_HTTP_CRICKET_BACKOFF_MAX);
    }

    if (reason == NGX_HTTP_CRICKET_RETRY_BLOCKED) {

        if (!w->blocked) {
            w->blocked = 1;
            w->since = ngx_current_msec;
        }

        wait = (ngx_msec_int_t) (w->since + NGX_HTTP_CRICKET_BLOCKED
                                 - ngx_current_msec);
        wait -= 2 * NGX_HTTP_CRICKET_WAIT_MIN;
        left = ngx_min(left, wait);
    }

    if (reason == NGX_HTTP_CRICKET_RETRY_BLOCKED
        && left > NGX_HTTP_CRICKET_WAIT_MIN
        && pause >= (ngx_msec_t) left)
    {
        /* once more at the end of the time that a disk has */

        pause = left - 1;
    }

    if (left <= 0 || pause >= (ngx_msec_t) left) {
        ngx_http_cricket_write_settle(w, error);
        return;
    }

    if (pause && ngx_http_cricket_write_timer(w) != NGX_OK) {
        ngx_http_cricket_write_settle(w, "out of memory");
        return;
    }

    ngx_http_cricket_count_retry(w->target->count, reason, 1);

    if (pause == 0) {
        ngx_http_cricket_write_park(w, 1);
        return;
    }

    ngx_http_cricket_write_state(w, NGX_HTTP_CRICKET_BACKING_OFF);

    ngx_http_cricket_write_watch(w->request);

    ngx_add_timer(w->backoff, pause);
}


static ngx_int_t
ngx_http_cricket_write_timer(ngx_http_cricket_write_t *w)
{
    if (w->backoff) {
        return NGX_OK;
    }

    w->backoff = ngx_pcalloc(w->request->pool, sizeof(ngx_event_t));

    if (w->backoff == NULL) {
        return NGX_ERROR;
    }

    w->backoff->handler = ngx_http_cricket_write_backoff;
    w->backoff->data = w;
    w->backoff->log = ngx_cycle->log;

    return NGX_OK;
}


static void
ngx_http_cricket_write_backoff(ngx_event_t *ev)
{
    ngx_http_cricket_write_t  *w;

    w = ev->data;

    ngx_http_cricket_write_park(w, 1);
}


void
ngx_http_cricket_write_shrink(ngx_http_cricket_write_t *w, size_t size)
{
    w->size -= size;
    w->target->size -= size;

    ngx_http_cricket_count_load(w->target->count, 0, -(ssize_t) size, 0);
}


void
ngx_http_cricket_write_leave(ngx_http_cricket_write_t *w)
{
    if (w->state == NGX_HTTP_CRICKET_SETTLED) {
        return;
    }

    ngx_http_cricket_write_state(w, NGX_HTTP_CRICKET_SETTLED);

    ngx_queue_remove(&w->order);

    w->target->requests--;
    w->target->size -= w->size;

    ngx_http_cricket_count_load(w->target->count, -1, -(ssize_t) w->size, 0);
}


void
ngx_http_cricket_write_settle(ngx_http_cricket_write_t *w, const char *error)
{
    w->error = error;

    ngx_http_cricket_write_leave(w);

    w->settle(w);
}


/* the one place where a write's state changes: it leaves what it was in */

static void
ngx_http_cricket_write_state(ngx_http_cricket_write_t *w,
    ngx_http_cricket_write_e state)
{
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, w->request->connection->log, 0,
                   "http cricket write state: %d -> %d", w->state, state);

    switch (w->state) {

    case NGX_HTTP_CRICKET_PARKED:
        ngx_queue_remove(&w->queue);
        break;

    case NGX_HTTP_CRICKET_IN_FLIGHT:
        w->seat->write = NULL;
        w->seat = NULL;
        break;

    case NGX_HTTP_CRICKET_BACKING_OFF:

        if (w->backoff->timer_set) {
            ngx_del_timer(w->backoff);
        }

        break;

    default: /* NGX_HTTP_CRICKET_SETTLED */
        break;
    }

    w->state = state;
}


ngx_msec_t
ngx_http_cricket_write_pause(ngx_uint_t n, ngx_msec_t max)
{
    ngx_msec_t  pause;

    pause = max;

    if (n < 8) {
        pause = ngx_min((ngx_msec_t) NGX_HTTP_CRICKET_BACKOFF << n, max);
    }

    return pause / 2 + ngx_random() % (pause / 2 + 1);
}


void
ngx_http_cricket_write_watch(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    c = r->connection;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    /* an end that was seen already is not reported again */

    if (c->read->ready) {
        ngx_post_event(c->read, &ngx_posted_events);
        return;
    }

    /* on failure it is not seen to leave, and has its answer all the same */

    (void) ngx_handle_read_event(c->read, 0);
}


void
ngx_http_cricket_write_payload_free(ngx_http_cricket_payload_t *payload)
{
    if (--payload->refs == 0) {
        cricket_buf_free(&payload->lines);
        ngx_free(payload);
    }
}
