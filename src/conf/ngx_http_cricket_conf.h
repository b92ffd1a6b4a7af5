
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_H_INCLUDED_


#include "ngx_http_cricket.h"


/* What the module's tables call, as ngx_command_t and ngx_http_module_t say. */

void *ngx_http_cricket_conf_create_main(ngx_conf_t *cf);
void *ngx_http_cricket_conf_create_loc(ngx_conf_t *cf);
char *ngx_http_cricket_conf_merge_loc(ngx_conf_t *cf, void *parent,
    void *child);

/* "cricket", "cricket_pass" and so on */
char *ngx_http_cricket_conf_route(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_pass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_queue(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cricket_conf_bind(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* for sizes and times that must not be 0, as ngx_conf_post_t */
char *ngx_http_cricket_conf_size(ngx_conf_t *cf, void *post, void *data);
char *ngx_http_cricket_conf_msec(ngx_conf_t *cf, void *post, void *data);


#endif /* _NGX_HTTP_CRICKET_CONF_H_INCLUDED_ */
