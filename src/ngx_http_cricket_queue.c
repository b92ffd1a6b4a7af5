
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Group commit: where writes park, and when batches leave. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_queue.h"
#include "ngx_http_cricket_batch.h"
#include "ngx_http_cricket_trouble.h"


/* a pause before a try is between half of this, doubled each time, and all */
#define NGX_HTTP_CRICKET_BACKOFF      100
#define NGX_HTTP_CRICKET_BACKOFF_MAX  3000

/* likewise while no node can be reached */
#define NGX_HTTP_CRICKET_PAUSE_MAX    1000

/*
 * A disk that is full for a moment, as while a shard moves, is no refusal; but
 * Elasticsearch looks only every 30 s whether it still is.
 */
#define NGX_HTTP_CRICKET_BLOCKED      5000

/* held up: a batch without a connection, a lane without a reply for so long */
#define NGX_HTTP_CRICKET_HELD_CONNECT  100
#define NGX_HTTP_CRICKET_HELD_REPLY    1000


static ngx_int_t ngx_http_cricket_random(ngx_cycle_t *cycle, u_char *p,
    size_t size);
static void ngx_http_cricket_write_cleanup(void *data);
static void ngx_http_cricket_deadline_handler(ngx_event_t *ev);
static void ngx_http_cricket_dispatch_handler(ngx_event_t *ev);
static ngx_msec_t ngx_http_cricket_lane_wait(ngx_http_cricket_lane_t *lane,
    ngx_uint_t bulks);
static ngx_msec_t ngx_http_cricket_pause(ngx_uint_t n, ngx_msec_t max);
static void ngx_http_cricket_backoff_handler(ngx_event_t *ev);


ngx_int_t
ngx_http_cricket_queue_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                    i, k;
    ngx_http_cricket_target_t   **targets, *target;

    targets = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {
        target = targets[i];

        target->turns = cmcf->turns;
        target->count = ngx_http_cricket_count_find(cmcf, &target->conf->index,
                                                    &target->conf->host);
        target->node.count = target->count;

        ngx_http_cricket_count_limits(target->count, target->conf->queue_size,
                                      target->conf->queue_requests);

        for (k = 0; k < NGX_HTTP_CRICKET_LANES; k++) {
            ngx_queue_init(&target->lanes[k].parked);
            ngx_queue_init(&target->lanes[k].batches);
        }

        ngx_queue_init(&target->order);

        target->deadline.handler = ngx_http_cricket_deadline_handler;
        target->deadline.data = target;
        target->deadline.log = cycle->log;

        /* what it waits for keeps an exiting worker by timers of its own */

        target->deadline.cancelable = 1;

        target->dispatch.handler = ngx_http_cricket_dispatch_handler;
        target->dispatch.data = target;
        target->dispatch.log = cycle->log;

        target->held.handler = ngx_http_cricket_dispatch_handler;
        target->held.data = target;
        target->held.log = cycle->log;
        target->held.cancelable = 1;

        target->bulk_size = target->conf->bulk_size;
        target->patience = target->conf->timeout;

        cricket_buf_init(&target->scratch, NGX_MAX_SIZE_T_VALUE);

        if (target->conf->ids == NGX_HTTP_CRICKET_IDS_OWN
            && ngx_http_cricket_random(cycle, target->id_random,
                                       sizeof(target->id_random))
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* of the kernel: ngx_random() is seeded alike in containers that start alike */

static ngx_int_t
ngx_http_cricket_random(ngx_cycle_t *cycle, u_char *p, size_t size)
{
    ssize_t    n;
    ngx_fd_t   fd;

    static u_char  name[] = "/dev/urandom";

    fd = ngx_open_file(name, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", name);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, p, size);

    if (n != (ssize_t) size) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, n == -1 ? ngx_errno : 0,
                      ngx_read_fd_n " \"%s\" failed", name);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_errno,
                      ngx_close_file_n " \"%s\" failed", name);
    }

    return (n == (ssize_t) size) ? NGX_OK : NGX_ERROR;
}


void
ngx_http_cricket_queue_exit_worker(ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                   i;
    ngx_http_cricket_target_t  **targets;

    targets = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {
        cricket_buf_free(&targets[i]->scratch);
    }
}


ngx_int_t
ngx_http_cricket_queue_add(ngx_http_cricket_write_t *w)
{
    ngx_http_cleanup_t           *cln;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_loc_conf_t  *conf;

    target = w->target;
    conf = target->conf;

    /* a single request larger than the queue passes while it is empty */

    if (target->requests
        && (target->requests >= conf->queue_requests
            || target->size + w->size > conf->queue_size))
    {
        return NGX_DECLINED;
    }

    cln = ngx_http_cleanup_add(w->request, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_cricket_write_cleanup;
    cln->data = w;

    target->requests++;
    target->size += w->size;

    ngx_http_cricket_count_load(target->count, 1, w->size, 0);

    w->deadline = ngx_current_msec + conf->timeout;

    ngx_queue_insert_tail(&target->order, &w->order);

    if (!target->deadline.timer_set) {
        ngx_add_timer(&target->deadline, conf->timeout);
    }

    ngx_http_cricket_park(w, 0);

    return NGX_OK;
}


void
ngx_http_cricket_payload_free(ngx_http_cricket_payload_t *payload)
{
    if (--payload->refs == 0) {
        cricket_buf_free(&payload->lines);
        ngx_free(payload);
    }
}


void
ngx_http_cricket_park(ngx_http_cricket_write_t *w, ngx_uint_t front)
{
    ngx_http_cricket_lane_t    *lane;
    ngx_http_cricket_target_t  *target;

    target = w->target;
    lane = &target->lanes[w->lane];

    w->state = NGX_HTTP_CRICKET_PARKED;

    if (front) {
        ngx_queue_insert_head(&lane->parked, &w->queue);

    } else {
        ngx_queue_insert_tail(&lane->parked, &w->queue);
    }

    ngx_http_cricket_watch(w->request);

    /*
     * Not at once: all that this turn of the event loop still reads shares the
     * next batch.
     */

    ngx_post_event(&target->dispatch, &ngx_posted_events);
}


void
ngx_http_cricket_watch(ngx_http_request_t *r)
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
ngx_http_cricket_leave(ngx_http_cricket_write_t *w)
{
    switch (w->state) {

    case NGX_HTTP_CRICKET_PARKED:
        ngx_queue_remove(&w->queue);
        break;

    case NGX_HTTP_CRICKET_IN_FLIGHT:
        ngx_http_cricket_batch_vacate(w);
        break;

    case NGX_HTTP_CRICKET_BACKING_OFF:
        ngx_del_timer(w->backoff);
        break;

    default: /* NGX_HTTP_CRICKET_SETTLED */
        return;
    }

    w->state = NGX_HTTP_CRICKET_SETTLED;

    ngx_queue_remove(&w->order);

    w->target->requests--;
    w->target->size -= w->size;

    ngx_http_cricket_count_load(w->target->count, -1, -(ssize_t) w->size, 0);
}


void
ngx_http_cricket_shrink(ngx_http_cricket_write_t *w, size_t size)
{
    w->size -= size;
    w->target->size -= size;

    ngx_http_cricket_count_load(w->target->count, 0, -(ssize_t) size, 0);
}


void
ngx_http_cricket_settle(ngx_http_cricket_write_t *w, const char *error)
{
    w->error = error;

    ngx_http_cricket_leave(w);

    w->settle(w);
}


static void
ngx_http_cricket_write_cleanup(void *data)
{
    ngx_http_cricket_write_t  *w = data;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, w->request->connection->log, 0,
                   "http cricket write cleanup, state:%d", w->state);

    ngx_http_cricket_leave(w);

    if (w->payload) {
        ngx_http_cricket_payload_free(w->payload);
        w->payload = NULL;
    }
}


static void
ngx_http_cricket_deadline_handler(ngx_event_t *ev)
{
    const char                   *error;
    cricket_trouble_e             trouble;
    ngx_queue_t                  *q;
    ngx_msec_int_t                left;
    ngx_http_cricket_write_t     *w;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    target = ev->data;

    while (!ngx_queue_empty(&target->order)) {

        q = ngx_queue_head(&target->order);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, order);

        left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

        if (left > 0) {
            ngx_add_timer(&target->deadline, left);
            return;
        }

        switch (w->state) {

        case NGX_HTTP_CRICKET_IN_FLIGHT:

            x = &w->batch->exchange;

            if (!w->batch->probe && ngx_http_cricket_exchange_sent(x)) {
                w->unknown = 1;
            }

            if (x->carrier == w->request) {

                /* the others of the batch have but the same time left */

                ngx_http_cricket_exchange_abort(x, NULL);
            }

            ngx_http_cricket_settle(w, "Elasticsearch did not acknowledge the "
                                       "datapoints in time");
            break;

        default:

            if (!target->dispatch.timer_set) {
                error = "Elasticsearch is too busy or too slow to take the "
                        "datapoints in time";

            } else {
                trouble = target->node.trouble;
                error = ngx_http_cricket_trouble_words(trouble);

                if (error == NULL) {
                    error = "Elasticsearch is away";
                }
            }

            ngx_http_cricket_settle(w, error);
        }
    }
}


static void
ngx_http_cricket_dispatch_handler(ngx_event_t *ev)
{
    ngx_msec_t                  wait, held;
    ngx_uint_t                  i;
    ngx_http_cricket_lane_t    *lane;
    ngx_http_cricket_target_t  *target;

    target = ev->data;

    if (target->dispatch.timer_set) {
        return;
    }

    if (target->held.timer_set) {
        ngx_del_timer(&target->held);
    }

    held = NGX_TIMER_INFINITE;

    for (i = 0; i < NGX_HTTP_CRICKET_LANES; i++) {

        lane = &target->lanes[i];

        while (!ngx_queue_empty(&lane->parked)) {

            wait = ngx_http_cricket_lane_wait(lane, target->conf->bulks);

            if (wait) {
                held = ngx_min(held, wait);
                break;
            }

            ngx_http_cricket_batch_start(target, lane);
        }
    }

    if (held != NGX_TIMER_INFINITE) {
        ngx_add_timer(&target->held, held);
    }
}


/*
 * How long until a lane may have one batch more, if none of it ends before: 0
 * is now, NGX_TIMER_INFINITE never.  Beyond "cricket_bulks" it may have it for
 * one that waits for a connection, which is no load to any node, and when even
 * the youngest gets no reply: but one at a time, for what is sent to a node
 * that hangs is in doubt, and it may be that all of them do.
 */

static ngx_msec_t
ngx_http_cricket_lane_wait(ngx_http_cricket_lane_t *lane, ngx_uint_t bulks)
{
    ngx_msec_t                 wait, age, youngest;
    ngx_uint_t                 n;
    ngx_queue_t               *q;
    ngx_http_cricket_batch_t  *batch;

    if (lane->in_flight < bulks) {
        return 0;
    }

    wait = NGX_TIMER_INFINITE;

    if (lane->in_flight >= 2 * bulks) {
        return wait;
    }

    n = lane->in_flight;
    youngest = 0;

    for (q = ngx_queue_head(&lane->batches);
         q != ngx_queue_sentinel(&lane->batches);
         q = ngx_queue_next(q))
    {
        batch = ngx_queue_data(q, ngx_http_cricket_batch_t, queue);

        age = ngx_current_msec - batch->start;

        if (ngx_http_cricket_exchange_connecting(&batch->exchange)) {

            if (age >= NGX_HTTP_CRICKET_HELD_CONNECT) {
                n--;
                continue;
            }

            wait = ngx_min(wait, NGX_HTTP_CRICKET_HELD_CONNECT - age);
        }

        youngest = age;
    }

    if (n < bulks || youngest >= NGX_HTTP_CRICKET_HELD_REPLY) {
        return 0;
    }

    return ngx_min(wait, NGX_HTTP_CRICKET_HELD_REPLY - youngest);
}


/* the pause after n others, with jitter */

static ngx_msec_t
ngx_http_cricket_pause(ngx_uint_t n, ngx_msec_t max)
{
    ngx_msec_t  pause;

    pause = max;

    if (n < 8) {
        pause = ngx_min((ngx_msec_t) NGX_HTTP_CRICKET_BACKOFF << n, max);
    }

    return pause / 2 + ngx_random() % (pause / 2 + 1);
}


ngx_uint_t
ngx_http_cricket_unreached(ngx_http_cricket_target_t *target, ngx_msec_t start,
    ngx_uint_t tried)
{
    ngx_msec_t  pause;
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_CRICKET_LANES; i++) {
        n += target->lanes[i].in_flight;
    }

    if (!target->dispatch.timer_set) {
        pause = ngx_http_cricket_pause(target->pauses++,
                                       NGX_HTTP_CRICKET_PAUSE_MAX);

        ngx_add_timer(&target->dispatch, pause);
    }

    return ngx_http_cricket_node_unreached(&target->node, start, tried, n == 1);
}


void
ngx_http_cricket_reached(ngx_http_cricket_target_t *target)
{
    ngx_http_cricket_node_reached(&target->node);

    target->pauses = 0;

    if (target->dispatch.timer_set) {
        ngx_del_timer(&target->dispatch);
    }
}


void
ngx_http_cricket_again(ngx_http_cricket_write_t *w,
    ngx_http_cricket_retry_e reason, const char *error)
{
    ngx_msec_t      pause;
    ngx_msec_int_t  left, wait;

    left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

    pause = 0;

    if (w->tries++) {
        pause = ngx_http_cricket_pause(w->tries - 2,
                                       NGX_HTTP_CRICKET_BACKOFF_MAX);
    }

    if (reason == NGX_HTTP_CRICKET_RETRY_BLOCKED) {

        if (!w->blocked) {
            w->blocked = 1;
            w->since = ngx_current_msec;
        }

        wait = (ngx_msec_int_t) (w->since + NGX_HTTP_CRICKET_BLOCKED
                                 - ngx_current_msec);
        left = ngx_min(left, wait);
    }

    if (reason == NGX_HTTP_CRICKET_RETRY_BUSY
        || reason == NGX_HTTP_CRICKET_RETRY_BLOCKED)
    {

        /* under way at the deadline, its fate would not be known any more */

        left -= 2 * NGX_HTTP_CRICKET_WAIT_MIN;
    }

    if (left <= 0 || pause >= (ngx_msec_t) left) {
        ngx_http_cricket_settle(w, error);
        return;
    }

    if (pause && w->backoff == NULL) {

        w->backoff = ngx_pcalloc(w->request->pool, sizeof(ngx_event_t));

        if (w->backoff == NULL) {
            ngx_http_cricket_settle(w, "out of memory");
            return;
        }

        w->backoff->handler = ngx_http_cricket_backoff_handler;
        w->backoff->data = w;
        w->backoff->log = ngx_cycle->log;
    }

    ngx_http_cricket_count_retry(w->target->count, reason, 1);

    ngx_http_cricket_batch_vacate(w);

    if (pause == 0) {
        ngx_http_cricket_park(w, 1);
        return;
    }

    w->state = NGX_HTTP_CRICKET_BACKING_OFF;

    ngx_http_cricket_watch(w->request);

    ngx_add_timer(w->backoff, pause);
}


static void
ngx_http_cricket_backoff_handler(ngx_event_t *ev)
{
    ngx_http_cricket_write_t  *w;

    w = ev->data;

    ngx_http_cricket_park(w, 1);
}
