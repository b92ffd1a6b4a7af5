
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_body.h"


/* where client_max_body_size is 0 and so sets no limit */
#define NGX_HTTP_CRICKET_MAX_INFLATED  (256 * 1024 * 1024)


static ngx_int_t ngx_http_cricket_body_copy(ngx_http_request_t *r,
    cricket_buf_t *copy);


ngx_int_t
ngx_http_cricket_body(ngx_http_request_t *r, cricket_coding_e coding,
    ngx_str_t *body, cricket_buf_t *copy, const char **err)
{
    off_t                      max;
    ngx_int_t                  rc;
    ngx_chain_t               *cl;
    cricket_buf_t              plain;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    max = clcf->client_max_body_size;

    if (max == 0) {
        max = NGX_HTTP_CRICKET_MAX_INFLATED;
    }

    cricket_buf_init(copy, NGX_MAX_SIZE_T_VALUE);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        ngx_str_null(body);

    } else {
        cl = r->request_body->bufs;

        if (cl->next == NULL && ngx_buf_in_memory(cl->buf)) {
            body->data = cl->buf->pos;
            body->len = cl->buf->last - cl->buf->pos;

        } else {

            if (ngx_http_cricket_body_copy(r, copy) != NGX_OK) {
                cricket_buf_free(copy);
                return NGX_ERROR;
            }

            body->data = copy->data;
            body->len = copy->len;
        }
    }

    if (coding == CRICKET_CODING_NONE) {
        return NGX_OK;
    }

    cricket_buf_init(&plain, max);

    switch (cricket_gzip_inflate(coding, body->data, body->len, &plain, err)) {

    case CRICKET_OK:
        rc = NGX_OK;
        break;

    case CRICKET_DONE:
        rc = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        break;

    case CRICKET_INVALID:
        rc = NGX_DECLINED;
        break;

    default: /* CRICKET_ERROR */
        rc = NGX_ERROR;
    }

    cricket_buf_free(copy);

    if (rc != NGX_OK) {
        cricket_buf_free(&plain);
        return rc;
    }

    *copy = plain;

    body->data = copy->data;
    body->len = copy->len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_body_copy(ngx_http_request_t *r, cricket_buf_t *copy)
{
    off_t         size;
    size_t        len;
    u_char       *p;
    ssize_t       n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    if (cricket_buf_reserve(copy, size) == NULL) {
        return NGX_ERROR;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;
        len = ngx_buf_size(b);

        if (ngx_buf_in_memory(b)) {
            cricket_buf_append(copy, b->pos, len);
            continue;
        }

        if (!b->in_file) {
            continue;
        }

        p = cricket_buf_reserve(copy, len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        /* a blocking read: of the page cache, the file was just written */

        n = ngx_read_file(b->file, p, len, b->file_pos);

        if (n == NGX_ERROR || (size_t) n != len) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "reading a request body's file failed");
            return NGX_ERROR;
        }

        copy->len += len;
    }

    return copy->failed ? NGX_ERROR : NGX_OK;
}


void
ngx_http_cricket_body_free(ngx_http_request_t *r)
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
