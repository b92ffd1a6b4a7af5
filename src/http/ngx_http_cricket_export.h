
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_EXPORT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_EXPORT_H_INCLUDED_


#include "ngx_http_cricket.h"


/* GET /v1/export: one search after the other, until all has been sent */
ngx_int_t ngx_http_cricket_export_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_EXPORT_H_INCLUDED_ */
