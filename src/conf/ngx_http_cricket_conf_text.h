
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_TEXT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_TEXT_H_INCLUDED_


#include "ngx_http_cricket.h"


/* is there what other directives of nginx would take for a variable */
ngx_uint_t ngx_http_cricket_conf_text_variable(ngx_str_t *value);

/* are they of the same bytes? */
ngx_uint_t ngx_http_cricket_conf_text_same(ngx_str_t *one, ngx_str_t *two);


#endif /* _NGX_HTTP_CRICKET_CONF_TEXT_H_INCLUDED_ */
