
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* TLS to Elasticsearch: its directives, and the contexts they make. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_conf_ssl.h"
#include "ngx_http_cricket_conf_text.h"
#include "ngx_http_cricket_trouble.h"


#if (NGX_HTTP_SSL)

static ngx_uint_t ngx_http_cricket_conf_ssl_same(
    ngx_http_cricket_loc_conf_t *one, ngx_http_cricket_loc_conf_t *two);
static ngx_int_t ngx_http_cricket_conf_ssl_context(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_conf_ssl_certificate(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);
static ngx_int_t ngx_http_cricket_conf_ssl_verify(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);


void
ngx_http_cricket_conf_ssl_create(ngx_http_cricket_loc_conf_t *conf)
{
    /*
     * set by ngx_pcalloc():
     *
     *     conf->ssl_protocols = 0;
     *     conf->ssl_ciphers = { 0, NULL };
     *     conf->ssl_trusted_certificate = { 0, NULL };
     *     conf->ssl_crl = { 0, NULL };
     *     conf->ssl_certificate = { 0, NULL };
     *     conf->ssl_certificate_key = { 0, NULL };
     */

    conf->upstream.ssl_session_reuse = NGX_CONF_UNSET;
    conf->upstream.ssl_name = NGX_CONF_UNSET_PTR;
    conf->upstream.ssl_server_name = NGX_CONF_UNSET;
    conf->upstream.ssl_verify = NGX_CONF_UNSET;
    conf->ssl_verify_depth = NGX_CONF_UNSET_UINT;
    conf->ssl_passwords = NGX_CONF_UNSET_PTR;
    conf->ssl_conf_commands = NGX_CONF_UNSET_PTR;
}


char *
ngx_http_cricket_conf_ssl_merge(ngx_http_cricket_loc_conf_t *prev,
    ngx_http_cricket_loc_conf_t *conf)
{
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

    return NGX_CONF_OK;
}


char *
ngx_http_cricket_conf_ssl_name(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_http_cricket_conf_text_variable(&value[1])) {
        return "takes no variables: connections serve many clients; write the "
               "name itself";
    }

    return ngx_http_set_complex_value_slot(cf, cmd, conf);
}


char *
ngx_http_cricket_conf_ssl_password_file(ngx_conf_t *cf, ngx_command_t *cmd,
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


ngx_int_t
ngx_http_cricket_conf_ssl_init(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_cricket_loc_conf_t  **elt;
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    elt = cmcf->contexts.elts;

    for (i = 0; i < cmcf->contexts.nelts; i++) {

        if (ngx_http_cricket_conf_ssl_same(elt[i], conf)) {
            conf->upstream.ssl = elt[i]->upstream.ssl;
            return NGX_OK;
        }
    }

    elt = ngx_array_push(&cmcf->contexts);
    if (elt == NULL) {
        return NGX_ERROR;
    }

    *elt = conf;

    return ngx_http_cricket_conf_ssl_context(cf, conf);
}


static ngx_uint_t
ngx_http_cricket_conf_ssl_same(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two)
{
    return one->ssl_protocols == two->ssl_protocols
           && one->upstream.ssl_verify == two->upstream.ssl_verify
           && one->upstream.ssl_session_reuse
              == two->upstream.ssl_session_reuse
           && one->ssl_verify_depth == two->ssl_verify_depth
           && ngx_http_cricket_conf_text_same(&one->ssl_ciphers,
                                             &two->ssl_ciphers)
           && ngx_http_cricket_conf_text_same(&one->ssl_trusted_certificate,
                                             &two->ssl_trusted_certificate)
           && ngx_http_cricket_conf_text_same(&one->ssl_crl, &two->ssl_crl)
           && ngx_http_cricket_conf_text_same(&one->ssl_certificate,
                                             &two->ssl_certificate)
           && ngx_http_cricket_conf_text_same(&one->ssl_certificate_key,
                                             &two->ssl_certificate_key)
           && one->ssl_passwords == two->ssl_passwords
           && one->ssl_conf_commands == two->ssl_conf_commands;
}


static ngx_int_t
ngx_http_cricket_conf_ssl_context(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    ngx_ssl_t           *ssl;
    ngx_pool_cleanup_t  *cln;

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

    if (conf->ssl_certificate.len
        && ngx_http_cricket_conf_ssl_certificate(cf, conf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->upstream.ssl_verify
        && ngx_http_cricket_conf_ssl_verify(cf, conf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_ssl_client_session_cache(cf, ssl, conf->upstream.ssl_session_reuse)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_ssl_conf_commands(cf, ssl, conf->ssl_conf_commands);
}


static ngx_int_t
ngx_http_cricket_conf_ssl_certificate(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    if (conf->ssl_certificate_key.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "no \"cricket_ssl_certificate_key\" is defined "
                      "for certificate \"%V\" in %V:%ui",
                      &conf->ssl_certificate, &conf->file, conf->line);
        return NGX_ERROR;
    }

    if (ngx_ssl_certificate(cf, conf->upstream.ssl, &conf->ssl_certificate,
                            &conf->ssl_certificate_key,
                            conf->ssl_passwords)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_conf_ssl_verify(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    ngx_ssl_t  *ssl;

    ssl = conf->upstream.ssl;

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

    return NGX_OK;
}

#endif
