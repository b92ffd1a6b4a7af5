
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What became of each write, by what a bulk's reply says. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_conflict.h"
#include "ngx_http_cricket_partition.h"
#include "ngx_http_cricket_quote.h"
#include "ngx_http_cricket_reason.h"
#include "ngx_http_cricket_trouble.h"
#include "ngx_http_cricket_verdict.h"


/* so many items of a bulk are asked what is the matter */
#define NGX_HTTP_CRICKET_ASKED         8


static const char  ngx_http_cricket_not_taken[] =
    "Elasticsearch's index does not take datapoints now";


static void ngx_http_cricket_verdict_status(ngx_http_cricket_batch_t *batch,
    cricket_verdict_e verdict);
static void ngx_http_cricket_verdict_item(void *data, size_t index,
    const cricket_item_t *item);
static void ngx_http_cricket_verdict_datapoint(ngx_http_cricket_write_t *w,
    size_t index, const cricket_item_t *item);
static void ngx_http_cricket_verdict_log(ngx_http_cricket_batch_t *batch,
    const cricket_item_t *item, ngx_uint_t blocked);
static void ngx_http_cricket_verdict_write(ngx_http_cricket_seat_t *seat);
static const char *ngx_http_cricket_verdict_sum(ngx_http_cricket_seat_t *seat,
    u_char *verdicts, ngx_uint_t *again, ngx_uint_t *exist);
static void ngx_http_cricket_verdict_again_write(ngx_http_cricket_write_t *w);
static ngx_int_t ngx_http_cricket_verdict_compact(ngx_http_cricket_write_t *w,
    u_char *verdicts, ngx_uint_t n);
static void ngx_http_cricket_verdict_drop(ngx_http_cricket_write_t *w,
    ngx_uint_t n, size_t size);
static void ngx_http_cricket_verdict_halve(ngx_http_cricket_batch_t *batch);


ngx_int_t
ngx_http_cricket_verdict_start(ngx_http_cricket_batch_t *batch)
{
    cricket_verdict_e             verdict;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    verdict = cricket_verdict(CRICKET_VERDICT_BULK, x->status, NULL,
                              x->status != NGX_HTTP_OK
                              && cricket_bulk_own(x->reply.data, x->reply.len,
                                                  x->status));

    if (verdict != CRICKET_VERDICT_DONE) {
        ngx_http_cricket_verdict_status(batch, verdict);
        return NGX_DECLINED;
    }

    cricket_bulk_reply_init(&batch->reply, x->reply.data, x->reply.len,
                            batch->verdicts, batch->n);

    return NGX_OK;
}


ngx_int_t
ngx_http_cricket_verdict_slice(void *data)
{
    ngx_http_cricket_batch_t *batch = data;

    ngx_uint_t                    i;
    ngx_http_cricket_exchange_t  *x;

    switch (cricket_bulk_reply_next(&batch->reply, NGX_HTTP_CRICKET_SLICE)) {

    case CRICKET_AGAIN:
        return NGX_AGAIN;

    case CRICKET_OK:
        break;

    default: /* CRICKET_INVALID */
        return NGX_ERROR;
    }

    if (batch->reasons) {
        return NGX_OK;
    }

    /* only now are the reasons worth passing on */

    for (i = 0; i < batch->n; i++) {

        if (batch->verdicts[i] != CRICKET_VERDICT_DONE) {
            x = &batch->exchange;

            cricket_bulk_reply_init(&batch->reply, x->reply.data,
                                    x->reply.len, batch->verdicts, batch->n);

            batch->reply.handler = ngx_http_cricket_verdict_item;
            batch->reply.data = batch;
            batch->reasons = 1;

            return NGX_AGAIN;
        }
    }

    return NGX_OK;
}


void
ngx_http_cricket_verdict(ngx_http_cricket_batch_t *batch, ngx_int_t rc)
{
    ngx_uint_t                i;
    ngx_http_cricket_seat_t  *seat;

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "elasticsearch answered a bulk of %ui datapoints with "
                      "a reply that is not valid: %s", batch->n,
                      batch->reply.err);

        ngx_http_cricket_verdict_unknown(batch, "Elasticsearch's reply made "
                                                "no sense");
        return;
    }

    if (batch->failed) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "elasticsearch did not store %ui of a bulk of %ui "
                      "datapoints", batch->failed, batch->n);
    }

    /* backwards, for what parks again does so at the front */

    for (i = batch->nseats; i-- > 0; /* void */) {
        seat = &batch->seats[i];

        if (seat->write) {
            ngx_http_cricket_verdict_write(seat);
        }
    }

    if (batch->existed) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "%ui datapoint%s of a bulk of %ui, with ids of our own, "
                      "were there at the first try: elasticsearch tried again "
                      "by itself, or ids were given twice",
                      batch->existed, batch->existed > 1 ? "s" : "", batch->n);
    }
}


static void
ngx_http_cricket_verdict_status(ngx_http_cricket_batch_t *batch,
    cricket_verdict_e verdict)
{
    const char                   *why;
    ngx_http_cricket_quote_t      quote;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "elasticsearch answered a bulk of %ui datapoints "
                  "with status %ui: \"%V\"", batch->n, x->status,
                  ngx_http_cricket_quote(&quote, x->conf, x->reply.data,
                                         x->reply.len));

    why = ngx_http_cricket_reason(batch->pool, "Elasticsearch does not take "
                                               "datapoints now", x);

    switch (verdict) {

    case CRICKET_VERDICT_TOO_LARGE:
        ngx_http_cricket_verdict_halve(batch);
        return;

    case CRICKET_VERDICT_AGAIN:
        ngx_http_cricket_verdict_again(batch,
                                       why ? why
                                           : "Elasticsearch is too busy");
        return;

    case CRICKET_VERDICT_ABSENT:
        batch->target->known = 0;
        ngx_http_cricket_count_ready(batch->target->count, 0);

        ngx_http_cricket_verdict_refuse(batch, "the index is not there");
        return;

    case CRICKET_VERDICT_CLUSTER:

        if (why == NULL) {

            switch (x->status) {

            case NGX_HTTP_UNAUTHORIZED:
                why = ngx_http_cricket_trouble_stranger(x->conf,
                                                        "Elasticsearch ");
                break;

            case NGX_HTTP_FORBIDDEN:
                why = "Elasticsearch does not allow Cricket to write";
                break;

            default:
                why = cricket_bulk_own(x->reply.data, x->reply.len, x->status)
                      ? "Elasticsearch did not understand the bulk request"
                      : "a proxy answered in place of Elasticsearch";
            }
        }

        ngx_http_cricket_verdict_refuse(batch, why);
        return;

    default: /* CRICKET_VERDICT_UNKNOWN, CRICKET_VERDICT_NONSENSE */

        /* a proxy says 503 also when a node died with what it was sent */

        ngx_http_cricket_verdict_unknown(batch,
                             (x->status == NGX_HTTP_TOO_MANY_REQUESTS
                              || x->status == NGX_HTTP_SERVICE_UNAVAILABLE)
                             ? "a proxy answered in place of Elasticsearch"
                             : "Elasticsearch failed");
    }
}


static void
ngx_http_cricket_verdict_item(void *data, size_t index,
    const cricket_item_t *item)
{
    ngx_http_cricket_batch_t *batch = data;

    ngx_uint_t                 blocked;
    ngx_http_cricket_seat_t   *seat;
    ngx_http_cricket_write_t  *w;

    static ngx_str_t  block = ngx_string("cluster_block_exception");

    if (item->verdict == CRICKET_VERDICT_EXISTS) {
        return;
    }

    if (item->verdict == CRICKET_VERDICT_ABSENT
        && batch->target->place == CRICKET_INDEX_BY_PARTITION)
    {
        /* no failure: it is made, and the datapoint stored there */

        batch->absent = 1;
        return;
    }

    if (item->verdict == CRICKET_VERDICT_ABSENT) {

        /* the index is gone: the next bulk must not make another */

        batch->target->known = 0;
        ngx_http_cricket_count_ready(batch->target->count, 0);
    }

    blocked = (item->verdict == CRICKET_VERDICT_AGAIN
               && item->type.len == block.len
               && ngx_strncmp(item->type.data, block.data, block.len) == 0);

    if (blocked) {

        /* with a full disk: too busy is not the word */

        batch->blocked = 1;
    }

    if ((item->verdict == CRICKET_VERDICT_CLUSTER
         || item->verdict == CRICKET_VERDICT_AGAIN)
        && batch->why == NULL
        && batch->asked++ < NGX_HTTP_CRICKET_ASKED)
    {
        batch->why = ngx_http_cricket_reason_item(batch->pool,
                                                  ngx_http_cricket_not_taken,
                                                  item);
    }

    ngx_http_cricket_verdict_log(batch, item, blocked);

    seat = &batch->seats[batch->seat];

    while (index >= seat->first + seat->n) {
        seat = &batch->seats[++batch->seat];
    }

    w = seat->write;

    if (w && item->verdict == CRICKET_VERDICT_DATAPOINT) {
        index -= seat->first;
        index = w->index ? w->index[index] : w->base + index;

        ngx_http_cricket_verdict_datapoint(w, index, item);
    }
}


static void
ngx_http_cricket_verdict_datapoint(ngx_http_cricket_write_t *w, size_t index,
    const cricket_item_t *item)
{
    cricket_item_t  told;

    static const cricket_str_t  secret =
                                cricket_string(NGX_HTTP_CRICKET_QUOTE_SECRET);

    told = *item;

    if (ngx_http_cricket_quote_secret(w->target->conf, &item->reason)) {
        told.reason = secret;
    }

    w->refuse(w, index, &told);
}


static void
ngx_http_cricket_verdict_log(ngx_http_cricket_batch_t *batch,
    const cricket_item_t *item, ngx_uint_t blocked)
{
    ngx_uint_t                    level;
    ngx_http_cricket_quote_t      type, reason;
    ngx_http_cricket_loc_conf_t  *conf;

    /* the first stands for all: what clients send must not fill the log */

    if (batch->failed++ == 0 && item->type.len && item->reason.len) {
        conf = batch->target->conf;

        level = (item->verdict == CRICKET_VERDICT_CLUSTER
                 || item->verdict == CRICKET_VERDICT_ABSENT || blocked)
                ? NGX_LOG_ERR : NGX_LOG_WARN;

        ngx_log_error(level, ngx_cycle->log, 0,
                      "elasticsearch did not store a datapoint: "
                      "status %ui, \"%V\", \"%V\"",
                      (ngx_uint_t) item->status,
                      ngx_http_cricket_quote_json(&type, conf, &item->type),
                      ngx_http_cricket_quote_json(&reason, conf,
                                                  &item->reason));
    }

    if (item->status < NGX_HTTP_SPECIAL_RESPONSE && !batch->dropped) {
        batch->dropped = 1;

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "elasticsearch did not store a datapoint: status %ui, "
                      "as from an ingest pipeline that drops it",
                      (ngx_uint_t) item->status);
    }
}


/* what its items' verdicts mean for a write */

static void
ngx_http_cricket_verdict_write(ngx_http_cricket_seat_t *seat)
{
    u_char                    *verdicts;
    ngx_uint_t                 again, exist, missing;
    const char                *error;
    ngx_http_cricket_write_t  *w;

    w = seat->write;
    verdicts = seat->batch->verdicts + seat->first;

    missing = seat->batch->absent
              ? ngx_http_cricket_partition_missing(seat, verdicts) : 0;

    if (w->merged && w->lane != NGX_HTTP_CRICKET_LANE_WAIT) {
        ngx_http_cricket_conflict_note(w, verdicts, seat->n);
    }

    error = ngx_http_cricket_verdict_sum(seat, verdicts, &again, &exist);

    if (error) {
        ngx_http_cricket_write_settle(w, error);
        return;
    }

    if (again == 0 && exist == 0) {

        if (seat->n == w->n) {
            ngx_http_cricket_conflict_settle(w);
            return;
        }

        /* the rest of a write that was too large for one bulk */

        ngx_http_cricket_verdict_drop(w, seat->n, seat->size);

        w->tries = 0;

        ngx_http_cricket_write_park(w, 1);
        return;
    }

    if (ngx_http_cricket_verdict_compact(w, verdicts, seat->n) != NGX_OK) {
        ngx_http_cricket_write_settle(w, "out of memory");
        return;
    }

    if (exist) {
        w->lane = NGX_HTTP_CRICKET_LANE_REFRESH;
    }

    if (missing) {
        ngx_http_cricket_partition_wait(w);
        ngx_http_cricket_write_again(w, NGX_HTTP_CRICKET_RETRY_PARTITION,
                                     "a partition is not there, or lacks its "
                                     "aliases");
        return;
    }

    if (again) {
        ngx_http_cricket_verdict_again_write(w);
        return;
    }

    ngx_http_cricket_write_park(w, 1);
}


/*
 * Sums a write's items up, in it and in its batch: how many are to be tried
 * again, and how many of these exist; or returns what refuses it.
 */

static const char *
ngx_http_cricket_verdict_sum(ngx_http_cricket_seat_t *seat, u_char *verdicts,
    ngx_uint_t *again, ngx_uint_t *exist)
{
    ngx_uint_t                 i, first;
    const char                *error;
    ngx_http_cricket_write_t  *w;
    ngx_http_cricket_batch_t  *batch;

    w = seat->write;
    batch = seat->batch;

    *again = 0;
    *exist = 0;
    error = NULL;

    first = (w->ids && !w->keyed && !w->unknown);

    for (i = 0; i < seat->n; i++) {

        switch (verdicts[i]) {

        case CRICKET_VERDICT_DONE:
            w->stored++;
            break;

        case CRICKET_VERDICT_EXISTS:

            batch->existed += first;

            /*
             * At the first try Elasticsearch itself tried again when a node
             * died, and found what its own first try had stored.
             */

            if (w->lane != NGX_HTTP_CRICKET_LANE_WAIT) {
                w->stored++;
                w->existed++;
                break;
            }

            /* stored by an earlier try, and perhaps not yet to be seen */

            if (!w->ids) {
                w->unknown = 1;
                error = "Elasticsearch stored it without a refresh";
                break;
            }

            (*exist)++;
            verdicts[i] = CRICKET_VERDICT_AGAIN;
            break;

        case CRICKET_VERDICT_UNKNOWN:

            w->unknown = 1;

            if (!w->ids) {
                error = "Elasticsearch failed";
                break;
            }

            verdicts[i] = CRICKET_VERDICT_AGAIN;

            /* fall through */

        case CRICKET_VERDICT_AGAIN:
            (*again)++;
            break;

        case CRICKET_VERDICT_DATAPOINT:
            break;

        default: /* CRICKET_VERDICT_CLUSTER, CRICKET_VERDICT_ABSENT */
            error = batch->why ? batch->why : ngx_http_cricket_not_taken;
        }
    }

    return error;
}


static void
ngx_http_cricket_verdict_again_write(ngx_http_cricket_write_t *w)
{
    const char                *error;
    ngx_http_cricket_batch_t  *batch;
    ngx_http_cricket_retry_e   reason;

    batch = w->seat->batch;

    if (batch->blocked) {
        reason = NGX_HTTP_CRICKET_RETRY_BLOCKED;
        error = ngx_http_cricket_not_taken;

    } else {
        reason = w->unknown ? NGX_HTTP_CRICKET_RETRY_FAILED
                            : NGX_HTTP_CRICKET_RETRY_BUSY;
        error = "Elasticsearch is too busy";
    }

    ngx_http_cricket_write_again(w, reason, batch->why ? batch->why : error);
}


/* leaves the items to be tried again, and those behind the first n */

static ngx_int_t
ngx_http_cricket_verdict_compact(ngx_http_cricket_write_t *w,
    u_char *verdicts, ngx_uint_t n)
{
    u_char      *p, *last, *dst;
    size_t       size;
    ngx_uint_t   i, k;

    if (w->index == NULL) {

        w->index = ngx_palloc(w->request->pool, w->n * sizeof(uint32_t));
        if (w->index == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < w->n; i++) {
            w->index[i] = w->base + i;
        }
    }

    p = w->lines;
    dst = w->lines;
    last = w->lines + w->size;
    k = 0;

    for (i = 0; i < w->n; i++) {

        size = cricket_bulk_item_size(p, last - p);

        if (i >= n || verdicts[i] == CRICKET_VERDICT_AGAIN) {
            dst = ngx_movemem(dst, p, size);
            w->index[k++] = w->index[i];
        }

        p += size;
    }

    ngx_http_cricket_write_shrink(w, last - dst);

    w->n = k;

    return NGX_OK;
}


/* leaves what is behind the first n items */

static void
ngx_http_cricket_verdict_drop(ngx_http_cricket_write_t *w, ngx_uint_t n,
    size_t size)
{
    if (w->index) {
        w->index += n;

    } else {
        w->base += n;
    }

    w->lines += size;
    w->n -= n;

    ngx_http_cricket_write_shrink(w, size);
}


void
ngx_http_cricket_verdict_refuse(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_uint_t  i;

    for (i = 0; i < batch->nseats; i++) {

        if (batch->seats[i].write) {
            ngx_http_cricket_write_settle(batch->seats[i].write, error);
        }
    }
}


void
ngx_http_cricket_verdict_again(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_uint_t  i;

    for (i = batch->nseats; i-- > 0; /* void */) {

        if (batch->seats[i].write) {
            ngx_http_cricket_write_again(batch->seats[i].write,
                                         NGX_HTTP_CRICKET_RETRY_BUSY, error);
        }
    }
}


void
ngx_http_cricket_verdict_unknown(ngx_http_cricket_batch_t *batch,
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

        /* a reply that is too large would be the next time, too */

        if (w->ids && !batch->exchange.too_large) {
            ngx_http_cricket_write_again(w, NGX_HTTP_CRICKET_RETRY_FAILED,
                                         error);
            continue;
        }

        ngx_http_cricket_write_settle(w, error);
    }
}


ngx_uint_t
ngx_http_cricket_verdict_park(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t                 i, n;
    ngx_http_cricket_write_t  *w;

    n = 0;

    for (i = batch->nseats; i-- > 0; /* void */) {
        w = batch->seats[i].write;

        if (w) {
            n++;

            ngx_http_cricket_write_park(w, 1);
        }
    }

    return n;
}


static void
ngx_http_cricket_verdict_halve(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_target_t  *target;

    target = batch->target;

    if (batch->n == 1) {

        /* 53 kB at the most: whoever finds that too large is misconfigured */

        ngx_http_cricket_verdict_refuse(batch, "Elasticsearch takes no bulk "
                                               "of this datapoint's size");
        return;
    }

    ngx_http_cricket_limit_halve(&target->limit, batch->size);

    ngx_http_cricket_count_retry(target->count,
                                 NGX_HTTP_CRICKET_RETRY_TOO_LARGE,
                                 ngx_http_cricket_verdict_park(batch));
}
