
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_PROBE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_PROBE_H_INCLUDED_


#include "ngx_http_cricket_batch.h"


/*
 * What is asked before a bulk, in its place.  A bulk to a name that is not
 * there has Elasticsearch make an index by itself, in whatever shape; so bulks
 * go to an alias, with "require_alias", and Elasticsearch refuses them once it
 * is gone:
 *
 *     INDEX --404--> TEMPLATE --200--> CREATE --> INDEX
 *       |                |404: 503
 *       +--no alias--> ALIAS --200, refused--> known
 *       +--an alias----------------------------> known
 */

#define NGX_HTTP_CRICKET_PROBE_INDEX     1  /* is it there, and which aliases */
#define NGX_HTTP_CRICKET_PROBE_TEMPLATE  2  /* or what cricket --init made */
#define NGX_HTTP_CRICKET_PROBE_CREATE    3  /* then it is made in that shape */
#define NGX_HTTP_CRICKET_PROBE_ALIAS     4  /* gives it the one for writes */
#define NGX_HTTP_CRICKET_PROBE_REFRESH   5  /* when it is refreshed */


/* what there is to be asked before a bulk of this lane, or 0 */
ngx_uint_t ngx_http_cricket_probe(ngx_http_cricket_target_t *target,
    ngx_http_cricket_lane_t *lane);

/* the request that asks what batch->probe says; NULL without memory */
ngx_chain_t *ngx_http_cricket_probe_request(ngx_http_cricket_batch_t *batch);

/*
 * What the answer, or its loss, means: the batch's writes park again, or are
 * refused, as by the functions for verdicts.
 */
void ngx_http_cricket_probe_verdict(ngx_http_cricket_batch_t *batch);


#endif /* _NGX_HTTP_CRICKET_PROBE_H_INCLUDED_ */
