
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_REPLY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_REPLY_H_INCLUDED_


#include "ngx_http_cricket_exchange.h"


/* forgets what was read, before the reply of another node */
void ngx_http_cricket_reply_reset(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);

/*
 * Reads what is in the buffer of the carrier's upstream (RFC 9112): the status
 * into x->status, the body into x->reply.  Returns
 * NGX_OK        the reply is whole;
 * NGX_AGAIN     all there was has been read;
 * NGX_DECLINED  the body cannot be taken: the try is over, but another node
 *               would not do better;
 * NGX_HTTP_UPSTREAM_INVALID_HEADER  it is none, x->error and a line of the
 *               carrier's log say why.
 */
ngx_int_t ngx_http_cricket_reply_read(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);


#endif /* _NGX_HTTP_CRICKET_REPLY_H_INCLUDED_ */
