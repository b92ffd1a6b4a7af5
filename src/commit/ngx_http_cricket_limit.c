
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a 413 taught about the size of bulks. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_limit.h"


/* the longest time until larger bulks are tried again after a 413 */
#define NGX_HTTP_CRICKET_PATIENCE_MAX  600000


void
ngx_http_cricket_limit_init(ngx_http_cricket_limit_t *limit, size_t max,
    ngx_msec_t timeout)
{
    limit->size = max;
    limit->max = max;
    limit->timeout = timeout;
    limit->patience = timeout;
}


void
ngx_http_cricket_limit_grow(ngx_http_cricket_limit_t *limit)
{
    if (limit->size == limit->max
        || (ngx_msec_int_t) (ngx_current_msec - limit->grow) < 0)
    {
        return;
    }

    limit->size = ngx_min(limit->size * 2, limit->max);
    limit->grow = ngx_current_msec + limit->timeout;
    limit->grown = 1;

    ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                  "trying bulks of %uz again", limit->size);
}


void
ngx_http_cricket_limit_halve(ngx_http_cricket_limit_t *limit, size_t size)
{
    size_t  half;

    /* less than configured, or a write that is larger would not be cut */

    half = ngx_min(size / 2, limit->max - 1);

    if (half >= limit->size) {
        return;
    }

    limit->size = half;

    if (limit->grown) {
        limit->grown = 0;
        limit->patience = ngx_min(limit->patience * 2,
                                  NGX_HTTP_CRICKET_PATIENCE_MAX);
    }

    limit->grow = ngx_current_msec + limit->patience;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "\"cricket_bulk_size\" is more than elasticsearch "
                  "takes, using %uz", half);
}
