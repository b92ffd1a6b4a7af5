
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_VARIABLES_H_INCLUDED_
#define _NGX_HTTP_CRICKET_VARIABLES_H_INCLUDED_


#include "ngx_http_cricket.h"


/* adds $cricket_route and the others; for log_format, not for decisions */
ngx_int_t ngx_http_cricket_variables_add(ngx_conf_t *cf);


#endif /* _NGX_HTTP_CRICKET_VARIABLES_H_INCLUDED_ */
