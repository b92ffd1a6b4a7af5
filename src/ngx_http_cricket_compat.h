
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_COMPAT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_COMPAT_H_INCLUDED_


/*
 * All differences between the versions of nginx, 1.22 being the oldest, and of
 * what is made of it.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#if (nginx_version < 1022000)
#error nginx 1.22.0 or newer is needed
#endif


/* 1.23.0 linked headers of the same name */

#if (nginx_version >= 1023000)
#define ngx_http_cricket_header_last(h)  (h)->next = NULL
#else
#define ngx_http_cricket_header_last(h)
#endif


/* 1.27.2 may keep the trailers */

#if (nginx_version >= 1027002)
#define ngx_http_cricket_parse_chunked(r, b, ctx)                             \
    ngx_http_parse_chunked(r, b, ctx, 0)
#else
#define ngx_http_cricket_parse_chunked(r, b, ctx)                             \
    ngx_http_parse_chunked(r, b, ctx)
#endif


/* 1.23.4 named the default */

#if (NGX_HTTP_SSL)

#ifndef NGX_SSL_DEFAULT_PROTOCOLS
#define NGX_SSL_DEFAULT_PROTOCOLS  (NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3)
#endif

#endif


/* freenginx 1.27.0 split in two what told that a body is still being read */

#if (defined NGINX_NAME && nginx_version >= 1027000)
#define ngx_http_cricket_discarding(r)  (r)->discarding_body
#else
#define ngx_http_cricket_discarding(r)  (r)->discard_body
#endif


/* Angie has it for each file, and writers have none */

#if (defined angie_version)

#define ngx_http_cricket_log_full(log)  (log)->file->disk_full_time
#define ngx_http_cricket_log_full_keep(log, before)

#else

#define ngx_http_cricket_log_full(log)  (log)->disk_full_time
#define ngx_http_cricket_log_full_keep(log, before)                           \
    (log)->disk_full_time = (before)->disk_full_time

#endif


#endif /* _NGX_HTTP_CRICKET_COMPAT_H_INCLUDED_ */
