
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_


#include "cricket_format.h"
#include "ngx_http_cricket_exchange.h"


/* GET /v1/metrics, /v1/stats, /v1/names: one search, one answer */
ngx_int_t ngx_http_cricket_query_handler(ngx_http_request_t *r);

/*
 * Prepares an exchange for the query's search, whose request is in the pool;
 * "timeout", "handler" and "data" are the caller's.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_cricket_query_search(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x, ngx_pool_t *pool);

/*
 * What to tell the client, with 503, of an exchange without a 200, and of a
 * reply that was read and is not valid.  A status and what is not valid are
 * logged.  NULL: there is a 200.
 */
const char *ngx_http_cricket_query_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
const char *ngx_http_cricket_query_invalid(ngx_http_request_t *r,
    const char *err);

/*
 * Is the search to be sent once more, for it has found no partition of its
 * range?  It then asks all there are, so that there is a reply to be read, or
 * it is known that there is none at all.
 */
ngx_uint_t ngx_http_cricket_query_widen(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);

/* so many bytes of an answer are in memory; NGX_DECLINED: too many in all */
ngx_int_t ngx_http_cricket_query_hold(ngx_http_request_t *r, size_t size);

/* logs that a reply had so many documents that are no datapoints */
void ngx_http_cricket_query_foreign(ngx_http_request_t *r, size_t n);

/* what the request's "format" or Accept header asks for */
const cricket_format_t *ngx_http_cricket_query_format(ngx_http_request_t *r);

/* its content type */
void ngx_http_cricket_query_type(const cricket_format_t *format,
    ngx_str_t *type);


#endif /* _NGX_HTTP_CRICKET_QUERY_H_INCLUDED_ */
