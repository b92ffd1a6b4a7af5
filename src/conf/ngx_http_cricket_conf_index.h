
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_INDEX_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_INDEX_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * The part of the index of a location's configuration: merged, NGX_ERROR being
 * for want of memory, and compared.
 */
ngx_int_t ngx_http_cricket_conf_index_merge(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *prev, ngx_http_cricket_loc_conf_t *conf);
ngx_uint_t ngx_http_cricket_conf_index_same(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two);

/* "cricket_index", "cricket_index_from" and "cricket_tag_fields" */
char *ngx_http_cricket_conf_index(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_index_from(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_index_tags(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_CRICKET_CONF_INDEX_H_INCLUDED_ */
