
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A batch: what is parked goes to Elasticsearch in one bulk. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_batch.h"
#include "ngx_http_cricket_probe.h"
#include "ngx_http_cricket_trouble.h"
#include "ngx_http_cricket_verdict.h"


#define NGX_HTTP_CRICKET_POOL_SIZE  4096

/* while no node can be reached, between tries, in milliseconds */
#define NGX_HTTP_CRICKET_PAUSE_MAX  1000


static ngx_http_cricket_batch_t *ngx_http_cricket_batch_create(
    ngx_http_cricket_target_t *target, ngx_http_cricket_lane_t *lane);
static ngx_uint_t ngx_http_cricket_batch_fill(ngx_http_cricket_batch_t *batch);
static ngx_http_cricket_write_t *ngx_http_cricket_batch_leader(
    ngx_http_cricket_batch_t *batch, ngx_uint_t *ids);
static u_char *ngx_http_cricket_batch_log(ngx_log_t *log, u_char *buf,
    size_t len);
static size_t ngx_http_cricket_batch_lines(ngx_http_cricket_write_t *w,
    size_t max, ngx_uint_t *n);
static void ngx_http_cricket_batch_free(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_count(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_done(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_batch_read(void *data, ngx_int_t rc);
static void ngx_http_cricket_batch_probed(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_batch_unsent(ngx_http_cricket_batch_t *batch);
static ngx_uint_t ngx_http_cricket_batch_unreached(
    ngx_http_cricket_target_t *target, ngx_msec_t start, ngx_uint_t tried);
static void ngx_http_cricket_batch_reached(ngx_http_cricket_target_t *target);
static void ngx_http_cricket_batch_end(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_failed(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_refuse_lane(ngx_http_cricket_lane_t *lane,
    const char *error);


void
ngx_http_cricket_batch_start(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane)
{
    ngx_uint_t                    ids;
    ngx_connection_t             *c;
    ngx_http_request_t           *r;
    ngx_http_cricket_seat_t      *seat;
    ngx_http_cricket_write_t     *leader;
    ngx_http_cricket_batch_t     *batch;
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *conf;

    batch = ngx_http_cricket_batch_create(target, lane);
    if (batch == NULL) {
        return;
    }

    conf = target->conf;
    x = &batch->exchange;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "http cricket batch: %ui writes, %ui items, %uz bytes",
                   batch->nseats, batch->n, batch->size);

    ngx_queue_insert_tail(&lane->batches, &batch->queue);
    lane->in_flight++;

    batch->clock = ngx_http_cricket_clock();

    ngx_http_cricket_count_load(target->count, 0, 0, 1);

    x->data = batch;

    batch->probe = ngx_http_cricket_probe(target, lane);

    if (batch->probe) {
        x->handler = ngx_http_cricket_batch_probed;
        x->request = ngx_http_cricket_probe_request(batch);

    } else {
        x->handler = ngx_http_cricket_batch_done;
        x->request = ngx_http_cricket_batch_request(batch);
        batch->verdicts = ngx_pnalloc(batch->pool, batch->n);
    }

    if (x->request == NULL || (!batch->probe && batch->verdicts == NULL)) {
        ngx_http_cricket_batch_failed(batch);
        return;
    }

    leader = ngx_http_cricket_batch_leader(batch, &ids);

    x->conf = conf;
    x->upstream = (ids || batch->probe) ? &conf->bulk_again : &conf->bulk;
    x->log = &batch->log;
    x->room = NGX_HTTP_CRICKET_REPLY_MIN
              + batch->n * NGX_HTTP_CRICKET_REPLY_ITEM;
    x->detached = 1;

    r = leader->request;
    c = r->connection;

    seat = leader->seat;

    if (ngx_http_cricket_exchange_start(x, r) != NGX_OK) {

        if (seat->write) {
            ngx_http_cricket_write_leave(seat->write);
        }

        ngx_http_cricket_batch_failed(batch);
    }

    ngx_http_run_posted_requests(c);
}


/*
 * It has the most time left: its deadline ends the batch.  ids is whether all
 * of the batch may be sent twice.
 */

static ngx_http_cricket_write_t *
ngx_http_cricket_batch_leader(ngx_http_cricket_batch_t *batch, ngx_uint_t *ids)
{
    ngx_uint_t                 i;
    ngx_http_cricket_write_t  *w, *leader;

    *ids = 1;
    leader = batch->seats[0].write;

    for (i = 0; i < batch->nseats; i++) {
        w = batch->seats[i].write;

        w->batch_size = batch->n;

        if (!w->ids) {
            *ids = 0;
        }

        if ((ngx_msec_int_t) (w->deadline - leader->deadline) >= 0) {
            leader = w;
        }
    }

    return leader;
}


/* takes parked writes into a new batch; on failure all parked are refused */

static ngx_http_cricket_batch_t *
ngx_http_cricket_batch_create(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane)
{
    ngx_pool_t                *pool;
    ngx_http_cricket_batch_t  *batch;

    batch = NULL;

    pool = ngx_create_pool(NGX_HTTP_CRICKET_POOL_SIZE, ngx_cycle->log);

    if (pool) {
        batch = ngx_pcalloc(pool, sizeof(ngx_http_cricket_batch_t));
    }

    if (batch) {
        batch->pool = pool;
        batch->target = target;
        batch->lane = lane;
        batch->start = ngx_current_msec;

        batch->log = *ngx_cycle->log;
        batch->log.handler = ngx_http_cricket_batch_log;
        batch->log.data = &batch->log_ctx;
        batch->log_ctx.batch = batch;

        batch->work.slice = ngx_http_cricket_verdict_slice;
        batch->work.handler = ngx_http_cricket_batch_read;
        batch->work.data = batch;
        batch->work.turns = target->turns;
        batch->work.first = 1;

        if (ngx_http_cricket_batch_fill(batch)) {
            return batch;
        }
    }

    if (pool) {
        ngx_destroy_pool(pool);
    }

    ngx_http_cricket_batch_refuse_lane(lane, "out of memory");

    return NULL;
}


static ngx_uint_t
ngx_http_cricket_batch_fill(ngx_http_cricket_batch_t *batch)
{
    size_t                      size;
    ngx_uint_t                  i, n;
    ngx_queue_t                *q;
    ngx_http_cricket_seat_t    *seat;
    ngx_http_cricket_write_t   *w;
    ngx_http_cricket_target_t  *target;

    target = batch->target;

    ngx_http_cricket_limit_grow(&target->limit);

    for (q = ngx_queue_head(&batch->lane->parked);
         q != ngx_queue_sentinel(&batch->lane->parked);
         q = ngx_queue_next(q))
    {
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        if (batch->nseats && batch->size + w->size > target->limit.size) {
            break;
        }

        batch->nseats++;
        batch->size += w->size;
    }

    batch->seats = ngx_pcalloc(batch->pool,
                               batch->nseats * sizeof(ngx_http_cricket_seat_t));
    if (batch->seats == NULL) {
        return 0;
    }

    batch->size = 0;

    for (i = 0; i < batch->nseats; i++) {

        q = ngx_queue_head(&batch->lane->parked);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        size = w->size;
        n = w->n;

        if (size > target->limit.size
            && target->limit.size < target->limit.max)
        {
            /* Elasticsearch does not take it in one piece */

            size = ngx_http_cricket_batch_lines(w, target->limit.size, &n);
        }

        seat = &batch->seats[i];

        seat->batch = batch;
        seat->write = w;
        seat->first = batch->n;
        seat->n = n;
        seat->size = size;

        ngx_http_cricket_write_ride(w, seat);

        batch->n += n;
        batch->size += size;
    }

    return 1;
}


/* in place of the client and the request, which is but one of several */

static u_char *
ngx_http_cricket_batch_log(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                        *p, *last;
    const char                    *separator;
    ngx_http_upstream_t           *u;
    ngx_http_cricket_batch_t      *batch;
    ngx_http_cricket_batch_log_t  *ctx;

    ctx = log->data;
    batch = ctx->batch;

    p = buf;
    last = buf + len;

    if (log->action) {
        p = ngx_slprintf(p, last, " while %s", log->action);
    }

    if (batch->probe) {
        p = ngx_slprintf(p, last, ", asking for the index for");

    } else {
        p = ngx_slprintf(p, last, ", storing a batch of %ui datapoint%s of",
                         batch->n, batch->n == 1 ? "" : "s");
    }

    p = ngx_slprintf(p, last, " %ui request%s", batch->nseats,
                     batch->nseats == 1 ? "" : "s");

    u = NULL;
    separator = "";

    /* once the exchange is over, its carrier may be gone */

    if (batch->exchange.own) {
        u = batch->exchange.carrier->upstream;
    }

    if (u && u->peer.name) {

#if (NGX_HAVE_UNIX_DOMAIN)

        if (u->peer.sockaddr && u->peer.sockaddr->sa_family == AF_UNIX) {
            separator = ":";
        }

#endif

        p = ngx_slprintf(p, last, ", upstream: \"%V%V%s%V\"", &u->schema,
                         u->peer.name, separator, &u->uri);
    }

    return p;
}


/* the size of as many whole items, at least one, as max bytes hold */

static size_t
ngx_http_cricket_batch_lines(ngx_http_cricket_write_t *w, size_t max,
    ngx_uint_t *n)
{
    u_char      *p, *last, *item;
    ngx_uint_t   i;

    p = w->lines;
    last = w->lines + w->size;

    for (i = 0; i < w->n; i++) {

        item = p;

        p += cricket_bulk_item_size(p, last - p);

        if (i && (size_t) (p - w->lines) > max) {
            p = item;
            break;
        }
    }

    *n = i;

    return p - w->lines;
}


static void
ngx_http_cricket_batch_free(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t  i;

    for (i = 0; i < batch->nseats; i++) {

        if (batch->seats[i].payload) {
            ngx_http_cricket_write_payload_free(batch->seats[i].payload);
        }
    }

    ngx_http_cricket_exchange_free(&batch->exchange);

    ngx_destroy_pool(batch->pool);
}


static void
ngx_http_cricket_batch_count(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_end_e        end;
    ngx_http_cricket_count_t     *count;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;
    count = batch->target->count;

    if (x->tries > 1) {
        ngx_http_cricket_count_retry(count, NGX_HTTP_CRICKET_RETRY_NEXT_NODE,
                                     (x->tries - 1) * batch->nseats);
    }

    switch (x->outcome) {

    case NGX_HTTP_CRICKET_REPLY:
        end = (x->status == NGX_HTTP_OK) ? NGX_HTTP_CRICKET_ANSWERED
                                         : NGX_HTTP_CRICKET_REFUSED;
        break;

    case NGX_HTTP_CRICKET_UNSENT:
        end = NGX_HTTP_CRICKET_NOT_SENT;
        break;

    default: /* NGX_HTTP_CRICKET_UNKNOWN */
        end = NGX_HTTP_CRICKET_LOST;
    }

    ngx_http_cricket_count_bulk(count, end, batch->n, batch->size,
                                (ngx_http_cricket_clock() - batch->clock)
                                / 1000);
}


static void
ngx_http_cricket_batch_done(ngx_http_cricket_exchange_t *x)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_http_cricket_batch_t  *batch;

    batch = x->data;

    ngx_http_cricket_batch_count(batch);

    if (x->outcome == NGX_HTTP_CRICKET_REPLY && x->sent) {

        /* another node had it before the one that answered */

        for (i = 0; i < batch->nseats; i++) {

            if (batch->seats[i].write) {
                batch->seats[i].write->unknown = 1;
            }
        }
    }

    if (x->outcome != NGX_HTTP_CRICKET_UNSENT) {
        ngx_http_cricket_batch_reached(batch->target);
    }

    switch (x->outcome) {

    case NGX_HTTP_CRICKET_REPLY:

        if (ngx_http_cricket_verdict_start(batch) != NGX_OK) {
            break;
        }

        rc = ngx_http_cricket_turn_start(&batch->work);

        if (rc != NGX_AGAIN) {
            ngx_http_cricket_batch_read(batch, rc);
        }

        return;

    case NGX_HTTP_CRICKET_UNSENT:
        ngx_http_cricket_batch_unsent(batch);
        break;

    default: /* NGX_HTTP_CRICKET_UNKNOWN */
        ngx_http_cricket_verdict_unknown(batch, x->error ? x->error
                                       : "the connection to Elasticsearch "
                                         "was lost");
    }

    ngx_http_cricket_batch_end(batch);
}


/* the reply's items were read */

static void
ngx_http_cricket_batch_read(void *data, ngx_int_t rc)
{
    ngx_http_cricket_batch_t *batch = data;

    ngx_http_cricket_verdict(batch, rc);
    ngx_http_cricket_batch_end(batch);
}


static void
ngx_http_cricket_batch_probed(ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_batch_t  *batch;

    batch = x->data;

    /* of the writes themselves nothing was sent in any case */

    if (x->outcome == NGX_HTTP_CRICKET_UNSENT
        || (x->outcome == NGX_HTTP_CRICKET_UNKNOWN && x->trouble))
    {
        ngx_http_cricket_batch_unsent(batch);

    } else {
        ngx_http_cricket_batch_reached(batch->target);
        ngx_http_cricket_probe_verdict(batch);
    }

    ngx_http_cricket_batch_end(batch);
}


/* its writes wait for a node, or are told of it */

static void
ngx_http_cricket_batch_unsent(ngx_http_cricket_batch_t *batch)
{
    const char                   *error;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    /* if the leader was lost, no node is to blame */

    if (x->carrier == NULL
        || ngx_http_cricket_batch_unreached(batch->target, batch->start,
                                            x->tried))
    {
        ngx_http_cricket_count_retry(batch->target->count,
                                     NGX_HTTP_CRICKET_RETRY_UNSENT,
                                     ngx_http_cricket_verdict_park(batch));
        return;
    }

    error = x->error ? x->error : "Elasticsearch is away";

    ngx_http_cricket_verdict_refuse(batch, error);
    ngx_http_cricket_batch_refuse_lane(batch->lane, error);
}


/*
 * Nothing of a batch that began then was sent, whether or not a node was tried:
 * all pauses, longer each time.  Returns 0 if Elasticsearch has been away for
 * so long that it is time to say so, else waiting for it is worth while.
 */

static ngx_uint_t
ngx_http_cricket_batch_unreached(ngx_http_cricket_target_t *target,
    ngx_msec_t start, ngx_uint_t tried)
{
    ngx_msec_t  pause;
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_CRICKET_LANES; i++) {
        n += target->lanes[i].in_flight;
    }

    if (!target->dispatch.timer_set) {
        pause = ngx_http_cricket_write_pause(target->pauses++,
                                             NGX_HTTP_CRICKET_PAUSE_MAX);

        ngx_add_timer(&target->dispatch, pause);
    }

    return ngx_http_cricket_node_unreached(&target->node, start, tried, n == 1);
}


/* a node was sent something */

static void
ngx_http_cricket_batch_reached(ngx_http_cricket_target_t *target)
{
    ngx_http_cricket_node_reached(&target->node);

    target->pauses = 0;

    if (target->dispatch.timer_set) {
        ngx_del_timer(&target->dispatch);
    }
}


static void
ngx_http_cricket_batch_failed(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_verdict_refuse(batch, "out of memory");
    ngx_http_cricket_batch_end(batch);
}


/* it is over: frees it, and lets the next one go */

static void
ngx_http_cricket_batch_end(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_target_t  *target;

    target = batch->target;

    ngx_queue_remove(&batch->queue);
    batch->lane->in_flight--;

    ngx_http_cricket_count_load(target->count, 0, 0, -1);

    ngx_http_cricket_batch_free(batch);

    ngx_post_event(&target->dispatch, &ngx_posted_events);
}


static void
ngx_http_cricket_batch_refuse_lane(ngx_http_cricket_lane_t *lane,
    const char *error)
{
    ngx_queue_t               *q;
    ngx_http_cricket_write_t  *w;

    while (!ngx_queue_empty(&lane->parked)) {
        q = ngx_queue_head(&lane->parked);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        ngx_http_cricket_write_settle(w, error);
    }
}
