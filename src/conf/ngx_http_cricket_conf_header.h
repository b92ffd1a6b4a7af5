
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_HEADER_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_HEADER_H_INCLUDED_


#include "ngx_http_cricket.h"


/* "cricket_set_header" */
char *ngx_http_cricket_conf_header(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Makes the lines that each request to Elasticsearch begins with, of the merged
 * directives; NGX_ERROR: no memory, or credentials by two directives, which is
 * told.
 */
ngx_int_t ngx_http_cricket_conf_header_head(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);


#endif /* _NGX_HTTP_CRICKET_CONF_HEADER_H_INCLUDED_ */
