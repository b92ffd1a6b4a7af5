
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Group commit: takes writes, and says when batches of them leave. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_partition.h"
#include "ngx_http_cricket_batch.h"
#include "ngx_http_cricket_commit.h"
#include "ngx_http_cricket_partition.h"
#include "ngx_http_cricket_trouble.h"


/* held up: a batch without a connection, a lane without a reply for so long */
#define NGX_HTTP_CRICKET_HELD_CONNECT  100
#define NGX_HTTP_CRICKET_HELD_REPLY    1000

/* what a worker remembers of partitions to be made: some forty names */
#define NGX_HTTP_CRICKET_MISSING       (40 * (CRICKET_PARTITION_LEN + 1))


static ngx_int_t ngx_http_cricket_commit_target(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf, ngx_http_cricket_target_t *target);
static ngx_int_t ngx_http_cricket_commit_random(ngx_cycle_t *cycle, u_char *p,
    size_t size);
static void ngx_http_cricket_commit_cleanup(void *data);
static void ngx_http_cricket_commit_deadline(ngx_event_t *ev);
static void ngx_http_cricket_commit_late(ngx_http_cricket_write_t *w);
static void ngx_http_cricket_commit_dispatch(ngx_event_t *ev);
static ngx_msec_t ngx_http_cricket_commit_wait(ngx_http_cricket_lane_t *lane,
    ngx_uint_t bulks);


ngx_int_t
ngx_http_cricket_commit_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                   i;
    ngx_http_cricket_target_t  **targets;

    targets = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {

        if (ngx_http_cricket_commit_target(cycle, cmcf, targets[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_commit_target(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf, ngx_http_cricket_target_t *target)
{
    ngx_uint_t  k;

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

    target->deadline.handler = ngx_http_cricket_commit_deadline;
    target->deadline.data = target;
    target->deadline.log = cycle->log;

    /* what it waits for keeps an exiting worker by timers of its own */

    target->deadline.cancelable = 1;

    target->dispatch.handler = ngx_http_cricket_commit_dispatch;
    target->dispatch.data = target;
    target->dispatch.log = cycle->log;

    target->held.handler = ngx_http_cricket_commit_dispatch;
    target->held.data = target;
    target->held.log = cycle->log;
    target->held.cancelable = 1;

    ngx_http_cricket_limit_init(&target->limit, target->conf->bulk_size,
                                target->conf->timeout);

    cricket_buf_init(&target->scratch, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&target->missing, NGX_HTTP_CRICKET_MISSING);
    cricket_buf_init(&target->template, NGX_MAX_SIZE_T_VALUE);

    if (target->conf->ids == NGX_HTTP_CRICKET_IDS_OWN
        && ngx_http_cricket_commit_random(cycle, target->id_random,
                                          sizeof(target->id_random))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* of the kernel: ngx_random() is seeded alike in containers that start alike */

static ngx_int_t
ngx_http_cricket_commit_random(ngx_cycle_t *cycle, u_char *p, size_t size)
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
ngx_http_cricket_commit_exit_worker(ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                   i;
    ngx_http_cricket_target_t  **targets;

    targets = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {
        cricket_buf_free(&targets[i]->scratch);
        cricket_buf_free(&targets[i]->missing);
        cricket_buf_free(&targets[i]->template);
    }
}


ngx_int_t
ngx_http_cricket_commit(ngx_http_cricket_write_t *w)
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

    cln->handler = ngx_http_cricket_commit_cleanup;
    cln->data = w;

    target->requests++;
    target->size += w->size;

    ngx_http_cricket_count_load(target->count, 1, w->size, 0);

    w->deadline = ngx_current_msec + conf->timeout;

    ngx_queue_insert_tail(&target->order, &w->order);

    if (!target->deadline.timer_set) {
        ngx_add_timer(&target->deadline, conf->timeout);
    }

    ngx_http_cricket_write_park(w, 0);

    return NGX_OK;
}


static void
ngx_http_cricket_commit_cleanup(void *data)
{
    ngx_http_cricket_write_t  *w = data;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, w->request->connection->log, 0,
                   "http cricket write cleanup, state:%d", w->state);

    ngx_http_cricket_write_leave(w);

    if (w->payload) {
        ngx_http_cricket_write_payload_free(w->payload);
        w->payload = NULL;
    }
}


static void
ngx_http_cricket_commit_deadline(ngx_event_t *ev)
{
    ngx_queue_t                *q;
    ngx_msec_int_t              left;
    ngx_http_cricket_write_t   *w;
    ngx_http_cricket_target_t  *target;

    target = ev->data;

    while (!ngx_queue_empty(&target->order)) {

        q = ngx_queue_head(&target->order);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, order);

        left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

        if (left > 0) {
            ngx_add_timer(&target->deadline, left);
            return;
        }

        ngx_http_cricket_commit_late(w);
    }
}


/* its deadline is here: what is told depends on where it is */

static void
ngx_http_cricket_commit_late(ngx_http_cricket_write_t *w)
{
    const char                   *error;
    ngx_http_cricket_batch_t     *batch;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    target = w->target;

    if (w->state == NGX_HTTP_CRICKET_IN_FLIGHT) {

        batch = w->seat->batch;
        x = &batch->exchange;

        if (!batch->probe && ngx_http_cricket_exchange_sent(x)) {
            w->unknown = 1;
        }

        if (x->carrier == w->request) {

            /* the others of the batch have but the same time left */

            ngx_http_cricket_exchange_abort(x, NULL);
        }

        ngx_http_cricket_write_settle(w, "Elasticsearch did not acknowledge "
                                         "the datapoints in time");
        return;
    }

    if (!target->dispatch.timer_set) {
        error = "Elasticsearch is too busy or too slow to take the datapoints "
                "in time";

    } else {
        error = ngx_http_cricket_trouble_words(target->node.trouble);

        if (error == NULL) {
            error = "Elasticsearch is away";
        }
    }

    ngx_http_cricket_write_settle(w, error);
}


static void
ngx_http_cricket_commit_dispatch(ngx_event_t *ev)
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

    ngx_http_cricket_partition_home(target);

    for (i = 0; i < NGX_HTTP_CRICKET_LANES; i++) {

        lane = &target->lanes[i];

        while (!ngx_queue_empty(&lane->parked)) {

            wait = ngx_http_cricket_commit_wait(lane,
                                            i == NGX_HTTP_CRICKET_LANE_MAKE
                                            ? 1 : target->conf->bulks);

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
ngx_http_cricket_commit_wait(ngx_http_cricket_lane_t *lane, ngx_uint_t bulks)
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
