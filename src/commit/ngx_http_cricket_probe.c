
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Asks whether there is an index to write to, and by which name. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_partition.h"
#include "ngx_http_cricket_probe.h"
#include "ngx_http_cricket_quote.h"
#include "ngx_http_cricket_reason.h"
#include "ngx_http_cricket_trouble.h"
#include "ngx_http_cricket_verdict.h"


/* for so long it is known when an index is refreshed, in milliseconds */
#define NGX_HTTP_CRICKET_PROBE_TIMED  10000

/* of a target and a body of ours, and of what is wrong with an index */
#define NGX_HTTP_CRICKET_PROBE_PATH   4096
#define NGX_HTTP_CRICKET_PROBE_BODY   65536
#define NGX_HTTP_CRICKET_PROBE_TEXT   2048


static ngx_uint_t ngx_http_cricket_probe_is_partitioned(
    ngx_http_cricket_target_t *target);
static void ngx_http_cricket_probe_create(ngx_http_cricket_batch_t *batch,
    cricket_buf_t *path, cricket_buf_t *body);
static ngx_int_t ngx_http_cricket_probe_found(
    ngx_http_cricket_batch_t *batch);
static ngx_int_t ngx_http_cricket_probe_shape(
    ngx_http_cricket_batch_t *batch);
static ngx_int_t ngx_http_cricket_probe_template(
    ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_known(ngx_http_cricket_target_t *target,
    ngx_uint_t place);
static void ngx_http_cricket_probe_absent(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_refused(ngx_http_cricket_batch_t *batch);
static ngx_uint_t ngx_http_cricket_probe_gives_up(
    ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_log(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_refresh(ngx_http_cricket_batch_t *batch);
static void ngx_http_cricket_probe_unclear(ngx_http_cricket_batch_t *batch);


static ngx_str_t  ngx_http_cricket_probe_put = ngx_string("PUT");


ngx_uint_t
ngx_http_cricket_probe(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane)
{
    if (!target->known) {

        if (ngx_http_cricket_probe_is_partitioned(target)) {
            return NGX_HTTP_CRICKET_PROBE_TEMPLATE;
        }

        return target->ask ? target->ask : NGX_HTTP_CRICKET_PROBE_INDEX;
    }

    if (lane == &target->lanes[NGX_HTTP_CRICKET_LANE_MAKE]) {
        return target->template.len ? NGX_HTTP_CRICKET_PROBE_CREATE
                                    : NGX_HTTP_CRICKET_PROBE_TEMPLATE;
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


static ngx_uint_t
ngx_http_cricket_probe_is_partitioned(ngx_http_cricket_target_t *target)
{
    return target->conf->partition->unit != CRICKET_PARTITION_NONE;
}


ngx_chain_t *
ngx_http_cricket_probe_request(ngx_http_cricket_batch_t *batch)
{
    ngx_str_t                    *index;
    ngx_chain_t                  *cl;
    cricket_buf_t                 path, body;
    ngx_http_cricket_loc_conf_t  *conf;

    conf = batch->target->conf;
    index = &conf->index;

    cricket_buf_init(&path, NGX_HTTP_CRICKET_PROBE_PATH);
    cricket_buf_init(&body, NGX_HTTP_CRICKET_PROBE_BODY);

    switch (batch->probe) {

    case NGX_HTTP_CRICKET_PROBE_CREATE:
        ngx_http_cricket_probe_create(batch, &path, &body);
        break;

    case NGX_HTTP_CRICKET_PROBE_ALIAS:
        cricket_buf_append(&path, index->data, index->len);
        cricket_buf_literal(&path, "/_alias/");
        cricket_buf_append(&path, index->data, index->len);
        cricket_buf_literal(&path, "-w");
        cricket_buf_literal(&body, CRICKET_INDEX_ALIAS);
        break;

    case NGX_HTTP_CRICKET_PROBE_TEMPLATE:
        cricket_buf_literal(&path, "_index_template/");
        cricket_partition_template(conf->partition, &path);
        break;

    case NGX_HTTP_CRICKET_PROBE_REFRESH:
        cricket_partition_list(conf->partition, NULL, NULL, ngx_time(),
                               &path);
        cricket_buf_literal(&path, "/_settings/index.refresh_interval"
                                   "?flat_settings=true");
        break;

    default: /* NGX_HTTP_CRICKET_PROBE_INDEX */
        cricket_buf_append(&path, index->data, index->len);
        cricket_buf_literal(&path, CRICKET_INDEX_QUESTION);
    }

    cl = body.len || body.failed
         ? ngx_http_cricket_exchange_json(batch->pool, conf,
                                          &ngx_http_cricket_probe_put, &path,
                                          &body)
         : ngx_http_cricket_exchange_get(batch->pool, conf, &path);

    cricket_buf_free(&path);
    cricket_buf_free(&body);

    return cl;
}


/* whole, so that it has its shape even if the template vanishes now */

static void
ngx_http_cricket_probe_create(ngx_http_cricket_batch_t *batch,
    cricket_buf_t *path, cricket_buf_t *body)
{
    ngx_str_t                   next;
    cricket_str_t               name;
    cricket_buf_t              *template;
    ngx_http_cricket_target_t  *target;

    target = batch->target;
    template = &target->template;

    next = ngx_http_cricket_probe_is_partitioned(target)
           ? ngx_http_cricket_partition_next(target) : target->conf->index;

    name.data = next.data;
    name.len = next.len;

    cricket_buf_append(path, name.data, name.len);
    cricket_buf_literal(path, "?wait_for_active_shards=1"
                              "&filter_path=acknowledged");

    if (cricket_index_from_template(template->data, template->len,
                                    target->conf->partition, &name, body)
        != CRICKET_OK)
    {
        body->failed = 1;
    }
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

    if (batch->probe != NGX_HTTP_CRICKET_PROBE_TEMPLATE
        && !ngx_http_cricket_probe_is_partitioned(batch->target))
    {
        cricket_buf_free(&batch->target->template);
    }

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

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE
        && ngx_http_cricket_probe_is_partitioned(batch->target)
        && x->status == NGX_HTTP_BAD_REQUEST
        && verdict == CRICKET_VERDICT_AGAIN)
    {
        /* as where the cluster may have no more shards */

        verdict = CRICKET_VERDICT_CLUSTER;
    }

    switch (verdict) {

    case CRICKET_VERDICT_DONE:

        if (ngx_http_cricket_probe_found(batch) == NGX_OK) {
            (void) ngx_http_cricket_verdict_park(batch);
        }

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


/* returns NGX_DECLINED if the batch's writes have been told that it is wrong */

static ngx_int_t
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
        return ngx_http_cricket_probe_template(batch);

    case NGX_HTTP_CRICKET_PROBE_CREATE:

        if (ngx_http_cricket_probe_is_partitioned(target)) {
            ngx_http_cricket_partition_done(target);
        }

        return NGX_OK;

    case NGX_HTTP_CRICKET_PROBE_ALIAS:
        ngx_http_cricket_probe_known(target,
                                     x->status == NGX_HTTP_OK
                                     ? CRICKET_INDEX_BY_ALIAS
                                     : CRICKET_INDEX_BY_NAME);
        return NGX_OK;

    default: /* NGX_HTTP_CRICKET_PROBE_INDEX */

        if (ngx_http_cricket_probe_shape(batch) != NGX_OK) {
            return NGX_DECLINED;
        }

        index.data = target->conf->index.data;
        index.len = target->conf->index.len;

        place = cricket_index_place(x->reply.data, x->reply.len, &index);

        if (place == CRICKET_INDEX_BARE) {
            target->ask = NGX_HTTP_CRICKET_PROBE_ALIAS;
            return NGX_OK;
        }

        ngx_http_cricket_probe_known(target, place);

        return NGX_OK;
    }
}


/* an index that lacks a field takes no datapoint: no datapoint is to blame */

static ngx_int_t
ngx_http_cricket_probe_shape(ngx_http_cricket_batch_t *batch)
{
    int                           rc;
    unsigned                      single;
    ngx_uint_t                    n;
    ngx_array_t                  *fields;
    cricket_buf_t                 why;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;
    target = batch->target;

    fields = target->conf->tag_fields;
    n = fields ? fields->nelts : 0;

    cricket_buf_init(&why, NGX_HTTP_CRICKET_PROBE_TEXT);

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_INDEX) {
        rc = cricket_index_probe(x->reply.data, x->reply.len,
                                 n ? fields->elts : NULL, n, &single, &why);

    } else {
        single = 0;

        rc = cricket_index_check_template(x->reply.data, x->reply.len,
                                          n ? fields->elts : NULL, n, &single,
                                          &why);
    }

    target->single = (single == 1);

    if (rc != CRICKET_OK) {
        ngx_http_cricket_count_ready(target->count, 0);

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "elasticsearch's %s \"%V\" is not as Cricket needs it: "
                      "%*s", batch->probe == NGX_HTTP_CRICKET_PROBE_INDEX
                             ? "index" : "template for", &target->conf->index,
                      why.len, why.data);

        ngx_http_cricket_verdict_refuse(batch, "the index is not set up as "
                                               "Cricket needs it: run cricket "
                                               "--init");
    }

    cricket_buf_free(&why);

    return (rc == CRICKET_OK) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_cricket_probe_template(ngx_http_cricket_batch_t *batch)
{
    ngx_uint_t                    single;
    ngx_http_cricket_target_t    *target;
    ngx_http_cricket_exchange_t  *x;

    x = &batch->exchange;
    target = batch->target;

    single = target->single;

    if (ngx_http_cricket_probe_shape(batch) != NGX_OK) {
        target->known = 0;
        return NGX_DECLINED;
    }

    if (!ngx_http_cricket_probe_is_partitioned(target)) {
        target->ask = NGX_HTTP_CRICKET_PROBE_CREATE;

    } else if (!target->known) {
        ngx_http_cricket_probe_known(target, CRICKET_INDEX_BY_PARTITION);
        return NGX_OK;

    } else if (single && !target->single) {

        /* their lines have no routing */

        ngx_http_cricket_verdict_refuse(batch, "the index has more shards from "
                                               "now on");
        return NGX_DECLINED;
    }

    cricket_buf_free(&target->template);

    target->template = x->reply;
    cricket_buf_init(&x->reply, x->reply.max);

    return NGX_OK;
}


static void
ngx_http_cricket_probe_known(ngx_http_cricket_target_t *target,
    ngx_uint_t place)
{
    target->place = place;
    target->known = 1;
    target->ask = 0;

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

    } else if (batch->exchange.status == NGX_HTTP_BAD_REQUEST) {
        error = "Elasticsearch does not make the partition";

    } else if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE) {
        error = "Elasticsearch does not allow Cricket to make the index";

    } else {
        error = "Elasticsearch does not allow Cricket to ask for the index";
    }

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE
        && ngx_http_cricket_probe_is_partitioned(batch->target))
    {
        /* the trouble of one partition is that of its datapoints alone */

        ngx_http_cricket_partition_refuse(batch, error);
        ngx_http_cricket_partition_done(batch->target);

        (void) ngx_http_cricket_verdict_park(batch);
        return;
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

    if (batch->probe == NGX_HTTP_CRICKET_PROBE_CREATE
        && ngx_http_cricket_probe_is_partitioned(batch->target))
    {
        /* others that are missing must not wait behind it */

        ngx_http_cricket_partition_done(batch->target);
    }

    ngx_http_cricket_verdict_again(batch, why ? why : unclear);
}
