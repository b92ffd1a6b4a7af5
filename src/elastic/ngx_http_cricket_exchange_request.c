
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The head of a request to Elasticsearch. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_exchange.h"


static ngx_chain_t *ngx_http_cricket_exchange_buf(ngx_pool_t *pool,
    size_t len);


ngx_chain_t *
ngx_http_cricket_exchange_head(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, ngx_str_t *method, ngx_str_t *path,
    ngx_str_t *type, size_t length, size_t room)
{
    size_t        len;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    len = method->len + sizeof(" / HTTP/1.1" CRLF) - 1 + path->len
          + conf->head.len + sizeof(CRLF) - 1 + room;

    if (type) {
        len += sizeof("Content-Type: " CRLF "Content-Length: " CRLF) - 1
               + type->len + NGX_SIZE_T_LEN;
    }

    cl = ngx_http_cricket_exchange_buf(pool, len);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;

    b->last = ngx_sprintf(b->last, "%V /%V HTTP/1.1" CRLF "%V",
                          method, path, &conf->head);

    if (type) {
        b->last = ngx_sprintf(b->last,
                              "Content-Type: %V" CRLF "Content-Length: %uz"
                              CRLF, type, length);
    }

    *b->last++ = CR;
    *b->last++ = LF;

    return cl;
}


ngx_chain_t *
ngx_http_cricket_exchange_get(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, cricket_buf_t *path)
{
    ngx_str_t  text;

    static ngx_str_t  method = ngx_string("GET");

    if (path->failed) {
        return NULL;
    }

    text.data = path->data;
    text.len = path->len;

    return ngx_http_cricket_exchange_head(pool, conf, &method, &text, NULL, 0,
                                          0);
}


ngx_chain_t *
ngx_http_cricket_exchange_json(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, ngx_str_t *method, cricket_buf_t *path,
    cricket_buf_t *body)
{
    ngx_buf_t    *b;
    ngx_str_t     text;
    ngx_chain_t  *cl;

    static ngx_str_t  type = ngx_string("application/json");

    if (path->failed || body->failed) {
        return NULL;
    }

    text.data = path->data;
    text.len = path->len;

    cl = ngx_http_cricket_exchange_head(pool, conf, method, &text, &type,
                                        body->len, body->len);
    if (cl) {
        b = cl->buf;
        b->last = ngx_cpymem(b->last, body->data, body->len);
    }

    return cl;
}


static ngx_chain_t *
ngx_http_cricket_exchange_buf(ngx_pool_t *pool, size_t len)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = ngx_create_temp_buf(pool, len);
    cl->next = NULL;

    return cl->buf ? cl : NULL;
}
