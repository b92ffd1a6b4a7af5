
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What the directives make of a location: set, merged, checked. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_conf.h"
#include "ngx_http_cricket_conf_header.h"
#include "ngx_http_cricket_conf_index.h"
#include "ngx_http_cricket_conf_ssl.h"
#include "ngx_http_cricket_conf_text.h"
#include "ngx_http_cricket_route.h"
#include "ngx_http_cricket_status.h"
#include "ngx_http_cricket_turn.h"
#include "ngx_http_cricket_write.h"


#define NGX_HTTP_CRICKET_QUEUE_REQUESTS  10000


static char *ngx_http_cricket_conf_merge_upstream(
    ngx_http_cricket_loc_conf_t *prev, ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_conf_post_action(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf, ngx_http_core_loc_conf_t *clcf);
static char *ngx_http_cricket_conf_init(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_conf_target(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_uint_t ngx_http_cricket_conf_same(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two);


char *
ngx_http_cricket_conf_route(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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
    clcf->handler = ngx_http_cricket_route_handler;

    return NGX_CONF_OK;
}


char *
ngx_http_cricket_conf_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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

    if (ngx_http_cricket_conf_text_variable(url)) {
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


char *
ngx_http_cricket_conf_queue(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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


char *
ngx_http_cricket_conf_bind(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_http_cricket_conf_text_variable(&value[1])) {
        return "takes no variables: connections serve many clients; write the "
               "address itself";
    }

    return ngx_http_upstream_bind_set_slot(cf, cmd, conf);
}


char *
ngx_http_cricket_conf_size(ngx_conf_t *cf, void *post, void *data)
{
    size_t *size = data;

    return *size ? NGX_CONF_OK : "must not be 0";
}


char *
ngx_http_cricket_conf_msec(ngx_conf_t *cf, void *post, void *data)
{
    ngx_msec_t *msec = data;

    return *msec ? NGX_CONF_OK : "must not be 0";
}


void *
ngx_http_cricket_conf_create_main(ngx_conf_t *cf)
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


void *
ngx_http_cricket_conf_create_loc(ngx_conf_t *cf)
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
     *     conf->partition = NULL;
     *     conf->index_from = 0;
     *     conf->head = { 0, NULL };
     *     conf->credentials = { 0, NULL };
     *     conf->password = { 0, NULL };
     *     conf->upstream.next_upstream = 0;
     *     conf->upstream.hide_headers_hash = { NULL, 0 };
     *     and the other values of conf->upstream that memcached hardcodes
     *     conf->ssl = 0;
     */

    conf->headers = NGX_CONF_UNSET_PTR;
    conf->cors = NGX_CONF_UNSET_PTR;
    conf->index_age = NGX_CONF_UNSET;
    conf->tag_fields = NGX_CONF_UNSET_PTR;
    conf->max_datapoints = NGX_CONF_UNSET_UINT;
    conf->max_reply = NGX_CONF_UNSET_SIZE;
    conf->read_memory = NGX_CONF_UNSET_SIZE;
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
    ngx_http_cricket_conf_ssl_create(conf);
#endif

    ngx_str_set(&conf->upstream.module, "cricket");

    return conf;
}


char *
ngx_http_cricket_conf_merge_loc(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_cricket_loc_conf_t *prev = parent;
    ngx_http_cricket_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname || clcf->lmt_excpt) {

        /* "if" and "limit_except" are the location, with its queue */

        *conf = *prev;

        if (conf->route
            && ngx_http_cricket_conf_post_action(cf, conf, clcf) != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (conf->route && clcf->handler == NULL) {
            clcf->handler = ngx_http_cricket_route_handler;
        }

        return NGX_CONF_OK;
    }

    if (ngx_http_cricket_conf_index_merge(cf, prev, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_ptr_value(conf->headers, prev->headers, NULL);
    ngx_conf_merge_str_value(conf->password, prev->password, "");
    ngx_conf_merge_ptr_value(conf->cors, prev->cors, NULL);
    ngx_conf_merge_uint_value(conf->max_datapoints, prev->max_datapoints,
                              50000);
    ngx_conf_merge_size_value(conf->max_reply, prev->max_reply,
                              64 * 1024 * 1024);
    ngx_conf_merge_size_value(conf->read_memory, prev->read_memory,
                              256 * 1024 * 1024);
    ngx_conf_merge_uint_value(conf->ids, prev->ids, NGX_HTTP_CRICKET_IDS_AUTO);
    ngx_conf_merge_uint_value(conf->bulks, prev->bulks, 4);
    ngx_conf_merge_size_value(conf->bulk_size, prev->bulk_size,
                              5 * 1024 * 1024);
    ngx_conf_merge_size_value(conf->queue_size, prev->queue_size,
                              32 * 1024 * 1024);
    ngx_conf_merge_uint_value(conf->queue_requests, prev->queue_requests,
                              NGX_HTTP_CRICKET_QUEUE_REQUESTS);
    ngx_conf_merge_msec_value(conf->timeout, prev->timeout, 30000);

    if (ngx_http_cricket_conf_merge_upstream(prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return conf->route ? ngx_http_cricket_conf_init(cf, conf) : NGX_CONF_OK;
}


static char *
ngx_http_cricket_conf_merge_upstream(ngx_http_cricket_loc_conf_t *prev,
    ngx_http_cricket_loc_conf_t *conf)
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
    return ngx_http_cricket_conf_ssl_merge(prev, conf);
#else
    return NGX_CONF_OK;
#endif
}


static ngx_int_t
ngx_http_cricket_conf_post_action(ngx_conf_t *cf,
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
ngx_http_cricket_conf_init(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (ngx_http_cricket_conf_post_action(cf, conf, clcf) != NGX_OK) {
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

    if (conf->ssl && ngx_http_cricket_conf_ssl_init(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

#endif

    if (ngx_http_cricket_conf_header_head(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    /* a bulk carries more than its leader's datapoints */

    conf->bulk = conf->upstream;
    conf->bulk.ignore_client_abort = 1;

    conf->bulk_again = conf->bulk;

    if (!(conf->bulk_again.next_upstream & NGX_HTTP_UPSTREAM_FT_OFF)) {
        conf->bulk_again.next_upstream |= NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT;
    }

    if (ngx_http_cricket_conf_target(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* locations that nothing tells apart share a queue, and so their bulks */

static ngx_int_t
ngx_http_cricket_conf_target(ngx_conf_t *cf, ngx_http_cricket_loc_conf_t *conf)
{
    ngx_uint_t                      i;
    ngx_http_cricket_target_t      *target, **elt;
    ngx_http_cricket_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    elt = cmcf->targets.elts;

    for (i = 0; i < cmcf->targets.nelts; i++) {

        if (ngx_http_cricket_conf_same(elt[i]->conf, conf)) {
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
ngx_http_cricket_conf_same(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two)
{
    /* all that the core is told: where it differs unseen, nothing is shared */

    return ngx_memcmp(&one->upstream, &two->upstream,
                      sizeof(ngx_http_upstream_conf_t))
           == 0
#if (NGX_HTTP_SSL)
           && one->ssl == two->ssl
#endif
           && ngx_http_cricket_conf_index_same(one, two)
           && ngx_http_cricket_conf_text_same(&one->head, &two->head)
           && one->max_reply == two->max_reply
           && one->read_memory == two->read_memory
           && one->bulks == two->bulks
           && one->bulk_size == two->bulk_size
           && one->queue_size == two->queue_size
           && one->queue_requests == two->queue_requests
           && one->timeout == two->timeout;
}
