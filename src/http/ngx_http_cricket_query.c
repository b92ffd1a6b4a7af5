
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The routes that ask: searches, and their replies as an answer. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "cricket_accept.h"
#include "cricket_ask.h"
#include "cricket_bulk.h"
#include "cricket_partition.h"
#include "cricket_search.h"
#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_query.h"
#include "ngx_http_cricket_quote.h"
#include "ngx_http_cricket_reason.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_trouble.h"


static ngx_int_t ngx_http_cricket_query_start(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_chain_t *ngx_http_cricket_query_request(ngx_http_request_t *r,
    ngx_pool_t *pool);
static void ngx_http_cricket_query_indices(ngx_http_request_t *r,
    cricket_buf_t *path);
static ngx_uint_t ngx_http_cricket_query_nowhere(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_query_done(ngx_http_cricket_exchange_t *x);
static ngx_uint_t ngx_http_cricket_query_complex(
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_query_again(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_query_reply(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_query_behind(ngx_http_cricket_ctx_t *ctx);
static ngx_int_t ngx_http_cricket_query_answer(ngx_http_request_t *r,
    const cricket_format_t *format, cricket_buf_t *out, cricket_buf_t *next);
static ngx_int_t ngx_http_cricket_query_etag(ngx_http_request_t *r,
    cricket_buf_t *out, cricket_buf_t *next);
static ngx_int_t ngx_http_cricket_query_link(ngx_http_request_t *r,
    cricket_buf_t *next);


ngx_int_t
ngx_http_cricket_query_handler(ngx_http_request_t *r)
{
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *ccf;

    x = ngx_http_cricket_exchange_create(r);
    if (x == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cricket_buf_init(&ctx->out, NGX_MAX_SIZE_T_VALUE);

    ctx->ask = cricket_ask_create(ctx->query);
    if (ctx->ask == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (cricket_ask_refusal(ctx->ask)) {
        return ngx_http_cricket_respond_error(r, NGX_HTTP_BAD_REQUEST,
                                              cricket_ask_refusal(ctx->ask));
    }

    ctx->deadline = ngx_current_msec + ccf->timeout;

    r->main->count++;

    if (ngx_http_cricket_query_start(r, x) == NGX_DECLINED) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }

    return NGX_DONE;
}


/* returns NGX_DECLINED if the request could not be made, and is the caller's */

static ngx_int_t
ngx_http_cricket_query_start(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_ctx_t  *ctx;

    if (ngx_http_cricket_query_search(r, x, r->pool) != NGX_OK) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    x->timeout = ctx->deadline - ngx_current_msec;
    x->handler = ngx_http_cricket_query_done;

    return ngx_http_cricket_exchange_start(x, r);
}


ngx_int_t
ngx_http_cricket_query_search(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, ngx_pool_t *pool)
{
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    x->request = ngx_http_cricket_query_request(r, pool);

    if (x->request == NULL) {
        return NGX_ERROR;
    }

    x->conf = ccf;
    x->upstream = &ccf->upstream;
    x->log = r->connection->log;
    x->counted = 1;

    return NGX_OK;
}


static ngx_chain_t *
ngx_http_cricket_query_request(ngx_http_request_t *r, ngx_pool_t *pool)
{
    ngx_chain_t                  *cl;
    cricket_buf_t                 path, body;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  method = ngx_string("POST");

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cricket_buf_init(&path, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&body, NGX_MAX_SIZE_T_VALUE);

    ngx_http_cricket_query_indices(r, &path);

    cricket_search_uri(ctx->query, &path);

    if (ccf->partition->unit != CRICKET_PARTITION_NONE) {

        /* a partition that is closed is an error, not one that is not there */

        cricket_buf_literal(&path, "&expand_wildcards=open,closed");
    }

    if (ctx->ask) {
        cricket_ask_body(ctx->ask, &body);

    } else {
        cricket_search_body(ctx->query, &body);
    }

    cl = ngx_http_cricket_exchange_json(pool, ccf, &method, &path, &body);

    cricket_buf_free(&path);
    cricket_buf_free(&body);

    return cl;
}


/* only those that can have what is asked for */

static void
ngx_http_cricket_query_indices(ngx_http_request_t *r, cricket_buf_t *path)
{
    const cricket_time_t         *start, *end;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_loc_conf_t  *ccf;
#if (NGX_DEBUG)
    size_t                        len = path->len;
#endif

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    start = NULL;
    end = NULL;

    if (ctx->wide) {
        /* all there are */

    } else if (ctx->ask) {
        cricket_ask_span(ctx->ask, &start, &end);

    } else {
        cricket_search_span(ctx->query, &start, &end);
    }

    cricket_partition_list(ccf->partition, start, end, ngx_time(), path);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http cricket search in \"%*s\"",
                   path->failed ? 0 : path->len - len, path->data + len);
}


ngx_uint_t
ngx_http_cricket_query_widen(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx->wide || !ngx_http_cricket_query_nowhere(r, x)) {
        return 0;
    }

    ctx->wide = 1;

    return 1;
}


/* has it found no partition to search in? */

static ngx_uint_t
ngx_http_cricket_query_nowhere(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    return ccf->partition->unit != CRICKET_PARTITION_NONE
           && x->outcome == NGX_HTTP_CRICKET_REPLY
           && x->status == NGX_HTTP_OK
           && cricket_search_is_nowhere(x->reply.data, x->reply.len);
}


static void
ngx_http_cricket_query_done(ngx_http_cricket_exchange_t *x)
{
    ngx_int_t                rc;
    const char              *err;
    ngx_connection_t        *c;
    ngx_http_request_t      *r;
    ngx_http_cricket_ctx_t  *ctx;

    r = x->carrier;
    c = r->connection;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    /* datapoints may be large too: fewer on a page, and a Link to more */

    if ((ngx_msec_int_t) (ctx->deadline - ngx_current_msec) > 0
        && ((x->too_large && cricket_ask_halve(ctx->ask) == CRICKET_OK)
            || ngx_http_cricket_query_widen(r, x)))
    {
        ngx_http_cricket_query_again(r, x);
        ngx_http_run_posted_requests(c);
        return;
    }

    err = ngx_http_cricket_query_error(r, x);

    if (err && ngx_http_cricket_query_complex(x)) {
        rc = ngx_http_cricket_respond_error(r, NGX_HTTP_BAD_REQUEST,
                                            "filter: an expression that is "
                                            "too much for Elasticsearch, "
                                            "expected a simpler one");

    } else if (err) {
        rc = ngx_http_cricket_respond_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                            err);

    } else {
        rc = ngx_http_cricket_query_reply(r, x);

        if (rc == NGX_AGAIN) {
            ngx_http_cricket_query_again(r, x);
            ngx_http_run_posted_requests(c);
            return;
        }
    }

    ngx_http_cricket_respond_finish(r, rc);
}


/* does it refuse an expression of the client's? */

static ngx_uint_t
ngx_http_cricket_query_complex(ngx_http_cricket_exchange_t *x)
{
    static const char  error[] = "too_complex_to_determinize_exception";

    return x->outcome == NGX_HTTP_CRICKET_REPLY
           && x->status >= NGX_HTTP_BAD_REQUEST
           && ngx_strlcasestrn(x->reply.data, x->reply.data + x->reply.len,
                               (u_char *) error, sizeof(error) - 2)
              != NULL;
}


/* another search, within the same time */

static void
ngx_http_cricket_query_again(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    ngx_int_t                rc;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ngx_http_cricket_exchange_free(x);
    ngx_memzero(x, sizeof(ngx_http_cricket_exchange_t));

    if ((ngx_msec_int_t) (ctx->deadline - ngx_current_msec) <= 0) {
        rc = ngx_http_cricket_respond_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                            "this takes Elasticsearch longer "
                                            "than cricket_timeout");
        ngx_http_finalize_request(r, rc);
        return;
    }

    if (ngx_http_cricket_query_start(r, x) == NGX_DECLINED) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
}


const char *
ngx_http_cricket_query_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    const char                *err;
    ngx_http_cricket_quote_t   quote;

    if (x->outcome != NGX_HTTP_CRICKET_REPLY) {
        return x->error ? x->error : "Elasticsearch is away";
    }

    if (x->status == NGX_HTTP_OK) {
        return ngx_http_cricket_query_nowhere(r, x) ? "the index is not set up"
                                                    : NULL;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "elasticsearch answered a search with status %ui: \"%V\"",
                  x->status,
                  ngx_http_cricket_quote(&quote, x->conf, x->reply.data,
                                         x->reply.len));

    err = ngx_http_cricket_reason(r->pool, "Elasticsearch cannot search now",
                                  x);
    if (err) {
        return err;
    }

    switch (x->status) {

    case NGX_HTTP_NOT_FOUND:
        return "the index is not set up";

    case NGX_HTTP_UNAUTHORIZED:
        return ngx_http_cricket_trouble_stranger(x->conf, "Elasticsearch ");

    case NGX_HTTP_FORBIDDEN:
        return "Elasticsearch does not allow Cricket to read";

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return "Elasticsearch is too busy";

    case NGX_HTTP_BAD_REQUEST:

        if (!cricket_bulk_own(x->reply.data, x->reply.len, x->status)) {
            return "a proxy answered in place of Elasticsearch";
        }

        return "Elasticsearch cannot search the index: is it open, and as "
               "cricket --init makes it?";

    default:
        return "Elasticsearch failed";
    }
}


const char *
ngx_http_cricket_query_invalid(ngx_http_request_t *r, const char *err)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "elasticsearch answered a search with a reply that is "
                  "not valid: %s", err);

    return "Elasticsearch's reply made no sense";
}


void
ngx_http_cricket_query_foreign(ngx_http_request_t *r, size_t n)
{
    if (n) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "passed over %uz document%s that %s no datapoint",
                      n, n > 1 ? "s" : "", n > 1 ? "are" : "is");
    }
}


/* NGX_AGAIN: it takes another search */

static ngx_int_t
ngx_http_cricket_query_reply(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    size_t                   len, foreign;
    ngx_int_t                rc;
    const char              *err;
    cricket_buf_t            next, message;
    ngx_http_cricket_ctx_t  *ctx;
    const cricket_format_t  *format;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    cricket_buf_init(&next, NGX_MAX_SIZE_T_VALUE);

    format = ngx_http_cricket_query_format(r);

    len = ctx->out.len;

    rc = cricket_ask_read(ctx->ask, format->writer, x->reply.data,
                          x->reply.len, &ctx->out, &next, &foreign, &err);

    ngx_http_cricket_query_foreign(r, foreign);

    /* the answer may be large, and so is what it was made of */

    ngx_http_cricket_exchange_forget(x);

    if (ngx_http_cricket_query_hold(r, ctx->out.size
                                       + cricket_ask_size(ctx->ask))
        != NGX_OK)
    {
        cricket_buf_free(&next);
        cricket_buf_free(&ctx->out);

        return ngx_http_cricket_respond_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                              NGX_HTTP_CRICKET_HOLD_FULL);
    }

    switch (rc) {

    case CRICKET_OK:
        rc = cricket_query_has_next(ctx->query)
             ? ngx_http_cricket_query_behind(ctx)
             : ngx_http_cricket_query_answer(r, format, &ctx->out, &next);
        break;

    case CRICKET_AGAIN:
        rc = NGX_AGAIN;
        break;

    case CRICKET_DONE:
        message = ctx->out;
        message.data += len;
        message.len -= len;

        rc = ngx_http_cricket_respond_message(r, NGX_HTTP_BAD_REQUEST,
                                              &message);
        break;

    case CRICKET_INVALID:
        err = ngx_http_cricket_query_invalid(r, err);
        rc = ngx_http_cricket_respond_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                            err);
        break;

    default: /* CRICKET_ERROR */
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_free(&next);

    return rc;
}


ngx_int_t
ngx_http_cricket_query_hold(ngx_http_request_t *r, size_t size)
{
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_loc_conf_t  *ccf;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);
    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    ctx->holder = ccf;

    return ngx_http_cricket_hold(ccf, &ctx->held, size, r->connection->log);
}


/* on to the next question of the same request */

static ngx_int_t
ngx_http_cricket_query_behind(ngx_http_cricket_ctx_t *ctx)
{
    cricket_ask_free(ctx->ask);

    ctx->query = cricket_query_next_of(ctx->query);
    ctx->ask = cricket_ask_create(ctx->query);
    ctx->wide = 0;

    return ctx->ask ? NGX_AGAIN : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
ngx_http_cricket_query_answer(ngx_http_request_t *r,
    const cricket_format_t *format, cricket_buf_t *out, cricket_buf_t *next)
{
    ngx_str_t   type;
    ngx_uint_t  own;

    /* who has no cursors gets none, and no choice of formats */

    own = (format < &cricket_formats[CRICKET_FORMATS]);

    if (own && next->len && ngx_http_cricket_query_link(r, next) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (own && ngx_http_cricket_respond_vary(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!out->failed && ngx_http_cricket_query_etag(r, out, next) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_cricket_query_type(format, &type);

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK, &type, out);
}


/* a poller that has this answer gets a 304 from nginx's own filter */

static ngx_int_t
ngx_http_cricket_query_etag(ngx_http_request_t *r, cricket_buf_t *out,
    cricket_buf_t *next)
{
    u_char            digest[16];
    ngx_md5_t         md5;
    ngx_table_elt_t  *h;

    ngx_md5_init(&md5);

    if (out->len) {
        ngx_md5_update(&md5, out->data, out->len);
    }

    /* that there is more now is news, too */

    if (next->len) {
        ngx_md5_update(&md5, next->data, next->len);
    }

    ngx_md5_final(digest, &md5);

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_http_cricket_header_last(h);
    ngx_str_set(&h->key, "ETag");

    h->value.data = ngx_pnalloc(r->pool, 2 + 2 * sizeof(digest));
    if (h->value.data == NULL) {
        h->hash = 0;
        return NGX_ERROR;
    }

    h->value.len = 2 + 2 * sizeof(digest);
    h->value.data[0] = '"';
    ngx_hex_dump(&h->value.data[1], digest, sizeof(digest));
    h->value.data[1 + 2 * sizeof(digest)] = '"';

    r->headers_out.etag = h;

    return NGX_OK;
}


/*
 * Link: <?...>; rel="next" (RFC 8288).  Without a path: what the client asked
 * for may have another one than r->uri, by a rewrite or a proxy before us.
 */

static ngx_int_t
ngx_http_cricket_query_link(ngx_http_request_t *r, cricket_buf_t *next)
{
    u_char     *p;
    ngx_str_t   link;

    p = ngx_pnalloc(r->pool, sizeof("<?>; rel=\"next\"") - 1 + next->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    link.data = p;

    p = ngx_cpymem(p, "<?", 2);
    p = ngx_cpymem(p, next->data, next->len);
    p = ngx_cpymem(p, ">; rel=\"next\"", sizeof(">; rel=\"next\"") - 1);

    link.len = p - link.data;

    return ngx_http_cricket_respond_header(r, "Link", &link);
}


const cricket_format_t *
ngx_http_cricket_query_format(ngx_http_request_t *r)
{
    cricket_str_t            accept;
    ngx_table_elt_t         *h;
    ngx_http_cricket_ctx_t  *ctx;

    static ngx_str_t  name = ngx_string("Accept");

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &name);

    accept.data = h ? h->value.data : NULL;
    accept.len = h ? h->value.len : 0;

    return &cricket_formats[cricket_accept(ctx->query, accept.data,
                                           accept.len)];
}


void
ngx_http_cricket_query_type(const cricket_format_t *format, ngx_str_t *type)
{
    type->data = (u_char *) format->content_type.data;
    type->len = format->content_type.len;
}
