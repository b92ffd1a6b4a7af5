
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What clients of OpenTSDB ask: from a request to questions. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_opentsdb_ask.h"
#include "ngx_http_cricket_body.h"
#include "ngx_http_cricket_opentsdb.h"
#include "ngx_http_cricket_query.h"
#include "ngx_http_cricket_respond.h"


/* what may be wrong names a member, and may quote it */
#define NGX_HTTP_CRICKET_MESSAGE_SIZE  8192


static void ngx_http_cricket_opentsdb_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_opentsdb_read(ngx_http_request_t *r,
    ngx_http_cricket_body_t *body);
static ngx_int_t ngx_http_cricket_opentsdb_start(ngx_http_request_t *r,
    u_char *data, size_t len);
static ngx_int_t ngx_http_cricket_opentsdb_coding(ngx_http_request_t *r,
    cricket_coding_e *coding);
static ngx_int_t ngx_http_cricket_opentsdb_refuse(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_opentsdb_large(ngx_http_request_t *r);


ngx_int_t
ngx_http_cricket_opentsdb_get(ngx_http_request_t *r)
{
    return ngx_http_cricket_opentsdb_start(r, NULL, 0);
}


ngx_int_t
ngx_http_cricket_opentsdb_post(ngx_http_request_t *r)
{
    ngx_int_t         rc;
    ngx_uint_t        large;
    cricket_coding_e  coding;

    large = (r->headers_in.content_length_n > CRICKET_OPENTSDB_BODY);

    if (large
        || ngx_http_cricket_opentsdb_coding(r, &coding) != NGX_OK)
    {
        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        return large ? ngx_http_cricket_opentsdb_large(r)
                     : ngx_http_cricket_opentsdb_refuse(r);
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_cricket_opentsdb_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_cricket_opentsdb_body(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    cricket_coding_e         coding;
    ngx_http_cricket_body_t  body;

    (void) ngx_http_cricket_opentsdb_coding(r, &coding);

    ngx_http_cricket_body_init(&body, r, coding);

    rc = ngx_http_cricket_opentsdb_read(r, &body);

    ngx_http_cricket_body_free(&body);

    ngx_http_finalize_request(r, rc);
}


static ngx_int_t
ngx_http_cricket_opentsdb_read(ngx_http_request_t *r,
    ngx_http_cricket_body_t *body)
{
    ngx_int_t      rc;
    cricket_buf_t  message;

    /* an empty body has nothing to inflate */

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return ngx_http_cricket_opentsdb_start(r, NULL, 0);
    }

    rc = ngx_http_cricket_body_small(body, CRICKET_OPENTSDB_BODY);

    if (rc == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE) {
        return ngx_http_cricket_opentsdb_large(r);
    }

    if (rc == NGX_OK) {
        return ngx_http_cricket_opentsdb_start(r, body->data.data,
                                               body->data.len);
    }

    if (rc != NGX_DECLINED) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_init(&message, NGX_HTTP_CRICKET_MESSAGE_SIZE);
    cricket_buf_literal(&message, "body: ");
    cricket_buf_cstr(&message, body->err);

    rc = ngx_http_cricket_respond_message(r, NGX_HTTP_BAD_REQUEST, &message);

    cricket_buf_free(&message);

    return rc;
}


static ngx_int_t
ngx_http_cricket_opentsdb_start(ngx_http_request_t *r, u_char *data,
    size_t len)
{
    ngx_int_t                rc;
    cricket_buf_t            message;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    cricket_buf_init(&message, NGX_HTTP_CRICKET_MESSAGE_SIZE);

    ctx->query = cricket_opentsdb_ask(ctx->query, data, len, &message);

    if (ctx->query) {
        rc = ngx_http_cricket_query_handler(r);

    } else if (message.len) {
        rc = ngx_http_cricket_respond_message(r, NGX_HTTP_BAD_REQUEST,
                                              &message);

    } else {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_free(&message);

    return rc;
}


static ngx_int_t
ngx_http_cricket_opentsdb_coding(ngx_http_request_t *r,
    cricket_coding_e *coding)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  name = ngx_string("Content-Encoding");

    *coding = CRICKET_CODING_NONE;

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &name);

    return h ? ngx_http_cricket_body_coding(&h->value, coding) : NGX_OK;
}


static ngx_int_t
ngx_http_cricket_opentsdb_refuse(ngx_http_request_t *r)
{
    static ngx_str_t  gzip = ngx_string("gzip, deflate");

    if (ngx_http_cricket_respond_header(r, "Accept-Encoding", &gzip)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_cricket_respond_error(r, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                          "Content-Encoding: expected gzip, "
                                          "x-gzip, deflate or none");
}


static ngx_int_t
ngx_http_cricket_opentsdb_large(ngx_http_request_t *r)
{
    return ngx_http_cricket_respond_error(r, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                          "body: longer than 262144 bytes, "
                                          "expected fewer questions in one "
                                          "request");
}


ngx_int_t
ngx_http_cricket_opentsdb_about(ngx_http_request_t *r)
{
    cricket_buf_t            b;
    cricket_str_t            path;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    path.data = ctx->route->path.data;
    path.len = ctx->route->path.len;

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);
    cricket_opentsdb_about(&path, CRICKET_VERSION, &b);

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_type_json, &b);
}
