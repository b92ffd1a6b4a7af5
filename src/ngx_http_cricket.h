
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_H_INCLUDED_
#define _NGX_HTTP_CRICKET_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_compat.h"
#include "cricket_buf.h"
#include "cricket_query.h"
#include "cricket_version.h"


#define NGX_HTTP_CRICKET_IDS_AUTO    0
#define NGX_HTTP_CRICKET_IDS_OWN     1
#define NGX_HTTP_CRICKET_IDS_SERIES  2


typedef struct ngx_http_cricket_route_s      ngx_http_cricket_route_t;
typedef struct ngx_http_cricket_target_s     ngx_http_cricket_target_t;
typedef struct ngx_http_cricket_exchange_s   ngx_http_cricket_exchange_t;
typedef struct ngx_http_cricket_node_s       ngx_http_cricket_node_t;
typedef struct ngx_http_cricket_write_s      ngx_http_cricket_write_t;
typedef struct ngx_http_cricket_export_s     ngx_http_cricket_export_t;
typedef struct ngx_http_cricket_count_s      ngx_http_cricket_count_t;
typedef struct ngx_http_cricket_counts_s     ngx_http_cricket_counts_t;
typedef struct ngx_http_cricket_turns_s      ngx_http_cricket_turns_t;


/*
 * What "cricket NAME" makes of a location: a row for each method it takes, of
 * each path if it has several.
 */

struct ngx_http_cricket_route_s {
    ngx_str_t                      name;        /* of the directive's value */
    ngx_str_t                      path;        /* how it ends; empty: any */
    ngx_str_t                      handler_name;
    ngx_uint_t                     methods;
    cricket_query_e                query;
    ngx_int_t                    (*handler)(ngx_http_request_t *r);
    unsigned                       backend:1;   /* asks Elasticsearch */
};


typedef struct {
    ngx_array_t                    targets;  /* ngx_http_cricket_target_t * */
    ngx_array_t                    contexts; /* ngx_http_cricket_loc_conf_t *,
                                                the first of each SSL context */

    ngx_shm_zone_t                *zone;        /* NULL: nothing is counted */
    ngx_http_cricket_counts_t     *counts;

    ngx_http_cricket_turns_t      *turns;       /* of a worker */
} ngx_http_cricket_main_conf_t;


/* "cricket_cors" */

typedef struct {
    ngx_array_t                    origins;     /* ngx_str_t */
    unsigned                       any:1;
    unsigned                       writes:1;
} ngx_http_cricket_cors_t;


typedef struct {
    ngx_http_cricket_route_t      *route;       /* the first row */
    ngx_str_t                      file;        /* where "cricket" stands */
    ngx_uint_t                     line;

    /*
     * How reads, writes and writes that are safe to repeat use the upstream:
     * they differ in what a client that leaves and a failed try entail.
     */
    ngx_http_upstream_conf_t       upstream;
    ngx_http_upstream_conf_t       bulk;
    ngx_http_upstream_conf_t       bulk_again;

    ngx_str_t                      host;
    ngx_str_t                      index;
    struct cricket_partition_s    *partition;   /* the same, read */
    int64_t                        index_from;  /* seconds since the epoch */
    time_t                         index_age;   /* or before now, if not 0 */
    ngx_array_t                   *tag_fields;  /* cricket_str_t; or NULL */

    ngx_array_t                   *headers;     /* ngx_keyval_t */
    ngx_str_t                      head;        /* "Host: ..." and headers */
    ngx_str_t                      credentials; /* of their Authorization */
    ngx_str_t                      password;    /* its value by a file */

    ngx_http_cricket_cors_t       *cors;        /* NULL: off */

    ngx_uint_t                     max_datapoints;
    size_t                         max_reply;
    size_t                         read_memory;

    ngx_uint_t                     ids;
    ngx_uint_t                     bulks;
    size_t                         bulk_size;
    size_t                         queue_size;
    ngx_uint_t                     queue_requests;
    ngx_msec_t                     timeout;

    ngx_http_cricket_target_t     *target;
    ngx_http_cricket_node_t       *node;        /* the target's */

#if (NGX_HTTP_SSL)
    ngx_uint_t                     ssl;
    ngx_uint_t                     ssl_protocols;
    ngx_str_t                      ssl_ciphers;
    ngx_uint_t                     ssl_verify_depth;
    ngx_str_t                      ssl_trusted_certificate;
    ngx_str_t                      ssl_crl;
    ngx_str_t                      ssl_certificate;
    ngx_str_t                      ssl_certificate_key;
    ngx_array_t                   *ssl_passwords;       /* ngx_str_t */
    ngx_array_t                   *ssl_conf_commands;   /* ngx_keyval_t */
#endif
} ngx_http_cricket_loc_conf_t;


/* a request's own state */

typedef struct {
    ngx_http_cricket_route_t      *route;
    cricket_query_t               *query;

    ngx_http_cricket_write_t      *write;       /* of a POST */
    ngx_http_cricket_export_t     *export;      /* of an export */
    struct cricket_ask_s          *ask;         /* of what else is asked */
    cricket_buf_t                  out;         /* so far answered of it */

    uint64_t                       start;       /* nanoseconds */
    ngx_msec_t                     deadline;    /* of a query */
    size_t                         held;        /* bytes, of its answer, */
    ngx_http_cricket_loc_conf_t   *holder;      /* there; or NULL */

    ngx_uint_t                     datapoints;  /* of a POST */
    ngx_uint_t                     batch_size;

    ngx_chain_t                   *replacement; /* of a core's error page */

    unsigned                       wide:1;      /* all partitions are asked */

    unsigned                       answered:1;  /* with a reply of our own */
    unsigned                       swallow:1;   /* the next output */
    unsigned                       keepalive:1; /* as it was before that */
    unsigned                       replaced:1;
} ngx_http_cricket_ctx_t;


extern ngx_module_t  ngx_http_cricket_module;


/* nanoseconds of the monotonic clock; 0 if there is none */

static ngx_inline uint64_t
ngx_http_cricket_clock(void)
{
    struct timespec  ts;

    if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0) {
        return 0;
    }

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


#endif /* _NGX_HTTP_CRICKET_H_INCLUDED_ */
