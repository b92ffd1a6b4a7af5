
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_REASON_H_INCLUDED_
#define _NGX_HTTP_CRICKET_REASON_H_INCLUDED_


#include "cricket_bulk.h"
#include "ngx_http_cricket_exchange.h"


/*
 * What is the matter in words, behind a prefix and a colon, if a reply is an
 * error of Elasticsearch's that is known; else NULL.  It lives in the pool.
 */
const char *ngx_http_cricket_reason(ngx_pool_t *pool, const char *prefix,
    ngx_http_cricket_exchange_t *x);

/* the same of an item's error */
const char *ngx_http_cricket_reason_item(ngx_pool_t *pool, const char *prefix,
    const cricket_item_t *item);

/* likewise the status of the reply and the type of its error, if it has one */
const char *ngx_http_cricket_reason_status(ngx_pool_t *pool,
    const char *prefix, ngx_http_cricket_exchange_t *x);


#endif /* _NGX_HTTP_CRICKET_REASON_H_INCLUDED_ */
