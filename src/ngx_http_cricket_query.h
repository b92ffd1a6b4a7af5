
/*
 * Copyright (C) Cricket authors
 */


#ifndef _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_


#include "ngx_http_cricket_elasticsearch.h"


/* the content types of a cricket_format_e */
extern ngx_str_t  ngx_http_cricket_query_types[];


/* GET /v1/metrics, /v1/stats, /v1/names: one search, one answer */
ngx_int_t ngx_http_cricket_query_handler(ngx_http_request_t *r);

/* the request of a query's search, in the pool; NULL if there is no memory */
ngx_chain_t *ngx_http_cricket_query_request(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, cricket_query_t *query);

/* logs a reply that is not a 200; returns what to tell the client, with 503 */
const char *ngx_http_cricket_query_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);

/* what the request's "format" or Accept header asks for */
cricket_format_e ngx_http_cricket_query_format(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_ */
