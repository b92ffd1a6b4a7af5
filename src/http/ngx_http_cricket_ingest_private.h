
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_INGEST_PRIVATE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_INGEST_PRIVATE_H_INCLUDED_


#include "cricket_format.h"
#include "cricket_lines.h"
#include "cricket_receipt.h"
#include "ngx_http_cricket_body.h"
#include "ngx_http_cricket_turn.h"
#include "ngx_http_cricket_write.h"


/* a POST of datapoints, from its header to its answer */

typedef struct {
    ngx_http_cricket_write_t       write;

    ngx_http_request_t            *request;
    ngx_http_cricket_loc_conf_t   *conf;

    ngx_str_t                      key;

    ngx_uint_t                     total;       /* datapoints in the body */
    cricket_receipt_t              receipt;

    cricket_buf_t                  index;       /* uint32_t, of the valid */

    cricket_coding_e               coding;
    const cricket_format_request_t  *format;

    /* while the body is read */

    ngx_http_cricket_work_t        work;
    ngx_http_cricket_body_t        body;
    cricket_lines_t               *lines;       /* once it is whole; with
                                                   their reader, in one piece */
    cricket_buf_t                  out;         /* the lines */
    size_t                         max_lines;   /* and how long they may be */

    unsigned                       answered:1;
} ngx_http_cricket_ingest_t;


/*
 * Looks at the headers that say what the body is.  Returns NGX_OK, NGX_ERROR,
 * or a status to answer with, and in->receipt.message.
 */
ngx_int_t ngx_http_cricket_ingest_headers(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in);

/*
 * Sets what gives the datapoints their ids, if not Elasticsearch does: the
 * request's Idempotency-Key, the series and the instant, or a counter.
 */
void ngx_http_cricket_ingest_id(ngx_http_cricket_ingest_t *in);


#endif /* _NGX_HTTP_CRICKET_INGEST_PRIVATE_H_INCLUDED_ */
