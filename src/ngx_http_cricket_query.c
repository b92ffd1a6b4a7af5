
/*
 * Copyright (C) Cricket authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_search.h"
#include "ngx_http_cricket_elasticsearch.h"
#include "ngx_http_cricket_query.h"
#include "ngx_http_cricket_respond.h"


static ngx_int_t ngx_http_cricket_query_request(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_query_done(ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_query_reply(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_query_answer(ngx_http_request_t *r,
    cricket_format_e format, cricket_buf_t *out, cricket_buf_t *next);
static ngx_int_t ngx_http_cricket_query_link(ngx_http_request_t *r,
    cricket_buf_t *next);
static cricket_format_e ngx_http_cricket_query_format(ngx_http_request_t *r);
static void ngx_http_cricket_query_cleanup(void *data);


static ngx_str_t  ngx_http_cricket_types[] = {
    ngx_string("application/json"),
    ngx_string("application/x-ndjson"),
    ngx_string("text/csv; charset=utf-8")
};


ngx_int_t
ngx_http_cricket_query_handler(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_exchange_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    x = cln->data;
    ngx_memzero(x, sizeof(ngx_http_cricket_exchange_t));

    cln->handler = ngx_http_cricket_query_cleanup;

    if (ngx_http_cricket_query_request(r, x) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    x->conf = ccf;
    x->upstream = &ccf->upstream;
    ngx_str_set(&x->uri, "/_search");
    x->timeout = ccf->timeout;
    x->handler = ngx_http_cricket_query_done;
    x->log = r->connection->log;

    r->main->count++;

    (void) ngx_http_cricket_exchange_start(x, r);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_cricket_query_request(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t                     rc;
    ngx_buf_t                    *b;
    ngx_str_t                     tail;
    cricket_buf_t                 uri, body;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  method = ngx_string("POST");

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cricket_buf_init(&uri, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&body, NGX_MAX_SIZE_T_VALUE);

    cricket_search_uri(ctx->query, &uri);
    cricket_search_body(ctx->query, &body);

    rc = NGX_ERROR;

    if (!uri.failed && !body.failed) {
        tail.data = uri.data;
        tail.len = uri.len;

        x->request = ngx_http_cricket_exchange_head(r->pool, ccf, &method,
                                                &tail,
                                                &ngx_http_cricket_type_json,
                                                body.len, body.len);
        if (x->request) {
            b = x->request->buf;
            b->last = ngx_cpymem(b->last, body.data, body.len);
            rc = NGX_OK;
        }
    }

    cricket_buf_free(&uri);
    cricket_buf_free(&body);

    return rc;
}


static void
ngx_http_cricket_query_done(ngx_http_cricket_exchange_t *x)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = x->carrier;

    if (x->outcome == NGX_HTTP_CRICKET_REPLY) {
        rc = ngx_http_cricket_query_reply(r, x);

    } else {
        rc = ngx_http_cricket_send_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                         x->error ? x->error
                                         : "Elasticsearch is away");
    }

    ngx_http_cricket_finish(r, rc);
}


static ngx_int_t
ngx_http_cricket_query_reply(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    size_t                   len;
    ngx_int_t                rc;
    const char              *err;
    cricket_buf_t            out, next, b;
    cricket_format_e         format;
    ngx_http_cricket_ctx_t  *ctx;

    if (x->status != NGX_HTTP_OK) {

        len = ngx_min(x->reply.len, 512);

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "elasticsearch answered a search with status %ui: "
                      "\"%*s\"", x->status, len, x->reply.data);

        switch (x->status) {

        case NGX_HTTP_NOT_FOUND:
            err = "the index is not set up";
            break;

        case NGX_HTTP_UNAUTHORIZED:
        case NGX_HTTP_FORBIDDEN:
            err = "Elasticsearch does not allow Cricket to read";
            break;

        case NGX_HTTP_TOO_MANY_REQUESTS:
            err = "Elasticsearch is too busy";
            break;

        default:
            err = "Elasticsearch failed";
        }

        return ngx_http_cricket_send_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                           err);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    cricket_buf_init(&out, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&next, NGX_MAX_SIZE_T_VALUE);

    format = ngx_http_cricket_query_format(r);

    rc = cricket_search_read(ctx->query, format, x->reply.data, x->reply.len,
                             &out, &next, &err);

    /* the answer may be large, and so is what it was made of */

    cricket_buf_free(&x->reply);

    switch (rc) {

    case CRICKET_OK:

        if (format == CRICKET_FORMAT_JSON) {
            cricket_buf_literal(&out, "\n");
        }

        rc = ngx_http_cricket_query_answer(r, format, &out, &next);
        break;

    case CRICKET_DONE:
        cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);
        ngx_http_cricket_open_error(&b, NGX_HTTP_BAD_REQUEST, out.data,
                                    out.len);
        cricket_buf_literal(&b, "}}\n");

        rc = ngx_http_cricket_send_buf(r, NGX_HTTP_BAD_REQUEST,
                                       &ngx_http_cricket_type_json, &b);
        break;

    case CRICKET_INVALID:
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "elasticsearch answered a search with a reply that is "
                      "not valid: %s", err);

        rc = ngx_http_cricket_send_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                         "Elasticsearch's reply made no sense");
        break;

    default: /* CRICKET_ERROR */
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_free(&out);
    cricket_buf_free(&next);

    return rc;
}


static ngx_int_t
ngx_http_cricket_query_answer(ngx_http_request_t *r, cricket_format_e format,
    cricket_buf_t *out, cricket_buf_t *next)
{
    ngx_str_t  vary;

    if (next->len && ngx_http_cricket_query_link(r, next) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&vary, "Accept");

    if (ngx_http_cricket_add_header(r, "Vary", &vary) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_cricket_send_buf(r, NGX_HTTP_OK,
                                     &ngx_http_cricket_types[format], out);
}


/* Link: </v1/metrics?...>; rel="next" (RFC 8288) */

static ngx_int_t
ngx_http_cricket_query_link(ngx_http_request_t *r, cricket_buf_t *next)
{
    u_char     *p;
    size_t      len, escape;
    ngx_str_t   link;

    escape = ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);

    len = sizeof("<?>; rel=\"next\"") - 1 + r->uri.len + 2 * escape + next->len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    link.data = p;

    *p++ = '<';

    if (escape) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, r->uri.len,
                                      NGX_ESCAPE_URI);
    } else {
        p = ngx_cpymem(p, r->uri.data, r->uri.len);
    }

    *p++ = '?';
    p = ngx_cpymem(p, next->data, next->len);
    p = ngx_cpymem(p, ">; rel=\"next\"", sizeof(">; rel=\"next\"") - 1);

    link.len = p - link.data;

    return ngx_http_cricket_add_header(r, "Link", &link);
}


static cricket_format_e
ngx_http_cricket_query_format(ngx_http_request_t *r)
{
    ngx_table_elt_t         *h;
    ngx_http_cricket_ctx_t  *ctx;

    static ngx_str_t  name = ngx_string("Accept");

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    h = ngx_http_cricket_find_header(&r->headers_in.headers, &name);

    if (h == NULL) {
        return cricket_query_format(ctx->query, NULL, 0);
    }

    return cricket_query_format(ctx->query, h->value.data, h->value.len);
}


static void
ngx_http_cricket_query_cleanup(void *data)
{
    ngx_http_cricket_exchange_t *x = data;

    ngx_http_cricket_exchange_free(x);
}
