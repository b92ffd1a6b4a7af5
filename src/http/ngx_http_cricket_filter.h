
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_FILTER_H_INCLUDED_
#define _NGX_HTTP_CRICKET_FILTER_H_INCLUDED_


#include "ngx_http_cricket.h"


/*
 * Puts filters before all that come with nginx: errors that the core finds in
 * our locations become JSON, and the output that ends an exchange in vain is
 * swallowed, see ngx_http_cricket_finalize_request().
 */
ngx_int_t ngx_http_cricket_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_CRICKET_FILTER_H_INCLUDED_ */
