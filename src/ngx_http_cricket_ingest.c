
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* POST /v1/metrics: from a body to a write, and its answer. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_sha1.h>

#include "cricket_lines.h"
#include "ngx_http_cricket_body.h"
#include "ngx_http_cricket_commit.h"
#include "ngx_http_cricket_ingest.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_turn.h"


/* so many errors of a request are listed; all are counted */
#define NGX_HTTP_CRICKET_LISTED     100

#define NGX_HTTP_CRICKET_KEY_LEN    128

/* so much of a header is in a message about it */
#define NGX_HTTP_CRICKET_SHOWN      64

/* bulk lines up to this are kept in the request's pool */
#define NGX_HTTP_CRICKET_SMALL      2048

/* a worker's buffer for them is kept up to this */
#define NGX_HTTP_CRICKET_SCRATCH    16384


typedef struct {
    ngx_http_cricket_write_t       write;

    ngx_http_request_t            *request;
    ngx_http_cricket_loc_conf_t   *conf;

    ngx_str_t                      key;

    ngx_uint_t                     total;       /* datapoints in the body */
    ngx_uint_t                     invalid;
    cricket_buf_t                  errors;      /* listed, as JSON */
    cricket_buf_t                  message;     /* of the whole answer */

    cricket_buf_t                  index;       /* uint32_t, of the valid */

    cricket_coding_e               coding;

    /* while the body is read */

    ngx_http_cricket_work_t        work;
    ngx_http_cricket_body_t        body;
    cricket_lines_t               *lines;       /* once it is whole */
    cricket_buf_t                  out;         /* the lines */

    unsigned                       ndjson:1;
    unsigned                       partial:1;
    unsigned                       answered:1;
} ngx_http_cricket_ingest_t;


/* of a header whose name has the literal's length */
#define ngx_http_cricket_header_is(h, name)                                   \
    (ngx_memcmp((h)->lowcase_key, name, sizeof(name) - 1) == 0)


static ngx_int_t ngx_http_cricket_check_headers(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_check_coding(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_refuse_coding(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in, ngx_str_t *value);
static ngx_int_t ngx_http_cricket_check_type(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_check_parameters(u_char *p, u_char *last);
static ngx_int_t ngx_http_cricket_refuse_type(ngx_http_cricket_ingest_t *in,
    ngx_str_t *value);
static void ngx_http_cricket_name_value(ngx_http_cricket_ingest_t *in,
    ngx_str_t *value);
static ngx_int_t ngx_http_cricket_check_key(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_defer(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_defer_cleanup(void *data);
static ngx_int_t ngx_http_cricket_slice(void *data);
static void ngx_http_cricket_sliced(void *data, ngx_int_t rc);
static ngx_int_t ngx_http_cricket_ingest(ngx_http_cricket_ingest_t *in,
    ngx_int_t rc);
static ngx_int_t ngx_http_cricket_open_lines(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_close_lines(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_invalid(void *data, size_t index,
    const char *field, const char *message);
static void ngx_http_cricket_list_error(ngx_http_cricket_ingest_t *in,
    ngx_uint_t index, const char *field, const u_char *message, size_t len);
static size_t ngx_http_cricket_keyed_id(void *data, size_t index,
    const cricket_datapoint_t *dp, u_char *id);
static ngx_int_t ngx_http_cricket_compare_keys(const cricket_str_t *one,
    const cricket_str_t *two);
static size_t ngx_http_cricket_own_id(void *data, size_t index,
    const cricket_datapoint_t *dp, u_char *id);
static ngx_int_t ngx_http_cricket_keep_lines(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_give_back(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_refuse_item(ngx_http_cricket_write_t *w,
    ngx_uint_t index, const cricket_item_t *item);
static void ngx_http_cricket_settled(ngx_http_cricket_write_t *w);
static ngx_int_t ngx_http_cricket_answer(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_answer_stored(ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_answer_invalid(
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_answer_error(ngx_http_cricket_ingest_t *in,
    ngx_uint_t status);
static void ngx_http_cricket_ingest_cleanup(void *data);
static void ngx_http_cricket_count(ngx_http_cricket_ingest_t *in);


ngx_int_t
ngx_http_cricket_ingest_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc, status;
    ngx_pool_cleanup_t         *cln;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_ingest_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = cln->data;
    ngx_memzero(in, sizeof(ngx_http_cricket_ingest_t));

    cricket_buf_init(&in->errors, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&in->message, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&in->index, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&in->out, NGX_MAX_SIZE_T_VALUE);

    cln->handler = ngx_http_cricket_ingest_cleanup;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ctx->write = &in->write;

    in->request = r;
    in->conf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    in->write.data = in;
    in->write.request = r;
    in->write.target = in->conf->target;
    in->write.settle = ngx_http_cricket_settled;
    in->write.refuse = ngx_http_cricket_refuse_item;

    in->work.slice = ngx_http_cricket_slice;
    in->work.handler = ngx_http_cricket_sliced;
    in->work.data = in;
    in->work.turns = in->conf->target->turns;

    if (ctx->query) {
        in->partial = cricket_query_accept_partial(ctx->query);

        if (cricket_query_refresh(ctx->query)) {
            in->write.lane = NGX_HTTP_CRICKET_LANE_WAIT;
        }
    }

    status = ngx_http_cricket_check_headers(r, in);

    if (status == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (status != NGX_OK) {

        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        return ngx_http_cricket_answer_error(in, status);
    }

    if (in->conf->upstream.intercept_errors) {

        /* an error_page may want it */

        r->preserve_body = 1;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_cricket_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


/* returns NGX_OK, NGX_ERROR, or a status to answer with in->message */

static ngx_int_t
ngx_http_cricket_check_headers(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t        i, types, encodings;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_in.headers.part;
    h = part->elts;
    types = 0;
    encodings = 0;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {

            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        switch (h[i].key.len) {

        case sizeof("Content-Type") - 1:

            if (!ngx_http_cricket_header_is(&h[i], "content-type")) {
                break;
            }

            if (types++) {
                return ngx_http_cricket_refuse_type(in, NULL);
            }

            if (ngx_http_cricket_check_type(&h[i].value, in) != NGX_OK) {
                return ngx_http_cricket_refuse_type(in, &h[i].value);
            }

            break;

        case sizeof("Content-Encoding") - 1:

            if (!ngx_http_cricket_header_is(&h[i], "content-encoding")) {
                break;
            }

            if (encodings++) {
                return ngx_http_cricket_refuse_coding(r, in, NULL);
            }

            if (ngx_http_cricket_check_coding(&h[i].value, in) != NGX_OK) {
                return ngx_http_cricket_refuse_coding(r, in, &h[i].value);
            }

            break;

        case sizeof("Idempotency-Key") - 1:

            if (ngx_http_cricket_header_is(&h[i], "idempotency-key")
                && ngx_http_cricket_check_key(&h[i].value, in) != NGX_OK)
            {
                cricket_buf_literal(&in->message, "Idempotency-Key: expected "
                    "one header of 1 to 128 visible ASCII characters");
                return NGX_HTTP_BAD_REQUEST;
            }

            break;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_check_coding(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t  i;

    static struct {
        ngx_str_t         name;
        cricket_coding_e  coding;
    } codings[] = {
        { ngx_string(""), CRICKET_CODING_NONE },
        { ngx_string("identity"), CRICKET_CODING_NONE },
        { ngx_string("gzip"), CRICKET_CODING_GZIP },
        { ngx_string("x-gzip"), CRICKET_CODING_GZIP },
        { ngx_string("deflate"), CRICKET_CODING_DEFLATE }
    };

    for (i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {

        if (value->len == codings[i].name.len
            && ngx_strncasecmp(value->data, codings[i].name.data, value->len)
               == 0)
        {
            in->coding = codings[i].coding;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_cricket_refuse_coding(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in, ngx_str_t *value)
{
    static ngx_str_t  accept = ngx_string("gzip, deflate");

    cricket_buf_literal(&in->message, "Content-Encoding: ");
    ngx_http_cricket_name_value(in, value);
    cricket_buf_literal(&in->message,
                        ", expected gzip, x-gzip, deflate or none");

    /* RFC 9110, 12.5.3 */

    if (ngx_http_cricket_add_header(r, "Accept-Encoding", &accept) != NGX_OK) {
        return NGX_ERROR;
    }

    return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
}


static ngx_int_t
ngx_http_cricket_check_type(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    u_char  *p, *last, *semicolon;

    p = value->data;
    last = value->data + value->len;

    if (p == last) {
        return NGX_OK;
    }

    semicolon = ngx_strlchr(p, last, ';');

    if (semicolon) {

        if (ngx_http_cricket_check_parameters(semicolon, last) != NGX_OK) {
            return NGX_DECLINED;
        }

        last = semicolon;
    }

    while (last > p && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    if (last - p == sizeof("application/json") - 1
        && ngx_strncasecmp(p, (u_char *) "application/json", last - p) == 0)
    {
        return NGX_OK;
    }

    if (last - p == sizeof("application/x-ndjson") - 1
        && ngx_strncasecmp(p, (u_char *) "application/x-ndjson", last - p)
           == 0)
    {
        in->ndjson = 1;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


/*
 * The parameters of a media type, each behind a semicolon (RFC 9110, 5.6.6).
 * JSON is UTF-8 whatever is said; another charset said is a mistake.
 */

static ngx_int_t
ngx_http_cricket_check_parameters(u_char *p, u_char *last)
{
    u_char     quote;
    ngx_str_t  name, value;

    while (p < last) {

        if (*p == ';' || *p == ' ' || *p == '\t') {
            p++;
            continue;
        }

        name.data = p;

        while (p < last && *p != '=' && *p != ';' && *p != ' ') {
            p++;
        }

        name.len = p - name.data;

        if (name.len == 0 || p == last || *p++ != '=') {
            return NGX_DECLINED;
        }

        quote = (p < last && *p == '"');
        p += quote;

        value.data = p;

        while (p < last
               && (quote ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t'))
        {
            p += (quote && *p == '\\' && p + 1 < last) ? 2 : 1;
        }

        value.len = p - value.data;

        if (quote && p++ == last) {
            return NGX_DECLINED;
        }

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p < last && *p != ';') {
            return NGX_DECLINED;
        }

        if (name.len == 7
            && ngx_strncasecmp(name.data, (u_char *) "charset", 7) == 0
            && !((value.len == 5
                  && ngx_strncasecmp(value.data, (u_char *) "utf-8", 5) == 0)
                 || (value.len == 4
                     && ngx_strncasecmp(value.data, (u_char *) "utf8", 4) == 0)
                 || (value.len == 8
                     && ngx_strncasecmp(value.data, (u_char *) "us-ascii", 8)
                        == 0)))
        {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_refuse_type(ngx_http_cricket_ingest_t *in, ngx_str_t *value)
{
    u_char      *last;
    ngx_uint_t   lines;

    static ngx_str_t  form = ngx_string("application/x-www-form-urlencoded");

    lines = 0;

    if (value) {

        /* other names of it are in use */

        last = value->data + value->len;

        lines = (ngx_strlcasestrn(value->data, last, (u_char *) "ndjson", 6 - 1)
                 || ngx_strlcasestrn(value->data, last, (u_char *) "jsonl",
                                     5 - 1));
    }

    cricket_buf_literal(&in->message, "Content-Type: ");
    ngx_http_cricket_name_value(in, value);
    cricket_buf_literal(&in->message, ", expected application/json or "
                        "application/x-ndjson, in UTF-8; send the header "
                        "Content-Type: ");
    cricket_buf_cstr(&in->message, lines ? "application/x-ndjson"
                                         : "application/json");

    /* what curl -d sends where nothing else is said */

    if (value
        && value->len == form.len
        && ngx_strncasecmp(value->data, form.data, form.len) == 0)
    {
        cricket_buf_literal(&in->message, ", with curl "
                            "-H 'Content-Type: application/json'");
    }

    return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
}


/* a header's in a message about it; NULL if there is more than one */

static void
ngx_http_cricket_name_value(ngx_http_cricket_ingest_t *in, ngx_str_t *value)
{
    if (value) {
        cricket_buf_shown(&in->message, value->data, value->len,
                          NGX_HTTP_CRICKET_SHOWN);

    } else {
        cricket_buf_literal(&in->message, "more than one header");
    }
}


static ngx_int_t
ngx_http_cricket_check_key(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    size_t  i;

    if (in->key.len
        || value->len == 0
        || value->len > NGX_HTTP_CRICKET_KEY_LEN)
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < 0x21 || value->data[i] > 0x7e) {
            return NGX_DECLINED;
        }
    }

    in->key = *value;

    return NGX_OK;
}


static void
ngx_http_cricket_body_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    in = ctx->write->data;

    ngx_http_cricket_body_init(&in->body, r, in->coding);

    rc = ngx_http_cricket_turn_start(&in->work);

    rc = (rc == NGX_AGAIN) ? ngx_http_cricket_defer(r, in)
                           : ngx_http_cricket_ingest(in, rc);

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }
}


/* the rest of the body is read at later turns; as ngx_http_cricket_ingest() */

static ngx_int_t
ngx_http_cricket_defer(ngx_http_request_t *r, ngx_http_cricket_ingest_t *in)
{
    ngx_http_cleanup_t  *cln;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        ngx_http_cricket_turn_cancel(&in->work);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_http_cricket_defer_cleanup;
    cln->data = in;

    ngx_http_cricket_write_watch(r);

    return NGX_AGAIN;
}


static void
ngx_http_cricket_defer_cleanup(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    ngx_http_cricket_turn_cancel(&in->work);
}


/*
 * Returns NGX_AGAIN if there is more to read; NGX_OK if the body could be read,
 * be it with invalid datapoints; NGX_ERROR; or a status to answer with, if it
 * is not the core's with in->message set.
 */

static ngx_int_t
ngx_http_cricket_slice(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    ngx_int_t  rc;

    if (in->lines == NULL) {

        rc = ngx_http_cricket_body_next(&in->body, NGX_HTTP_CRICKET_SLICE);

        if (rc == NGX_DECLINED) {
            cricket_buf_literal(&in->message, "body: ");
            cricket_buf_cstr(&in->message, in->body.err);
            return NGX_HTTP_BAD_REQUEST;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_http_cricket_open_lines(in) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    switch (cricket_lines_next(in->lines, NGX_HTTP_CRICKET_SLICE)) {

    case CRICKET_AGAIN:
        return NGX_AGAIN;

    case CRICKET_OK:
        return NGX_OK;

    case CRICKET_INVALID:
        cricket_buf_free(&in->message);
        cricket_buf_literal(&in->message, "body: ");
        cricket_buf_cstr(&in->message, in->lines->message);

        return in->lines->too_many ? NGX_HTTP_REQUEST_ENTITY_TOO_LARGE
                                   : NGX_HTTP_BAD_REQUEST;

    default: /* CRICKET_ERROR */
        return NGX_ERROR;
    }
}


static void
ngx_http_cricket_sliced(void *data, ngx_int_t rc)
{
    ngx_http_cricket_ingest_t *in = data;

    rc = ngx_http_cricket_ingest(in, rc);

    if (rc != NGX_AGAIN) {
        ngx_http_cricket_finish(in->request, rc);
    }
}


/*
 * What follows from how the body was read.  Returns NGX_AGAIN while the write
 * is on its way, or what to finalize with.
 */

static ngx_int_t
ngx_http_cricket_ingest(ngx_http_cricket_ingest_t *in, ngx_int_t rc)
{
    ngx_http_cricket_ctx_t  *ctx;

    if (in->lines) {
        ngx_http_cricket_close_lines(in);

        /* else an error_page of the core's may want it */

        ngx_http_cricket_body_drop(in->request);
    }

    ngx_http_cricket_body_free(&in->body);

    if (rc == NGX_OK) {
        ctx = ngx_http_get_module_ctx(in->request, ngx_http_cricket_module);
        ctx->datapoints = in->total;

        if (in->write.n && (in->invalid == 0 || in->partial)) {
            rc = ngx_http_cricket_keep_lines(in);

            if (rc == NGX_OK) {
                rc = NGX_AGAIN;
            }
        }
    }

    ngx_http_cricket_give_back(in);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_cricket_answer(in);
    }

    if (rc != NGX_AGAIN) {
        return (in->message.len || in->message.failed)
               ? ngx_http_cricket_answer_error(in, rc) : rc;
    }

    rc = ngx_http_cricket_commit(&in->write);

    switch (rc) {

    case NGX_OK:
        return NGX_AGAIN;

    case NGX_DECLINED:
        ngx_http_cricket_count_overflow(in->write.target->count);

        in->write.error = "too much waits for Elasticsearch already";
        return ngx_http_cricket_answer(in);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* to make the body, which is whole, bulk lines */

static ngx_int_t
ngx_http_cricket_open_lines(ngx_http_cricket_ingest_t *in)
{
    size_t            size;
    cricket_buf_t    *scratch;
    cricket_lines_t  *lines;

    lines = ngx_alloc(sizeof(cricket_lines_t), in->request->connection->log);
    if (lines == NULL) {
        return NGX_ERROR;
    }

    in->lines = lines;

    cricket_lines_init(lines, in->ndjson ? CRICKET_BODY_NDJSON
                                         : CRICKET_BODY_JSON,
                       in->body.data.data, in->body.data.len,
                       in->conf->max_datapoints);

    lines->invalid = ngx_http_cricket_invalid;
    lines->data = in;
    lines->out = &in->out;
    lines->partial = in->partial;

    if (in->key.len || in->conf->ids == NGX_HTTP_CRICKET_IDS_OWN) {
        in->write.ids = 1;
        in->write.keyed = (in->key.len != 0);

        lines->id = in->key.len ? ngx_http_cricket_keyed_id
                                : ngx_http_cricket_own_id;
    }

    scratch = &in->write.target->scratch;

    in->out = *scratch;
    cricket_buf_init(scratch, NGX_MAX_SIZE_T_VALUE);

    /* lines are about as long as the body; to grow later is to copy them */

    size = in->body.data.len;
    size += lines->id ? size : size / 8;

    (void) cricket_buf_reserve(&in->out, size + 128);

    return NGX_OK;
}


/* takes what was found out, be it in a part of the body */

static void
ngx_http_cricket_close_lines(ngx_http_cricket_ingest_t *in)
{
    cricket_lines_t  *lines;

    lines = in->lines;

    if (lines == NULL) {
        return;
    }

    in->index = lines->index;
    in->total = lines->total;
    in->write.n = lines->n;

    if (in->index.len) {
        in->write.index = (uint32_t *) in->index.data;
    }

    ngx_free(lines);

    in->lines = NULL;
}


static void
ngx_http_cricket_invalid(void *data, size_t index, const char *field,
    const char *message)
{
    ngx_http_cricket_list_error(data, index, field, (u_char *) message,
                                ngx_strlen(message));
}


static void
ngx_http_cricket_list_error(ngx_http_cricket_ingest_t *in, ngx_uint_t index,
    const char *field, const u_char *message, size_t len)
{
    cricket_buf_t  *b;

    if (in->invalid++ == 0) {
        b = &in->message;

        cricket_buf_literal(b, "datapoint ");
        cricket_buf_int(b, index);
        cricket_buf_literal(b, ": ");

        if (field[0] != '\0') {
            cricket_buf_cstr(b, field);
            cricket_buf_literal(b, ": ");
        }

        cricket_buf_append(b, message, len);
    }

    if (in->invalid > NGX_HTTP_CRICKET_LISTED) {
        return;
    }

    b = &in->errors;

    if (b->len) {
        cricket_buf_literal(b, ",");
    }

    cricket_buf_literal(b, "{\"index\":");
    cricket_buf_int(b, index);

    if (field[0] != '\0') {
        cricket_buf_literal(b, ",\"field\":");
        cricket_buf_json(b, (u_char *) field, ngx_strlen(field));
    }

    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, message, len);
    cricket_buf_literal(b, "}");
}


/*
 * An id made of the key, the place in the request and the datapoint itself: a
 * request sent again has the same ids, one with other datapoints under the
 * same key has not, and is stored rather than taken for the first.
 */

static size_t
ngx_http_cricket_keyed_id(void *data, size_t index,
    const cricket_datapoint_t *dp, u_char *id)
{
    ngx_http_cricket_ingest_t *in = data;

    u_char                digest[20];
    size_t                i, k;
    uint64_t              n[4];
    ngx_str_t             src, dst;
    ngx_sha1_t            hash;
    const cricket_tag_t  *tags[CRICKET_TAGS];

    ngx_sha1_init(&hash);
    ngx_sha1_update(&hash, in->key.data, in->key.len);
    ngx_sha1_update(&hash, "", 1);

    n[0] = index;
    n[1] = (uint64_t) dp->timestamp.sec;
    n[2] = dp->timestamp.nsec;
    ngx_memcpy(&n[3], &dp->value, sizeof(double));

    ngx_sha1_update(&hash, n, sizeof(n));

    /* a NUL ends each string, and is in none */

    ngx_sha1_update(&hash, dp->name.data, dp->name.len);
    ngx_sha1_update(&hash, "", 1);
    ngx_sha1_update(&hash, dp->type.data, dp->type.len);
    ngx_sha1_update(&hash, "", 1);

    /* an object's members have no order: a client may send them in another */

    for (i = 0; i < dp->ntags; i++) {

        for (k = i; k > 0; k--) {

            if (ngx_http_cricket_compare_keys(&tags[k - 1]->key,
                                              &dp->tags[i].key)
                <= 0)
            {
                break;
            }

            tags[k] = tags[k - 1];
        }

        tags[k] = &dp->tags[i];
    }

    for (i = 0; i < dp->ntags; i++) {
        ngx_sha1_update(&hash, tags[i]->key.data, tags[i]->key.len);
        ngx_sha1_update(&hash, "", 1);
        ngx_sha1_update(&hash, tags[i]->value.data, tags[i]->value.len);
        ngx_sha1_update(&hash, "", 1);
    }

    ngx_sha1_final(digest, &hash);

    src.data = digest;
    src.len = sizeof(digest);

    dst.data = id;

    ngx_encode_base64url(&dst, &src);

    return dst.len;
}


static ngx_int_t
ngx_http_cricket_compare_keys(const cricket_str_t *one,
    const cricket_str_t *two)
{
    return ngx_memn2cmp((u_char *) one->data, (u_char *) two->data, one->len,
                        two->len);
}


/* ids that increase with time cost Elasticsearch least to look up */

static size_t
ngx_http_cricket_own_id(void *data, size_t index,
    const cricket_datapoint_t *dp, u_char *id)
{
    ngx_http_cricket_ingest_t *in = data;

    u_char                      bytes[18], *p;
    uint64_t                    msec;
    uint32_t                    counter;
    ngx_str_t                   src, dst;
    ngx_time_t                 *tp;
    ngx_http_cricket_target_t  *target;

    target = in->write.target;

    tp = ngx_timeofday();
    msec = (uint64_t) tp->sec * 1000 + tp->msec;
    counter = target->id_counter++;

    p = bytes;

    *p++ = (u_char) (msec >> 40);
    *p++ = (u_char) (msec >> 32);
    *p++ = (u_char) (msec >> 24);
    *p++ = (u_char) (msec >> 16);
    *p++ = (u_char) (msec >> 8);
    *p++ = (u_char) msec;

    p = ngx_cpymem(p, target->id_random, sizeof(target->id_random));

    *p++ = (u_char) (counter >> 24);
    *p++ = (u_char) (counter >> 16);
    *p++ = (u_char) (counter >> 8);
    *p++ = (u_char) counter;

    src.data = bytes;
    src.len = p - bytes;

    dst.data = id;

    ngx_encode_base64url(&dst, &src);

    return dst.len;
}


/* moves the lines to where they can stay until all are stored */

static ngx_int_t
ngx_http_cricket_keep_lines(ngx_http_cricket_ingest_t *in)
{
    u_char                      *p;
    cricket_buf_t               *out;
    ngx_http_cricket_write_t    *w;
    ngx_http_cricket_payload_t  *payload;

    w = &in->write;
    out = &in->out;

    w->size = out->len;

    if (out->len <= NGX_HTTP_CRICKET_SMALL) {

        p = ngx_pnalloc(in->request->pool, out->len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(p, out->data, out->len);

        w->lines = p;

        return NGX_OK;
    }

    payload = ngx_alloc(sizeof(ngx_http_cricket_payload_t),
                        in->request->connection->log);
    if (payload == NULL) {
        return NGX_ERROR;
    }

    payload->refs = 1;
    payload->lines = *out;

    w->payload = payload;
    w->lines = out->data;

    cricket_buf_init(out, NGX_MAX_SIZE_T_VALUE);

    return NGX_OK;
}


/* most bodies are small, and need not allocate each */

static void
ngx_http_cricket_give_back(ngx_http_cricket_ingest_t *in)
{
    cricket_buf_t  *out, *scratch;

    out = &in->out;
    scratch = &in->write.target->scratch;

    if (out->size == 0
        || out->size > NGX_HTTP_CRICKET_SCRATCH
        || scratch->size)
    {
        cricket_buf_free(out);
        return;
    }

    out->len = 0;
    out->failed = 0;

    *scratch = *out;

    cricket_buf_init(out, NGX_MAX_SIZE_T_VALUE);
}


static void
ngx_http_cricket_refuse_item(ngx_http_cricket_write_t *w, ngx_uint_t index,
    const cricket_item_t *item)
{
    cricket_buf_t               message;
    ngx_http_cricket_ingest_t  *in;

    in = w->data;

    cricket_buf_init(&message, 1024);

    /* both were JSON strings' contents and may be cut: escaped once more */

    cricket_buf_literal(&message, "Elasticsearch's index does not take it: ");
    cricket_buf_append(&message, item->type.data, ngx_min(item->type.len, 100));
    cricket_buf_literal(&message, ": ");
    cricket_buf_append(&message, item->reason.data,
                       ngx_min(item->reason.len, 500));

    ngx_http_cricket_list_error(in, index, "", message.data, message.len);

    in->errors.failed |= message.failed;

    cricket_buf_free(&message);
}


static void
ngx_http_cricket_settled(ngx_http_cricket_write_t *w)
{
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    in = w->data;

    ctx = ngx_http_get_module_ctx(w->request, ngx_http_cricket_module);

    ctx->batch_size = w->batch_size;

    ngx_http_cricket_finish(w->request, ngx_http_cricket_answer(in));
}


static ngx_int_t
ngx_http_cricket_answer(ngx_http_cricket_ingest_t *in)
{
    u_char                    *p, *last;
    ngx_http_cricket_write_t  *w;

    w = &in->write;

    in->answered = 1;

    if (w->error) {

        cricket_buf_free(&in->message);
        cricket_buf_cstr(&in->message, w->error);

        ngx_http_cricket_answer_stored(in);

        return ngx_http_cricket_answer_error(in,
                                             NGX_HTTP_SERVICE_UNAVAILABLE);
    }

    if (in->invalid) {
        return ngx_http_cricket_answer_invalid(in);
    }

    p = ngx_pnalloc(in->request->pool,
                    sizeof("{\"stored\":}\n") - 1 + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    last = ngx_sprintf(p, "{\"stored\":%ui}\n", w->stored);

    return ngx_http_cricket_send(in->request, NGX_HTTP_OK,
                                 &ngx_http_cricket_type_json, p, last - p);
}


/* what may be there of a request that failed, and how it is sent again */

static void
ngx_http_cricket_answer_stored(ngx_http_cricket_ingest_t *in)
{
    cricket_buf_t             *b;
    ngx_http_cricket_write_t  *w;

    w = &in->write;
    b = &in->message;

    if (!w->unknown && w->stored == 0) {
        return;
    }

    if (!w->unknown) {
        cricket_buf_literal(b, "; ");
        cricket_buf_int(b, w->stored);
        cricket_buf_literal(b, " of the datapoints are stored");

    } else if (in->key.len == 0) {
        cricket_buf_literal(b, "; the datapoints may be stored or not");
    }

    cricket_buf_cstr(b, in->key.len
        ? "; with the same Idempotency-Key, sending the request again stores "
          "nothing twice"
        : ": with an Idempotency-Key header, a request can be sent again and "
          "stores nothing twice");
}


static ngx_int_t
ngx_http_cricket_answer_invalid(ngx_http_cricket_ingest_t *in)
{
    cricket_buf_t  b;

    if (in->invalid > 1) {
        cricket_buf_literal(&in->message, " (and ");
        cricket_buf_int(&in->message, in->invalid - 1);
        cricket_buf_literal(&in->message, " more)");
    }

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    ngx_http_cricket_open_error(&b, NGX_HTTP_BAD_REQUEST, in->message.data,
                                in->message.len);

    cricket_buf_literal(&b, ",\"datapoints\":[");
    cricket_buf_append(&b, in->errors.data, in->errors.len);
    cricket_buf_literal(&b, "],\"invalid\":");
    cricket_buf_int(&b, in->invalid);

    if (in->partial || in->write.stored) {
        cricket_buf_literal(&b, ",\"stored\":");
        cricket_buf_int(&b, in->write.stored);
    }

    cricket_buf_literal(&b, "}}\n");

    b.failed |= in->message.failed | in->errors.failed;

    return ngx_http_cricket_send_buf(in->request, NGX_HTTP_BAD_REQUEST,
                                     &ngx_http_cricket_type_json, &b);
}


/* the message is in->message */

static ngx_int_t
ngx_http_cricket_answer_error(ngx_http_cricket_ingest_t *in,
    ngx_uint_t status)
{
    cricket_buf_t  b;

    in->answered = 1;

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    ngx_http_cricket_open_error(&b, status, in->message.data,
                                in->message.len);
    cricket_buf_literal(&b, "}}\n");

    b.failed |= in->message.failed;

    return ngx_http_cricket_send_buf(in->request, status,
                                     &ngx_http_cricket_type_json, &b);
}


static void
ngx_http_cricket_ingest_cleanup(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    /* the client may have left in the middle */

    ngx_http_cricket_close_lines(in);
    ngx_http_cricket_body_free(&in->body);
    cricket_buf_free(&in->out);

    ngx_http_cricket_count(in);

    cricket_buf_free(&in->errors);
    cricket_buf_free(&in->message);
    cricket_buf_free(&in->index);

    if (in->write.payload) {

        /* it never got as far as a queue */

        ngx_http_cricket_write_payload_free(in->write.payload);
    }
}


static void
ngx_http_cricket_count(ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t                 rest;
    ngx_http_cricket_fate_e    fate;
    ngx_http_cricket_write_t  *w;
    ngx_http_cricket_count_t  *count;

    w = &in->write;
    count = w->target->count;
    rest = in->total - in->invalid - w->stored;

    if (!in->answered) {
        fate = NGX_HTTP_CRICKET_ABANDONED;

    } else if (w->error == NULL) {
        fate = NGX_HTTP_CRICKET_REJECTED;

    } else {
        fate = w->unknown ? NGX_HTTP_CRICKET_UNCERTAIN
                          : NGX_HTTP_CRICKET_FAILED;
    }

    ngx_http_cricket_count_datapoints(count, fate, rest);
    ngx_http_cricket_count_datapoints(count, NGX_HTTP_CRICKET_INVALID,
                                      in->invalid);
    ngx_http_cricket_count_datapoints(count, NGX_HTTP_CRICKET_DUPLICATE,
                                      w->existed);
    ngx_http_cricket_count_datapoints(count, NGX_HTTP_CRICKET_STORED,
                                      w->stored - w->existed);
}
