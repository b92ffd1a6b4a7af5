
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The header lines that go to Elasticsearch with each request. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_credentials.h"
#include "ngx_http_cricket_conf_header.h"
#include "ngx_http_cricket_conf_password.h"
#include "ngx_http_cricket_conf_text.h"


typedef struct {
    ngx_str_t   name;
    ngx_uint_t  sent;       /* with each body */
} ngx_http_cricket_own_header_t;


static ngx_uint_t ngx_http_cricket_same_name(ngx_str_t *a, ngx_str_t *b);
static char *ngx_http_cricket_check_name(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *value);
static char *ngx_http_cricket_check_value(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *value);
static ngx_keyval_t *ngx_http_cricket_conf_header_find(
    ngx_http_cricket_loc_conf_t *conf, const char *name);
static ngx_str_t *ngx_http_cricket_conf_header_credentials(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf);


/* what frames a request and its reply, or has the reply come otherwise */

static ngx_http_cricket_own_header_t  ngx_http_cricket_own_headers[] = {
    { ngx_string("Content-Type"), 1 },
    { ngx_string("Content-Length"), 1 },
    { ngx_string("Content-Encoding"), 0 },
    { ngx_string("Transfer-Encoding"), 0 },
    { ngx_string("Connection"), 0 },
    { ngx_string("Proxy-Connection"), 0 },
    { ngx_string("Keep-Alive"), 0 },
    { ngx_string("Upgrade"), 0 },
    { ngx_string("TE"), 0 },
    { ngx_string("Trailer"), 0 },
    { ngx_string("Expect"), 0 },
    { ngx_string("Accept-Encoding"), 0 },
    { ngx_null_string, 0 }
};


char *
ngx_http_cricket_conf_header(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t     *value;
    ngx_uint_t     i;
    ngx_keyval_t  *header;

    value = cf->args->elts;

    if (ngx_http_cricket_check_name(cf, &value[1], &value[2]) != NGX_CONF_OK
        || ngx_http_cricket_check_value(cf, &value[1], &value[2])
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ccf->headers != NGX_CONF_UNSET_PTR) {

        header = ccf->headers->elts;

        for (i = 0; i < ccf->headers->nelts; i++) {

            if (ngx_http_cricket_same_name(&header[i].key, &value[1])) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"cricket_set_header %V\" is duplicate",
                                   &value[1]);
                return NGX_CONF_ERROR;
            }
        }
    }

    return ngx_conf_set_keyval_slot(cf, cmd, conf);
}


static ngx_uint_t
ngx_http_cricket_same_name(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len && ngx_strncasecmp(a->data, b->data, a->len) == 0;
}


static char *
ngx_http_cricket_check_name(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *value)
{
    size_t                          i;
    ngx_http_cricket_own_header_t  *own;

    for (i = 0; i < name->len; i++) {

        if (name->data[i] <= ' ' || name->data[i] >= 0x7f
            || ngx_strchr("\"(),/:;<=>?@[\\]{}$", name->data[i]))
        {
            break;
        }
    }

    if (i == 0 || i < name->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_set_header\": \"%V\" is no name of a "
                           "header", name);
        return NGX_CONF_ERROR;
    }

    for (own = ngx_http_cricket_own_headers; own->name.len; own++) {

        /* an empty one is left out, as is customary before a keepalive */

        if (ngx_http_cricket_same_name(&own->name, name)
            && (own->sent || value->len))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"cricket_set_header\" does not take \"%V\": "
                               "Cricket sets or leaves it out as its requests "
                               "need it", name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_check_value(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *value)
{
    size_t  i;

    /* the value may be a secret, and is not told */

    if (ngx_http_cricket_conf_text_variable(value)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_set_header %V\" takes no variables: a "
                           "bulk carries many clients' datapoints; write the "
                           "value itself", name);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < value->len; i++) {

        if ((value->data[i] < ' ' && value->data[i] != '\t')
            || value->data[i] == 0x7f)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"cricket_set_header %V\" has a control "
                               "character in its value", name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_cricket_conf_header_head(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    size_t         len;
    u_char        *p;
    ngx_str_t     *credentials;
    ngx_uint_t     i, n;
    cricket_str_t  secret;
    ngx_keyval_t  *header;

    credentials = ngx_http_cricket_conf_header_credentials(cf, conf);
    if (credentials == NULL) {
        return NGX_ERROR;
    }

    secret = cricket_credentials_secret(credentials->data, credentials->len);

    conf->credentials.data = (u_char *) secret.data;
    conf->credentials.len = secret.len;

    header = conf->headers ? conf->headers->elts : NULL;
    n = conf->headers ? conf->headers->nelts : 0;

    len = sizeof("Host: " CRLF "Authorization: " CRLF) - 1 + conf->host.len
          + conf->password.len;

    for (i = 0; i < n; i++) {
        len += header[i].key.len + sizeof(": " CRLF) - 1 + header[i].value.len;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    conf->head.data = p;

    if (ngx_http_cricket_conf_header_find(conf, "Host") == NULL) {
        p = ngx_sprintf(p, "Host: %V" CRLF, &conf->host);
    }

    if (conf->password.len) {
        p = ngx_sprintf(p, "Authorization: %V" CRLF, &conf->password);
    }

    for (i = 0; i < n; i++) {

        if (header[i].value.len) {
            p = ngx_sprintf(p, "%V: %V" CRLF, &header[i].key,
                            &header[i].value);
        }
    }

    conf->head.len = p - conf->head.data;

    return conf->password.len
           ? ngx_http_cricket_conf_password_wipe(cf, &conf->head) : NGX_OK;
}


/* the one that "cricket_set_header" has of this name, or NULL */

static ngx_keyval_t *
ngx_http_cricket_conf_header_find(ngx_http_cricket_loc_conf_t *conf,
    const char *name)
{
    ngx_str_t      text;
    ngx_uint_t     i;
    ngx_keyval_t  *header;

    if (conf->headers == NULL) {
        return NULL;
    }

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    header = conf->headers->elts;

    for (i = 0; i < conf->headers->nelts; i++) {

        if (ngx_http_cricket_same_name(&header[i].key, &text)) {
            return &header[i];
        }
    }

    return NULL;
}


/* the value of the header Authorization, which may be empty; NULL: told */

static ngx_str_t *
ngx_http_cricket_conf_header_credentials(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *conf)
{
    ngx_keyval_t  *header;

    header = ngx_http_cricket_conf_header_find(conf, "Authorization");

    if (header == NULL || header->value.len == 0) {
        return &conf->password;
    }

    if (conf->password.len == 0) {
        return &header->value;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"cricket %V\" has credentials by both "
                  "\"cricket_password_file\" and \"cricket_set_header "
                  "Authorization\": leave one out, or turn one off there, in "
                  "%V:%ui", &conf->route->name, &conf->file, conf->line);

    return NULL;
}
