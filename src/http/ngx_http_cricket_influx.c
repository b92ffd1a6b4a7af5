
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What clients of InfluxDB ask for beside writing. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_params.h"
#include "ngx_http_cricket_body.h"
#include "ngx_http_cricket_influx.h"
#include "ngx_http_cricket_respond.h"


/* of a form with a statement */
#define NGX_HTTP_CRICKET_INFLUX_FORM  16384

/* what may be wrong with it names a parameter, and may quote it */
#define NGX_HTTP_CRICKET_MESSAGE_SIZE  8192


static void ngx_http_cricket_influx_form(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_influx_read(ngx_http_request_t *r,
    ngx_http_cricket_body_t *body);
static ngx_int_t ngx_http_cricket_influx_answer(ngx_http_request_t *r,
    const cricket_str_t *statement);
static ngx_uint_t ngx_http_cricket_influx_creates(
    const cricket_str_t *statement);
static u_char *ngx_http_cricket_influx_word(u_char *p, u_char *last,
    const char *word);


ngx_int_t
ngx_http_cricket_influx_ping(ngx_http_request_t *r)
{
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);

    receipt.status = NGX_HTTP_OK;

    return ngx_http_cricket_respond_receipt(r,
                                  cricket_format_of(CRICKET_QUERY_INFLUX_PING),
                                  &receipt);
}


ngx_int_t
ngx_http_cricket_influx_query(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_cricket_ctx_t  *ctx;
    const cricket_str_t     *statement;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx->query) {
        statement = cricket_query_statement(ctx->query);

        if (statement->len || !(r->method & NGX_HTTP_POST)) {

            rc = ngx_http_discard_request_body(r);

            return (rc != NGX_OK)
                   ? rc : ngx_http_cricket_influx_answer(r, statement);
        }
    }

    if (r->headers_in.content_length_n > NGX_HTTP_CRICKET_INFLUX_FORM) {

        rc = ngx_http_discard_request_body(r);

        return (rc != NGX_OK) ? rc : NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_cricket_influx_form);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_cricket_influx_form(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_cricket_body_t  body;

    ngx_http_cricket_body_init(&body, r, CRICKET_CODING_NONE);

    rc = ngx_http_cricket_body_small(&body, NGX_HTTP_CRICKET_INFLUX_FORM);

    if (rc == NGX_OK) {
        rc = ngx_http_cricket_influx_read(r, &body);

    } else if (rc != NGX_HTTP_REQUEST_ENTITY_TOO_LARGE) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_cricket_body_free(&body);

    ngx_http_finalize_request(r, rc);
}


static ngx_int_t
ngx_http_cricket_influx_read(ngx_http_request_t *r,
    ngx_http_cricket_body_t *body)
{
    ngx_int_t         rc;
    cricket_buf_t     message;
    cricket_time_t    now;
    cricket_query_t  *query;

    ngx_memzero(&now, sizeof(cricket_time_t));

    cricket_buf_init(&message, NGX_HTTP_CRICKET_MESSAGE_SIZE);

    query = cricket_params_parse(CRICKET_QUERY_INFLUX_ASK, body->data.data,
                                 body->data.len, &now, &message);
    if (query) {
        rc = ngx_http_cricket_influx_answer(r, cricket_query_statement(query));
        cricket_query_free(query);

    } else if (message.len) {
        rc = ngx_http_cricket_respond_message(r, NGX_HTTP_BAD_REQUEST,
                                              &message);

    } else {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_free(&message);

    return rc;
}


static ngx_int_t
ngx_http_cricket_influx_answer(ngx_http_request_t *r,
    const cricket_str_t *statement)
{
    static ngx_str_t  done =
        ngx_string("{\"results\":[{\"statement_id\":0}]}\n");

    if (statement->len == 0) {
        return ngx_http_cricket_respond_error(r, NGX_HTTP_BAD_REQUEST,
                                              "q: missing");
    }

    if (!ngx_http_cricket_influx_creates(statement)) {
        return ngx_http_cricket_respond_error(r, NGX_HTTP_BAD_REQUEST,
                                              "q: only CREATE DATABASE is "
                                              "taken here, and does nothing; "
                                              "Cricket's own requests read");
    }

    return ngx_http_cricket_respond(r, NGX_HTTP_OK,
                                    &ngx_http_cricket_type_json, done.data,
                                    done.len);
}


static ngx_uint_t
ngx_http_cricket_influx_creates(const cricket_str_t *statement)
{
    u_char  *p, *last;

    p = (u_char *) statement->data;
    last = p + statement->len;

    p = ngx_http_cricket_influx_word(p, last, "create");

    if (p) {
        p = ngx_http_cricket_influx_word(p, last, "database");
    }

    /* one statement, and something that is its name */

    return p && p < last && ngx_strlchr(p, last, ';') == NULL;
}


/* what follows the word and a blank, or NULL */

static u_char *
ngx_http_cricket_influx_word(u_char *p, u_char *last, const char *word)
{
    size_t  len;

    while (p < last && *p == ' ') {
        p++;
    }

    len = ngx_strlen(word);

    if ((size_t) (last - p) <= len
        || ngx_strncasecmp(p, (u_char *) word, len) != 0
        || p[len] != ' ')
    {
        return NULL;
    }

    return p + len + 1;
}
