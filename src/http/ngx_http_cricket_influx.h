
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_INFLUX_H_INCLUDED_
#define _NGX_HTTP_CRICKET_INFLUX_H_INCLUDED_


#include "ngx_http_cricket.h"


/* /ping: is there an InfluxDB?  Asks nobody. */
ngx_int_t ngx_http_cricket_influx_ping(ngx_http_request_t *r);

/* /query: a database is there as soon as it is asked for; all else is a 400 */
ngx_int_t ngx_http_cricket_influx_query(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_INFLUX_H_INCLUDED_ */
