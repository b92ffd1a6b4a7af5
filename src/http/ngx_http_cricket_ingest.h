
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_INGEST_H_INCLUDED_
#define _NGX_HTTP_CRICKET_INGEST_H_INCLUDED_


#include "ngx_http_cricket.h"


/* a POST of datapoints: reads and checks the body, stores, answers */
ngx_int_t ngx_http_cricket_ingest_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CRICKET_INGEST_H_INCLUDED_ */
