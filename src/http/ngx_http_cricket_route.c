
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The table of routes, and how a request enters one. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_ask.h"
#include "cricket_params.h"
#include "ngx_http_cricket_cors.h"
#include "ngx_http_cricket_dashboard.h"
#include "ngx_http_cricket_export.h"
#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_influx.h"
#include "ngx_http_cricket_ingest.h"
#include "ngx_http_cricket_opentsdb.h"
#include "ngx_http_cricket_page.h"
#include "ngx_http_cricket_query.h"
#include "ngx_http_cricket_ready.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_route.h"
#include "ngx_http_cricket_route_match.h"
#include "ngx_http_cricket_status.h"


/* a message names a parameter, and may quote it */
#define NGX_HTTP_CRICKET_MESSAGE_SIZE  8192


static ngx_int_t ngx_http_cricket_refuse_subrequest(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_not_found(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_not_allowed(ngx_http_request_t *r,
    ngx_http_cricket_route_t *route);
static ngx_int_t ngx_http_cricket_foreign(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_parse_args(ngx_http_request_t *r,
    ngx_http_cricket_ctx_t *ctx);
static void ngx_http_cricket_ctx_cleanup(void *data);


ngx_http_cricket_route_t
    ngx_http_cricket_routes[NGX_HTTP_CRICKET_ROUTES + 1] =
{

    { ngx_string("index"), ngx_null_string, ngx_string("IndexHandler"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NONE,
      ngx_http_cricket_page_handler, 0 },

    { ngx_string("dashboard"), ngx_null_string, ngx_string("Dashboard"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NONE,
      ngx_http_cricket_dashboard_handler, 0 },

    { ngx_string("health"), ngx_null_string, ngx_string("Health"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NONE,
      ngx_http_cricket_page_health, 0 },

    { ngx_string("ready"), ngx_null_string, ngx_string("Ready"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NONE,
      ngx_http_cricket_ready_handler, 1 },

    { ngx_string("metrics"), ngx_null_string, ngx_string("GetMetrics"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_METRICS,
      ngx_http_cricket_query_handler, 1 },

    { ngx_string("metrics"), ngx_null_string, ngx_string("PostMetrics"),
      NGX_HTTP_POST, CRICKET_QUERY_POST,
      ngx_http_cricket_ingest_handler, 1 },

    { ngx_string("stats"), ngx_null_string, ngx_string("GetStats"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_STATS,
      ngx_http_cricket_query_handler, 1 },

    { ngx_string("names"), ngx_null_string, ngx_string("GetNames"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NAMES,
      ngx_http_cricket_query_handler, 1 },

    { ngx_string("tags"), ngx_null_string, ngx_string("GetTags"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TAG_KEYS,
      ngx_http_cricket_query_handler, 1 },

    { ngx_string("last"), ngx_null_string, ngx_string("GetLast"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_LAST,
      ngx_http_cricket_query_handler, 1 },

    { ngx_string("export"), ngx_null_string, ngx_string("Export"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_EXPORT,
      ngx_http_cricket_export_handler, 1 },

    { ngx_string("status"), ngx_null_string, ngx_string("Status"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_NONE,
      ngx_http_cricket_status_handler, 0 },

    { ngx_string("influx"), ngx_string("/api/v2/write"),
      ngx_string("InfluxWrite"),
      NGX_HTTP_POST, CRICKET_QUERY_INFLUX_V2,
      ngx_http_cricket_ingest_handler, 1 },

    { ngx_string("influx"), ngx_string("/write"),
      ngx_string("InfluxWrite"),
      NGX_HTTP_POST, CRICKET_QUERY_INFLUX,
      ngx_http_cricket_ingest_handler, 1 },

    { ngx_string("influx"), ngx_string("/ping"),
      ngx_string("InfluxPing"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_INFLUX_PING,
      ngx_http_cricket_influx_ping, 0 },

    { ngx_string("influx"), ngx_string("/query"),
      ngx_string("InfluxQuery"),
      NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST, CRICKET_QUERY_INFLUX_ASK,
      ngx_http_cricket_influx_query, 0 },

    { ngx_string("prometheus"), ngx_null_string,
      ngx_string("PrometheusWrite"),
      NGX_HTTP_POST, CRICKET_QUERY_PROMETHEUS,
      ngx_http_cricket_ingest_handler, 1 },

    { ngx_string("opentsdb"), ngx_string("/put"),
      ngx_string("OpentsdbPut"),
      NGX_HTTP_POST, CRICKET_QUERY_OPENTSDB,
      ngx_http_cricket_ingest_handler, 1 },

    { ngx_string("opentsdb"), ngx_string("/query"),
      ngx_string("OpentsdbQuery"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB,
      ngx_http_cricket_opentsdb_get, 1 },

    { ngx_string("opentsdb"), ngx_string("/query"),
      ngx_string("OpentsdbQuery"),
      NGX_HTTP_POST, CRICKET_QUERY_TSDB,
      ngx_http_cricket_opentsdb_post, 1 },

    { ngx_string("opentsdb"), ngx_string("/suggest"),
      ngx_string("OpentsdbSuggest"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_SUGGEST,
      ngx_http_cricket_opentsdb_get, 1 },

    { ngx_string("opentsdb"), ngx_string("/suggest"),
      ngx_string("OpentsdbSuggest"),
      NGX_HTTP_POST, CRICKET_QUERY_TSDB_SUGGEST,
      ngx_http_cricket_opentsdb_post, 1 },

    { ngx_string("opentsdb"), ngx_string("/lookup"),
      ngx_string("OpentsdbLookup"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_LOOKUP,
      ngx_http_cricket_opentsdb_get, 1 },

    { ngx_string("opentsdb"), ngx_string("/lookup"),
      ngx_string("OpentsdbLookup"),
      NGX_HTTP_POST, CRICKET_QUERY_TSDB_LOOKUP,
      ngx_http_cricket_opentsdb_post, 1 },

    { ngx_string("opentsdb"), ngx_string("/aggregators"),
      ngx_string("OpentsdbAggregators"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_ABOUT,
      ngx_http_cricket_opentsdb_about, 0 },

    { ngx_string("opentsdb"), ngx_string("/filters"),
      ngx_string("OpentsdbFilters"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_ABOUT,
      ngx_http_cricket_opentsdb_about, 0 },

    { ngx_string("opentsdb"), ngx_string("/config"),
      ngx_string("OpentsdbConfig"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_ABOUT,
      ngx_http_cricket_opentsdb_about, 0 },

    { ngx_string("opentsdb"), ngx_string("/version"),
      ngx_string("OpentsdbVersion"),
      NGX_HTTP_GET|NGX_HTTP_HEAD, CRICKET_QUERY_TSDB_ABOUT,
      ngx_http_cricket_opentsdb_about, 0 },

    { ngx_null_string, ngx_null_string, ngx_null_string, 0, 0, NULL, 0 }
};


ngx_http_cricket_route_t *
ngx_http_cricket_route_find(ngx_str_t *name)
{
    ngx_http_cricket_route_t  *route;

    for (route = ngx_http_cricket_routes; route->name.len; route++) {

        if (ngx_http_cricket_route_is(route, name)) {
            return route;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_cricket_route_handler(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    ngx_pool_cleanup_t           *cln;
    ngx_http_cricket_ctx_t       *ctx;
    ngx_http_cricket_route_t     *route;

    if (r != r->main || r->post_action) {
        return ngx_http_cricket_refuse_subrequest(r);
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_ctx_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_cricket_ctx_t));

    cln->handler = ngx_http_cricket_ctx_cleanup;

    ctx->start = ngx_http_cricket_clock();

    ngx_http_set_ctx(r, ctx, ngx_http_cricket_module);

    /* If-Match must not make a 412 of the answer to what has been stored */

    r->disable_not_modified = !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD));

    route = ngx_http_cricket_route_first(r);

    if (route == NULL) {
        return ngx_http_cricket_not_found(r);
    }

    if (ngx_http_cricket_route_of(r) == NULL) {
        return ngx_http_cricket_not_allowed(r, route);
    }

    route = ngx_http_cricket_route_of(r);

    if (ngx_http_cricket_cors_foreign(r, route)) {
        return ngx_http_cricket_foreign(r);
    }

    ctx->route = route;

    rc = ngx_http_cricket_parse_args(r, ctx);

    if (rc != NGX_OK) {
        return (rc == NGX_DONE) ? NGX_OK : rc;
    }

    if (!(route->methods & NGX_HTTP_POST)) {

        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_http_cricket_discarding(r)) {

            /*
             * The core's timer, or the end of the body, would free the request
             * under an upstream; lingering takes the rest after the answer.
             */

            ngx_http_cricket_discarding(r) = 0;
            r->main->count--;

            r->keepalive = 0;
            r->lingering_close = 1;
        }
    }

    return route->handler(r);
}


/*
 * An answer is sent whole and by the main request's connection.  nginx tells no
 * module where the directives of others point, so it is seen no earlier.
 */

static ngx_int_t
ngx_http_cricket_refuse_subrequest(ngx_http_request_t *r)
{
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"cricket %V\" serves no subrequests, as those of "
                  "\"mirror\", \"auth_request\", \"add_after_body\" or SSI: "
                  "name a location there that has \"proxy_pass\" to it",
                  &ccf->route->name);

    if (r == r->main) {

        /* of "post_action", when the answer has been sent */

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_cricket_respond_error(r, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                          "Cricket serves no subrequests: "
                                          "nginx's error.log says more");
}


/* of a location that more leads to than its route has */

static ngx_int_t
ngx_http_cricket_not_found(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    cricket_buf_t                 message;
    ngx_http_cricket_route_t     *route, *prev;
    ngx_http_cricket_loc_conf_t  *ccf;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cricket_buf_init(&message, NGX_HTTP_CRICKET_MESSAGE_SIZE);
    cricket_buf_literal(&message, "path: expected one that ends with");

    prev = NULL;

    for (route = ccf->route;
         ngx_http_cricket_route_is(route, &ccf->route->name);
         prev = route++)
    {
        if (prev && ngx_http_cricket_route_same(route, prev)) {
            continue;
        }

        cricket_buf_cstr(&message, prev ? ", " : " ");
        cricket_buf_append(&message, route->path.data, route->path.len);
    }

    rc = ngx_http_cricket_respond_message(r, NGX_HTTP_NOT_FOUND, &message);

    cricket_buf_free(&message);

    return rc;
}


static ngx_int_t
ngx_http_cricket_not_allowed(ngx_http_request_t *r,
    ngx_http_cricket_route_t *route)
{
    u_char                    *p;
    u_char                     message[sizeof("method: expected GET, HEAD, "
                                              "POST")];
    ngx_int_t                  rc;
    ngx_str_t                  allow;
    ngx_uint_t                 methods;
    ngx_http_cricket_route_t  *first;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    allow.data = ngx_pnalloc(r->pool, sizeof("GET, HEAD, POST") - 1);
    if (allow.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    first = route;
    methods = 0;

    for ( /* void */ ; ngx_http_cricket_route_same(route, first); route++) {
        methods |= route->methods;
    }

    p = allow.data;

    if (methods & NGX_HTTP_GET) {
        p = ngx_cpymem(p, "GET, HEAD", sizeof("GET, HEAD") - 1);
    }

    if (methods & NGX_HTTP_POST) {

        if (p != allow.data) {
            p = ngx_cpymem(p, ", ", 2);
        }

        p = ngx_cpymem(p, "POST", sizeof("POST") - 1);
    }

    allow.len = p - allow.data;

    if (ngx_http_cricket_respond_header(r, "Allow", &allow) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_sprintf(message, "method: expected %V%Z", &allow);

    return ngx_http_cricket_respond_error(r, NGX_HTTP_NOT_ALLOWED,
                                          (char *) message);
}


static ngx_int_t
ngx_http_cricket_foreign(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_cricket_respond_error(r, NGX_HTTP_FORBIDDEN,
                                          "Origin: a page of another origin "
                                          "may not write here, unless "
                                          "cricket_cors has it and writes=on");
}


/* returns NGX_OK, NGX_DONE if a 400 was sent, or what to finalize with */

static ngx_int_t
ngx_http_cricket_parse_args(ngx_http_request_t *r,
    ngx_http_cricket_ctx_t *ctx)
{
    ngx_int_t        rc;
    ngx_time_t      *tp;
    cricket_buf_t    message;
    cricket_time_t   now;

    if (r->args.len == 0
        && (ctx->route->query == CRICKET_QUERY_NONE
            || ctx->route->query == CRICKET_QUERY_POST))
    {
        return NGX_OK;
    }

    tp = ngx_timeofday();

    now.sec = tp->sec;
    now.nsec = tp->msec * 1000000;

    cricket_buf_init(&message, NGX_HTTP_CRICKET_MESSAGE_SIZE);

    ctx->query = cricket_params_parse(ctx->route->query, r->args.data,
                                      r->args.len, &now, &message);
    if (ctx->query) {
        cricket_buf_free(&message);
        return NGX_OK;
    }

    if (message.len == 0) {
        cricket_buf_free(&message);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        cricket_buf_free(&message);
        return rc;
    }

    rc = ngx_http_cricket_respond_message(r, NGX_HTTP_BAD_REQUEST, &message);

    cricket_buf_free(&message);

    return (rc == NGX_OK) ? NGX_DONE : rc;
}


static void
ngx_http_cricket_ctx_cleanup(void *data)
{
    ngx_http_cricket_ctx_t  *ctx = data;

    cricket_ask_free(ctx->ask);
    ctx->ask = NULL;

    cricket_buf_free(&ctx->out);

    if (ctx->holder) {
        ngx_http_cricket_hold_end(ctx->holder, &ctx->held);
    }

    if (ctx->query) {
        cricket_query_free(ctx->query);
        ctx->query = NULL;
    }
}
