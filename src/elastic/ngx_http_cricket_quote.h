
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_QUOTE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_QUOTE_H_INCLUDED_


#include "ngx_http_cricket.h"


/* as much of it is logged */
#define NGX_HTTP_CRICKET_QUOTE  512


typedef struct {
    ngx_str_t                      text;
    u_char                         data[NGX_HTTP_CRICKET_QUOTE];
} ngx_http_cricket_quote_t;


/*
 * What Elasticsearch said, as a line that may be logged: escaped, cut, and
 * without the credentials that are configured.  Returns &quote->text.
 */
ngx_str_t *ngx_http_cricket_quote(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const u_char *data, size_t len);

/* the same of what was the inside of a JSON string */
ngx_str_t *ngx_http_cricket_quote_json(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const cricket_str_t *text);

/* the text in its place if one, the inside of a JSON string, has those */
#define NGX_HTTP_CRICKET_QUOTE_SECRET  "(it repeats cricket's credentials)"

ngx_uint_t ngx_http_cricket_quote_secret(ngx_http_cricket_loc_conf_t *conf,
    const cricket_str_t *text);


#endif /* _NGX_HTTP_CRICKET_QUOTE_H_INCLUDED_ */
