
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_ROUTE_MATCH_H_INCLUDED_
#define _NGX_HTTP_CRICKET_ROUTE_MATCH_H_INCLUDED_


#include "ngx_http_cricket.h"


/* the first row for a request's location and path, or NULL */
ngx_http_cricket_route_t *ngx_http_cricket_route_first(ngx_http_request_t *r);

/* the row for its location, path and method, or NULL */
ngx_http_cricket_route_t *ngx_http_cricket_route_of(ngx_http_request_t *r);

/* do both have this name, or this name and path? */
ngx_uint_t ngx_http_cricket_route_is(const ngx_http_cricket_route_t *route,
    const ngx_str_t *name);
ngx_uint_t ngx_http_cricket_route_same(const ngx_http_cricket_route_t *one,
    const ngx_http_cricket_route_t *two);


#endif /* _NGX_HTTP_CRICKET_ROUTE_MATCH_H_INCLUDED_ */
