
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The header lines that go to Elasticsearch with each request. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_conf_header.h"
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
