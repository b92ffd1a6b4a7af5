
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_COMMIT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_COMMIT_H_INCLUDED_


#include "ngx_http_cricket_write.h"


/*
 * Hands over a write; the request must be held.  Returns NGX_OK: settle() will
 * be called unless the request ends before; NGX_DECLINED: the queue is full;
 * or NGX_ERROR.
 */
ngx_int_t ngx_http_cricket_commit(ngx_http_cricket_write_t *w);

/* prepares a worker's targets; called once a worker */
ngx_int_t ngx_http_cricket_commit_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf);

/* frees what a worker's targets hold; called as it exits */
void ngx_http_cricket_commit_exit_worker(ngx_http_cricket_main_conf_t *cmcf);


#endif /* _NGX_HTTP_CRICKET_COMMIT_H_INCLUDED_ */
