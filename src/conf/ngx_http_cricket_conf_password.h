
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_PASSWORD_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_PASSWORD_H_INCLUDED_


#include "ngx_http_cricket.h"


/* "cricket_password_file" */
char *ngx_http_cricket_conf_password(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Has a text wiped when the configuration is given up, as by a reload; it is
 * to live as long as cf->pool.
 */
ngx_int_t ngx_http_cricket_conf_password_wipe(ngx_conf_t *cf, ngx_str_t *text);


#endif /* _NGX_HTTP_CRICKET_CONF_PASSWORD_H_INCLUDED_ */
