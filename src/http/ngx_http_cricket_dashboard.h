
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_DASHBOARD_H_INCLUDED_
#define _NGX_HTTP_CRICKET_DASHBOARD_H_INCLUDED_


#include "ngx_http_cricket.h"


/* the dashboard, to anybody */
ngx_int_t ngx_http_cricket_dashboard_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_DASHBOARD_H_INCLUDED_ */
