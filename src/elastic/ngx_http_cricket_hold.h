
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_HOLD_H_INCLUDED_
#define _NGX_HTTP_CRICKET_HOLD_H_INCLUDED_


#include "ngx_http_cricket.h"


/* a worker is at the limit, as clients are told */
#define NGX_HTTP_CRICKET_HOLD_FULL                                            \
    "too many large answers are made at once"


/*
 * "cricket_read_memory": how many bytes all that reads has in memory, of a
 * worker and of what one "cricket_pass" leads to.  A holder has *held of them,
 * 0 at first, and wants size.  Returns NGX_OK; or NGX_DECLINED, having logged
 * it, if that would be too many and it is not the only holder: then it has what
 * it had.
 */
ngx_int_t ngx_http_cricket_hold(ngx_http_cricket_loc_conf_t *conf,
    size_t *held, size_t size, ngx_log_t *log);

/* it has none any more */
void ngx_http_cricket_hold_end(ngx_http_cricket_loc_conf_t *conf,
    size_t *held);


#endif /* _NGX_HTTP_CRICKET_HOLD_H_INCLUDED_ */
