
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_elasticsearch.h"


static void ngx_http_cricket_exchange_cleanup(void *data);
static ngx_int_t ngx_http_cricket_create_request(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_reinit_request(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_process_header(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_read_header(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_header_line(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_read_body(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_append(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, size_t size);
static ngx_int_t ngx_http_cricket_complete(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_uint_t ngx_http_cricket_try_next(ngx_http_request_t *r,
    ngx_uint_t status);
static void ngx_http_cricket_abort_request(ngx_http_request_t *r);
static void ngx_http_cricket_finalize_request(ngx_http_request_t *r,
    ngx_int_t rc);
static ngx_uint_t ngx_http_cricket_tried(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_exchange_event(ngx_event_t *ev);
static void ngx_http_cricket_exchange_timer(ngx_event_t *ev);


ngx_int_t
ngx_http_cricket_exchange_start(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier)
{
    ngx_uint_t               started;
    ngx_array_t             *states;
    ngx_http_upstream_t     *u;
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

    states = carrier->upstream_states;

    if (states) {

        /*
         * Of a request's second upstream the core adds a state here, and if it
         * cannot, ends the request without an answer: so there is to be room.
         */

        if (ngx_array_push(states) == NULL) {
            goto failed;
        }

        states->nelts--;

        x->states = states->nelts + 1;
    }

    if (ngx_http_upstream_create(carrier) != NGX_OK) {
        goto failed;
    }

    u = carrier->upstream;

    ngx_str_set(&u->schema, "http://");
    u->uri = x->uri;

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

    if (x->timeout) {
        ngx_add_timer(&x->timer, x->timeout);
    }

    /* without memory the core finalizes the request and tells nobody */

    carrier->main->count++;

    ngx_http_upstream_init(carrier);

    started = (u->cleanup != NULL || x->finished);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, carrier->connection->log, 0,
                   "http cricket exchange started: %ui", started);

    if (!started) {
        ngx_http_cricket_exchange_free(x);
    }

    ngx_http_finalize_request(carrier, NGX_DONE);

    return started ? NGX_OK : NGX_ERROR;

failed:

    /* a later page of an export has its header out already */

    ngx_http_finalize_request(carrier, carrier->header_sent
                                       ? NGX_ERROR
                                       : NGX_HTTP_INTERNAL_SERVER_ERROR);
    return NGX_ERROR;
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


void
ngx_http_cricket_exchange_free(ngx_http_cricket_exchange_t *x)
{
    if (x->event.posted) {
        ngx_delete_posted_event(&x->event);
    }

    if (x->timer.timer_set) {
        ngx_del_timer(&x->timer);
    }

    cricket_buf_free(&x->reply);
}


ngx_chain_t *
ngx_http_cricket_exchange_head(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, ngx_str_t *method, ngx_str_t *front,
    ngx_str_t *tail, ngx_str_t *type, size_t length, size_t room)
{
    size_t        len;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    static ngx_str_t  none = ngx_null_string;

    if (front == NULL) {
        front = &none;
    }

    len = method->len + sizeof(" /") - 1 + front->len + conf->index.len
          + tail->len + sizeof(" HTTP/1.1" CRLF) - 1 + conf->head.len
          + sizeof(CRLF) - 1 + room;

    if (type) {
        len += sizeof("Content-Type: " CRLF "Content-Length: " CRLF) - 1
               + type->len + NGX_SIZE_T_LEN;
    }

    b = ngx_create_temp_buf(pool, len);
    if (b == NULL) {
        return NULL;
    }

    cl = ngx_alloc_chain_link(pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = b;
    cl->next = NULL;

    b->last = ngx_sprintf(b->last, "%V /%V%V%V HTTP/1.1" CRLF "%V",
                          method, front, &conf->index, tail, &conf->head);

    if (type) {
        b->last = ngx_sprintf(b->last,
                              "Content-Type: %V" CRLF "Content-Length: %uz"
                              CRLF, type, length);
    }

    *b->last++ = CR;
    *b->last++ = LF;

    return cl;
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

    if (r->upstream->request_sent) {
        x->sent = 1;
    }

    /* what was wrong with the node before says nothing of the next */

    x->error = NULL;
    x->too_large = 0;

    x->status = 0;
    x->reply.len = 0;
    x->rest = 0;
    x->body = 0;
    x->chunked = 0;
    x->length = 0;
    x->close = 0;

    ngx_memzero(&x->parser, sizeof(ngx_http_status_t));
    ngx_memzero(&x->chunks, sizeof(ngx_http_chunked_t));

    r->state = 0;

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

        /* until nginx 1.29.5 a node that spoke unasked left its error here */

        x->error = NULL;

        rc = ngx_http_cricket_read_header(r, x);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = ngx_http_cricket_read_body(r, x);

    if (rc == NGX_AGAIN) {
        b->pos = b->start;
        b->last = b->start;
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_cricket_complete(r, x);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    r->upstream->keepalive = !x->close && b->pos == b->last;

    return ngx_http_cricket_complete(r, x);
}


static ngx_int_t
ngx_http_cricket_read_header(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t             rc;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    for ( ;; ) {

        if (x->status == 0) {

            rc = ngx_http_parse_status_line(r, &u->buffer, &x->parser);

            if (rc == NGX_AGAIN) {
                return NGX_AGAIN;
            }

            if (rc == NGX_ERROR) {
                ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                              "elasticsearch sent no valid HTTP/1.x header");
                x->error = "Elasticsearch's address does not speak HTTP";
                return NGX_HTTP_UPSTREAM_INVALID_HEADER;
            }

            x->status = x->parser.code;
            x->close = (x->parser.http_version < NGX_HTTP_VERSION_11);
        }

        rc = ngx_http_parse_header_line(r, &u->buffer, 1);

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        if (rc == NGX_OK) {

            if (ngx_http_cricket_header_line(r, x) != NGX_OK) {
                ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                              "elasticsearch sent a header line that is "
                              "invalid or contradicts another");
                x->error = "Elasticsearch sent an invalid header";
                return NGX_HTTP_UPSTREAM_INVALID_HEADER;
            }

            continue;
        }

        if (rc != NGX_HTTP_PARSE_HEADER_DONE) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "elasticsearch sent an invalid header line");
            x->error = "Elasticsearch sent an invalid header";
            return NGX_HTTP_UPSTREAM_INVALID_HEADER;
        }

        if (x->status >= 200) {
            break;
        }

        /* an interim response: the final one follows */

        if (x->status == NGX_HTTP_SWITCHING_PROTOCOLS) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "elasticsearch switched protocols");
            x->error = "Elasticsearch sent an invalid header";
            return NGX_HTTP_UPSTREAM_INVALID_HEADER;
        }

        x->status = 0;
        x->length = 0;
        x->chunked = 0;
        r->state = 0;

        ngx_memzero(&x->parser, sizeof(ngx_http_status_t));
    }

    u->state->status = x->status;
    u->headers_in.status_n = x->status;

    if (x->status == NGX_HTTP_NO_CONTENT
        || x->status == NGX_HTTP_NOT_MODIFIED)
    {
        x->length = 1;
        x->chunked = 0;
        x->rest = 0;
    }

    if (!x->length && !x->chunked) {

        /* what ends when the connection does cannot be told from a half */

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "elasticsearch sent a reply without its length");
        x->error = "Elasticsearch sent a reply without its length";
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    x->body = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_header_line(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    size_t   len;
    u_char  *name, *value;

    name = r->header_name_start;
    len = r->header_name_end - name;
    value = r->header_start;

    if (len == sizeof("Content-Length") - 1
        && ngx_strncasecmp(name, (u_char *) "Content-Length", len) == 0)
    {
        if (x->length || x->chunked) {
            return NGX_ERROR;
        }

        x->rest = ngx_atoof(value, r->header_end - value);
        x->length = 1;

        return (x->rest == NGX_ERROR) ? NGX_ERROR : NGX_OK;
    }

    if (len == sizeof("Transfer-Encoding") - 1
        && ngx_strncasecmp(name, (u_char *) "Transfer-Encoding", len) == 0)
    {
        if (x->length
            || x->chunked
            || r->header_end - value != sizeof("chunked") - 1
            || ngx_strncasecmp(value, (u_char *) "chunked",
                               sizeof("chunked") - 1)
               != 0)
        {
            return NGX_ERROR;
        }

        x->chunked = 1;

        return NGX_OK;
    }

    if (len == sizeof("Connection") - 1
        && ngx_strncasecmp(name, (u_char *) "Connection", len) == 0
        && ngx_strlcasestrn(value, r->header_end, (u_char *) "close", 5 - 1)
           != NULL)
    {
        x->close = 1;
    }

    return NGX_OK;
}


/*
 * Returns NGX_OK when the body is whole, NGX_AGAIN when all there was has been
 * read, and NGX_DECLINED when the body cannot be taken: the try is over, but
 * another node would not do better.
 */

static ngx_int_t
ngx_http_cricket_read_body(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    size_t      size;
    ngx_int_t   rc;
    ngx_buf_t  *b;

    b = &r->upstream->buffer;

    if (x->length) {

        if (x->reply.len == 0 && x->rest) {

            /* one that is too large is not worth reading */

            (void) cricket_buf_reserve(&x->reply, x->rest);
        }

        size = ngx_min(x->rest, b->last - b->pos);

        if (ngx_http_cricket_append(r, x, size) != NGX_OK) {
            return NGX_DECLINED;
        }

        x->rest -= size;

        return x->rest ? NGX_AGAIN : NGX_OK;
    }

    for ( ;; ) {

        rc = ngx_http_cricket_parse_chunked(r, b, &x->chunks);

        if (rc == NGX_OK) {
            size = ngx_min(x->chunks.size, b->last - b->pos);

            if (ngx_http_cricket_append(r, x, size) != NGX_OK) {
                return NGX_DECLINED;
            }

            x->chunks.size -= size;

            continue;
        }

        if (rc == NGX_DONE) {
            return NGX_OK;
        }

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "elasticsearch sent an invalid chunked reply");
        x->error = "Elasticsearch sent an invalid chunked reply";
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }
}


static ngx_int_t
ngx_http_cricket_append(ngx_http_request_t *r, ngx_http_cricket_exchange_t *x,
    size_t size)
{
    ngx_buf_t  *b;

    b = &r->upstream->buffer;

    cricket_buf_append(&x->reply, b->pos, size);

    if (x->reply.failed) {

        if (x->length ? x->rest > (off_t) x->reply.max
                      : x->reply.max - x->reply.len < size)
        {
            x->too_large = 1;
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "elasticsearch sent a reply larger than %uz, "
                          "the limit by \"cricket_max_reply\"",
                          x->reply.max);

            x->error = (x->room > x->conf->max_reply)
                       ? "Elasticsearch's reply is too large"
                       : "Elasticsearch's reply is larger than "
                         "cricket_max_reply allows";

        } else {
            x->error = "out of memory";
        }

        return NGX_ERROR;
    }

    b->pos += size;

    return NGX_OK;
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

    x->outcome = x->error ? NGX_HTTP_CRICKET_UNKNOWN : NGX_HTTP_CRICKET_REPLY;
    x->finished = 1;

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
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_exchange_t  *x;

    u = r->upstream;
    x = u->input_filter_ctx;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "finalize http cricket request: %i, finished:%d",
                   rc, x->finished);

    keep = 1;

    if (!x->finished) {

        x->finished = 1;

        x->outcome = (x->sent || u->request_sent) ? NGX_HTTP_CRICKET_UNKNOWN
                                                  : NGX_HTTP_CRICKET_UNSENT;

        x->tried = ngx_http_cricket_tried(r, x);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE
            && rc != NGX_HTTP_CLIENT_CLOSED_REQUEST
            && rc != NGX_HTTP_REQUEST_TIME_OUT)
        {
            if (x->error == NULL && rc == NGX_HTTP_GATEWAY_TIME_OUT) {
                x->error = "Elasticsearch did not answer in time";
            }

            /*
             * The core is about to answer the client with a page for this
             * status, and there is no way to tell it not to.  As to a client
             * that has the header already, it sends but an empty buffer and
             * finalizes the request with what that returned: our body filter
             * returns NGX_DONE, which takes a reference and no more.
             */

            ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

            ctx->swallow = 1;
            ctx->keepalive = r->keepalive;

            u->header_sent = 1;

            r->main->count++;

        } else if (!x->aborting) {

            /* the carrier is being torn down */

            keep = 0;
        }
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
