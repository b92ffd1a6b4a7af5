
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Lets error pages of the core's be Cricket's, or nothing at all. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_cors.h"
#include "ngx_http_cricket_filter.h"
#include "ngx_http_cricket_respond.h"


typedef struct {
    ngx_uint_t    status;
    const char   *message;
} ngx_http_cricket_message_t;


static const char *ngx_http_cricket_core_message(ngx_uint_t status);
static ngx_int_t ngx_http_cricket_header_filter(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_filter_is_page(ngx_http_request_t *r,
    ngx_http_cricket_ctx_t *ctx);
static ngx_chain_t *ngx_http_cricket_filter_error(ngx_http_request_t *r,
    ngx_str_t *type);
static ngx_int_t ngx_http_cricket_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


/* what the core says of a request before, or instead of, our handlers */

static ngx_http_cricket_message_t  ngx_http_cricket_messages[] = {
    { NGX_HTTP_BAD_REQUEST, "not a valid HTTP request" },
    { NGX_HTTP_UNAUTHORIZED, "credentials are missing or wrong" },
    { NGX_HTTP_FORBIDDEN, "access is not allowed from here" },
    { NGX_HTTP_NOT_ALLOWED, "the method is not allowed here" },
    { NGX_HTTP_REQUEST_TIME_OUT, "the request was not sent in time" },
    { NGX_HTTP_LENGTH_REQUIRED, "the request needs a Content-Length" },
    { NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
      "body: larger than client_max_body_size allows" },
    { NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, "the body's type is not supported" },
    { NGX_HTTP_TOO_MANY_REQUESTS, "too many requests" },
    { NGX_HTTP_INTERNAL_SERVER_ERROR, "internal error" },
    { NGX_HTTP_SERVICE_UNAVAILABLE, "the service is unavailable" },
    { 0, NULL }
};


ngx_int_t
ngx_http_cricket_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_cricket_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_cricket_body_filter;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_header_filter(ngx_http_request_t *r)
{
    ngx_buf_t               *b;
    ngx_str_t                type;
    ngx_http_cricket_ctx_t  *ctx;

    if (ngx_http_cricket_cors_headers(r) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (!ngx_http_cricket_filter_is_page(r, ctx)) {
        return ngx_http_next_header_filter(r);
    }

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_cricket_ctx_t));
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        ngx_http_set_ctx(r, ctx, ngx_http_cricket_module);
    }

    ctx->replacement = ngx_http_cricket_filter_error(r, &type);
    if (ctx->replacement == NULL) {
        return NGX_ERROR;
    }

    b = ctx->replacement->buf;

    r->headers_out.content_type = type;
    r->headers_out.content_type_len = type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.content_length_n = b->last - b->pos;

    if (r->headers_out.content_length) {
        r->headers_out.content_length->hash = 0;
        r->headers_out.content_length = NULL;
    }

    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);

    if (r->headers_out.status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_cricket_respond_retry_after(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/* only the core's own pages: not of others' handlers, not subrequests' */

static ngx_uint_t
ngx_http_cricket_filter_is_page(ngx_http_request_t *r,
    ngx_http_cricket_ctx_t *ctx)
{
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  html = ngx_string("text/html");

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    return ccf->route != NULL
           && (ctx == NULL || !ctx->answered)
           && r == r->main
           && r->err_status != 0
           && r->headers_out.status >= NGX_HTTP_BAD_REQUEST
           && r->headers_out.content_type.len == html.len
           && ngx_strncmp(r->headers_out.content_type.data, html.data,
                          html.len)
              == 0;
}


/* the error in place of such a page, and its type; NULL without memory */

static ngx_chain_t *
ngx_http_cricket_filter_error(ngx_http_request_t *r, ngx_str_t *type)
{
    ngx_buf_t      *b;
    const char     *message;
    ngx_chain_t    *cl;
    cricket_buf_t   text;

    message = ngx_http_cricket_core_message(r->headers_out.status);

    cricket_buf_init(&text, NGX_MAX_SIZE_T_VALUE);

    if (ngx_http_cricket_respond_page(r, r->headers_out.status, message, type,
                                      &text)
        != NGX_OK)
    {
        cricket_buf_free(&text);
        return NULL;
    }

    b = ngx_create_temp_buf(r->pool, text.len);
    cl = b ? ngx_alloc_chain_link(r->pool) : NULL;

    if (cl) {
        b->last = ngx_cpymem(b->last, text.data, text.len);
        b->last_buf = 1;
        b->last_in_chain = 1;

        cl->buf = b;
        cl->next = NULL;
    }

    cricket_buf_free(&text);

    return cl;
}


static const char *
ngx_http_cricket_core_message(ngx_uint_t status)
{
    ngx_http_cricket_message_t  *m;

    for (m = ngx_http_cricket_messages; m->status; m++) {

        if (m->status == status) {
            return m->message;
        }
    }

    return (status < NGX_HTTP_INTERNAL_SERVER_ERROR)
           ? "the request was refused" : "the request failed";
}


static ngx_int_t
ngx_http_cricket_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t             *cl;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    if (ctx->swallow) {

        /* see ngx_http_cricket_finalize_request() */

        ctx->swallow = 0;
        r->keepalive = ctx->keepalive;

        return NGX_DONE;
    }

    if (ctx->replacement == NULL || in == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
        cl->buf->file_pos = cl->buf->file_last;
    }

    if (ctx->replaced) {
        return NGX_OK;
    }

    ctx->replaced = 1;

    return ngx_http_next_body_filter(r, ctx->replacement);
}
