
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The variables, for a log_format. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_route_match.h"
#include "ngx_http_cricket_variables.h"


static ngx_int_t ngx_http_cricket_variable_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cricket_variable_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cricket_variable_duration(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cricket_variable_seconds(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static uint64_t ngx_http_cricket_elapsed(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_cricket_variables[] = {

    { ngx_string("cricket_route"), NULL, ngx_http_cricket_variable_route,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cricket_datapoints"), NULL,
      ngx_http_cricket_variable_number,
      offsetof(ngx_http_cricket_ctx_t, datapoints),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cricket_batch_size"), NULL,
      ngx_http_cricket_variable_number,
      offsetof(ngx_http_cricket_ctx_t, batch_size),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cricket_duration"), NULL,
      ngx_http_cricket_variable_duration,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cricket_seconds"), NULL, ngx_http_cricket_variable_seconds,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cricket_time"), NULL, ngx_http_cricket_variable_time,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_cricket_variables_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_cricket_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_variable_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_cricket_route_t  *route;

    /* also of a request that was refused before it came to the handler */

    route = ngx_http_cricket_route_of(r);

    if (route == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = route->handler_name.len;
    v->data = route->handler_name.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_variable_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                  *p;
    ngx_uint_t              *n;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    n = (ngx_uint_t *) ((u_char *) ctx + data);

    v->len = ngx_sprintf(p, "%ui", *n) - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/* as Go's time.Duration prints one: 32.575µs, 1.2ms, 1m2.5s */

static ngx_int_t
ngx_http_cricket_variable_duration(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char      *p, *start;
    uint64_t     ns, unit, whole, fraction;
    const char  *name;

    ns = ngx_http_cricket_elapsed(r);

    start = ngx_pnalloc(r->pool, NGX_INT64_LEN * 4 + sizeof("hm.µs"));
    if (start == NULL) {
        return NGX_ERROR;
    }

    p = start;

    if (ns >= 1000000000) {
        name = "s";
        unit = 1000000000;

        if (ns / unit >= 3600) {
            p = ngx_sprintf(p, "%uLh", ns / unit / 3600);
        }

        if (ns / unit >= 60) {
            p = ngx_sprintf(p, "%uLm", ns / unit / 60 % 60);
        }

        ns %= 60 * unit;

    } else if (ns >= 1000000) {
        name = "ms";
        unit = 1000000;

    } else if (ns >= 1000) {
        name = "µs";
        unit = 1000;

    } else {
        name = ns ? "ns" : "s";
        unit = 1;
    }

    whole = ns / unit;
    fraction = ns % unit;

    p = ngx_sprintf(p, "%uL", whole);

    if (fraction) {
        *p++ = '.';

        while (fraction) {
            unit /= 10;
            *p++ = (u_char) ('0' + fraction / unit);
            fraction %= unit;
        }
    }

    p = ngx_sprintf(p, "%s", name);

    v->len = p - start;
    v->data = start;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/* the same as a number of seconds, always with microseconds: 0.000032 */

static ngx_int_t
ngx_http_cricket_variable_seconds(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char    *p;
    uint64_t   us;

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN + sizeof(".000000") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    us = ngx_http_cricket_elapsed(r) / 1000;

    v->len = ngx_sprintf(p, "%uL.%06uL", us / 1000000, us % 1000000) - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/*
 * Nanoseconds since the handler began or, if the request never came to it,
 * since the request did, as nginx's own clock knows it.
 */

static uint64_t
ngx_http_cricket_elapsed(ngx_http_request_t *r)
{
    ngx_time_t              *tp;
    ngx_http_cricket_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx && ctx->start) {
        return ngx_http_cricket_clock() - ctx->start;
    }

    tp = ngx_timeofday();

    if (tp->sec < r->start_sec
        || (tp->sec == r->start_sec && tp->msec < r->start_msec))
    {
        return 0;
    }

    return ((uint64_t) (tp->sec - r->start_sec) * 1000
            + tp->msec - r->start_msec) * 1000000;
}


/* local time as 2017/04/10 05:36:32 */

static ngx_int_t
ngx_http_cricket_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char    *p;
    ngx_tm_t   tm;

    p = ngx_pnalloc(r->pool, sizeof("2017/04/10 05:36:32") - 1 + NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_localtime(ngx_time(), &tm);

    v->len = ngx_sprintf(p, "%4d/%02d/%02d %02d:%02d:%02d",
                         tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                         tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec)
             - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
