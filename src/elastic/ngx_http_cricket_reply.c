
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads HTTP: the status line, the header and the body of a reply. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_reply.h"
#include "ngx_http_cricket_trouble.h"


static ngx_int_t ngx_http_cricket_reply_header(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_reply_status(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_reply_framing(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_reply_header_line(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_reply_body(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_reply_append(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, size_t size);
static ngx_int_t ngx_http_cricket_reply_invalid(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, const char *what, const char *error);


void
ngx_http_cricket_reply_reset(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
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
}


ngx_int_t
ngx_http_cricket_reply_read(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t   rc;
    ngx_buf_t  *b;

    if (!x->body) {
        rc = ngx_http_cricket_reply_header(r, x);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = ngx_http_cricket_reply_body(r, x);

    if (rc == NGX_AGAIN) {
        b = &r->upstream->buffer;

        b->pos = b->start;
        b->last = b->start;
    }

    return rc;
}


static ngx_int_t
ngx_http_cricket_reply_header(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t             rc;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    for ( ;; ) {

        if (x->status == 0) {

            rc = ngx_http_cricket_reply_status(r, x);

            if (rc != NGX_OK) {
                return rc;
            }
        }

        rc = ngx_http_parse_header_line(r, &u->buffer, 1);

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        if (rc == NGX_OK) {

            if (ngx_http_cricket_reply_header_line(r, x) != NGX_OK) {
                return ngx_http_cricket_reply_invalid(r, x,
                                       "elasticsearch sent a header line that "
                                       "is invalid or contradicts another",
                                       "Elasticsearch sent an invalid header");
            }

            continue;
        }

        if (rc != NGX_HTTP_PARSE_HEADER_DONE) {
            return ngx_http_cricket_reply_invalid(r, x,
                                   "elasticsearch sent an invalid header line",
                                   "Elasticsearch sent an invalid header");
        }

        if (x->status >= 200) {
            break;
        }

        /* an interim response: the final one follows */

        if (x->status == NGX_HTTP_SWITCHING_PROTOCOLS) {
            return ngx_http_cricket_reply_invalid(r, x,
                                        "elasticsearch switched protocols",
                                        "Elasticsearch sent an invalid header");
        }

        x->status = 0;
        x->length = 0;
        x->chunked = 0;
        r->state = 0;

        ngx_memzero(&x->parser, sizeof(ngx_http_status_t));
    }

    return ngx_http_cricket_reply_framing(r, x);
}


static ngx_int_t
ngx_http_cricket_reply_status(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t  rc;

    rc = ngx_http_parse_status_line(r, &r->upstream->buffer, &x->parser);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_ERROR) {
        rc = ngx_http_cricket_reply_invalid(r, x,
                                 "elasticsearch sent no valid HTTP/1.x header",
                                 "Elasticsearch's address does not speak HTTP");

        ngx_http_cricket_trouble_set(x, ngx_http_cricket_trouble(x));

        return rc;
    }

    x->status = x->parser.code;
    x->close = (x->parser.http_version < NGX_HTTP_VERSION_11);

    return NGX_OK;
}


/* the header is over: how long the body is, RFC 9112, 6.3 */

static ngx_int_t
ngx_http_cricket_reply_framing(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    r->upstream->state->status = x->status;
    r->upstream->headers_in.status_n = x->status;

    if (x->status == NGX_HTTP_NO_CONTENT
        || x->status == NGX_HTTP_NOT_MODIFIED)
    {
        x->length = 1;
        x->chunked = 0;
        x->rest = 0;
    }

    if (!x->length && !x->chunked) {

        /* what ends when the connection does cannot be told from a half */

        return ngx_http_cricket_reply_invalid(r, x,
                               "elasticsearch sent a reply without its length",
                               "Elasticsearch sent a reply without its length");
    }

    x->body = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_reply_header_line(ngx_http_request_t *r,
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
ngx_http_cricket_reply_body(ngx_http_request_t *r,
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

        if (ngx_http_cricket_reply_append(r, x, size) != NGX_OK) {
            return NGX_DECLINED;
        }

        x->rest -= size;

        return x->rest ? NGX_AGAIN : NGX_OK;
    }

    for ( ;; ) {

        rc = ngx_http_cricket_parse_chunked(r, b, &x->chunks);

        if (rc == NGX_OK) {
            size = ngx_min(x->chunks.size, b->last - b->pos);

            if (ngx_http_cricket_reply_append(r, x, size) != NGX_OK) {
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

        return ngx_http_cricket_reply_invalid(r, x,
                                 "elasticsearch sent an invalid chunked reply",
                                 "Elasticsearch sent an invalid chunked reply");
    }
}


static ngx_int_t
ngx_http_cricket_reply_append(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, size_t size)
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

    if (x->counted
        && ngx_http_cricket_hold(x->conf, &x->held, x->reply.size,
                                 r->connection->log)
           != NGX_OK)
    {
        x->error = NGX_HTTP_CRICKET_HOLD_FULL;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_reply_invalid(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, const char *what, const char *error)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "%s", what);

    x->error = error;

    return NGX_HTTP_UPSTREAM_INVALID_HEADER;
}
