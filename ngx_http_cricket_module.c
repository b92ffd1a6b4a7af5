
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The directives, and the module's face to nginx. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_commit.h"
#include "ngx_http_cricket_conf.h"
#include "ngx_http_cricket_conf_cors.h"
#include "ngx_http_cricket_conf_ssl.h"
#include "ngx_http_cricket_cors.h"
#include "ngx_http_cricket_filter.h"
#include "ngx_http_cricket_conf_header.h"
#include "ngx_http_cricket_conf_index.h"
#include "ngx_http_cricket_conf_password.h"
#include "ngx_http_cricket_status.h"
#include "ngx_http_cricket_turn.h"
#include "ngx_http_cricket_variables.h"


static ngx_int_t ngx_http_cricket_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_cricket_init_process(ngx_cycle_t *cycle);
static void ngx_http_cricket_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ngx_http_cricket_ids[] = {
    { ngx_string("auto"), NGX_HTTP_CRICKET_IDS_AUTO },
    { ngx_string("own"), NGX_HTTP_CRICKET_IDS_OWN },
    { ngx_string("series"), NGX_HTTP_CRICKET_IDS_SERIES },
    { ngx_null_string, 0 }
};


static ngx_conf_post_t  ngx_http_cricket_size_post = {
    ngx_http_cricket_conf_size
};


static ngx_conf_post_t  ngx_http_cricket_msec_post = {
    ngx_http_cricket_conf_msec
};


static ngx_conf_num_bounds_t  ngx_http_cricket_bulks_bounds = {
    ngx_conf_check_num_bounds, 1, 1024
};


static ngx_conf_num_bounds_t  ngx_http_cricket_datapoints_bounds = {
    ngx_conf_check_num_bounds, 1, 10000000
};


/* no "non_idempotent": what may be sent twice is known better than by method */

static ngx_conf_bitmask_t  ngx_http_cricket_next_upstream_masks[] = {
    { ngx_string("error"), NGX_HTTP_UPSTREAM_FT_ERROR },
    { ngx_string("timeout"), NGX_HTTP_UPSTREAM_FT_TIMEOUT },
    { ngx_string("invalid_header"), NGX_HTTP_UPSTREAM_FT_INVALID_HEADER },
    { ngx_string("http_500"), NGX_HTTP_UPSTREAM_FT_HTTP_500 },
    { ngx_string("http_502"), NGX_HTTP_UPSTREAM_FT_HTTP_502 },
    { ngx_string("http_503"), NGX_HTTP_UPSTREAM_FT_HTTP_503 },
    { ngx_string("http_504"), NGX_HTTP_UPSTREAM_FT_HTTP_504 },
    { ngx_string("http_403"), NGX_HTTP_UPSTREAM_FT_HTTP_403 },
    { ngx_string("http_404"), NGX_HTTP_UPSTREAM_FT_HTTP_404 },
    { ngx_string("http_429"), NGX_HTTP_UPSTREAM_FT_HTTP_429 },
    { ngx_string("off"), NGX_HTTP_UPSTREAM_FT_OFF },
    { ngx_null_string, 0 }
};


#if (NGX_HTTP_SSL)

static ngx_conf_bitmask_t  ngx_http_cricket_ssl_protocols[] = {
    { ngx_string("TLSv1"), NGX_SSL_TLSv1 },
    { ngx_string("TLSv1.1"), NGX_SSL_TLSv1_1 },
    { ngx_string("TLSv1.2"), NGX_SSL_TLSv1_2 },
    { ngx_string("TLSv1.3"), NGX_SSL_TLSv1_3 },
    { ngx_null_string, 0 }
};

#endif


static ngx_command_t  ngx_http_cricket_commands[] = {

    { ngx_string("cricket"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_route,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_pass"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_pass,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_index"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_index,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_index_from"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_index_from,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_tag_fields"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_cricket_conf_index_tags,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_ids"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ids),
      &ngx_http_cricket_ids },

    { ngx_string("cricket_bulks"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, bulks),
      &ngx_http_cricket_bulks_bounds },

    { ngx_string("cricket_bulk_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, bulk_size),
      &ngx_http_cricket_size_post },

    { ngx_string("cricket_queue"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_cricket_conf_queue,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, timeout),
      &ngx_http_cricket_msec_post },

    { ngx_string("cricket_max_datapoints"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, max_datapoints),
      &ngx_http_cricket_datapoints_bounds },

    { ngx_string("cricket_intercept_errors"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.intercept_errors),
      NULL },

    { ngx_string("cricket_max_reply"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, max_reply),
      &ngx_http_cricket_size_post },

    { ngx_string("cricket_read_memory"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, read_memory),
      &ngx_http_cricket_size_post },

    { ngx_string("cricket_set_header"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_cricket_conf_header,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, headers),
      NULL },

    { ngx_string("cricket_password_file"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_password,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_cors"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_cricket_conf_cors,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_bind"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_cricket_conf_bind,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.local),
      NULL },

    { ngx_string("cricket_socket_keepalive"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.socket_keepalive),
      NULL },

    { ngx_string("cricket_connect_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.connect_timeout),
      NULL },

    { ngx_string("cricket_send_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.send_timeout),
      NULL },

    { ngx_string("cricket_read_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.read_timeout),
      NULL },

    { ngx_string("cricket_buffer_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.buffer_size),
      NULL },

    { ngx_string("cricket_next_upstream"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_conf_set_bitmask_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.next_upstream),
      &ngx_http_cricket_next_upstream_masks },

    { ngx_string("cricket_next_upstream_tries"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.next_upstream_tries),
      NULL },

    { ngx_string("cricket_next_upstream_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.next_upstream_timeout),
      NULL },

#if (NGX_HTTP_SSL)

    { ngx_string("cricket_ssl_session_reuse"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.ssl_session_reuse),
      NULL },

    { ngx_string("cricket_ssl_protocols"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_conf_set_bitmask_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_protocols),
      &ngx_http_cricket_ssl_protocols },

    { ngx_string("cricket_ssl_ciphers"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_ciphers),
      NULL },

    { ngx_string("cricket_ssl_name"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_ssl_name,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.ssl_name),
      NULL },

    { ngx_string("cricket_ssl_server_name"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.ssl_server_name),
      NULL },

    { ngx_string("cricket_ssl_verify"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, upstream.ssl_verify),
      NULL },

    { ngx_string("cricket_ssl_verify_depth"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_verify_depth),
      NULL },

    { ngx_string("cricket_ssl_trusted_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_trusted_certificate),
      NULL },

    { ngx_string("cricket_ssl_crl"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_crl),
      NULL },

    { ngx_string("cricket_ssl_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_certificate),
      NULL },

    { ngx_string("cricket_ssl_certificate_key"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_certificate_key),
      NULL },

    { ngx_string("cricket_ssl_password_file"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_conf_ssl_password_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_ssl_conf_command"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_conf_set_keyval_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, ssl_conf_commands),
      NULL },

#endif

      ngx_null_command
};


static ngx_http_module_t  ngx_http_cricket_module_ctx = {
    ngx_http_cricket_variables_add,        /* preconfiguration */
    ngx_http_cricket_init,                 /* postconfiguration */

    ngx_http_cricket_conf_create_main,     /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_cricket_conf_create_loc,      /* create location configuration */
    ngx_http_cricket_conf_merge_loc        /* merge location configuration */
};


ngx_module_t  ngx_http_cricket_module = {
    NGX_MODULE_V1,
    &ngx_http_cricket_module_ctx,          /* module context */
    ngx_http_cricket_commands,             /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_cricket_init_process,         /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_cricket_exit_process,         /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_cricket_init(ngx_conf_t *cf)
{
    if (ngx_http_cricket_filter_init(cf) != NGX_OK
        || ngx_http_cricket_cors_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_cricket_status_init(cf);
}


static ngx_int_t
ngx_http_cricket_init_process(ngx_cycle_t *cycle)
{
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_cricket_module);

    if (cmcf) {
        ngx_http_cricket_count_clear(cmcf);

        ngx_http_cricket_turn_init_worker(cycle, cmcf->turns);

        return ngx_http_cricket_commit_init_worker(cycle, cmcf);
    }

    return NGX_OK;
}


static void
ngx_http_cricket_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_cricket_module);

    if (cmcf) {
        ngx_http_cricket_commit_exit_worker(cmcf);
        ngx_http_cricket_count_clear(cmcf);
    }
}
