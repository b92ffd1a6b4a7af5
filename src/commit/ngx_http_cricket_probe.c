
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Asks whether there is an index to write to, and by which name. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_probe.h"
#include "ngx_http_cricket_quote.h"
#include "ngx_http_cricket_reason.h"
#include "ngx_http_cricket_trouble.h"
#include "ngx_http_cricket_verdict.h"


/* for so long it is known when an index is refreshed, in milliseconds */
#define NGX_HTTP_CRICKET_PROBE_TIMED  10000

/* of a body of ours */
#define NGX_HTTP_CRICKET_PROBE_BODY   8192


static ngx_chain_t *ngx_http_cricket_probe_create(
    ngx_http_cricket_batch_t *batch);
static ngx_chain_t *ngx_http_cricket_probe_alias(
    ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_found(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_known(ngx_http_cricket_target_t *target,
    ngx_uint_t place);
static void ngx_http_cricket_probe_absent(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_refused(ngx_http_cricket_batch_t *batch);
static ngx_uint_t ngx_http_cricket_probe_gives_up(
    ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_log(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_refresh(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_unclear(ngx_http_cricket_batch_t *batch);


static ngx_str_t  ngx_http_cricket_probe_get = ngx_string("GET");
static ngx_str_t  ngx_http_cricket_probe_put = ngx_string("PUT");
static ngx_str_t  ngx_http_cricket_probe_json = ngx_string("application/json");

static ngx_str_t  ngx_http_cricket_probe_index_tail = ngx_string("/_alias");
static ngx_str_t  ngx_http_cricket_probe_template_front =
    ngx_string("_index_template/cricket-");
static ngx_str_t  ngx_http_cricket_probe_template_tail =
    ngx_string("?filter_path=none");
static ngx_str_t  ngx_http_cricket_probe_create_tail =
    ngx_string("?wait_for_active_shards=1&filter_path=acknowledged");
static ngx_str_t  ngx_http_cricket_probe_refresh_tail =
    ngx_string("/_settings/index.refresh_interval?flat_settings=true");


ngx_uint_t
ngx_http_cricket_probe(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane)
{
    if (!target->known) {
        return target->ask ? target->ask : NGX_HTTP_CRICKET_PROBE_INDEX;
    }

    if (lane == &target->lanes[NGX_HTTP_CRICKET_LANE_WAIT]
        && (!target->timed
            || ngx_current_msec - target->asked
               >= NGX_HTTP_CRICKET_PROBE_TIMED))
    {
        return NGX_HTTP_CRICKET_PROBE_REFRESH;
    }

    return 0;
}


ngx_chain_t *
ngx_http_cricket_probe_request(ngx_http_cricket_batch_t *batch)
{
    ngx_str_t  *front, *tail;

    front = NULL;

    switch (batch->probe) {

    case NGX_HTTP_CRICKET_PROBE_CREATE:
        return ngx_http_cricket_probe_create(batch);

    case NGX_HTTP_CRICKET_PROBE_ALIAS:
        return ngx_http_cricket_probe_alias(batch);

    case NGX_HTTP_CRICKET_PROBE_TEMPLATE:
        front = &ngx_http_cricket_probe_template_front;
        tail = &ngx_http_cricket_probe_template_tail;
        break;

    case NGX_HTTP_CRICKET_PROBE_REFRESH:
        tail = &ngx_http_cricket_probe_refresh_tail;
        break;

    default: /* NGX_HTTP_CRICKET_PROBE_INDEX */
        tail = &ngx_http_cricket_probe_index_tail;
    }

    return ngx_http_cricket_exchange_head(batch->pool, batch->target->conf,
                                          &ngx_http_cricket_probe_get, front,
                                          tail, NULL, 0, 0);
}


/* whole, so that it has its shape even if the template vanishes now */

static ngx_chain_t *
ngx_http_cricket_probe_create(ngx_http_cricket_batch_t *batch)
{
    ngx_chain_t                  *cl;
    cricket_buf_t                 b;
    cricket_str_t                 index;
    ngx_http_cricket_loc_conf_t  *conf;

    conf = batch->target->conf;

    index.data = conf->index.data;
    index.len = conf->index.len;

    cricket_buf_init(&b, NGX_HTTP_CRICKET_PROBE_BODY);
    cricket_index_create(&b, &index, CRICKET_INDEX_REPLICAS);

    cl = NULL;

    if (!b.failed) {
        cl = ngx_http_cricket_exchange_head(batch->pool, conf,
                                           &ngx_http_cricket_probe_put, NULL,
                                           &ngx_http_cricket_probe_create_tail,
                                           &ngx_http_cricket_probe_json,
                                           b.len, b.len);
    }

    if (cl) {
        cl->buf->last = ngx_cpymem(cl->buf->last, b.data, b.len);
    }

    cricket_buf_free(&b);

    return cl;
}


static ngx_chain_t *
ngx_http_cricket_probe_alias(ngx_http_cricket_batch_t *batch)
{
    ngx_str_t                     tail;
    ngx_chain_t                  *cl;
    ngx_http_cricket_loc_conf_t  *conf;

    static ngx_str_t  body = ngx_string(CRICKET_INDEX_ALIAS);

    conf = batch->target->conf;

    tail.len = sizeof("/_alias/-w") - 1 + conf->index.len;

    tail.data = ngx_pnalloc(batch->pool, tail.len);
    if (tail.data == NULL) {
        return NULL;
    }

    ngx_sprintf(tail.data, "/_alias/%V-w", &conf->index);

    cl = ngx_http_cricket_exchange_head(batch->pool, conf,
                                        &ngx_http_cricket_probe_put, NULL,
                                        &tail, &ngx_http_cricket_probe_json,
                                        body.len, body.len);
    if (cl) {
        cl->buf->last = ngx_cpymem(cl->buf->last, body.data, body.len);
    }

    return cl;
}


void
ngx_http_cricket_probe_verdict(ngx_http_cricket_batch_t *batch)
{
    cricket_verdict_e             verdict;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_REFRESH) {
        ngx_http_cricket_probe_refresh(batch);
        return;
    }

    batch->target->ask = 0;

    if (x->outcome == NGX_HTTP_CRICKET_UNKNOWN) {
        ngx_http_cricket_verdict_again(batch, x->error ? x->error
                                       : "the connection to Elasticsearch "
                                         "was lost");
        return;
    }

    verdict = cricket_verdict(CRICKET_VERDICT_INDEX, x->status, NULL, 0);

    if (verdict != CRICKET_VERDICT_DONE
        && ngx_http_cricket_probe_gives_up(batch))
    {
        verdict = CRICKET_VERDICT_DONE;
    }

    switch (verdict) {

    case CRICKET_VERDICT_DONE:
        ngx_http_cricket_probe_found(batch);

        (void) ngx_http_cricket_verdict_park(batch);
        break;

    case CRICKET_VERDICT_ABSENT:
        ngx_http_cricket_probe_absent(batch);
        break;

    case CRICKET_VERDICT_CLUSTER:
        ngx_http_cricket_probe_log(batch);
        ngx_http_cricket_probe_refused(batch);
        break;

    default: /* CRICKET_VERDICT_AGAIN */
        ngx_http_cricket_probe_log(batch);
        ngx_http_cricket_probe_unclear(batch);
    }
}


static void
ngx_http_cricket_probe_found(ngx_http_cricket_batch_t *batch)
{
    cricket_str_t                 index;
    cricket_index_place_e         place;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;
    target = batch->target;

    switch (batch->probe) {

    case NGX_HTTP_CRICKET_PROBE_TEMPLATE:
        target->ask = NGX_HTTP_CRICKET_PROBE_CREATE;
        return;

    case NGX_HTTP_CRICKET_PROBE_CREATE:
        return;

    case NGX_HTTP_CRICKET_PROBE_ALIAS:
        ngx_http_cricket_probe_known(target,
                                     x->status == NGX_HTTP_OK
                                     ? CRICKET_INDEX_BY_ALIAS
                                     : CRICKET_INDEX_BY_NAME);
        return;

    default: /* NGX_HTTP_CRICKET_PROBE_INDEX */
        index.data = target->conf->index.data;
        index.len = target->conf->index.len;

        place = cricket_index_place(x->reply.data, x->reply.len, &index);

        if (place == CRICKET_INDEX_BARE) {
            target->ask = NGX_HTTP_CRICKET_PROBE_ALIAS;
            return;
        }

        ngx_http_cricket_probe_known(target, place);
    }
}


static void
ngx_http_cricket_probe_known(ngx_http_cricket_target_t *target,
    ngx_uint_t place)
{
    target->place = place;
    target->known = 1;

    ngx_http_cricket_count_ready(target->count, 1);
}


static void
ngx_http_cricket_probe_absent(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_target_t  *target;

    target = batch->target;

    ngx_http_cricket_count_ready(target->count, 0);

    if (batch->probe != NGX_HTTP_CRICKET_PROBE_TEMPLATE) {

        if (batch->probe == NGX_HTTP_CRICKET_PROBE_INDEX) {
            target->ask = NGX_HTTP_CRICKET_PROBE_TEMPLATE;
        }

        (void) ngx_http_cricket_verdict_park(batch);
        return;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "elasticsearch has no index \"%V\", and no template for "
                  "it by cricket --init", &target->conf->index);

    ngx_http_cricket_verdict_refuse(batch, "the index is not set up");
}


static void
ngx_http_cricket_probe_refused(ngx_http_cricket_batch_t *batch)
{
    const char  *error;

    if (batch->exchange.status == NGX_HTTP_UNAUTHORIZED) {
        error = ngx_http_cricket_trouble_stranger(batch->exchange.conf,
                                                  "Elasticsearch ");

    } else if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE) {
        error = "Elasticsearch does not allow Cricket to make the index";

    } else {
        error = "Elasticsearch does not allow Cricket to ask for the index";
    }

    ngx_http_cricket_verdict_refuse(batch, error);
}


/* another made the index meanwhile; or it goes without an alias, by name */

static ngx_uint_t
ngx_http_cricket_probe_gives_up(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_quote_t      quote;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    if (x->status == NGX_HTTP_NOT_FOUND
        || x->status == NGX_HTTP_TOO_MANY_REQUESTS
        || x->status >= NGX_HTTP_INTERNAL_SERVER_ERROR)
    {
        return 0;
    }

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE) {
        return x->status == NGX_HTTP_BAD_REQUEST
               && cricket_index_exists(x->reply.data, x->reply.len);
    }

    if (batch->probe != NGX_HTTP_CRICKET_PROBE_ALIAS) {
        return 0;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "elasticsearch does not give the index \"%V\" the alias "
                  "\"%V-w\", without which a bulk may make an index of another "
                  "shape after this one is deleted: cricket --init does; it "
                  "answered with status %ui: \"%V\"",
                  &batch->target->conf->index, &batch->target->conf->index,
                  x->status, ngx_http_cricket_quote(&quote, x->conf,
                                                    x->reply.data,
                                                    x->reply.len));
    return 1;
}


static void
ngx_http_cricket_probe_log(ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_quote_t      quote;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "elasticsearch was asked for the index \"%V\" and "
                  "answered with status %ui: \"%V\"",
                  &batch->target->conf->index, x->status,
                  ngx_http_cricket_quote(&quote, x->conf, x->reply.data,
                                         x->reply.len));
}


/*
 * Elasticsearch waits for the next refresh, however far it is: one that comes
 * too late, or never, is not waited for but asked for.  Without an answer it is
 * taken to come.
 */

static void
ngx_http_cricket_probe_refresh(ngx_http_cricket_batch_t *batch)
{
    int64_t                       msec;
    ngx_msec_t                    wait;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;
    target = batch->target;

    msec = 0;

    if (x->outcome == NGX_HTTP_CRICKET_REPLY && x->status == NGX_HTTP_OK) {
        msec = cricket_index_refresh(x->reply.data, x->reply.len);
    }

    wait = ngx_min(target->conf->timeout, target->conf->upstream.read_timeout);

    target->asked = ngx_current_msec;
    target->timed = 1;
    target->late = (msec == CRICKET_INDEX_NEVER
                    || msec > (int64_t) (wait / 2));

    (void) ngx_http_cricket_verdict_park(batch);
}


static void
ngx_http_cricket_probe_unclear(ngx_http_cricket_batch_t *batch)
{
    const char                   *why;
    ngx_http_cricket_exchange_t  *x;

    static const char  unclear[] =
        "Elasticsearch does not say whether the index is there";

    x = &batch->exchange;

    why = ngx_http_cricket_reason(batch->pool, unclear, x);

    if (why == NULL) {
        why = ngx_http_cricket_reason_status(batch->pool, unclear, x);
    }

    ngx_http_cricket_verdict_again(batch, why ? why : unclear);
}
