
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Sends the dashboard, which is kept compressed. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_accept.h"
#include "cricket_dashboard.h"
#include "cricket_gzip.h"
#include "ngx_http_cricket_dashboard.h"
#include "ngx_http_cricket_respond.h"


/* so much comes out in one go */
#define NGX_HTTP_CRICKET_DASHBOARD_SLICE  (64 * 1024)


static ngx_int_t ngx_http_cricket_dashboard_headers(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_dashboard_etag(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_dashboard_gzip(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_dashboard_coding(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_dashboard_inflate(cricket_buf_t *b);


static ngx_str_t  ngx_http_cricket_dashboard_type =
    ngx_string("text/html; charset=utf-8");


ngx_int_t
ngx_http_cricket_dashboard_handler(ngx_http_request_t *r)
{
    cricket_buf_t  b;

    if (ngx_http_cricket_dashboard_headers(r) != NGX_OK
        || ngx_http_cricket_dashboard_etag(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_cricket_dashboard_gzip(r)) {

        if (ngx_http_cricket_dashboard_coding(r) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_cricket_respond(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_dashboard_type,
                                        (u_char *) cricket_dashboard.data,
                                        cricket_dashboard.len);
    }

    if (r->method == NGX_HTTP_HEAD) {
        return ngx_http_cricket_respond(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_dashboard_type,
                                        NULL, cricket_dashboard.size);
    }

    cricket_buf_init(&b, cricket_dashboard.size);

    if (ngx_http_cricket_dashboard_inflate(&b) != NGX_OK) {
        cricket_buf_free(&b);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_dashboard_type, &b);
}


static ngx_int_t
ngx_http_cricket_dashboard_headers(ngx_http_request_t *r)
{
    ngx_uint_t  i;
    ngx_str_t   policy;

    static struct {
        const char  *name;
        ngx_str_t    value;
    } headers[] = {
        { "Vary", ngx_string("Accept-Encoding") },
        { "Cache-Control", ngx_string("no-cache") },
        { "X-Content-Type-Options", ngx_string("nosniff") },
        { "Referrer-Policy", ngx_string("no-referrer") },
    };

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {

        if (ngx_http_cricket_respond_header(r, headers[i].name,
                                            &headers[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    policy.data = (u_char *) cricket_dashboard.policy;
    policy.len = ngx_strlen(policy.data);

    return ngx_http_cricket_respond_header(r, "Content-Security-Policy",
                                           &policy);
}


/* who has this page gets a 304 from nginx's own filter */

static ngx_int_t
ngx_http_cricket_dashboard_etag(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_http_cricket_header_last(h);
    ngx_str_set(&h->key, "ETag");
    h->value.data = (u_char *) cricket_dashboard.etag;
    h->value.len = ngx_strlen(h->value.data);

    r->headers_out.etag = h;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_cricket_dashboard_gzip(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  name = ngx_string("Accept-Encoding");

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &name);

    return h != NULL && cricket_accept_gzip(h->value.data, h->value.len);
}


/* nginx's gzip passes over what has a coding already */

static ngx_int_t
ngx_http_cricket_dashboard_coding(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_http_cricket_header_last(h);
    ngx_str_set(&h->key, "Content-Encoding");
    ngx_str_set(&h->value, "gzip");

    r->headers_out.content_encoding = h;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_dashboard_inflate(cricket_buf_t *b)
{
    int             rc;
    const char     *err;
    cricket_gzip_t  gzip;

    rc = cricket_gzip_init(&gzip, CRICKET_CODING_GZIP, cricket_dashboard.data,
                           cricket_dashboard.len);

    while (rc == CRICKET_OK || rc == CRICKET_AGAIN) {
        rc = cricket_gzip_next(&gzip, NGX_HTTP_CRICKET_DASHBOARD_SLICE, b,
                               &err);
        if (rc != CRICKET_AGAIN) {
            break;
        }
    }

    cricket_gzip_free(&gzip);

    return (rc == CRICKET_OK) ? NGX_OK : NGX_ERROR;
}
