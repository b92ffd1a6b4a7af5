
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_RESPOND_H_INCLUDED_
#define _NGX_HTTP_CRICKET_RESPOND_H_INCLUDED_


#include "cricket_format.h"
#include "ngx_http_cricket.h"


extern ngx_str_t  ngx_http_cricket_type_json;
extern ngx_str_t  ngx_http_cricket_type_text;


/*
 * Each sends a whole answer and returns what ngx_http_finalize_request() or
 * the phase engine is to be given, which never is NGX_AGAIN.
 */

/* the data must live as long as the request */
ngx_int_t ngx_http_cricket_respond(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, u_char *data, size_t len);

/* takes over the buffer's memory, which is freed with the request */
ngx_int_t ngx_http_cricket_respond_buf(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, cricket_buf_t *b);

/* what became of a request, as the clients of its format are told */
ngx_int_t ngx_http_cricket_respond_receipt(ngx_http_request_t *r,
    const cricket_format_request_t *format, const cricket_receipt_t *receipt);

/*
 * How the clients of a request are told, whose headers may not have been looked
 * at: by its route, and by its type if that has several formats.
 */
const cricket_format_request_t *ngx_http_cricket_respond_format(
    ngx_http_request_t *r);

/*
 * The body of an error in the form of the request's route, appended to b, and
 * its type; its headers are set.  Returns NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_cricket_respond_page(ngx_http_request_t *r,
    ngx_uint_t status, const char *message, ngx_str_t *type, cricket_buf_t *b);

/* an error in that form, {"error":{"status":...,"message":"..."}} or another */
ngx_int_t ngx_http_cricket_respond_error(ngx_http_request_t *r,
    ngx_uint_t status, const char *message);

/* the same with a message that may be long, which stays the caller's */
ngx_int_t ngx_http_cricket_respond_message(ngx_http_request_t *r,
    ngx_uint_t status, cricket_buf_t *message);

/* the first header of this name, in any case, in a list of headers; or NULL */
ngx_table_elt_t *ngx_http_cricket_respond_find(ngx_list_t *headers,
    ngx_str_t *name);

/* adds a header to the answer */
ngx_int_t ngx_http_cricket_respond_header(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);

/* says that the answer depends on the Accept header */
ngx_int_t ngx_http_cricket_respond_vary(ngx_http_request_t *r);

/* adds a Retry-After, if there is none */
ngx_int_t ngx_http_cricket_respond_retry_after(ngx_http_request_t *r);

/*
 * Finalizes from an event that is not of the request's connection, and runs
 * what that wakes.  The request may be gone then.
 */
void ngx_http_cricket_respond_finish(ngx_http_request_t *r, ngx_int_t rc);


#endif /* _NGX_HTTP_CRICKET_RESPOND_H_INCLUDED_ */
