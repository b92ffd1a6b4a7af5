
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_LIMIT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_LIMIT_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * How large a bulk may be: what is configured, and less after Elasticsearch
 * answered 413, until it is time to try again whether that is over.
 */

typedef struct {
    size_t                         size;        /* of a bulk, in bytes */
    size_t                         max;         /* what is configured */
    ngx_msec_t                     grow;        /* when it may be more */
    ngx_msec_t                     timeout;     /* between two tries */
    ngx_msec_t                     patience;    /* until one, after a 413 */

    unsigned                       grown:1;     /* since the last 413 */
} ngx_http_cricket_limit_t;


/* max is "cricket_bulk_size", timeout "cricket_timeout" */
void ngx_http_cricket_limit_init(ngx_http_cricket_limit_t *limit, size_t max,
    ngx_msec_t timeout);

/* takes a step back to what is configured, if it is time */
void ngx_http_cricket_limit_grow(ngx_http_cricket_limit_t *limit);

/* a bulk of that size was too large */
void ngx_http_cricket_limit_halve(ngx_http_cricket_limit_t *limit,
    size_t size);


#endif /* _NGX_HTTP_CRICKET_LIMIT_H_INCLUDED_ */
