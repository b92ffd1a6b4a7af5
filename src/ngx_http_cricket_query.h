
/*
 * Copyright (C) Cricket authors
 */


#ifndef _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_


#include "ngx_http_cricket.h"


/* GET /v1/metrics, /v1/stats, /v1/names: one search, one answer */
ngx_int_t ngx_http_cricket_query_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_ */
