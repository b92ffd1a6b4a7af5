
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* GET /ready: asks Elasticsearch whether a POST would be stored. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_elasticsearch.h"
#include "ngx_http_cricket_ready.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_trouble.h"


static void ngx_http_cricket_ready_done(ngx_http_cricket_exchange_t *x);
static const char *ngx_http_cricket_ready_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_ready_answer(ngx_http_request_t *r,
    const char *elasticsearch, const char *index);
static void ngx_http_cricket_ready_check(cricket_buf_t *b, const char *name,
    const char *problem);


ngx_int_t
ngx_http_cricket_ready_handler(ngx_http_request_t *r)
{
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *ccf;

    static ngx_str_t  method = ngx_string("GET");
    static ngx_str_t  tail = ngx_string("?flat_settings=true");

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    x = ngx_http_cricket_exchange_create(r);
    if (x == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    x->request = ngx_http_cricket_exchange_head(r->pool, ccf, &method, NULL,
                                                &tail,
                                                NULL, 0, 0);
    if (x->request == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    x->conf = ccf;
    x->upstream = &ccf->upstream;
    ngx_str_set(&x->uri, "/");
    x->timeout = ccf->timeout;
    x->room = NGX_HTTP_CRICKET_REPLY_MIN;
    x->handler = ngx_http_cricket_ready_done;
    x->log = r->connection->log;

    r->main->count++;

    (void) ngx_http_cricket_exchange_start(x, r);

    return NGX_DONE;
}


static void
ngx_http_cricket_ready_done(ngx_http_cricket_exchange_t *x)
{
    ngx_int_t            rc;
    const char          *elasticsearch, *index;
    cricket_buf_t        why;
    ngx_http_request_t  *r;

    r = x->carrier;

    elasticsearch = NULL;
    index = NULL;

    cricket_buf_init(&why, 8192);

    if (x->outcome != NGX_HTTP_CRICKET_REPLY) {
        elasticsearch = x->error ? x->error : "cannot be reached";

    } else {

        switch (x->status) {

        case NGX_HTTP_OK:

            switch (cricket_index_check(x->reply.data, x->reply.len, &why)) {

            case CRICKET_OK:
                break;

            case CRICKET_INVALID:
                cricket_buf_append(&why, "", 1);
                index = why.failed ? "has another shape" : (char *) why.data;
                break;

            default:
                cricket_buf_free(&why);
                ngx_http_cricket_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
                return;
            }

            break;

        case NGX_HTTP_NOT_FOUND:
            index = "does not exist: run cricket --init";
            break;

        default:
            elasticsearch = ngx_http_cricket_ready_error(r, x);
        }
    }

    rc = ngx_http_cricket_ready_answer(r, elasticsearch, index);

    cricket_buf_free(&why);

    ngx_http_cricket_finish(r, rc);
}


static const char *
ngx_http_cricket_ready_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    const char  *prefix, *text, *why;

    switch (x->status) {

    case NGX_HTTP_UNAUTHORIZED:
        prefix = "does not know Cricket's credentials, or wants some";
        break;

    case NGX_HTTP_FORBIDDEN:
        prefix = "does not allow Cricket to read the index";
        break;

    default:
        prefix = "answered with an error";
    }

    text = ngx_http_cricket_status_reason(r->pool, prefix, x);

    if (text == NULL) {
        return prefix;
    }

    why = ngx_http_cricket_reason(r->pool, text, x);

    return why ? why : text;
}


static ngx_int_t
ngx_http_cricket_ready_answer(ngx_http_request_t *r,
    const char *elasticsearch, const char *index)
{
    ngx_uint_t      status;
    const char     *message;
    cricket_buf_t   b;

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    if (elasticsearch == NULL && index == NULL) {
        status = NGX_HTTP_OK;
        cricket_buf_literal(&b, "{\"ready\":true");

    } else {
        status = NGX_HTTP_SERVICE_UNAVAILABLE;
        message = elasticsearch ? "Elasticsearch is not ready"
                                : "the index is not ready";

        ngx_http_cricket_open_error(&b, status, (u_char *) message,
                                    ngx_strlen(message));
        cricket_buf_literal(&b, "},\"ready\":false");
    }

    cricket_buf_literal(&b, ",\"checks\":[");

    ngx_http_cricket_ready_check(&b, "elasticsearch", elasticsearch);
    cricket_buf_literal(&b, ",");
    ngx_http_cricket_ready_check(&b, "index",
                                 elasticsearch ? "not checked" : index);

    cricket_buf_literal(&b, "]}\n");

    return ngx_http_cricket_send_buf(r, status, &ngx_http_cricket_type_json,
                                     &b);
}


static void
ngx_http_cricket_ready_check(cricket_buf_t *b, const char *name,
    const char *problem)
{
    cricket_buf_literal(b, "{\"name\":\"");
    cricket_buf_cstr(b, name);

    if (problem == NULL) {
        cricket_buf_literal(b, "\",\"ok\":true}");
        return;
    }

    cricket_buf_literal(b, "\",\"ok\":false,\"message\":");
    cricket_buf_json(b, (u_char *) problem, ngx_strlen(problem));
    cricket_buf_literal(b, "}");
}
