
/*
 * Copyright (C) Cricket authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_respond.h"


/* no answer of ours needs more: pages are bounded where they are built */
#define NGX_HTTP_CRICKET_ERROR_SIZE  (1024 * 1024)


typedef struct {
    ngx_uint_t    status;
    const char   *message;
} ngx_http_cricket_message_t;


static ngx_int_t ngx_http_cricket_retry_after(ngx_http_request_t *r);
static const char *ngx_http_cricket_core_message(ngx_uint_t status);
static void ngx_http_cricket_free_buf(void *data);
static ngx_int_t ngx_http_cricket_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_str_t  ngx_http_cricket_type_json = ngx_string("application/json");
ngx_str_t  ngx_http_cricket_type_text = ngx_string("text/plain");


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
ngx_http_cricket_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, u_char *data, size_t len)
{
    ngx_int_t                rc;
    ngx_buf_t               *b;
    ngx_chain_t              out;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx) {
        ctx->answered = 1;
    }

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_cricket_retry_after(r) != NGX_OK)
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
        return rc;
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

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_cricket_send_buf(ngx_http_request_t *r, ngx_uint_t status,
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

    return ngx_http_cricket_send(r, status, type, data, len);
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
ngx_http_cricket_send_error(ngx_http_request_t *r, ngx_uint_t status,
    const char *message)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, NGX_HTTP_CRICKET_ERROR_SIZE);

    ngx_http_cricket_open_error(&b, status, (u_char *) message,
                                ngx_strlen(message));
    cricket_buf_literal(&b, "}}\n");

    return ngx_http_cricket_send_buf(r, status, &ngx_http_cricket_type_json,
                                     &b);
}


void
ngx_http_cricket_open_error(cricket_buf_t *b, ngx_uint_t status,
    const u_char *message, size_t len)
{
    cricket_buf_literal(b, "{\"error\":{\"status\":");
    cricket_buf_int(b, status);
    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, message, len);
}


ngx_int_t
ngx_http_cricket_add_header(ngx_http_request_t *r, const char *name,
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
ngx_http_cricket_find_header(ngx_list_t *headers, ngx_str_t *name)
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


static ngx_int_t
ngx_http_cricket_retry_after(ngx_http_request_t *r)
{
    static ngx_str_t  name = ngx_string("Retry-After");
    static ngx_str_t  seconds = ngx_string("1");

    if (ngx_http_cricket_find_header(&r->headers_out.headers, &name)) {
        return NGX_OK;
    }

    return ngx_http_cricket_add_header(r, "Retry-After", &seconds);
}


void
ngx_http_cricket_finish(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_connection_t  *c;

    c = r->connection;

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
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
ngx_http_cricket_header_filter(ngx_http_request_t *r)
{
    u_char                       *p;
    size_t                        len;
    ngx_buf_t                    *b;
    ngx_uint_t                    status;
    const char                   *message;
    ngx_chain_t                  *cl;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  html = ngx_string("text/html");

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    status = r->headers_out.status;

    /* only the core's own pages: not of others' handlers, not subrequests' */

    if (ccf->route == NULL
        || (ctx && ctx->answered)
        || r != r->main
        || status < NGX_HTTP_BAD_REQUEST
        || r->headers_out.content_type.len != html.len
        || ngx_strncmp(r->headers_out.content_type.data, html.data, html.len)
           != 0)
    {
        return ngx_http_next_header_filter(r);
    }

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_cricket_ctx_t));
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        ngx_http_set_ctx(r, ctx, ngx_http_cricket_module);
    }

    message = ngx_http_cricket_core_message(status);

    len = sizeof("{\"error\":{\"status\":,\"message\":\"\"}}\n") - 1
          + NGX_INT_T_LEN + ngx_strlen(message);

    b = ngx_create_temp_buf(r->pool, len);
    if (b == NULL) {
        return NGX_ERROR;
    }

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(b->last,
                    "{\"error\":{\"status\":%ui,\"message\":\"%s\"}}\n",
                    status, message);

    b->last = p;
    b->last_buf = 1;
    b->last_in_chain = 1;

    cl->buf = b;
    cl->next = NULL;

    ctx->replacement = cl;

    r->headers_out.content_type = ngx_http_cricket_type_json;
    r->headers_out.content_type_len = ngx_http_cricket_type_json.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.content_length_n = b->last - b->pos;

    if (r->headers_out.content_length) {
        r->headers_out.content_length->hash = 0;
        r->headers_out.content_length = NULL;
    }

    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_cricket_retry_after(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
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


ngx_int_t
ngx_http_cricket_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_cricket_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_cricket_body_filter;

    return NGX_OK;
}
