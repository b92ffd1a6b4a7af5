
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_READY_H_INCLUDED_
#define _NGX_HTTP_CRICKET_READY_H_INCLUDED_


#include "ngx_http_cricket.h"


/* GET /ready: does Elasticsearch answer, and is the index set up? */
ngx_int_t ngx_http_cricket_ready_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_READY_H_INCLUDED_ */
