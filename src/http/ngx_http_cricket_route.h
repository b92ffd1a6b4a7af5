
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_ROUTE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_ROUTE_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * Rows of the same name stand together, and so do those of the same path, in
 * front of those whose path is the end of it.
 */
#define NGX_HTTP_CRICKET_ROUTES  28

extern ngx_http_cricket_route_t
    ngx_http_cricket_routes[NGX_HTTP_CRICKET_ROUTES + 1];


/* the first row of the route that "cricket NAME" names, or NULL */
ngx_http_cricket_route_t *ngx_http_cricket_route_find(ngx_str_t *name);

/* the content handler of all locations that have a "cricket" directive */
ngx_int_t ngx_http_cricket_route_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_ROUTE_H_INCLUDED_ */
