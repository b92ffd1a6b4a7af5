
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Whose pages may ask from a browser: "cricket_cors". */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_conf_cors.h"


static char *ngx_http_cricket_conf_cors_value(ngx_conf_t *cf,
    ngx_http_cricket_cors_t *cors, ngx_str_t *value);
static ngx_uint_t ngx_http_cricket_conf_cors_origin(ngx_str_t *value);
static ngx_uint_t ngx_http_cricket_conf_cors_ends(ngx_str_t *value,
    const char *scheme, const char *port);


char *
ngx_http_cricket_conf_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t                *value;
    ngx_uint_t                i;
    ngx_http_cricket_cors_t  *cors;

    if (ccf->cors != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0 && cf->args->nelts == 2) {
        ccf->cors = NULL;
        return NGX_CONF_OK;
    }

    cors = ngx_pcalloc(cf->pool, sizeof(ngx_http_cricket_cors_t));
    if (cors == NULL) {
        return NGX_CONF_ERROR;
    }

    ccf->cors = cors;

    if (ngx_array_init(&cors->origins, cf->pool, 2, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_http_cricket_conf_cors_value(cf, cors, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (!cors->any && cors->origins.nelts == 0) {
        return "names no origin";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_cricket_conf_cors_value(ngx_conf_t *cf, ngx_http_cricket_cors_t *cors,
    ngx_str_t *value)
{
    ngx_str_t  *origin;

    if (ngx_strcmp(value->data, "writes=on") == 0) {
        cors->writes = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value->data, "writes=off") == 0) {
        cors->writes = 0;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value->data, "*") == 0) {
        cors->any = 1;
        return NGX_CONF_OK;
    }

    ngx_strlow(value->data, value->data, value->len);

    if (!ngx_http_cricket_conf_cors_origin(value)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_cors\": \"%V\" is no origin: expected "
                           "one as browsers send it, such as "
                           "https://charts.example.com or "
                           "http://localhost:3000, or \"*\"", value);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_cricket_conf_cors_ends(value, "https://", ":443")
        || ngx_http_cricket_conf_cors_ends(value, "http://", ":80"))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_cors\": \"%V\" is never sent: browsers "
                           "leave the usual port out", value);
        return NGX_CONF_ERROR;
    }

    origin = ngx_array_push(&cors->origins);
    if (origin == NULL) {
        return NGX_CONF_ERROR;
    }

    *origin = *value;

    return NGX_CONF_OK;
}


/* a scheme, a host and perhaps a port, RFC 6454, section 6.2; in lower case */

static ngx_uint_t
ngx_http_cricket_conf_cors_origin(ngx_str_t *value)
{
    u_char  *p, *host, *last;

    last = value->data + value->len;

    host = ngx_strlcasestrn(value->data, last, (u_char *) "://", 3 - 1);

    if (host == NULL || host == value->data || host + 3 == last) {
        return 0;
    }

    for (p = value->data; p < last; p++) {

        if (p == host) {
            p += 2;
            continue;
        }

        if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')
            || *p == '-' || *p == '.')
        {
            continue;
        }

        if (p < host ? *p == '+' : ngx_strchr("_:[]", *p) != NULL) {
            continue;
        }

        return 0;
    }

    return 1;
}


static ngx_uint_t
ngx_http_cricket_conf_cors_ends(ngx_str_t *value, const char *scheme,
    const char *port)
{
    size_t  n, len;

    n = ngx_strlen(scheme);
    len = ngx_strlen(port);

    return value->len > n + len
           && ngx_strncmp(value->data, scheme, n) == 0
           && ngx_memcmp(value->data + value->len - len, port, len) == 0;
}
