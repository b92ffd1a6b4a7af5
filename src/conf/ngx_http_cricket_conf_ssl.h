
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_SSL_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_SSL_H_INCLUDED_


#include "ngx_http_cricket.h"


#if (NGX_HTTP_SSL)

/* the part of SSL of a location's configuration: unset, merged */
void ngx_http_cricket_conf_ssl_create(ngx_http_cricket_loc_conf_t *conf);
char *ngx_http_cricket_conf_ssl_merge(ngx_http_cricket_loc_conf_t *prev,
    ngx_http_cricket_loc_conf_t *conf);

/*
 * Gives the location its SSL context, which those share that nothing tells
 * apart; it lives as long as cf->pool.
 */
ngx_int_t ngx_http_cricket_conf_ssl_init(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);

/* "cricket_ssl_name" and "cricket_ssl_password_file" */
char *ngx_http_cricket_conf_ssl_name(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_ssl_password_file(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);

#endif


#endif /* _NGX_HTTP_CRICKET_CONF_SSL_H_INCLUDED_ */
