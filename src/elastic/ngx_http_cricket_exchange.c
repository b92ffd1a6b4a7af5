
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* An exchange with Elasticsearch, on the upstream of a client's request. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_exchange.h"
#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_node.h"
#include "ngx_http_cricket_quote.h"
#include "ngx_http_cricket_reply.h"
#include "ngx_http_cricket_trouble.h"


static ngx_int_t ngx_http_cricket_exchange_room(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier);
static void ngx_http_cricket_exchange_upstream(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier);
static ngx_str_t ngx_http_cricket_exchange_target(
    ngx_http_cricket_exchange_t *x, ngx_pool_t *pool);
static void ngx_http_cricket_exchange_cleanup(void *data);
static void ngx_http_cricket_exchange_log(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_create_request(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_reinit_request(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_process_header(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_complete(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_replied(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_uint_t ngx_http_cricket_try_next(ngx_http_request_t *r,
    ngx_uint_t status);
static void ngx_http_cricket_abort_request(ngx_http_request_t *r);
static void ngx_http_cricket_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);
static ngx_uint_t ngx_http_cricket_failed(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, ngx_int_t rc);
static ngx_uint_t ngx_http_cricket_tried(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_exchange_event(ngx_event_t *ev);
static void ngx_http_cricket_exchange_timer(ngx_event_t *ev);


ngx_int_t
ngx_http_cricket_exchange_start(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier)
{
    ngx_uint_t               started;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(carrier, ngx_http_cricket_module);

    ctx->swallow = 0;

    x->carrier = carrier;

    x->event.handler = ngx_http_cricket_exchange_event;
    x->event.data = x;
    x->event.log = x->log;

    x->timer.handler = ngx_http_cricket_exchange_timer;
    x->timer.data = x;
    x->timer.log = x->log;

    cricket_buf_init(&x->reply, ngx_max(x->conf->max_reply, x->room));

    if (ngx_http_cricket_exchange_room(x, carrier) != NGX_OK) {
        goto failed;
    }

    if (x->detached) {

        /* the upstream takes the connection's */

        x->own = carrier->connection->log;
        carrier->connection->log = x->log;
    }

    if (ngx_http_upstream_create(carrier) != NGX_OK) {
        goto failed;
    }

    ngx_http_cricket_exchange_upstream(x, carrier);

    if (x->timeout) {
        ngx_add_timer(&x->timer, x->timeout);
    }

    /* without memory the core finalizes the request and tells nobody */

    carrier->main->count++;

    ngx_http_cricket_trouble_begin(x);

    ngx_http_upstream_init(carrier);

    started = (carrier->upstream->cleanup != NULL || x->finished);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, carrier->connection->log, 0,
                   "http cricket exchange started: %ui", started);

    if (!started) {
        ngx_http_cricket_trouble_end(x);
        ngx_http_cricket_exchange_log(x, carrier);
        ngx_http_cricket_exchange_free(x);
    }

    ngx_http_finalize_request(carrier, NGX_DONE);

    return started ? NGX_OK : NGX_ERROR;

failed:

    ngx_http_cricket_exchange_log(x, carrier);

    /* a later page of an export has its header out already */

    ngx_http_finalize_request(carrier, carrier->header_sent
                                       ? NGX_ERROR
                                       : NGX_HTTP_INTERNAL_SERVER_ERROR);
    return NGX_ERROR;
}


/*
 * Of a request's second upstream the core adds a state, and if it cannot, ends
 * the request without an answer: so there is to be room for one.
 */

static ngx_int_t
ngx_http_cricket_exchange_room(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier)
{
    ngx_array_t  *states;

    states = carrier->upstream_states;

    if (states == NULL) {
        return NGX_OK;
    }

    if (ngx_array_push(states) == NULL) {
        return NGX_ERROR;
    }

    states->nelts--;

    x->states = states->nelts + 1;

    return NGX_OK;
}


static void
ngx_http_cricket_exchange_upstream(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier)
{
    ngx_http_upstream_t  *u;

    u = carrier->upstream;

    ngx_str_set(&u->schema, "http://");
    u->uri = ngx_http_cricket_exchange_target(x, carrier->pool);

#if (NGX_HTTP_SSL)

    if (x->conf->ssl) {
        u->ssl = 1;
        ngx_str_set(&u->schema, "https://");
    }

#endif

    u->output.tag = (ngx_buf_tag_t) &ngx_http_cricket_module;
    u->conf = x->upstream;

    u->create_request = ngx_http_cricket_create_request;
    u->reinit_request = ngx_http_cricket_reinit_request;
    u->process_header = ngx_http_cricket_process_header;
    u->abort_request = ngx_http_cricket_abort_request;
    u->finalize_request = ngx_http_cricket_finalize_request;
    u->input_filter_ctx = x;

    if (u->conf->ignore_client_abort) {

        /* ngx_http_test_reading() would free the carrier under its upstream */

        carrier->read_event_handler = ngx_http_block_reading;
        carrier->write_event_handler = ngx_http_request_empty_handler;
    }
}


/*
 * Where the request goes, without its arguments, as error.log tells it: a copy,
 * for lines about the carrier may be logged when the request is gone.
 */

static ngx_str_t
ngx_http_cricket_exchange_target(ngx_http_cricket_exchange_t *x,
    ngx_pool_t *pool)
{
    u_char     *p, *begin, *last;
    ngx_str_t   target;

    static ngx_str_t  unknown = ngx_string("/");

    begin = x->request->buf->pos;
    last = x->request->buf->last;

    while (begin < last && *begin != '/') {
        begin++;
    }

    for (p = begin; p < last && *p != ' ' && *p != '?'; p++) { /* void */ }

    target.len = p - begin;
    target.data = ngx_pnalloc(pool, target.len);

    if (target.data == NULL) {
        return unknown;
    }

    ngx_memcpy(target.data, begin, target.len);

    return target;
}


void
ngx_http_cricket_exchange_abort(ngx_http_cricket_exchange_t *x,
    const char *error)
{
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    r = x->carrier;

    if (x->finished || r == NULL) {
        return;
    }

    x->aborting = 1;
    x->error = error;

    u = r->upstream;

    /* the core's own clean-up finalizes with NGX_DONE and takes a reference */

    r->main->count++;

    (*u->cleanup)(r);
}


ngx_uint_t
ngx_http_cricket_exchange_sent(ngx_http_cricket_exchange_t *x)
{
    if (x->finished || x->carrier == NULL) {
        return x->outcome != NGX_HTTP_CRICKET_UNSENT;
    }

    return x->sent || x->carrier->upstream->request_sent;
}


ngx_uint_t
ngx_http_cricket_exchange_connecting(ngx_http_cricket_exchange_t *x)
{
    if (x->finished || x->carrier == NULL) {
        return 0;
    }

    return !x->carrier->upstream->request_sent;
}


ngx_http_cricket_exchange_t *
ngx_http_cricket_exchange_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_cricket_exchange_t  *x;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_exchange_t));
    if (cln == NULL) {
        return NULL;
    }

    x = cln->data;
    ngx_memzero(x, sizeof(ngx_http_cricket_exchange_t));

    cln->handler = ngx_http_cricket_exchange_cleanup;

    return x;
}


static void
ngx_http_cricket_exchange_cleanup(void *data)
{
    ngx_http_cricket_exchange_t *x = data;

    ngx_http_cricket_exchange_free(x);
}


/* gives a carrier's connection its own log back */

static void
ngx_http_cricket_exchange_log(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *r)
{
    if (x->own) {
        r->connection->log = x->own;
        x->own = NULL;
    }
}


void
ngx_http_cricket_exchange_forget(ngx_http_cricket_exchange_t *x)
{
    cricket_buf_free(&x->reply);

    if (x->conf) {
        ngx_http_cricket_hold_end(x->conf, &x->held);
    }
}


void
ngx_http_cricket_exchange_free(ngx_http_cricket_exchange_t *x)
{
    if (x->event.posted) {
        ngx_delete_posted_event(&x->event);
    }

    if (x->timer.timer_set) {
        ngx_del_timer(&x->timer);
    }

    ngx_http_cricket_exchange_forget(x);
}


static ngx_int_t
ngx_http_cricket_create_request(ngx_http_request_t *r)
{
    ngx_chain_t                  *cl;
    ngx_http_cricket_exchange_t  *x;

    x = r->upstream->input_filter_ctx;

    for (cl = x->request; cl->next; cl = cl->next) { /* void */ }

    /* else TLS keeps back what is less than its buffer, on a kept connection */

    cl->buf->flush = 1;

    r->upstream->request_bufs = x->request;
    r->state = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_reinit_request(ngx_http_request_t *r)
{
    ngx_http_cricket_exchange_t  *x;

    x = r->upstream->input_filter_ctx;

    /* since 1.29.5 also called after a reply that came before the request */

    if (r->upstream->request_sent
        && !ngx_http_cricket_trouble_unread(x->trouble))
    {
        x->sent = 1;
    }

    /* what was wrong with the node before says nothing of the next */

    x->error = NULL;
    x->trouble = CRICKET_TROUBLE_NONE;
    x->too_large = 0;

    ngx_http_cricket_reply_reset(r, x);

    return NGX_OK;
}


/*
 * The whole reply is read here, so that an upstream that dies in the middle of
 * it is a failed try to the core as one that dies before it.
 */

static ngx_int_t
ngx_http_cricket_process_header(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    ngx_buf_t                    *b;
    ngx_http_cricket_exchange_t  *x;

    b = &r->upstream->buffer;
    x = r->upstream->input_filter_ctx;

    if (!r->upstream->request_sent) {

        /* said unasked, it must not be taken for the next node's reply */

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "elasticsearch sent a reply before the request");
        x->error = "Elasticsearch's address does not speak HTTP";
        b->last = b->pos;
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    if (!x->body) {

        /* what was wrong with a node that was sent nothing is still here */

        x->error = NULL;
        x->trouble = CRICKET_TROUBLE_NONE;
    }

    rc = ngx_http_cricket_reply_read(r, x);

    if (rc == NGX_OK) {
        r->upstream->keepalive = !x->close && b->pos == b->last;
    }

    if (rc == NGX_OK || rc == NGX_DECLINED) {
        return ngx_http_cricket_complete(r, x);
    }

    return rc;
}


/* returns what process_header() has to */

static ngx_int_t
ngx_http_cricket_complete(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (x->error == NULL && ngx_http_cricket_try_next(r, x->status)) {
        return NGX_OK;
    }

    x->finished = 1;

    if (x->error) {
        x->outcome = NGX_HTTP_CRICKET_UNKNOWN;

    } else {
        ngx_http_cricket_replied(r, x);
    }

    u->state->header_time = ngx_current_msec - u->start_time;
    u->state->response_length = x->reply.len;

    /*
     * The core knows no way to end an upstream and leave the request be.  Its
     * clean-up handler does end it and finalizes the request with NGX_DONE,
     * and so does, for an upstream that has ended, the NGX_ERROR below: each
     * takes a reference and no more.
     */

    r->main->count += 2;

    (*u->cleanup)(r);

    return NGX_ERROR;
}


/* is the reply Elasticsearch's, or of what does not let the request through? */

static void
ngx_http_cricket_replied(ngx_http_request_t *r, ngx_http_cricket_exchange_t *x)
{
    cricket_trouble_e         trouble;
    ngx_http_cricket_quote_t  quote;

    trouble = ngx_http_cricket_trouble(x);

    if (trouble == CRICKET_TROUBLE_NONE) {
        x->outcome = NGX_HTTP_CRICKET_REPLY;
        ngx_http_cricket_node_answered(x->conf->node);
        return;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "elasticsearch answered with status %ui: \"%V\"", x->status,
                  ngx_http_cricket_quote(&quote, x->conf, x->reply.data,
                                         x->reply.len));

    ngx_http_cricket_trouble_set(x, trouble);

    x->outcome = x->sent ? NGX_HTTP_CRICKET_UNKNOWN : NGX_HTTP_CRICKET_UNSENT;
    x->tried = 1;
}


/*
 * Will ngx_http_upstream_test_next(), which comes next if process_header()
 * returns NGX_OK, try another server for this status?
 */

static ngx_uint_t
ngx_http_cricket_try_next(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_msec_t            timeout;
    ngx_uint_t            mask;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    switch (status) {

    case NGX_HTTP_INTERNAL_SERVER_ERROR:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_500;
        break;

    case NGX_HTTP_BAD_GATEWAY:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_502;
        break;

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_503;
        break;

    case NGX_HTTP_GATEWAY_TIME_OUT:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_504;
        break;

    case NGX_HTTP_FORBIDDEN:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_403;
        break;

    case NGX_HTTP_NOT_FOUND:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_404;
        break;

    case NGX_HTTP_TOO_MANY_REQUESTS:
        mask = NGX_HTTP_UPSTREAM_FT_HTTP_429;
        break;

    default:
        return 0;
    }

    if (r->method & (NGX_HTTP_POST|NGX_HTTP_LOCK|NGX_HTTP_PATCH)) {
        mask |= NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT;
    }

    timeout = u->conf->next_upstream_timeout;

    return u->peer.tries > 1
           && (u->conf->next_upstream & mask) == mask
           && !(timeout && ngx_current_msec - u->peer.start_time >= timeout);
}


static void
ngx_http_cricket_abort_request(ngx_http_request_t *r)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "abort http cricket request");
}


static void
ngx_http_cricket_finalize_request(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_uint_t                    keep;
    ngx_http_upstream_t          *u;
    ngx_http_cricket_exchange_t  *x;

    u = r->upstream;
    x = u->input_filter_ctx;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "finalize http cricket request: %i, finished:%d",
                   rc, x->finished);

    /* the carrier's log is the batch's until the second of these */

    ngx_http_cricket_trouble_end(x);
    ngx_http_cricket_exchange_log(x, r);

    if (x->finished) {
        ngx_http_cricket_node_trouble(x->conf->node, x->trouble);
        keep = 1;

    } else {
        keep = ngx_http_cricket_failed(r, x, rc);
    }

    x->tries = r->upstream_states->nelts - x->states;

    if (x->timer.timer_set) {
        ngx_del_timer(&x->timer);
    }

    /* a request may have many exchanges, one after the other */

    if (u->buffer.start) {
        (void) ngx_pfree(r->pool, u->buffer.start);
        ngx_memzero(&u->buffer, sizeof(ngx_buf_t));
    }

    if (!keep) {
        x->carrier = NULL;

        if (!x->detached) {
            return;
        }
    }

    if (keep) {

        /* one of the upstream's would end what is ended */

        r->write_event_handler = ngx_http_request_empty_handler;
    }

    /* the core is not done with the request, and no place to answer others */

    ngx_post_event(&x->event, &ngx_posted_events);
}


/* there is no reply; is the carrier to be kept for the handler? */

static ngx_uint_t
ngx_http_cricket_failed(ngx_http_request_t *r, ngx_http_cricket_exchange_t *x,
    ngx_int_t rc)
{
    ngx_http_upstream_t     *u;
    ngx_http_cricket_ctx_t  *ctx;

    u = r->upstream;

    x->finished = 1;
    x->tried = ngx_http_cricket_tried(r, x);

    if (rc == NGX_HTTP_BAD_GATEWAY || rc == NGX_HTTP_GATEWAY_TIME_OUT) {
        ngx_http_cricket_trouble_last(x);
    }

    x->outcome = (x->sent
                  || (u->request_sent
                      && !ngx_http_cricket_trouble_unread(x->trouble)))
                 ? NGX_HTTP_CRICKET_UNKNOWN : NGX_HTTP_CRICKET_UNSENT;

    if (x->outcome == NGX_HTTP_CRICKET_UNSENT && x->tried && !x->aborting) {
        ngx_http_cricket_node_failed(x->conf->node);
    }

    if (rc < NGX_HTTP_SPECIAL_RESPONSE
        || rc == NGX_HTTP_CLIENT_CLOSED_REQUEST
        || rc == NGX_HTTP_REQUEST_TIME_OUT)
    {
        /* else the carrier is being torn down */

        return x->aborting;
    }

    if (x->error == NULL && rc == NGX_HTTP_GATEWAY_TIME_OUT) {
        x->error = "Elasticsearch did not answer in time";
    }

    /*
     * The core is about to answer the client with a page for this status, and
     * there is no way to tell it not to.  As to a client that has the header
     * already, it sends but an empty buffer and finalizes the request with
     * what that returned: our body filter returns NGX_DONE, which takes a
     * reference and no more.
     */

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ctx->swallow = 1;
    ctx->keepalive = r->keepalive;

    u->header_sent = 1;

    r->main->count++;

    return 1;
}


/*
 * Was there a node to try?  A balancer that takes all of them for failed has a
 * state, too, and puts the upstream's name in place of a node's.
 */

static ngx_uint_t
ngx_http_cricket_tried(ngx_http_request_t *r, ngx_http_cricket_exchange_t *x)
{
    ngx_str_t            *name, *host;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (u->peer.sockaddr || u->peer.name == NULL || u->upstream == NULL
        || r->upstream_states->nelts > x->states + 1)
    {
        return 1;
    }

    name = u->peer.name;
    host = &u->upstream->host;

    return name->len != host->len
           || ngx_strncmp(name->data, host->data, host->len) != 0;
}


static void
ngx_http_cricket_exchange_event(ngx_event_t *ev)
{
    ngx_http_cricket_exchange_t  *x;

    x = ev->data;

    x->handler(x);
}


static void
ngx_http_cricket_exchange_timer(ngx_event_t *ev)
{
    ngx_http_cricket_exchange_t  *x;

    x = ev->data;

    ngx_http_cricket_exchange_abort(x, "Elasticsearch did not answer in time");
}
