
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONF_CORS_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONF_CORS_H_INCLUDED_


#include "ngx_http_cricket.h"


/* "cricket_cors" */
char *ngx_http_cricket_conf_cors(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_CRICKET_CONF_CORS_H_INCLUDED_ */
