
/*
 * Copyright (C) Cricket authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_batch.h"


/* lines of at least this size are not copied into a batch but shared */
#define NGX_HTTP_CRICKET_SHARED     (64 * 1024)

#define NGX_HTTP_CRICKET_POOL_SIZE  4096

/* a pause before a try is between half of this, doubled each time, and all */
#define NGX_HTTP_CRICKET_BACKOFF      100
#define NGX_HTTP_CRICKET_BACKOFF_MAX  3000

/* what was sent and not answered may be sent again so many times */
#define NGX_HTTP_CRICKET_RESENDS      3


typedef struct {
    ngx_http_cricket_write_t      *write;       /* NULL: it left */
    ngx_uint_t                     first;       /* item of the batch */
    ngx_uint_t                     n;
    size_t                         size;
    ngx_http_cricket_payload_t    *payload;
} ngx_http_cricket_seat_t;


struct ngx_http_cricket_batch_s {
    ngx_pool_t                    *pool;
    ngx_http_cricket_target_t     *target;
    ngx_http_cricket_lane_t       *lane;

    ngx_http_cricket_seat_t       *seats;
    ngx_uint_t                     nseats;
    ngx_uint_t                     seat;        /* the reply is read for */
    ngx_uint_t                     n;           /* items */
    size_t                         size;
    u_char                        *verdicts;

    ngx_http_cricket_exchange_t    exchange;
};


static void ngx_http_cricket_park(ngx_http_cricket_write_t *w,
    ngx_uint_t front);
static void ngx_http_cricket_watch(ngx_http_cricket_write_t *w);
static void ngx_http_cricket_leave(ngx_http_cricket_write_t *w);
static void ngx_http_cricket_settle(ngx_http_cricket_write_t *w,
    const char *error);
static void ngx_http_cricket_write_cleanup(void *data);
static void ngx_http_cricket_deadline_handler(ngx_event_t *ev);
static void ngx_http_cricket_dispatch_handler(ngx_event_t *ev);
static ngx_http_cricket_batch_t *ngx_http_cricket_batch_create(
    ngx_http_cricket_target_t *target, ngx_http_cricket_lane_t *lane);
static ngx_uint_t ngx_http_cricket_batch_fill(ngx_http_cricket_batch_t *batch);
static size_t ngx_http_cricket_lines_size(ngx_http_cricket_write_t *w,
    size_t max, ngx_uint_t *n);
static ngx_chain_t *ngx_http_cricket_batch_request(
    ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_start(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_free(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_done(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_batch_reply(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_item(void *data, size_t index,
    const cricket_item_t *item);
static void ngx_http_cricket_batch_verdicts(ngx_http_cricket_write_t *w,
    u_char *verdicts, ngx_uint_t n);
static ngx_int_t ngx_http_cricket_compact(ngx_http_cricket_write_t *w,
    u_char *verdicts, ngx_uint_t n);
static void ngx_http_cricket_batch_refuse(ngx_http_cricket_batch_t *batch,
    const char *error);
static void ngx_http_cricket_batch_again(ngx_http_cricket_batch_t *batch,
    const char *error);
static void ngx_http_cricket_batch_park(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_batch_unknown(ngx_http_cricket_batch_t *batch,
    const char *error);
static void ngx_http_cricket_batch_halve(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_vacate(ngx_http_cricket_write_t *w);
static void ngx_http_cricket_again(ngx_http_cricket_write_t *w,
    const char *error);
static void ngx_http_cricket_backoff_handler(ngx_event_t *ev);


static ngx_str_t  ngx_http_cricket_method_post = ngx_string("POST");
static ngx_str_t  ngx_http_cricket_type_ndjson =
    ngx_string("application/x-ndjson");

static ngx_str_t  ngx_http_cricket_bulk_tails[] = {
    ngx_string("/_bulk?filter_path=errors,items.*.status,"
               "items.*.error.type,items.*.error.reason"),
    ngx_string("/_bulk?refresh=wait_for&filter_path=errors,items.*.status,"
               "items.*.error.type,items.*.error.reason")
};


ngx_int_t
ngx_http_cricket_batch_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                    i, k;
    ngx_http_cricket_target_t   **targets, *target;

    targets = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {
        target = targets[i];

        for (k = 0; k < NGX_HTTP_CRICKET_LANES; k++) {
            ngx_queue_init(&target->lanes[k].parked);
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

        target->bulk_size = target->conf->bulk_size;

        for (k = 0; k < sizeof(target->id_random); k++) {
            target->id_random[k] = (u_char) (ngx_random() >> 7);
        }

        /* workers that forked in the same millisecond must differ */

        target->id_random[0] ^= (u_char) ngx_pid;
        target->id_random[1] ^= (u_char) (ngx_pid >> 8);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_cricket_batch_add(ngx_http_cricket_write_t *w)
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


static void
ngx_http_cricket_park(ngx_http_cricket_write_t *w, ngx_uint_t front)
{
    ngx_http_cricket_lane_t    *lane;
    ngx_http_cricket_target_t  *target;

    target = w->target;
    lane = &target->lanes[w->wait ? NGX_HTTP_CRICKET_LANE_WAIT
                                  : NGX_HTTP_CRICKET_LANE];

    w->state = NGX_HTTP_CRICKET_PARKED;

    if (front) {
        ngx_queue_insert_head(&lane->parked, &w->queue);

    } else {
        ngx_queue_insert_tail(&lane->parked, &w->queue);
    }

    ngx_http_cricket_watch(w);

    /*
     * Not at once: all that this turn of the event loop still reads shares the
     * next batch.
     */

    ngx_post_event(&target->dispatch, &ngx_posted_events);
}


/* lets a client that closes its connection end its request */

static void
ngx_http_cricket_watch(ngx_http_cricket_write_t *w)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = w->request;
    c = r->connection;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    /* an end that was seen already is not reported again */

    if (c->read->ready) {
        ngx_post_event(c->read, &ngx_posted_events);
    }
}


/* takes a write out of wherever it is */

static void
ngx_http_cricket_leave(ngx_http_cricket_write_t *w)
{
    switch (w->state) {

    case NGX_HTTP_CRICKET_PARKED:
        ngx_queue_remove(&w->queue);
        break;

    case NGX_HTTP_CRICKET_IN_FLIGHT:
        ngx_http_cricket_vacate(w);
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
}


static void
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

        switch (w->state) {

        case NGX_HTTP_CRICKET_IN_FLIGHT:

            if (w->batch->exchange.carrier == w->request
                && !w->batch->exchange.finished)
            {
                /* the others of the batch have but the same time left */

                ngx_http_cricket_exchange_abort(&w->batch->exchange, NULL);
            }

            w->unknown = 1;

            ngx_http_cricket_settle(w, "Elasticsearch did not acknowledge the "
                                       "datapoints in time");
            break;

        default:
            ngx_http_cricket_settle(w, "Elasticsearch is too busy or too slow "
                                       "to take the datapoints in time");
        }
    }
}


static void
ngx_http_cricket_dispatch_handler(ngx_event_t *ev)
{
    ngx_uint_t                  i;
    ngx_http_cricket_lane_t    *lane;
    ngx_http_cricket_batch_t   *batch;
    ngx_http_cricket_target_t  *target;

    target = ev->data;

    for (i = 0; i < NGX_HTTP_CRICKET_LANES; i++) {

        lane = &target->lanes[i];

        while (lane->in_flight < target->conf->bulks
               && !ngx_queue_empty(&lane->parked))
        {
            batch = ngx_http_cricket_batch_create(target, lane);

            if (batch) {
                ngx_http_cricket_batch_start(batch);
            }
        }
    }
}


/* takes parked writes into a new batch; on failure all parked are refused */

static ngx_http_cricket_batch_t *
ngx_http_cricket_batch_create(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane)
{
    ngx_pool_t                *pool;
    ngx_queue_t               *q;
    ngx_http_cricket_batch_t  *batch;
    ngx_http_cricket_write_t  *w;

    batch = NULL;

    pool = ngx_create_pool(NGX_HTTP_CRICKET_POOL_SIZE, ngx_cycle->log);

    if (pool) {
        batch = ngx_pcalloc(pool, sizeof(ngx_http_cricket_batch_t));
    }

    if (batch) {
        batch->pool = pool;
        batch->target = target;
        batch->lane = lane;

        if (ngx_http_cricket_batch_fill(batch)) {
            return batch;
        }
    }

    if (pool) {
        ngx_destroy_pool(pool);
    }

    while (!ngx_queue_empty(&lane->parked)) {
        q = ngx_queue_head(&lane->parked);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        ngx_http_cricket_settle(w, "out of memory");
    }

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

    for (q = ngx_queue_head(&batch->lane->parked);
         q != ngx_queue_sentinel(&batch->lane->parked);
         q = ngx_queue_next(q))
    {
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        if (batch->nseats && batch->size + w->size > target->bulk_size) {
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

        if (size > target->bulk_size
            && target->bulk_size < target->conf->bulk_size)
        {
            /* Elasticsearch does not take it in one piece */

            size = ngx_http_cricket_lines_size(w, target->bulk_size, &n);
        }

        seat = &batch->seats[i];

        seat->write = w;
        seat->first = batch->n;
        seat->n = n;
        seat->size = size;

        ngx_queue_remove(&w->queue);

        w->state = NGX_HTTP_CRICKET_IN_FLIGHT;
        w->batch = batch;
        w->seat = i;

        batch->n += n;
        batch->size += size;
    }

    return 1;
}


/* the size of as many whole items, at least one, as max bytes hold */

static size_t
ngx_http_cricket_lines_size(ngx_http_cricket_write_t *w, size_t max,
    ngx_uint_t *n)
{
    u_char      *p, *last, *item;
    ngx_uint_t   i;

    p = w->lines;
    last = w->lines + w->size;

    for (i = 0; i < w->n; i++) {

        item = p;

        /* an item is two lines, and no line has a line feed inside */

        p = ngx_strlchr(p, last, LF) + 1;
        p = ngx_strlchr(p, last, LF) + 1;

        if (i && (size_t) (p - w->lines) > max) {
            p = item;
            break;
        }
    }

    *n = i;

    return p - w->lines;
}


static ngx_chain_t *
ngx_http_cricket_batch_request(ngx_http_cricket_batch_t *batch)
{
    size_t                     room;
    ngx_buf_t                 *b;
    ngx_uint_t                 i;
    ngx_chain_t               *cl, **ll, *head;
    ngx_http_cricket_seat_t   *seat;
    ngx_http_cricket_write_t  *w;

    room = 0;

    for (i = 0; i < batch->nseats; i++) {
        seat = &batch->seats[i];
        w = seat->write;

        if (w->payload && seat->size >= NGX_HTTP_CRICKET_SHARED) {
            w->payload->refs++;
            seat->payload = w->payload;

        } else {
            room += seat->size;
        }
    }

    i = (batch->lane == &batch->target->lanes[NGX_HTTP_CRICKET_LANE_WAIT]);

    head = ngx_http_cricket_exchange_head(batch->pool, batch->target->conf,
                                          &ngx_http_cricket_method_post,
                                          &ngx_http_cricket_bulk_tails[i],
                                          &ngx_http_cricket_type_ndjson,
                                          batch->size, room);
    if (head == NULL) {
        return NULL;
    }

    ll = &head->next;

    for (i = 0; i < batch->nseats; i++) {
        seat = &batch->seats[i];
        w = seat->write;

        if (seat->payload == NULL) {
            b = head->buf;
            b->last = ngx_cpymem(b->last, w->lines, seat->size);
            continue;
        }

        b = ngx_calloc_buf(batch->pool);
        if (b == NULL) {
            return NULL;
        }

        b->start = w->lines;
        b->pos = w->lines;
        b->last = w->lines + seat->size;
        b->end = b->last;
        b->memory = 1;

        cl = ngx_alloc_chain_link(batch->pool);
        if (cl == NULL) {
            return NULL;
        }

        cl->buf = b;
        cl->next = NULL;

        *ll = cl;
        ll = &cl->next;
    }

    return head;
}


static void
ngx_http_cricket_batch_start(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t                    i, ids;
    ngx_connection_t             *c;
    ngx_http_request_t           *r;
    ngx_http_cricket_seat_t      *seat;
    ngx_http_cricket_write_t     *w, *leader;
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *conf;

    conf = batch->target->conf;
    x = &batch->exchange;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "http cricket batch: %ui writes, %ui items, %uz bytes",
                   batch->nseats, batch->n, batch->size);

    batch->lane->in_flight++;

    x->data = batch;
    x->handler = ngx_http_cricket_batch_done;

    x->request = ngx_http_cricket_batch_request(batch);
    batch->verdicts = ngx_pnalloc(batch->pool, batch->n);

    if (x->request == NULL || batch->verdicts == NULL) {
        x->error = "out of memory";
        x->outcome = NGX_HTTP_CRICKET_UNSENT;
        x->handler(x);
        return;
    }

    /* the leader has the most time left: its deadline ends the batch */

    ids = 1;
    leader = batch->seats[0].write;

    for (i = 0; i < batch->nseats; i++) {
        w = batch->seats[i].write;

        w->batch_size = batch->n;

        if (!w->ids) {
            ids = 0;
        }

        if ((ngx_msec_int_t) (w->deadline - leader->deadline) >= 0) {
            leader = w;
        }
    }

    x->conf = conf;
    x->upstream = ids ? &conf->bulk_again : &conf->bulk;
    ngx_str_set(&x->uri, "/_bulk");
    x->log = ngx_cycle->log;
    x->detached = 1;

    r = leader->request;
    c = r->connection;

    seat = &batch->seats[leader->seat];

    if (ngx_http_cricket_exchange_start(x, r) != NGX_OK) {

        if (seat->write) {
            ngx_http_cricket_leave(seat->write);
        }

        x->error = "out of memory";
        x->outcome = NGX_HTTP_CRICKET_UNSENT;
        x->handler(x);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_cricket_batch_free(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t  i;

    for (i = 0; i < batch->nseats; i++) {

        if (batch->seats[i].payload) {
            ngx_http_cricket_payload_free(batch->seats[i].payload);
        }
    }

    ngx_http_cricket_exchange_free(&batch->exchange);

    ngx_destroy_pool(batch->pool);
}


static void
ngx_http_cricket_batch_done(ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_batch_t   *batch;
    ngx_http_cricket_target_t  *target;

    batch = x->data;
    target = batch->target;

    switch (x->outcome) {

    case NGX_HTTP_CRICKET_REPLY:
        ngx_http_cricket_batch_reply(batch);
        break;

    case NGX_HTTP_CRICKET_UNSENT:

        if (x->carrier == NULL && x->error == NULL) {

            /* the leader was lost, and no node is to blame */

            ngx_http_cricket_batch_park(batch);
            break;
        }

        ngx_http_cricket_batch_refuse(batch, x->error ? x->error
                                                   : "Elasticsearch is away");
        break;

    default: /* NGX_HTTP_CRICKET_UNKNOWN */
        ngx_http_cricket_batch_unknown(batch, x->error ? x->error
                                       : "the connection to Elasticsearch "
                                         "was lost");
    }

    batch->lane->in_flight--;

    ngx_http_cricket_batch_free(batch);

    ngx_post_event(&target->dispatch, &ngx_posted_events);
}


static void
ngx_http_cricket_batch_reply(ngx_http_cricket_batch_t *batch)
{
    int                           rc;
    size_t                        len;
    const char                   *err;
    ngx_uint_t                    i;
    ngx_http_cricket_seat_t      *seat;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    if (x->status != NGX_HTTP_OK) {

        len = ngx_min(x->reply.len, 512);

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "elasticsearch answered a bulk of %ui datapoints "
                      "with status %ui: \"%*s\"",
                      batch->n, x->status, len, x->reply.data);

        switch (x->status) {

        case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
            ngx_http_cricket_batch_halve(batch);
            return;

        case NGX_HTTP_TOO_MANY_REQUESTS:
        case NGX_HTTP_SERVICE_UNAVAILABLE:
            ngx_http_cricket_batch_again(batch, "Elasticsearch is too busy");
            return;

        case NGX_HTTP_UNAUTHORIZED:
        case NGX_HTTP_FORBIDDEN:
            ngx_http_cricket_batch_refuse(batch, "Elasticsearch does not allow "
                                                 "Cricket to write");
            return;
        }

        if (x->status >= NGX_HTTP_INTERNAL_SERVER_ERROR) {
            ngx_http_cricket_batch_unknown(batch, "Elasticsearch failed");

        } else {
            ngx_http_cricket_batch_refuse(batch, "Elasticsearch did not "
                                                 "understand the bulk request");
        }

        return;
    }

    rc = cricket_bulk_read(x->reply.data, x->reply.len, batch->verdicts,
                           batch->n, NULL, NULL, &err);

    if (rc != CRICKET_OK) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "elasticsearch answered a bulk of %ui datapoints with "
                      "a reply that is not valid: %s", batch->n, err);

        ngx_http_cricket_batch_unknown(batch, "Elasticsearch's reply made no "
                                              "sense");
        return;
    }

    /* only now are the reasons worth passing on */

    for (i = 0; i < batch->n; i++) {

        if (batch->verdicts[i] != CRICKET_ITEM_STORED) {
            batch->seat = 0;

            (void) cricket_bulk_read(x->reply.data, x->reply.len,
                                     batch->verdicts, batch->n,
                                     ngx_http_cricket_batch_item, batch, &err);
            break;
        }
    }

    for (i = 0; i < batch->nseats; i++) {
        seat = &batch->seats[i];

        if (seat->write) {
            ngx_http_cricket_batch_verdicts(seat->write,
                                            batch->verdicts + seat->first,
                                            seat->n);
        }
    }
}


static void
ngx_http_cricket_batch_item(void *data, size_t index,
    const cricket_item_t *item)
{
    ngx_http_cricket_batch_t *batch = data;

    ngx_str_t                  type, reason;
    ngx_http_cricket_seat_t   *seat;
    ngx_http_cricket_write_t  *w;

    if (item->verdict == CRICKET_ITEM_EXISTS) {
        return;
    }

    seat = &batch->seats[batch->seat];

    while (index >= seat->first + seat->n) {
        seat = &batch->seats[++batch->seat];
    }

    if (index == seat->first || item->verdict == CRICKET_ITEM_INVALID) {
        type.len = item->type.len;
        type.data = (u_char *) item->type.data;
        reason.len = ngx_min(item->reason.len, 512);
        reason.data = (u_char *) item->reason.data;

        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "elasticsearch did not store a datapoint: "
                      "status %ui, \"%V\", \"%V\"",
                      (ngx_uint_t) item->status, &type, &reason);
    }

    w = seat->write;

    if (w && item->verdict == CRICKET_ITEM_INVALID) {
        index -= seat->first;
        w->refuse(w, w->index ? w->index[index] : index, item);
    }
}


static void
ngx_http_cricket_batch_verdicts(ngx_http_cricket_write_t *w, u_char *verdicts,
    ngx_uint_t n)
{
    ngx_uint_t   i, again;
    const char  *error;

    again = 0;
    error = NULL;

    for (i = 0; i < n; i++) {

        switch (verdicts[i]) {

        case CRICKET_ITEM_STORED:
            w->stored++;
            break;

        case CRICKET_ITEM_EXISTS:

            if (w->ids) {
                w->stored++;
                break;
            }

            error = "Elasticsearch reported a conflict";
            break;

        case CRICKET_ITEM_RETRY:
            again++;
            break;

        case CRICKET_ITEM_INVALID:
            break;

        default: /* CRICKET_ITEM_REFUSED */
            error = "Elasticsearch's index does not take datapoints now";
        }
    }

    if (error || (again == 0 && n == w->n)) {
        ngx_http_cricket_settle(w, error);
        return;
    }

    if (ngx_http_cricket_compact(w, verdicts, n) != NGX_OK) {
        ngx_http_cricket_settle(w, "out of memory");
        return;
    }

    if (again) {
        ngx_http_cricket_again(w, "Elasticsearch is too busy");
        return;
    }

    /* the rest of a write that was too large for one bulk */

    ngx_http_cricket_vacate(w);
    ngx_http_cricket_park(w, 1);
}


/* leaves the items to be tried again, and those behind the first n */

static ngx_int_t
ngx_http_cricket_compact(ngx_http_cricket_write_t *w, u_char *verdicts,
    ngx_uint_t n)
{
    u_char      *p, *last, *item, *dst;
    uint32_t    *index;
    ngx_uint_t   i, k;

    index = ngx_palloc(w->request->pool, w->n * sizeof(uint32_t));
    if (index == NULL) {
        return NGX_ERROR;
    }

    p = w->lines;
    dst = w->lines;
    last = w->lines + w->size;
    k = 0;

    for (i = 0; i < w->n; i++) {

        item = p;

        p = ngx_strlchr(p, last, LF) + 1;
        p = ngx_strlchr(p, last, LF) + 1;

        if (i < n && verdicts[i] != CRICKET_ITEM_RETRY) {
            continue;
        }

        dst = ngx_movemem(dst, item, p - item);
        index[k++] = w->index ? w->index[i] : i;
    }

    w->target->size -= w->size - (dst - w->lines);

    w->size = dst - w->lines;
    w->n = k;
    w->index = index;

    return NGX_OK;
}


static void
ngx_http_cricket_batch_refuse(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_uint_t  i;

    for (i = 0; i < batch->nseats; i++) {

        if (batch->seats[i].write) {
            ngx_http_cricket_settle(batch->seats[i].write, error);
        }
    }
}


static void
ngx_http_cricket_batch_again(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_uint_t  i;

    for (i = batch->nseats; i-- > 0; /* void */) {

        if (batch->seats[i].write) {
            ngx_http_cricket_again(batch->seats[i].write, error);
        }
    }
}


static void
ngx_http_cricket_batch_park(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t                 i;
    ngx_http_cricket_write_t  *w;

    for (i = batch->nseats; i-- > 0; /* void */) {
        w = batch->seats[i].write;

        if (w) {
            ngx_http_cricket_vacate(w);
            ngx_http_cricket_park(w, 1);
        }
    }
}


/* the bulk was sent, and what became of it is not known */

static void
ngx_http_cricket_batch_unknown(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_uint_t                 i;
    ngx_http_cricket_write_t  *w;

    for (i = batch->nseats; i-- > 0; /* void */) {
        w = batch->seats[i].write;

        if (w == NULL) {
            continue;
        }

        w->unknown = 1;

        if (w->ids && w->tries < NGX_HTTP_CRICKET_RESENDS) {
            ngx_http_cricket_again(w, error);
            continue;
        }

        ngx_http_cricket_settle(w, error);
    }
}


static void
ngx_http_cricket_batch_halve(ngx_http_cricket_batch_t *batch)
{
    size_t                      half;
    ngx_http_cricket_target_t  *target;

    target = batch->target;

    if (batch->n == 1) {
        ngx_http_cricket_batch_refuse(batch, "Elasticsearch takes no bulk "
                                             "of this datapoint's size");
        return;
    }

    half = batch->size / 2;

    if (half < target->bulk_size) {
        target->bulk_size = half;

        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "\"cricket_bulk_size\" is more than elasticsearch "
                      "takes, using %uz", half);
    }

    ngx_http_cricket_batch_park(batch);
}


static void
ngx_http_cricket_vacate(ngx_http_cricket_write_t *w)
{
    w->batch->seats[w->seat].write = NULL;
    w->batch = NULL;
}


/* tries a write again after a pause, the first time at once */

static void
ngx_http_cricket_again(ngx_http_cricket_write_t *w, const char *error)
{
    ngx_msec_t      pause;
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

    pause = 0;

    if (w->tries++) {
        pause = NGX_HTTP_CRICKET_BACKOFF_MAX;

        if (w->tries < 7) {
            pause = (ngx_msec_t) NGX_HTTP_CRICKET_BACKOFF << (w->tries - 2);
        }

        pause = pause / 2 + ngx_random() % (pause / 2 + 1);
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

    ngx_http_cricket_vacate(w);

    if (pause == 0) {
        ngx_http_cricket_park(w, 1);
        return;
    }

    w->state = NGX_HTTP_CRICKET_BACKING_OFF;

    ngx_http_cricket_watch(w);

    ngx_add_timer(w->backoff, pause);
}


static void
ngx_http_cricket_backoff_handler(ngx_event_t *ev)
{
    ngx_http_cricket_write_t  *w;

    w = ev->data;

    ngx_http_cricket_park(w, 1);
}
