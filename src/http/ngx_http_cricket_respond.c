
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Answers a client. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_route_match.h"


static ngx_int_t ngx_http_cricket_sent(ngx_int_t rc);
static ngx_uint_t ngx_http_cricket_intercepted(ngx_http_request_t *r,
    ngx_uint_t status);
static void ngx_http_cricket_free_buf(void *data);
static ngx_int_t ngx_http_cricket_respond_text(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt,
    ngx_uint_t *status, ngx_str_t *type, cricket_buf_t *b);
static ngx_int_t ngx_http_cricket_respond_headers(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt,
    ngx_str_t *type);
static ngx_int_t ngx_http_cricket_respond_set(ngx_http_request_t *r,
    const char *name, const cricket_buf_t *b, ngx_str_t *type);


ngx_str_t  ngx_http_cricket_type_json = ngx_string("application/json");
ngx_str_t  ngx_http_cricket_type_text = ngx_string("text/plain");


ngx_int_t
ngx_http_cricket_respond(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, u_char *data, size_t len)
{
    ngx_int_t                rc;
    ngx_buf_t               *b;
    ngx_chain_t              out;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx) {
        ctx->swallow = 0;
    }

    if (status >= NGX_HTTP_BAD_REQUEST
        && ngx_http_cricket_intercepted(r, status))
    {
        return status;
    }

    if (ctx) {
        ctx->answered = 1;
    }

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_cricket_respond_retry_after(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = len;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return ngx_http_cricket_sent(rc);
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = data;
    b->last = data + len;
    b->memory = (len != 0);
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_cricket_sent(ngx_http_output_filter(r, &out));
}


/*
 * The core sees to what a slow client has not taken yet, when the request is
 * finalized: it looks at what is buffered, and NGX_AGAIN means other things to
 * our callers.
 */

static ngx_int_t
ngx_http_cricket_sent(ngx_int_t rc)
{
    return (rc == NGX_AGAIN) ? NGX_OK : rc;
}


/* does an error_page take this status?  What the core asks before it does. */

static ngx_uint_t
ngx_http_cricket_intercepted(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_uint_t                    i;
    ngx_http_err_page_t          *pages;
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!ccf->upstream.intercept_errors
        || clcf->error_pages == NULL
        || r != r->main
        || r->header_sent
        || r->uri_changes == 0
        || r->error_page)
    {
        return 0;
    }

    pages = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {

        if ((ngx_uint_t) pages[i].status == status) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_cricket_respond_buf(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, cricket_buf_t *b)
{
    size_t               len;
    u_char              *data;
    ngx_pool_cleanup_t  *cln;

    if (b->failed) {
        cricket_buf_free(b);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        cricket_buf_free(b);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    data = b->data;
    len = b->len;

    cln->handler = ngx_http_cricket_free_buf;
    cln->data = data;

    cricket_buf_init(b, b->max);

    return ngx_http_cricket_respond(r, status, type, data, len);
}


static void
ngx_http_cricket_free_buf(void *data)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, 0);
    b.data = data;

    cricket_buf_free(&b);
}


ngx_int_t
ngx_http_cricket_respond_error(ngx_http_request_t *r, ngx_uint_t status,
    const char *message)
{
    ngx_int_t      rc;
    cricket_buf_t  text;

    cricket_buf_init(&text, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_cstr(&text, message);

    rc = ngx_http_cricket_respond_message(r, status, &text);

    cricket_buf_free(&text);

    return rc;
}


ngx_int_t
ngx_http_cricket_respond_message(ngx_http_request_t *r, ngx_uint_t status,
    cricket_buf_t *message)
{
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);

    receipt.status = status;
    receipt.message = *message;

    return ngx_http_cricket_respond_receipt(r,
                                           ngx_http_cricket_respond_format(r),
                                           &receipt);
}


const cricket_format_request_t *
ngx_http_cricket_respond_format(ngx_http_request_t *r)
{
    cricket_str_t                    type;
    cricket_query_e                  kind;
    ngx_http_cricket_route_t        *route;
    ngx_http_cricket_loc_conf_t     *ccf;
    const cricket_format_request_t  *format;

    route = ngx_http_cricket_route_of(r);

    if (route == NULL) {
        route = ngx_http_cricket_route_first(r);
    }

    if (route == NULL) {
        ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);
        route = ccf->route;
    }

    kind = route ? route->query : CRICKET_QUERY_NONE;
    format = NULL;

    if (r->headers_in.content_type) {
        type.data = r->headers_in.content_type->value.data;
        type.len = r->headers_in.content_type->value.len;

        format = cricket_format_find(kind, &type);
    }

    return format ? format : cricket_format_of(kind);
}


ngx_int_t
ngx_http_cricket_respond_page(ngx_http_request_t *r, ngx_uint_t status,
    const char *message, ngx_str_t *type, cricket_buf_t *b)
{
    ngx_int_t          rc;
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);
    cricket_receipt_message(&receipt, message);

    receipt.status = status;

    rc = ngx_http_cricket_respond_text(r, ngx_http_cricket_respond_format(r),
                                       &receipt, &status, type, b);

    cricket_receipt_free(&receipt);

    return rc;
}


ngx_int_t
ngx_http_cricket_respond_receipt(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt)
{
    ngx_str_t      type;
    ngx_uint_t     status;
    cricket_buf_t  b;

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    if (ngx_http_cricket_respond_text(r, format, receipt, &status, &type, &b)
        != NGX_OK)
    {
        cricket_buf_free(&b);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_cricket_respond_buf(r, status, &type, &b);
}


static ngx_int_t
ngx_http_cricket_respond_text(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt,
    ngx_uint_t *status, ngx_str_t *type, cricket_buf_t *b)
{
    type->data = (u_char *) format->receipt_type.data;
    type->len = format->receipt_type.len;

    *status = format->receipt(receipt, b);

    if (b->failed || cricket_receipt_failed(receipt)) {
        return NGX_ERROR;
    }

    return ngx_http_cricket_respond_headers(r, format, receipt, type);
}


static ngx_int_t
ngx_http_cricket_respond_headers(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt,
    ngx_str_t *type)
{
    ngx_int_t       rc;
    ngx_uint_t      n;
    const char     *name;
    cricket_buf_t   b;

    if (format->header == NULL) {
        return NGX_OK;
    }

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    rc = NGX_OK;

    for (n = 0; rc == NGX_OK; n++) {
        b.len = 0;

        name = format->header(receipt, n, &b);

        if (name == NULL) {
            break;
        }

        if (b.failed) {
            rc = NGX_ERROR;

        } else if (b.len) {
            rc = ngx_http_cricket_respond_set(r, name, &b, type);
        }
    }

    cricket_buf_free(&b);

    return rc;
}


static ngx_int_t
ngx_http_cricket_respond_set(ngx_http_request_t *r, const char *name,
    const cricket_buf_t *b, ngx_str_t *type)
{
    ngx_str_t  value;

    value.len = b->len;
    value.data = ngx_pnalloc(r->pool, b->len);

    if (value.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(value.data, b->data, b->len);

    if (ngx_strcmp(name, "Content-Type") == 0) {
        *type = value;
        return NGX_OK;
    }

    return ngx_http_cricket_respond_header(r, name, &value);
}


ngx_int_t
ngx_http_cricket_respond_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key.len = ngx_strlen(name);
    h->key.data = (u_char *) name;
    h->value = *value;
    ngx_http_cricket_header_last(h);

    return NGX_OK;
}


ngx_table_elt_t *
ngx_http_cricket_respond_find(ngx_list_t *headers, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &headers->part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {

            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash != 0
            && h[i].key.len == name->len
            && ngx_strncasecmp(h[i].key.data, name->data, name->len) == 0)
        {
            return &h[i];
        }
    }
}


ngx_int_t
ngx_http_cricket_respond_vary(ngx_http_request_t *r)
{
    static ngx_str_t  accept = ngx_string("Accept");

    return ngx_http_cricket_respond_header(r, "Vary", &accept);
}


ngx_int_t
ngx_http_cricket_respond_retry_after(ngx_http_request_t *r)
{
    static ngx_str_t  name = ngx_string("Retry-After");
    static ngx_str_t  seconds = ngx_string("1");

    if (ngx_http_cricket_respond_find(&r->headers_out.headers, &name)) {
        return NGX_OK;
    }

    return ngx_http_cricket_respond_header(r, "Retry-After", &seconds);
}


void
ngx_http_cricket_respond_finish(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_connection_t  *c;

    c = r->connection;

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}
