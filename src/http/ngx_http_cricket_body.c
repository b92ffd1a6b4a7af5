
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Puts the body of a request together, from memory or a file. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_snappy.h"
#include "ngx_http_cricket_body.h"


/* where client_max_body_size is 0 and so sets no limit */
#define NGX_HTTP_CRICKET_MAX_INFLATED  (256 * 1024 * 1024)


static ngx_int_t ngx_http_cricket_body_copy(ngx_http_cricket_body_t *body,
    size_t n);
static ngx_int_t ngx_http_cricket_body_piece(ngx_http_cricket_body_t *body,
    ngx_buf_t *b, size_t n);
static ngx_int_t ngx_http_cricket_body_inflate(ngx_http_cricket_body_t *body,
    size_t n);
static ngx_int_t ngx_http_cricket_body_inflated(ngx_http_cricket_body_t *body,
    int rc);


ngx_int_t
ngx_http_cricket_body_coding(ngx_str_t *value, cricket_coding_e *coding)
{
    ngx_uint_t  i;

    static struct {
        ngx_str_t         name;
        cricket_coding_e  coding;
    } codings[] = {
        { ngx_string(""), CRICKET_CODING_NONE },
        { ngx_string("identity"), CRICKET_CODING_NONE },
        { ngx_string("gzip"), CRICKET_CODING_GZIP },
        { ngx_string("x-gzip"), CRICKET_CODING_GZIP },
        { ngx_string("deflate"), CRICKET_CODING_DEFLATE }
    };

    for (i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {

        if (value->len == codings[i].name.len
            && ngx_strncasecmp(value->data, codings[i].name.data, value->len)
               == 0)
        {
            *coding = codings[i].coding;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


void
ngx_http_cricket_body_init(ngx_http_cricket_body_t *body,
    ngx_http_request_t *r, cricket_coding_e coding)
{
    ngx_chain_t  *cl;

    ngx_memzero(body, sizeof(ngx_http_cricket_body_t));

    body->request = r;
    body->coding = coding;

    cricket_buf_init(&body->copy, NGX_MAX_SIZE_T_VALUE);

    cl = r->request_body ? r->request_body->bufs : NULL;

    if (cl && cl->next == NULL && ngx_buf_in_memory(cl->buf)) {
        body->data.data = cl->buf->pos;
        body->data.len = cl->buf->last - cl->buf->pos;
        return;
    }

    body->cl = cl;
}


ngx_int_t
ngx_http_cricket_body_next(ngx_http_cricket_body_t *body, size_t n)
{
    ngx_int_t  rc;

    if (body->cl) {

        rc = ngx_http_cricket_body_copy(body, n);

        if (rc != NGX_OK) {
            return rc;
        }

        body->data.data = body->copy.data;
        body->data.len = body->copy.len;
    }

    if (body->coding == CRICKET_CODING_NONE) {
        return NGX_OK;
    }

    return ngx_http_cricket_body_inflate(body, n);
}


ngx_int_t
ngx_http_cricket_body_small(ngx_http_cricket_body_t *body, size_t max)
{
    ngx_int_t  rc;

    do {
        rc = ngx_http_cricket_body_next(body, max);
    } while (rc == NGX_AGAIN
             && body->copy.len <= max && body->plain.len <= max);

    return (rc == NGX_AGAIN || (rc == NGX_OK && body->data.len > max))
           ? NGX_HTTP_REQUEST_ENTITY_TOO_LARGE : rc;
}


static ngx_int_t
ngx_http_cricket_body_copy(ngx_http_cricket_body_t *body, size_t n)
{
    off_t         size;
    size_t        rest;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (body->copy.data == NULL) {
        size = 0;

        for (cl = body->cl; cl; cl = cl->next) {
            size += ngx_buf_size(cl->buf);
        }

        if (cricket_buf_reserve(&body->copy, size) == NULL) {
            return NGX_ERROR;
        }
    }

    while (body->cl) {

        if (n == 0) {
            return NGX_AGAIN;
        }

        b = body->cl->buf;
        rest = ngx_buf_size(b) - body->copied;

        if (rest == 0) {
            body->cl = body->cl->next;
            body->copied = 0;
            continue;
        }

        rest = ngx_min(rest, n);

        if (ngx_http_cricket_body_piece(body, b, rest) != NGX_OK) {
            return NGX_ERROR;
        }

        n -= rest;
    }

    return NGX_OK;
}


/* the next n bytes of a buf */

static ngx_int_t
ngx_http_cricket_body_piece(ngx_http_cricket_body_t *body, ngx_buf_t *b,
    size_t n)
{
    u_char   *p;
    ssize_t   size;

    p = cricket_buf_reserve(&body->copy, n);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(p, b->pos + body->copied, n);

    } else {

        /* a blocking read: of the page cache, the file was just written */

        size = ngx_read_file(b->file, p, n, b->file_pos + body->copied);

        if (size == NGX_ERROR || (size_t) size != n) {
            ngx_log_error(NGX_LOG_ERR, body->request->connection->log, 0,
                          "reading a request body's file failed");
            return NGX_ERROR;
        }
    }

    body->copy.len += n;
    body->copied += n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_body_inflate(ngx_http_cricket_body_t *body, size_t n)
{
    int                        rc;
    off_t                      max;
    ngx_http_core_loc_conf_t  *clcf;

    if (!body->inflating) {

        clcf = ngx_http_get_module_loc_conf(body->request,
                                            ngx_http_core_module);

        max = clcf->client_max_body_size;

        if (max == 0) {
            max = NGX_HTTP_CRICKET_MAX_INFLATED;
        }

        cricket_buf_init(&body->plain, max);

        if (body->coding == CRICKET_CODING_SNAPPY) {
            rc = cricket_snappy_inflate(body->data.data, body->data.len,
                                        &body->plain, &body->err);

            return ngx_http_cricket_body_inflated(body, rc);
        }

        body->inflating = 1;

        if (cricket_gzip_init(&body->gzip, body->coding, body->data.data,
                              body->data.len)
            != CRICKET_OK)
        {
            return NGX_ERROR;
        }
    }

    rc = cricket_gzip_next(&body->gzip, n, &body->plain, &body->err);

    return ngx_http_cricket_body_inflated(body, rc);
}


/* what became of it */

static ngx_int_t
ngx_http_cricket_body_inflated(ngx_http_cricket_body_t *body, int rc)
{
    switch (rc) {

    case CRICKET_OK:
        break;

    case CRICKET_AGAIN:
        return NGX_AGAIN;

    case CRICKET_DONE:
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;

    case CRICKET_INVALID:
        return NGX_DECLINED;

    default: /* CRICKET_ERROR */
        return NGX_ERROR;
    }

    if (body->inflating) {
        cricket_gzip_free(&body->gzip);
        body->inflating = 0;
    }

    cricket_buf_free(&body->copy);

    body->coding = CRICKET_CODING_NONE;

    body->data.data = body->plain.data;
    body->data.len = body->plain.len;

    return NGX_OK;
}


void
ngx_http_cricket_body_free(ngx_http_cricket_body_t *body)
{
    if (body->inflating) {
        cricket_gzip_free(&body->gzip);
        body->inflating = 0;
    }

    cricket_buf_free(&body->copy);
    cricket_buf_free(&body->plain);
}


void
ngx_http_cricket_body_drop(ngx_http_request_t *r)
{
    ngx_http_request_body_t  *rb;

    rb = r->request_body;

    /* what came with the header is in a buffer of the connection's */

    if (rb && rb->buf && !r->preserve_body
        && ngx_pfree(r->pool, rb->buf->start) == NGX_OK)
    {
        rb->buf = NULL;
        rb->bufs = NULL;
    }
}
