
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CORS_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CORS_H_INCLUDED_


#include "ngx_http_cricket.h"


/* has preflights answered before access is controlled: they have no names */
ngx_int_t ngx_http_cricket_cors_init(ngx_conf_t *cf);

/*
 * Adds to an answer, whoever gives it, what lets a page elsewhere read it, if
 * "cricket_cors" names its origin.  Returns NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_cricket_cors_headers(ngx_http_request_t *r);

/*
 * Would this request write, sent by a page that is of another origin and not
 * allowed to?  Browsers send it, whatever the answer lets the page read.
 */
ngx_uint_t ngx_http_cricket_cors_foreign(ngx_http_request_t *r,
    ngx_http_cricket_route_t *route);


#endif /* _NGX_HTTP_CRICKET_CORS_H_INCLUDED_ */
