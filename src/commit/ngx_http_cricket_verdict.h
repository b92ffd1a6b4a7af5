
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_VERDICT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_VERDICT_H_INCLUDED_


#include "ngx_http_cricket_batch.h"


/*
 * Looks at a reply's status.  Returns NGX_OK if its items are to be read, or
 * NGX_DECLINED if that is it, as if one of the below had been called.
 */
ngx_int_t ngx_http_cricket_verdict_start(ngx_http_cricket_batch_t *batch);

/* reads the items, as an ngx_http_cricket_slice_pt */
ngx_int_t ngx_http_cricket_verdict_slice(void *data);


/*
 * What became of a batch, told to its writes: each has left the batch when
 * these return.
 */

/* by its items, rc being what the last slice returned */
void ngx_http_cricket_verdict(ngx_http_cricket_batch_t *batch, ngx_int_t rc);

/* all park again; returns how many */
ngx_uint_t ngx_http_cricket_verdict_park(ngx_http_cricket_batch_t *batch);

/* nothing of it was stored, nor will be */
void ngx_http_cricket_verdict_refuse(ngx_http_cricket_batch_t *batch,
    const char *error);

/* Elasticsearch did nothing of it, and may the next time */
void ngx_http_cricket_verdict_again(ngx_http_cricket_batch_t *batch,
    const char *error);

/* it was sent, and what became of it is not known */
void ngx_http_cricket_verdict_unknown(ngx_http_cricket_batch_t *batch,
    const char *error);


#endif /* _NGX_HTTP_CRICKET_VERDICT_H_INCLUDED_ */
