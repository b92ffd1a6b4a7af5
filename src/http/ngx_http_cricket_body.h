
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_BODY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_BODY_H_INCLUDED_


#include "cricket_gzip.h"
#include "ngx_http_cricket.h"


/*
 * A request's body as one piece of memory, decompressed.  It takes memory only
 * where it is not that already.
 */

typedef struct {
    ngx_str_t              data;        /* the body, when it is whole */
    const char            *err;         /* of NGX_DECLINED */

    /* private */

    ngx_http_request_t    *request;
    cricket_coding_e       coding;
    ngx_chain_t           *cl;          /* to be copied, and of the first of */
    size_t                 copied;      /* them so much already is */
    cricket_buf_t          copy;
    cricket_buf_t          plain;       /* decompressed */
    cricket_gzip_t         gzip;
    unsigned               inflating:1;
} ngx_http_cricket_body_t;


/*
 * The coding that the value of a Content-Encoding names: gzip, x-gzip, deflate,
 * identity or none at all.  Returns NGX_DECLINED if it is another.
 */
ngx_int_t ngx_http_cricket_body_coding(ngx_str_t *value,
    cricket_coding_e *coding);

/* starts with the body, which was read; may not be moved then */
void ngx_http_cricket_body_init(ngx_http_cricket_body_t *body,
    ngx_http_request_t *r, cricket_coding_e coding);

/*
 * Goes on, for a slice of some n bytes.  Returns NGX_AGAIN if there is more to
 * do, NGX_OK with body->data set, NGX_ERROR, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
 * or NGX_DECLINED with body->err set if the body is not of that coding.
 */
ngx_int_t ngx_http_cricket_body_next(ngx_http_cricket_body_t *body, size_t n);

/*
 * All of a body that is at most max bytes, as it came and decompressed, in one
 * go.  Returns as above, but for NGX_AGAIN.
 */
ngx_int_t ngx_http_cricket_body_small(ngx_http_cricket_body_t *body,
    size_t max);

/* frees what it took; harmless on what is all zero, and twice */
void ngx_http_cricket_body_free(ngx_http_cricket_body_t *body);

/* gives back what memory the request itself holds of the body */
void ngx_http_cricket_body_drop(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_BODY_H_INCLUDED_ */
