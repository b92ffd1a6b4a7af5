
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_OPENTSDB_H_INCLUDED_
#define _NGX_HTTP_CRICKET_OPENTSDB_H_INCLUDED_


#include "ngx_http_cricket.h"


/* handlers of routes that ask: by the query string, and by a body */
ngx_int_t ngx_http_cricket_opentsdb_get(ngx_http_request_t *r);
ngx_int_t ngx_http_cricket_opentsdb_post(ngx_http_request_t *r);

/* what it says of itself, without Elasticsearch */
ngx_int_t ngx_http_cricket_opentsdb_about(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_OPENTSDB_H_INCLUDED_ */
