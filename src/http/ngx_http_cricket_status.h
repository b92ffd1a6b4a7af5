
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_
#define _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_


#include "ngx_http_cricket.h"


/* lets requests be counted as they end; called once a configuration */
ngx_int_t ngx_http_cricket_status_init(ngx_conf_t *cf);

/* GET /metrics: all that is counted, in Prometheus' text format, 0.0.4 */
ngx_int_t ngx_http_cricket_status_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_STATUS_H_INCLUDED_ */
