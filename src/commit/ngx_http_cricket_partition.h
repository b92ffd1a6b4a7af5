
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_PARTITION_H_INCLUDED_
#define _NGX_HTTP_CRICKET_PARTITION_H_INCLUDED_


#include "ngx_http_cricket_batch.h"


/*
 * Partitions that are not there: a bulk says so of each datapoint, and those
 * writes wait in a lane of their own until the partition is made.
 */

/*
 * Notes the partitions of a seat's items that are CRICKET_VERDICT_ABSENT, which
 * become _AGAIN.  Returns how many items that are.
 */
ngx_uint_t ngx_http_cricket_partition_missing(ngx_http_cricket_seat_t *seat,
    u_char *verdicts);

/* a write's partition is missing: its lane is the one where it waits */
void ngx_http_cricket_partition_wait(ngx_http_cricket_write_t *w);

/* once none is missing: those who waited park where they came from */
void ngx_http_cricket_partition_home(ngx_http_cricket_target_t *target);

/* the name of the next that is to be made; empty if there is none */
ngx_str_t ngx_http_cricket_partition_next(ngx_http_cricket_target_t *target);

/* it is made, or cannot be: it is missing no more */
void ngx_http_cricket_partition_done(ngx_http_cricket_target_t *target);

/* it cannot be made: refuses those writes of a batch that need it */
void ngx_http_cricket_partition_refuse(ngx_http_cricket_batch_t *batch,
    const char *error);


#endif /* _NGX_HTTP_CRICKET_PARTITION_H_INCLUDED_ */
