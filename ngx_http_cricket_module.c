
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_filter.h"
#include "ngx_http_cricket_header.h"
#include "ngx_http_cricket_queue.h"
#include "ngx_http_cricket_route.h"
#include "ngx_http_cricket_status.h"
#include "ngx_http_cricket_trouble.h"
#include "ngx_http_cricket_turn.h"
#include "ngx_http_cricket_variables.h"


#define NGX_HTTP_CRICKET_QUEUE_REQUESTS  10000


static char *ngx_http_cricket(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_cricket_pass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_cricket_index(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_cricket_queue(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_cricket_bind(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_cricket_check_size(ngx_conf_t *cf, void *post,
    void *data);
static char *ngx_http_cricket_check_msec(ngx_conf_t *cf, void *post,
    void *data);
#if (NGX_HTTP_SSL)
static char *ngx_http_cricket_ssl_name(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_cricket_ssl_password_file(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
#endif

static void *ngx_http_cricket_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_cricket_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_cricket_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_cricket_merge_upstream(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *prev, ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_check_post_action(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf, ngx_http_core_loc_conf_t *clcf);
static char *ngx_http_cricket_init_route(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_init_head(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_init_target(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_uint_t ngx_http_cricket_same_target(
    ngx_http_cricket_loc_conf_t *one, ngx_http_cricket_loc_conf_t *two);
static ngx_uint_t ngx_http_cricket_same_str(ngx_str_t *one, ngx_str_t *two);
#if (NGX_HTTP_SSL)
static ngx_uint_t ngx_http_cricket_same_context(
    ngx_http_cricket_loc_conf_t *one, ngx_http_cricket_loc_conf_t *two);
static ngx_int_t ngx_http_cricket_init_ssl(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
#endif
static ngx_int_t ngx_http_cricket_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_cricket_init_process(ngx_cycle_t *cycle);
static void ngx_http_cricket_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ngx_http_cricket_ids[] = {
    { ngx_string("auto"), NGX_HTTP_CRICKET_IDS_AUTO },
    { ngx_string("own"), NGX_HTTP_CRICKET_IDS_OWN },
    { ngx_null_string, 0 }
};


static ngx_conf_post_t  ngx_http_cricket_size_post = {
    ngx_http_cricket_check_size
};


static ngx_conf_post_t  ngx_http_cricket_msec_post = {
    ngx_http_cricket_check_msec
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
      ngx_http_cricket,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_pass"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_pass,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cricket_index"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_cricket_index,
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
      ngx_http_cricket_queue,
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

    { ngx_string("cricket_set_header"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_cricket_set_header,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cricket_loc_conf_t, headers),
      NULL },

    { ngx_string("cricket_bind"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_cricket_bind,
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
      ngx_http_cricket_ssl_name,
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
      ngx_http_cricket_ssl_password_file,
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
    ngx_http_cricket_add_variables,        /* preconfiguration */
    ngx_http_cricket_init,                 /* postconfiguration */

    ngx_http_cricket_create_main_conf,     /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_cricket_create_loc_conf,      /* create location configuration */
    ngx_http_cricket_merge_loc_conf        /* merge location configuration */
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


static char *
ngx_http_cricket(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;

    if (ccf->route) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ccf->file = cf->conf_file->file.name;
    ccf->line = cf->conf_file->line;

    ccf->route = ngx_http_cricket_route_find(&value[1]);

    if (ccf->route == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown route \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ccf->route->handler == ngx_http_cricket_status_handler
        && ngx_http_cricket_count_add_zone(cf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_cricket_handler;

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    size_t      add;
    u_short     port;
    ngx_str_t  *value, *url;
    ngx_url_t   u;

    if (ccf->upstream.upstream) {
        return "is duplicate";
    }

    value = cf->args->elts;
    url = &value[1];

    if (ngx_http_cricket_has_variable(url)) {
        return "takes no variables: name an \"upstream\" block, and have a "
               "location for each cluster";
    }

    if (ngx_strncasecmp(url->data, (u_char *) "http://", 7) == 0) {
        add = 7;
        port = 80;

    } else if (ngx_strncasecmp(url->data, (u_char *) "https://", 8) == 0) {

#if (NGX_HTTP_SSL)
        ccf->ssl = 1;

        add = 8;
        port = 443;
#else
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "https protocol requires SSL support");
        return NGX_CONF_ERROR;
#endif

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid URL prefix");
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url.len = url->len - add;
    u.url.data = url->data + add;
    u.default_port = port;
    u.uri_part = 1;
    u.no_resolve = 1;

    ccf->upstream.upstream = ngx_http_upstream_add(cf, &u, 0);
    if (ccf->upstream.upstream == NULL) {
        return NGX_CONF_ERROR;
    }

    if (u.uri.len && !(u.uri.len == 1 && u.uri.data[0] == '/')) {
        return "takes no URI: the index is set by \"cricket_index\"";
    }

    if (u.family == AF_UNIX) {
        ngx_str_set(&ccf->host, "localhost");

    } else if (u.no_port || u.port == port) {
        ccf->host = u.host;

    } else {
        ccf->host.len = u.host.len + 1 + u.port_text.len;
        ccf->host.data = u.host.data;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_index(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t  *value;

    if (ccf->index.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cricket_index_name(value[1].data, value[1].len) != CRICKET_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no name of an index: expected a-z, 0-9, "
                           "\".\", \"_\" and \"-\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    ccf->index = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_queue(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ssize_t     size;
    ngx_int_t   n;
    ngx_str_t  *value;

    if (ccf->queue_size != NGX_CONF_UNSET_SIZE) {
        return "is duplicate";
    }

    value = cf->args->elts;

    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR) {
        return "has an invalid size";
    }

    ccf->queue_size = size;
    ccf->queue_requests = NGX_HTTP_CRICKET_QUEUE_REQUESTS;

    if (cf->args->nelts == 3) {

        n = ngx_atoi(value[2].data, value[2].len);

        if (n == NGX_ERROR || n == 0) {
            return "has an invalid number of requests";
        }

        ccf->queue_requests = n;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_bind(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_http_cricket_has_variable(&value[1])) {
        return "takes no variables: connections serve many clients; write the "
               "address itself";
    }

    return ngx_http_upstream_bind_set_slot(cf, cmd, conf);
}


static char *
ngx_http_cricket_check_size(ngx_conf_t *cf, void *post, void *data)
{
    size_t *size = data;

    return *size ? NGX_CONF_OK : "must not be 0";
}


static char *
ngx_http_cricket_check_msec(ngx_conf_t *cf, void *post, void *data)
{
    ngx_msec_t *msec = data;

    return *msec ? NGX_CONF_OK : "must not be 0";
}


#if (NGX_HTTP_SSL)

static char *
ngx_http_cricket_ssl_name(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_http_cricket_has_variable(&value[1])) {
        return "takes no variables: connections serve many clients; write the "
               "name itself";
    }

    return ngx_http_set_complex_value_slot(cf, cmd, conf);
}


static char *
ngx_http_cricket_ssl_password_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t  *value;

    if (ccf->ssl_passwords != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ccf->ssl_passwords = ngx_ssl_read_password_file(cf, &value[1]);

    return ccf->ssl_passwords ? NGX_CONF_OK : NGX_CONF_ERROR;
}

#endif


static void *
ngx_http_cricket_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_cricket_main_conf_t));
    if (cmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&cmcf->targets, cf->pool, 4,
                       sizeof(ngx_http_cricket_target_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&cmcf->contexts, cf->pool, 4,
                       sizeof(ngx_http_cricket_loc_conf_t *))
        != NGX_OK)
    {
        return NULL;
    }

    cmcf->turns = ngx_pcalloc(cf->pool, sizeof(ngx_http_cricket_turns_t));
    if (cmcf->turns == NULL) {
        return NULL;
    }

    return cmcf;
}


static void *
ngx_http_cricket_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_cricket_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_cricket_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->route = NULL;
     *     conf->file = { 0, NULL };
     *     conf->line = 0;
     *     conf->target = NULL;
     *     conf->host = { 0, NULL };
     *     conf->index = { 0, NULL };
     *     conf->head = { 0, NULL };
     *     conf->credentials = { 0, NULL };
     *     conf->upstream.next_upstream = 0;
     *     conf->upstream.hide_headers_hash = { NULL, 0 };
     *     and the other values of conf->upstream that memcached hardcodes
     *     conf->ssl = 0;
     *     conf->ssl_protocols = 0;
     *     conf->ssl_ciphers = { 0, NULL };
     *     conf->ssl_trusted_certificate = { 0, NULL };
     *     conf->ssl_crl = { 0, NULL };
     *     conf->ssl_certificate = { 0, NULL };
     *     conf->ssl_certificate_key = { 0, NULL };
     */

    conf->headers = NGX_CONF_UNSET_PTR;
    conf->max_datapoints = NGX_CONF_UNSET_UINT;
    conf->max_reply = NGX_CONF_UNSET_SIZE;
    conf->ids = NGX_CONF_UNSET_UINT;
    conf->bulks = NGX_CONF_UNSET_UINT;
    conf->bulk_size = NGX_CONF_UNSET_SIZE;
    conf->queue_size = NGX_CONF_UNSET_SIZE;
    conf->queue_requests = NGX_CONF_UNSET_UINT;
    conf->timeout = NGX_CONF_UNSET_MSEC;

    conf->upstream.intercept_errors = NGX_CONF_UNSET;
    conf->upstream.local = NGX_CONF_UNSET_PTR;
    conf->upstream.socket_keepalive = NGX_CONF_UNSET;
    conf->upstream.next_upstream_tries = NGX_CONF_UNSET_UINT;
    conf->upstream.connect_timeout = NGX_CONF_UNSET_MSEC;
    conf->upstream.send_timeout = NGX_CONF_UNSET_MSEC;
    conf->upstream.read_timeout = NGX_CONF_UNSET_MSEC;
    conf->upstream.next_upstream_timeout = NGX_CONF_UNSET_MSEC;
    conf->upstream.buffer_size = NGX_CONF_UNSET_SIZE;

#if (NGX_HTTP_SSL)
    conf->upstream.ssl_session_reuse = NGX_CONF_UNSET;
    conf->upstream.ssl_name = NGX_CONF_UNSET_PTR;
    conf->upstream.ssl_server_name = NGX_CONF_UNSET;
    conf->upstream.ssl_verify = NGX_CONF_UNSET;
    conf->ssl_verify_depth = NGX_CONF_UNSET_UINT;
    conf->ssl_passwords = NGX_CONF_UNSET_PTR;
    conf->ssl_conf_commands = NGX_CONF_UNSET_PTR;
#endif

    ngx_str_set(&conf->upstream.module, "cricket");

    return conf;
}


static char *
ngx_http_cricket_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_cricket_loc_conf_t *prev = parent;
    ngx_http_cricket_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname || clcf->lmt_excpt) {

        /* "if" and "limit_except" are the location, with its queue */

        *conf = *prev;

        if (conf->route
            && ngx_http_cricket_check_post_action(cf, conf, clcf) != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (conf->route && clcf->handler == NULL) {
            clcf->handler = ngx_http_cricket_handler;
        }

        return NGX_CONF_OK;
    }

    ngx_conf_merge_str_value(conf->index, prev->index, "metrics");
    ngx_conf_merge_ptr_value(conf->headers, prev->headers, NULL);
    ngx_conf_merge_uint_value(conf->max_datapoints, prev->max_datapoints,
                              50000);
    ngx_conf_merge_size_value(conf->max_reply, prev->max_reply,
                              64 * 1024 * 1024);
    ngx_conf_merge_uint_value(conf->ids, prev->ids, NGX_HTTP_CRICKET_IDS_AUTO);
    ngx_conf_merge_uint_value(conf->bulks, prev->bulks, 4);
    ngx_conf_merge_size_value(conf->bulk_size, prev->bulk_size,
                              5 * 1024 * 1024);
    ngx_conf_merge_size_value(conf->queue_size, prev->queue_size,
                              32 * 1024 * 1024);
    ngx_conf_merge_uint_value(conf->queue_requests, prev->queue_requests,
                              NGX_HTTP_CRICKET_QUEUE_REQUESTS);
    ngx_conf_merge_msec_value(conf->timeout, prev->timeout, 30000);

    if (ngx_http_cricket_merge_upstream(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return conf->route ? ngx_http_cricket_init_route(cf, conf) : NGX_CONF_OK;
}


static char *
ngx_http_cricket_merge_upstream(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *prev, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_conf_merge_value(conf->upstream.intercept_errors,
                              prev->upstream.intercept_errors, 0);

    ngx_conf_merge_ptr_value(conf->upstream.local,
                              prev->upstream.local, NULL);

    ngx_conf_merge_value(conf->upstream.socket_keepalive,
                              prev->upstream.socket_keepalive, 0);

    ngx_conf_merge_uint_value(conf->upstream.next_upstream_tries,
                              prev->upstream.next_upstream_tries, 0);

    ngx_conf_merge_msec_value(conf->upstream.connect_timeout,
                              prev->upstream.connect_timeout, 5000);

    ngx_conf_merge_msec_value(conf->upstream.send_timeout,
                              prev->upstream.send_timeout, 10000);

    ngx_conf_merge_msec_value(conf->upstream.read_timeout,
                              prev->upstream.read_timeout, 20000);

    ngx_conf_merge_msec_value(conf->upstream.next_upstream_timeout,
                              prev->upstream.next_upstream_timeout, 0);

    ngx_conf_merge_size_value(conf->upstream.buffer_size,
                              prev->upstream.buffer_size, 16384);

    ngx_conf_merge_bitmask_value(conf->upstream.next_upstream,
                              prev->upstream.next_upstream,
                              (NGX_CONF_BITMASK_SET
                               |NGX_HTTP_UPSTREAM_FT_ERROR
                               |NGX_HTTP_UPSTREAM_FT_TIMEOUT));

    if (conf->upstream.next_upstream & NGX_HTTP_UPSTREAM_FT_OFF) {
        conf->upstream.next_upstream = NGX_CONF_BITMASK_SET
                                       |NGX_HTTP_UPSTREAM_FT_OFF;
    }

    if (conf->upstream.upstream == NULL) {
        conf->upstream.upstream = prev->upstream.upstream;
        conf->host = prev->host;

#if (NGX_HTTP_SSL)
        conf->ssl = prev->ssl;
#endif
    }

#if (NGX_HTTP_SSL)

    ngx_conf_merge_value(conf->upstream.ssl_session_reuse,
                              prev->upstream.ssl_session_reuse, 1);

    ngx_conf_merge_bitmask_value(conf->ssl_protocols, prev->ssl_protocols,
                              (NGX_CONF_BITMASK_SET
                               |NGX_SSL_DEFAULT_PROTOCOLS));

    ngx_conf_merge_str_value(conf->ssl_ciphers, prev->ssl_ciphers, "DEFAULT");

    ngx_conf_merge_ptr_value(conf->upstream.ssl_name,
                              prev->upstream.ssl_name, NULL);
    ngx_conf_merge_value(conf->upstream.ssl_server_name,
                              prev->upstream.ssl_server_name, 1);
    ngx_conf_merge_value(conf->upstream.ssl_verify,
                              prev->upstream.ssl_verify, 1);
    ngx_conf_merge_uint_value(conf->ssl_verify_depth,
                              prev->ssl_verify_depth, 1);
    ngx_conf_merge_str_value(conf->ssl_trusted_certificate,
                              prev->ssl_trusted_certificate, "");
    ngx_conf_merge_str_value(conf->ssl_crl, prev->ssl_crl, "");
    ngx_conf_merge_str_value(conf->ssl_certificate,
                              prev->ssl_certificate, "");
    ngx_conf_merge_str_value(conf->ssl_certificate_key,
                              prev->ssl_certificate_key, "");
    ngx_conf_merge_ptr_value(conf->ssl_passwords, prev->ssl_passwords, NULL);
    ngx_conf_merge_ptr_value(conf->ssl_conf_commands,
                              prev->ssl_conf_commands, NULL);

#endif

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_cricket_check_post_action(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf, ngx_http_core_loc_conf_t *clcf)
{
    if (clcf->post_action.len == 0) {
        return NGX_OK;
    }

    /* it takes a request over without a word to who waits for it */

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"post_action\" cannot be used with \"cricket\" in %V:%ui",
                  &conf->file, conf->line);

    return NGX_ERROR;
}


static char *
ngx_http_cricket_init_route(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (ngx_http_cricket_check_post_action(cf, conf, clcf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (!conf->route->backend) {
        return NGX_CONF_OK;
    }

    if (conf->upstream.upstream == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"cricket %V\" needs \"cricket_pass\" in %V:%ui",
                      &conf->route->name, &conf->file, conf->line);
        return NGX_CONF_ERROR;
    }

#if (NGX_HTTP_SSL)

    if (conf->ssl && ngx_http_cricket_init_ssl(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

#endif

    if (ngx_http_cricket_init_head(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    /* a bulk carries more than its leader's datapoints */

    conf->bulk = conf->upstream;
    conf->bulk.ignore_client_abort = 1;

    conf->bulk_again = conf->bulk;

    if (!(conf->bulk_again.next_upstream & NGX_HTTP_UPSTREAM_FT_OFF)) {
        conf->bulk_again.next_upstream |= NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT;
    }

    if (ngx_http_cricket_init_target(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_cricket_init_head(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    size_t         len;
    u_char        *p, *last;
    ngx_str_t     *value;
    ngx_uint_t     i, n, host;
    ngx_keyval_t  *header;

    header = conf->headers ? conf->headers->elts : NULL;
    n = conf->headers ? conf->headers->nelts : 0;

    host = 0;
    len = sizeof("Host: " CRLF) - 1 + conf->host.len;

    for (i = 0; i < n; i++) {
        len += header[i].key.len + sizeof(": " CRLF) - 1 + header[i].value.len;

        if (header[i].key.len == sizeof("Host") - 1
            && ngx_strncasecmp(header[i].key.data, (u_char *) "Host",
                               sizeof("Host") - 1)
               == 0)
        {
            host = 1;
        }

        if (header[i].key.len == sizeof("Authorization") - 1
            && ngx_strncasecmp(header[i].key.data, (u_char *) "Authorization",
                               sizeof("Authorization") - 1)
               == 0)
        {
            /* "Basic", "ApiKey" or "Bearer" is no secret */

            value = &header[i].value;
            last = value->data + value->len;

            p = ngx_strlchr(value->data, last, ' ');
            p = (p && p + 1 < last) ? p + 1 : value->data;

            conf->credentials.data = p;
            conf->credentials.len = last - p;
        }
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    conf->head.data = p;

    if (!host) {
        p = ngx_sprintf(p, "Host: %V" CRLF, &conf->host);
    }

    for (i = 0; i < n; i++) {

        if (header[i].value.len) {
            p = ngx_sprintf(p, "%V: %V" CRLF, &header[i].key,
                            &header[i].value);
        }
    }

    conf->head.len = p - conf->head.data;

    return NGX_OK;
}


/* locations that nothing tells apart share a queue, and so their bulks */

static ngx_int_t
ngx_http_cricket_init_target(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_uint_t                      i;
    ngx_http_cricket_target_t      *target, **elt;
    ngx_http_cricket_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    elt = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {

        if (ngx_http_cricket_same_target(elt[i]->conf, conf)) {
            conf->target = elt[i];
            conf->node = &elt[i]->node;
            return NGX_OK;
        }
    }

    target = ngx_pcalloc(cf->pool, sizeof(ngx_http_cricket_target_t));
    if (target == NULL) {
        return NGX_ERROR;
    }

    target->conf = conf;
    conf->target = target;
    conf->node = &target->node;

    elt = ngx_array_push(&cmcf->targets);
    if (elt == NULL) {
        return NGX_ERROR;
    }

    *elt = target;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_cricket_same_target(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two)
{
    /* all that the core is told: where it differs unseen, nothing is shared */

    return ngx_memcmp(&one->upstream, &two->upstream,
                      sizeof(ngx_http_upstream_conf_t))
           == 0
#if (NGX_HTTP_SSL)
           && one->ssl == two->ssl
#endif
           && ngx_http_cricket_same_str(&one->index, &two->index)
           && ngx_http_cricket_same_str(&one->head, &two->head)
           && one->max_reply == two->max_reply
           && one->bulks == two->bulks
           && one->bulk_size == two->bulk_size
           && one->queue_size == two->queue_size
           && one->queue_requests == two->queue_requests
           && one->timeout == two->timeout;
}


static ngx_uint_t
ngx_http_cricket_same_str(ngx_str_t *one, ngx_str_t *two)
{
    return one->len == two->len
           && (one->len == 0
               || ngx_memcmp(one->data, two->data, one->len) == 0);
}


#if (NGX_HTTP_SSL)

static ngx_uint_t
ngx_http_cricket_same_context(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two)
{
    return one->ssl_protocols == two->ssl_protocols
           && one->upstream.ssl_verify == two->upstream.ssl_verify
           && one->upstream.ssl_session_reuse
              == two->upstream.ssl_session_reuse
           && one->ssl_verify_depth == two->ssl_verify_depth
           && ngx_http_cricket_same_str(&one->ssl_ciphers, &two->ssl_ciphers)
           && ngx_http_cricket_same_str(&one->ssl_trusted_certificate,
                                        &two->ssl_trusted_certificate)
           && ngx_http_cricket_same_str(&one->ssl_crl, &two->ssl_crl)
           && ngx_http_cricket_same_str(&one->ssl_certificate,
                                        &two->ssl_certificate)
           && ngx_http_cricket_same_str(&one->ssl_certificate_key,
                                        &two->ssl_certificate_key)
           && one->ssl_passwords == two->ssl_passwords
           && one->ssl_conf_commands == two->ssl_conf_commands;
}


static ngx_int_t
ngx_http_cricket_init_ssl(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_ssl_t                     *ssl;
    ngx_uint_t                     i;
    ngx_pool_cleanup_t            *cln;
    ngx_http_cricket_loc_conf_t  **elt;
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    elt = cmcf->contexts.elts;

    for (i = 0; i < cmcf->contexts.nelts; i++) {

        if (ngx_http_cricket_same_context(elt[i], conf)) {
            conf->upstream.ssl = elt[i]->upstream.ssl;
            return NGX_OK;
        }
    }

    elt = ngx_array_push(&cmcf->contexts);
    if (elt == NULL) {
        return NGX_ERROR;
    }

    *elt = conf;

    ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (ssl == NULL) {
        return NGX_ERROR;
    }

    ssl->log = cf->log;
    conf->upstream.ssl = ssl;

    if (ngx_ssl_create(ssl, conf->ssl_protocols, NULL) != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(ssl);
        return NGX_ERROR;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = ssl;

    ngx_http_cricket_trouble_watch(ssl);

    if (ngx_ssl_ciphers(cf, ssl, &conf->ssl_ciphers, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (conf->ssl_certificate.len) {

        if (conf->ssl_certificate_key.len == 0) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "no \"cricket_ssl_certificate_key\" is defined "
                          "for certificate \"%V\" in %V:%ui",
                          &conf->ssl_certificate, &conf->file, conf->line);
            return NGX_ERROR;
        }

        if (ngx_ssl_certificate(cf, ssl, &conf->ssl_certificate,
                                &conf->ssl_certificate_key,
                                conf->ssl_passwords)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (conf->upstream.ssl_verify) {

        if (ngx_ssl_trusted_certificate(cf, ssl,
                                        &conf->ssl_trusted_certificate,
                                        conf->ssl_verify_depth)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (conf->ssl_trusted_certificate.len == 0
            && SSL_CTX_set_default_verify_paths(ssl->ctx) != 1)
        {
            ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                          "no certificates of the system's for "
                          "\"cricket_ssl_verify\": "
                          "SSL_CTX_set_default_verify_paths() failed");
            return NGX_ERROR;
        }

        if (ngx_ssl_crl(cf, ssl, &conf->ssl_crl) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ngx_ssl_client_session_cache(cf, ssl, conf->upstream.ssl_session_reuse)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_ssl_conf_commands(cf, ssl, conf->ssl_conf_commands);
}

#endif


static ngx_int_t
ngx_http_cricket_init(ngx_conf_t *cf)
{
    if (ngx_http_cricket_filter_init(cf) != NGX_OK) {
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

        return ngx_http_cricket_queue_init_worker(cycle, cmcf);
    }

    return NGX_OK;
}


static void
ngx_http_cricket_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_cricket_module);

    if (cmcf) {
        ngx_http_cricket_queue_exit_worker(cmcf);
        ngx_http_cricket_count_clear(cmcf);
    }
}
