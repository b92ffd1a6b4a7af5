
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_PAGE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_PAGE_H_INCLUDED_


#include "ngx_http_cricket.h"


/* GET /: a page for a browser, a text for anything else */
ngx_int_t ngx_http_cricket_page_handler(ngx_http_request_t *r);

/* GET /health: OK while nginx runs */
ngx_int_t ngx_http_cricket_page_health(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_PAGE_H_INCLUDED_ */
