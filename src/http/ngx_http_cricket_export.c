
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* GET /v1/export: page after page, as fast as the client reads. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_search.h"
#include "ngx_http_cricket_export.h"
#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_query.h"
#include "ngx_http_cricket_respond.h"


#define NGX_HTTP_CRICKET_PAGE_POOL  2048


/*
 * A page is asked for when all of the one before has been sent, so that one
 * page is in memory; and some 2k of the request's pool for each before.
 */

struct ngx_http_cricket_export_s {
    ngx_http_cricket_exchange_t    exchange;
    ngx_pool_t                    *pool;        /* of the page's request */
    const cricket_format_t        *format;
    cricket_buf_t                  page;
    ngx_buf_t                      buf;         /* the page on its way out */
    ngx_chain_t                    out;
    unsigned                       last:1;
};


static void ngx_http_cricket_export_page(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex);
static void ngx_http_cricket_export_done(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_export_reply(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex);
static void ngx_http_cricket_export_fail(ngx_http_request_t *r,
    const char *error);
static ngx_int_t ngx_http_cricket_export_header(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex);
static void ngx_http_cricket_export_send(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex);
static void ngx_http_cricket_export_sent(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex);
static void ngx_http_cricket_export_write(ngx_http_request_t *r);
static void ngx_http_cricket_export_cleanup(void *data);


ngx_int_t
ngx_http_cricket_export_handler(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_export_t  *ex;

    if (r->http_version < NGX_HTTP_VERSION_11) {

        /* its end could not be told from that of a broken connection */

        return ngx_http_cricket_respond_error(r, NGX_HTTP_BAD_REQUEST,
                                              "an export needs HTTP/1.1 or "
                                              "later");
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_export_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ex = cln->data;
    ngx_memzero(ex, sizeof(ngx_http_cricket_export_t));

    ex->format = ngx_http_cricket_query_format(r);
    cricket_buf_init(&ex->page, NGX_MAX_SIZE_T_VALUE);

    cln->handler = ngx_http_cricket_export_cleanup;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ctx->export = ex;

    r->main->count++;

    ngx_http_cricket_export_page(r, ex);

    return NGX_DONE;
}


static void
ngx_http_cricket_export_page(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex)
{
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    x = &ex->exchange;

    ngx_http_cricket_exchange_free(x);
    ngx_memzero(x, sizeof(ngx_http_cricket_exchange_t));

    if (ex->pool) {
        ngx_destroy_pool(ex->pool);
    }

    ex->pool = ngx_create_pool(NGX_HTTP_CRICKET_PAGE_POOL,
                               r->connection->log);

    if (ex->pool == NULL
        || ngx_http_cricket_query_search(r, x, ex->pool) != NGX_OK)
    {
        ngx_http_cricket_export_fail(r, "out of memory");
        return;
    }

    x->timeout = ccf->timeout;
    x->handler = ngx_http_cricket_export_done;
    x->data = ex;

    /* the log of an export is of the last page, or it would grow with each */

    if (r->upstream_states) {
        r->upstream_states->nelts = 0;
    }

    (void) ngx_http_cricket_exchange_start(x, r);
}


static void
ngx_http_cricket_export_done(ngx_http_cricket_exchange_t *x)
{
    const char                 *err;
    ngx_connection_t           *c;
    ngx_http_request_t         *r;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_export_t  *ex;

    r = x->carrier;
    ex = x->data;

    c = r->connection;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if ((x->too_large && cricket_search_halve(ctx->query) == CRICKET_OK)
        || ngx_http_cricket_query_widen(r, x))
    {
        ngx_http_cricket_export_page(r, ex);
        ngx_http_run_posted_requests(c);
        return;
    }

    err = ngx_http_cricket_query_error(r, x);

    if (err) {
        ngx_http_cricket_export_fail(r, err);

    } else {
        ngx_http_cricket_export_reply(r, ex);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_cricket_export_reply(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex)
{
    size_t                        foreign;
    ngx_int_t                     rc;
    const char                   *err;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_exchange_t  *x;

    x = &ex->exchange;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    rc = cricket_search_read_export(ctx->query, ex->format->writer,
                                    x->reply.data,
                               x->reply.len, &ex->page, &foreign, &err);

    ngx_http_cricket_query_foreign(r, foreign);

    ngx_http_cricket_exchange_forget(x);

    if (ngx_http_cricket_query_hold(r, ex->page.size) != NGX_OK) {
        ngx_http_cricket_export_fail(r, NGX_HTTP_CRICKET_HOLD_FULL);
        return;
    }

    switch (rc) {

    case CRICKET_OK:
        break;

    case CRICKET_DONE:
        ex->last = 1;
        break;

    case CRICKET_INVALID:
        ngx_http_cricket_export_fail(r, ngx_http_cricket_query_invalid(r, err));
        return;

    default: /* CRICKET_ERROR */
        ngx_http_cricket_export_fail(r, "out of memory");
        return;
    }

    if (!r->header_sent) {

        rc = ngx_http_cricket_export_header(r, ex);

        if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
            ngx_http_finalize_request(r, rc);
            return;
        }
    }

    ngx_http_cricket_export_send(r, ex);
}


/*
 * What was sent already cannot be taken back: then the connection is closed
 * before the end, so that no half of an export is taken for all of it.
 */

static void
ngx_http_cricket_export_fail(ngx_http_request_t *r, const char *error)
{
    ngx_int_t  rc;

    if (r->header_sent) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "an export was broken off: %s", error);
        rc = NGX_ERROR;

    } else {
        rc = ngx_http_cricket_respond_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                            error);
    }

    ngx_http_finalize_request(r, rc);
}


static ngx_int_t
ngx_http_cricket_export_header(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex)
{
    ngx_str_t                type;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ctx->answered = 1;

    if (ngx_http_cricket_respond_vary(r) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_cricket_query_type(ex->format, &type);

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_type = type;
    r->headers_out.content_type_len = type.len;

    ngx_http_clear_content_length(r);

    return ngx_http_send_header(r);
}


static void
ngx_http_cricket_export_send(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex)
{
    ngx_int_t   rc;
    ngx_buf_t  *b;

    b = &ex->buf;

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->start = ex->page.data;
    b->pos = ex->page.data;
    b->last = ex->page.data + ex->page.len;
    b->end = b->last;
    b->memory = (ex->page.len != 0);
    b->tag = (ngx_buf_tag_t) &ngx_http_cricket_module;
    b->last_buf = ex->last;
    b->last_in_chain = ex->last;
    b->flush = 1;

    ex->out.buf = b;
    ex->out.next = NULL;

    rc = ngx_http_output_filter(r, &ex->out);

    if (rc == NGX_ERROR || ex->last) {

        /* the core sends what is still buffered */

        ngx_http_finalize_request(r, rc);
        return;
    }

    ngx_http_cricket_export_sent(r, ex);
}


/* goes on to the next page once nothing of this one is left */

static void
ngx_http_cricket_export_sent(ngx_http_request_t *r,
    ngx_http_cricket_export_t *ex)
{
    ngx_event_t               *wev;
    ngx_http_core_loc_conf_t  *clcf;

    wev = r->connection->write;

    if (!r->buffered && !r->postponed && !r->connection->buffered) {

        /* that of limit_rate must fire: nothing else ends the delay */

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        cricket_buf_free(&ex->page);
        (void) ngx_http_cricket_query_hold(r, 0);

        ngx_http_cricket_export_page(r, ex);
        return;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_cricket_export_write;

    /* with limit_rate the core has set a timer of its own */

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}


static void
ngx_http_cricket_export_write(ngx_http_request_t *r)
{
    ngx_event_t             *wev;
    ngx_http_cricket_ctx_t  *ctx;

    wev = r->connection->write;

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "client timed out");
        r->connection->timedout = 1;

        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (wev->delayed) {

        if (ngx_handle_write_event(wev, 0) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_ERROR);
        }

        return;
    }

    if (ngx_http_output_filter(r, NULL) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ngx_http_cricket_export_sent(r, ctx->export);
}


static void
ngx_http_cricket_export_cleanup(void *data)
{
    ngx_http_cricket_export_t *ex = data;

    ngx_http_cricket_exchange_free(&ex->exchange);
    cricket_buf_free(&ex->page);

    if (ex->pool) {
        ngx_destroy_pool(ex->pool);
    }
}
