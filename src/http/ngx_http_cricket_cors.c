
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Pages of other origins in a browser: https://fetch.spec.whatwg.org/#cors. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_cors.h"
#include "ngx_http_cricket_ingest.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_route_match.h"


/* of what a browser is told, at the longest */
#define NGX_HTTP_CRICKET_CORS_METHODS  "GET, HEAD, POST"


static ngx_int_t ngx_http_cricket_cors_preflight(ngx_http_request_t *r);
static ngx_str_t *ngx_http_cricket_cors_methods(ngx_http_request_t *r,
    ngx_http_cricket_cors_t *cors);
static ngx_uint_t ngx_http_cricket_cors_writes(ngx_http_cricket_route_t *route);
static ngx_str_t *ngx_http_cricket_cors_origin(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_cors_allows(ngx_http_cricket_cors_t *cors,
    ngx_str_t *origin);
static ngx_uint_t ngx_http_cricket_cors_same(ngx_http_request_t *r,
    ngx_str_t *origin);


ngx_int_t
ngx_http_cricket_cors_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_cricket_cors_preflight;

    return NGX_OK;
}


/*
 * A preflight carries no credentials, so "auth_basic" would refuse it: it is
 * answered before, as the last handler of a phase is the first that is called.
 * It tells what is configured, and nothing of what is stored.
 */

static ngx_int_t
ngx_http_cricket_cors_preflight(ngx_http_request_t *r)
{
    ngx_str_t                    *methods, *origin;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  requested = ngx_string("Access-Control-Request-Method");
    static ngx_str_t  age = ngx_string("600");

    /* what is not among those that need no word: of reads, and of writes */

    static ngx_str_t  reads = ngx_string("Authorization, Content-Type, "
                                         "If-None-Match");
    static ngx_str_t  writes = ngx_string("Authorization, Content-Type, "
                                          "If-None-Match, Content-Encoding, "
                                          "Idempotency-Key");

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    if (ccf->route == NULL || ccf->cors == NULL
        || r->method != NGX_HTTP_OPTIONS || r != r->main)
    {
        return NGX_DECLINED;
    }

    origin = ngx_http_cricket_cors_origin(r);

    if (origin == NULL
        || !ngx_http_cricket_cors_allows(ccf->cors, origin)
        || ngx_http_cricket_respond_find(&r->headers_in.headers, &requested)
           == NULL)
    {
        return NGX_DECLINED;
    }

    methods = ngx_http_cricket_cors_methods(r, ccf->cors);

    if (methods == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (methods->len == 0) {
        return NGX_DECLINED;
    }

    if (ngx_http_cricket_respond_header(r, "Access-Control-Allow-Methods",
                                        methods)
        != NGX_OK
        || ngx_http_cricket_respond_header(r, "Access-Control-Allow-Headers",
                                           ccf->cors->writes ? &writes : &reads)
           != NGX_OK
        || ngx_http_cricket_respond_header(r, "Access-Control-Max-Age", &age)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_NO_CONTENT;
}


/* what a page may use here, empty if nothing; NULL without memory */

static ngx_str_t *
ngx_http_cricket_cors_methods(ngx_http_request_t *r,
    ngx_http_cricket_cors_t *cors)
{
    u_char                    *p;
    ngx_str_t                 *text;
    ngx_uint_t                 methods;
    ngx_http_cricket_route_t  *first, *route;

    text = ngx_palloc(r->pool, sizeof(ngx_str_t)
                               + sizeof(NGX_HTTP_CRICKET_CORS_METHODS) - 1);
    if (text == NULL) {
        return NULL;
    }

    first = ngx_http_cricket_route_first(r);
    methods = 0;

    for (route = first;
         route && ngx_http_cricket_route_same(route, first);
         route++)
    {
        if (cors->writes || !ngx_http_cricket_cors_writes(route)) {
            methods |= route->methods;
        }
    }

    text->data = (u_char *) text + sizeof(ngx_str_t);
    p = text->data;

    if (methods & NGX_HTTP_GET) {
        p = ngx_cpymem(p, "GET, HEAD", sizeof("GET, HEAD") - 1);
    }

    if (methods & NGX_HTTP_POST) {

        if (p != text->data) {
            p = ngx_cpymem(p, ", ", 2);
        }

        p = ngx_cpymem(p, "POST", sizeof("POST") - 1);
    }

    text->len = p - text->data;

    return text;
}


static ngx_uint_t
ngx_http_cricket_cors_writes(ngx_http_cricket_route_t *route)
{
    return route->handler == ngx_http_cricket_ingest_handler;
}


static ngx_str_t *
ngx_http_cricket_cors_origin(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  name = ngx_string("Origin");

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &name);

    return h ? &h->value : NULL;
}


static ngx_uint_t
ngx_http_cricket_cors_allows(ngx_http_cricket_cors_t *cors, ngx_str_t *origin)
{
    ngx_str_t   *allowed;
    ngx_uint_t   i;

    if (cors->any) {
        return 1;
    }

    allowed = cors->origins.elts;

    for (i = 0; i < cors->origins.nelts; i++) {

        if (allowed[i].len == origin->len
            && ngx_memcmp(allowed[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_cricket_cors_headers(ngx_http_request_t *r)
{
    ngx_str_t                    *origin;
    ngx_http_cricket_cors_t      *cors;
    ngx_http_cricket_route_t     *route;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  any = ngx_string("*");
    static ngx_str_t  vary = ngx_string("Origin");
    static ngx_str_t  exposed = ngx_string("Link, Retry-After, ETag");

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);
    cors = ccf->cors;

    if (ccf->route == NULL || cors == NULL || r != r->main) {
        return NGX_OK;
    }

    /* what is kept for one origin is not to be given to another */

    if (!cors->any
        && ngx_http_cricket_respond_header(r, "Vary", &vary) != NGX_OK)
    {
        return NGX_ERROR;
    }

    origin = ngx_http_cricket_cors_origin(r);

    if (cors->any) {
        origin = &any;

    } else if (origin == NULL || !ngx_http_cricket_cors_allows(cors, origin)) {
        return NGX_OK;
    }

    route = ngx_http_cricket_route_of(r);

    if (route && ngx_http_cricket_cors_writes(route) && !cors->writes) {
        return NGX_OK;
    }

    if (ngx_http_cricket_respond_header(r, "Access-Control-Allow-Origin",
                                        origin)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_cricket_respond_header(r, "Access-Control-Expose-Headers",
                                           &exposed);
}


ngx_uint_t
ngx_http_cricket_cors_foreign(ngx_http_request_t *r,
    ngx_http_cricket_route_t *route)
{
    ngx_str_t                    *origin;
    ngx_http_cricket_loc_conf_t  *ccf;

    if (!ngx_http_cricket_cors_writes(route)) {
        return 0;
    }

    origin = ngx_http_cricket_cors_origin(r);

    if (origin == NULL || ngx_http_cricket_cors_same(r, origin)) {
        return 0;
    }

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    return ccf->cors == NULL || !ccf->cors->writes
           || !ngx_http_cricket_cors_allows(ccf->cors, origin);
}


/* is it that of the request?  What ends TLS before nginx hides the scheme. */

static ngx_uint_t
ngx_http_cricket_cors_same(ngx_http_request_t *r, ngx_str_t *origin)
{
    u_char     *p, *last;
    ngx_str_t  *host;

    last = origin->data + origin->len;

    p = ngx_strlcasestrn(origin->data, last, (u_char *) "://", 3 - 1);
    if (p == NULL) {
        return 0;
    }

    p += 3;

    host = r->headers_in.host ? &r->headers_in.host->value
                              : &r->headers_in.server;

    return host->len == (size_t) (last - p)
           && ngx_strncasecmp(host->data, p, host->len) == 0;
}
