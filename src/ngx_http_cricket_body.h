
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_BODY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_BODY_H_INCLUDED_


#include "cricket_gzip.h"
#include "ngx_http_cricket.h"


/*
 * Gives a request's body as one piece, decompressed if coding says so.  Where
 * it is in one piece in memory already, body is just that; else copy holds it,
 * which the caller frees, and body points there.  Returns NGX_OK, NGX_ERROR,
 * NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, or NGX_DECLINED with *err set if the body
 * is not of that coding.
 */
ngx_int_t ngx_http_cricket_body(ngx_http_request_t *r, cricket_coding_e coding,
    ngx_str_t *body, cricket_buf_t *copy, const char **err);

/* gives back what memory the body holds, once it is no more needed */
void ngx_http_cricket_body_free(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_BODY_H_INCLUDED_ */
