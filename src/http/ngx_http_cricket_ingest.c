
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A POST of datapoints: from a body to a write, and its answer. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_commit.h"
#include "ngx_http_cricket_ingest.h"
#include "ngx_http_cricket_ingest_private.h"
#include "ngx_http_cricket_respond.h"


/* bulk lines up to this are kept in the request's pool */
#define NGX_HTTP_CRICKET_SMALL      2048

/* a body may be made so many bytes of them, whatever the queue takes */
#define NGX_HTTP_CRICKET_LINES      1048576

/* a worker's buffer for them is kept up to this */
#define NGX_HTTP_CRICKET_SCRATCH    16384


static ngx_http_cricket_ingest_t *ngx_http_cricket_ingest_create(
    ngx_http_request_t *r);
static void ngx_http_cricket_ingest_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_ingest_defer(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_defer_cleanup(void *data);
static ngx_int_t ngx_http_cricket_ingest_slice(void *data);
static ngx_int_t ngx_http_cricket_ingest_too_much(
    ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_sliced(void *data, ngx_int_t rc);
static ngx_int_t ngx_http_cricket_ingest_read(ngx_http_cricket_ingest_t *in,
    ngx_int_t rc);
static ngx_int_t ngx_http_cricket_ingest_open(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_place(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_close(ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_ingest_keep(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_give_back(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_invalid(void *data, size_t index,
    const char *field, const char *message);
static void ngx_http_cricket_ingest_refuse(ngx_http_cricket_write_t *w,
    ngx_uint_t index, const cricket_item_t *item);
static void ngx_http_cricket_ingest_settled(ngx_http_cricket_write_t *w);
static ngx_int_t ngx_http_cricket_ingest_settle(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_stored(ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_ingest_answer(ngx_http_cricket_ingest_t *in,
    ngx_uint_t status);
static void ngx_http_cricket_ingest_cleanup(void *data);
static void ngx_http_cricket_ingest_count(ngx_http_cricket_ingest_t *in);
static void ngx_http_cricket_ingest_fate(ngx_http_cricket_ingest_t *in,
    ngx_http_cricket_fate_e fate, ngx_uint_t n);


ngx_int_t
ngx_http_cricket_ingest_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc, status;
    ngx_http_cricket_ingest_t  *in;

    in = ngx_http_cricket_ingest_create(r);
    if (in == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status = ngx_http_cricket_ingest_headers(r, in);

    if (status == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (status != NGX_OK) {

        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }

        return ngx_http_cricket_ingest_answer(in, status);
    }

    if (in->conf->upstream.intercept_errors) {

        /* an error_page may want it */

        r->preserve_body = 1;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_cricket_ingest_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static ngx_http_cricket_ingest_t *
ngx_http_cricket_ingest_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_ingest_t));
    if (cln == NULL) {
        return NULL;
    }

    in = cln->data;
    ngx_memzero(in, sizeof(ngx_http_cricket_ingest_t));

    cricket_receipt_init(&in->receipt);
    cricket_buf_init(&in->index, NGX_MAX_SIZE_T_VALUE);
    cricket_buf_init(&in->out, NGX_MAX_SIZE_T_VALUE);

    cln->handler = ngx_http_cricket_ingest_cleanup;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    ctx->write = &in->write;

    in->request = r;
    in->format = ngx_http_cricket_respond_format(r);

    if (ctx->route->query == CRICKET_QUERY_PROMETHEUS) {

        /* some do not say so, but all do it */

        in->coding = CRICKET_CODING_SNAPPY;
    }

    in->conf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    in->write.data = in;
    in->write.request = r;
    in->write.target = in->conf->target;
    in->write.settle = ngx_http_cricket_ingest_settled;
    in->write.refuse = ngx_http_cricket_ingest_refuse;

    in->work.slice = ngx_http_cricket_ingest_slice;
    in->work.handler = ngx_http_cricket_ingest_sliced;
    in->work.data = in;
    in->work.turns = in->conf->target->turns;

    in->receipt.partial = in->format->partial;

    if (ctx->query) {
        in->receipt.partial |= cricket_query_accept_partial(ctx->query);
        in->receipt.summary = cricket_query_summary(ctx->query);
        in->receipt.details = cricket_query_details(ctx->query);

        if (cricket_query_refresh(ctx->query)) {
            in->write.lane = NGX_HTTP_CRICKET_LANE_WAIT;
        }
    }

    return in;
}


static void
ngx_http_cricket_ingest_body(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    in = ctx->write->data;

    ngx_http_cricket_body_init(&in->body, r, in->coding);

    rc = ngx_http_cricket_turn_start(&in->work);

    rc = (rc == NGX_AGAIN) ? ngx_http_cricket_ingest_defer(r, in)
                           : ngx_http_cricket_ingest_read(in, rc);

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }
}


/* the rest is read at later turns; returns as ngx_http_cricket_ingest_read() */

static ngx_int_t
ngx_http_cricket_ingest_defer(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in)
{
    ngx_http_cleanup_t  *cln;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        ngx_http_cricket_turn_cancel(&in->work);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_http_cricket_ingest_defer_cleanup;
    cln->data = in;

    ngx_http_cricket_write_watch(r);

    return NGX_AGAIN;
}


static void
ngx_http_cricket_ingest_defer_cleanup(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    ngx_http_cricket_turn_cancel(&in->work);
}


/*
 * Returns NGX_AGAIN if there is more to read; NGX_OK if the body could be read,
 * be it with invalid datapoints; NGX_ERROR; or a status to answer with, if it
 * is not the core's with in->receipt.message set.
 */

static ngx_int_t
ngx_http_cricket_ingest_slice(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    ngx_int_t  rc;

    if (in->lines == NULL) {

        rc = ngx_http_cricket_body_next(&in->body, NGX_HTTP_CRICKET_SLICE);

        if (rc == NGX_DECLINED) {
            cricket_buf_literal(&in->receipt.message, "body: ");
            cricket_buf_cstr(&in->receipt.message, in->body.err);
            return NGX_HTTP_BAD_REQUEST;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_http_cricket_ingest_open(in) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    switch (cricket_lines_next(in->lines, NGX_HTTP_CRICKET_SLICE)) {

    case CRICKET_AGAIN:
        return (in->out.len > in->max_lines)
               ? ngx_http_cricket_ingest_too_much(in) : NGX_AGAIN;

    case CRICKET_OK:
        return NGX_OK;

    case CRICKET_INVALID:
        cricket_buf_free(&in->receipt.message);
        cricket_buf_literal(&in->receipt.message, "body: ");
        cricket_buf_cstr(&in->receipt.message, in->lines->message);

        return in->lines->too_many ? NGX_HTTP_REQUEST_ENTITY_TOO_LARGE
                                   : NGX_HTTP_BAD_REQUEST;

    default: /* CRICKET_ERROR */
        return NGX_ERROR;
    }
}


/* tags that a format says once for many datapoints are in the lines of each */

static ngx_int_t
ngx_http_cricket_ingest_too_much(ngx_http_cricket_ingest_t *in)
{
    cricket_receipt_message(&in->receipt, "body: its datapoints, each with its "
                            "tags, are more than cricket_queue allows");

    return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
}


static void
ngx_http_cricket_ingest_sliced(void *data, ngx_int_t rc)
{
    ngx_http_cricket_ingest_t *in = data;

    rc = ngx_http_cricket_ingest_read(in, rc);

    if (rc != NGX_AGAIN) {
        ngx_http_cricket_respond_finish(in->request, rc);
    }
}


/*
 * What follows from how the body was read.  Returns NGX_AGAIN while the write
 * is on its way, or what to finalize with.
 */

static ngx_int_t
ngx_http_cricket_ingest_read(ngx_http_cricket_ingest_t *in, ngx_int_t rc)
{
    ngx_http_cricket_ctx_t  *ctx;

    if (in->lines) {
        ngx_http_cricket_ingest_close(in);

        /* else an error_page of the core's may want it */

        ngx_http_cricket_body_drop(in->request);
    }

    ngx_http_cricket_body_free(&in->body);

    if (rc == NGX_OK) {
        ctx = ngx_http_get_module_ctx(in->request, ngx_http_cricket_module);
        ctx->datapoints = in->total;

        if (in->write.n && (in->receipt.invalid == 0 || in->receipt.partial)) {
            rc = ngx_http_cricket_ingest_keep(in);

            if (rc == NGX_OK) {
                rc = NGX_AGAIN;
            }
        }
    }

    ngx_http_cricket_ingest_give_back(in);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_cricket_ingest_settle(in);
    }

    if (rc != NGX_AGAIN) {
        return (in->receipt.message.len || in->receipt.message.failed)
               ? ngx_http_cricket_ingest_answer(in, rc) : rc;
    }

    rc = ngx_http_cricket_commit(&in->write);

    switch (rc) {

    case NGX_OK:
        return NGX_AGAIN;

    case NGX_DECLINED:
        ngx_http_cricket_count_overflow(in->write.target->count);

        in->write.error = "too much waits for Elasticsearch already";
        return ngx_http_cricket_ingest_settle(in);

    default: /* NGX_ERROR */
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* to make the body, which is whole, bulk lines */

static ngx_int_t
ngx_http_cricket_ingest_open(ngx_http_cricket_ingest_t *in)
{
    u_char                       *p;
    size_t                        size;
    ngx_time_t                   *tp;
    cricket_buf_t                *scratch;
    cricket_lines_t              *lines;
    cricket_reader_t             *reader;
    ngx_http_cricket_ctx_t       *ctx;
    const cricket_reader_type_t  *type;

    in->format = cricket_format_look(in->format, in->body.data.data,
                                     in->body.data.len);
    in->receipt.partial |= in->format->partial;

    type = in->format->reader;

    size = ngx_align(sizeof(cricket_lines_t), NGX_ALIGNMENT);

    p = ngx_alloc(size + type->size, in->request->connection->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    lines = (cricket_lines_t *) p;

    reader = (cricket_reader_t *) (p + size);

    in->lines = lines;

    cricket_reader_init(reader, type, in->body.data.data, in->body.data.len,
                        in->conf->max_datapoints);

    ctx = ngx_http_get_module_ctx(in->request, ngx_http_cricket_module);
    tp = ngx_timeofday();

    reader->now.sec = tp->sec;
    reader->now.nsec = tp->msec * 1000000;

    if (ctx->query) {
        reader->precision = cricket_query_precision(ctx->query);
    }

    cricket_lines_init(lines, reader);

    lines->invalid = ngx_http_cricket_ingest_invalid;
    lines->data = in;
    lines->out = &in->out;
    lines->partial = in->receipt.partial;

    ngx_http_cricket_ingest_id(in);
    ngx_http_cricket_ingest_place(in);

    scratch = &in->write.target->scratch;

    in->out = *scratch;
    cricket_buf_init(scratch, NGX_MAX_SIZE_T_VALUE);

    /* lines are about as long as the body; to grow later is to copy them */

    size = in->body.data.len;
    size += (lines->id || lines->partition) ? size : size / 4;

    (void) cricket_buf_reserve(&in->out, size + 128);

    /* of what has its tags in each datapoint, lines are not twice as long */

    in->max_lines = ngx_max(in->conf->queue_size,
                            2 * in->body.data.len + NGX_HTTP_CRICKET_LINES);

    return NGX_OK;
}


/* where the lines go, and what they have for others */

static void
ngx_http_cricket_ingest_place(ngx_http_cricket_ingest_t *in)
{
    cricket_lines_t              *lines;
    ngx_http_cricket_loc_conf_t  *conf;

    lines = in->lines;
    conf = in->conf;

    if (conf->partition->unit != CRICKET_PARTITION_NONE) {
        lines->partition = conf->partition;
        lines->now = ngx_time();
        lines->from = conf->index_age ? lines->now - conf->index_age
                                      : conf->index_from;
    }

    /* while it is not known that there is but one shard, it does no harm */

    lines->routed = !in->write.target->single;

    if (conf->tag_fields) {
        lines->tag_fields = conf->tag_fields->elts;
        lines->ntag_fields = conf->tag_fields->nelts;
    }
}


/* takes what was found out, be it in a part of the body */

static void
ngx_http_cricket_ingest_close(ngx_http_cricket_ingest_t *in)
{
    cricket_lines_t  *lines;

    lines = in->lines;

    if (lines == NULL) {
        return;
    }

    in->index = lines->index;
    in->total = lines->total;
    in->receipt.ignored = lines->reader->ignored;
    in->receipt.samples = lines->reader->samples;
    in->receipt.histograms = lines->reader->histograms;
    in->write.n = lines->n;

    if (in->index.len) {
        in->write.index = (uint32_t *) in->index.data;
    }

    cricket_reader_free(lines->reader);
    ngx_free(lines);

    in->lines = NULL;
}


/* moves the lines to where they can stay until all are stored */

static ngx_int_t
ngx_http_cricket_ingest_keep(ngx_http_cricket_ingest_t *in)
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
ngx_http_cricket_ingest_give_back(ngx_http_cricket_ingest_t *in)
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
ngx_http_cricket_ingest_invalid(void *data, size_t index, const char *field,
    const char *message)
{
    ngx_http_cricket_ingest_t *in = data;

    cricket_receipt_add(&in->receipt, index, field, (u_char *) message,
                        ngx_strlen(message));
    cricket_receipt_cite(&in->receipt, &in->lines->reader->text);
}


static void
ngx_http_cricket_ingest_refuse(ngx_http_cricket_write_t *w, ngx_uint_t index,
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

    cricket_receipt_add(&in->receipt, index, "", message.data, message.len);

    in->receipt.errors.failed |= message.failed;

    cricket_buf_free(&message);
}


static void
ngx_http_cricket_ingest_settled(ngx_http_cricket_write_t *w)
{
    ngx_http_cricket_ctx_t     *ctx;
    ngx_http_cricket_ingest_t  *in;

    in = w->data;

    ctx = ngx_http_get_module_ctx(w->request, ngx_http_cricket_module);

    ctx->batch_size = w->batch_size;

    ngx_http_cricket_respond_finish(w->request,
                                    ngx_http_cricket_ingest_settle(in));
}


/* what became of the write is the answer */

static ngx_int_t
ngx_http_cricket_ingest_settle(ngx_http_cricket_ingest_t *in)
{
    cricket_buf_t             *b;
    ngx_http_cricket_write_t  *w;

    w = &in->write;
    b = &in->receipt.message;

    in->receipt.stored = w->stored;

    if (in->receipt.samples && w->stored < w->n) {

        /* which of them it was is not known, but that they are fewer */

        in->receipt.samples -= ngx_min(in->receipt.samples, w->n - w->stored);
    }

    if (w->error) {
        cricket_receipt_message(&in->receipt, w->error);

        ngx_http_cricket_ingest_stored(in);

        return ngx_http_cricket_ingest_answer(in,
                                              NGX_HTTP_SERVICE_UNAVAILABLE);
    }

    if (in->receipt.invalid == 0) {
        return ngx_http_cricket_ingest_answer(in, NGX_HTTP_OK);
    }

    if (in->receipt.invalid > 1) {
        cricket_buf_literal(b, " (and ");
        cricket_buf_int(b, in->receipt.invalid - 1);
        cricket_buf_literal(b, " more)");
    }

    return ngx_http_cricket_ingest_answer(in, NGX_HTTP_BAD_REQUEST);
}


/* what may be there of a request that failed, and how it is sent again */

static void
ngx_http_cricket_ingest_stored(ngx_http_cricket_ingest_t *in)
{
    cricket_buf_t             *b;
    ngx_http_cricket_write_t  *w;

    w = &in->write;
    b = &in->receipt.message;

    if (!w->unknown && w->stored == 0) {
        return;
    }

    if (!w->unknown) {
        cricket_buf_literal(b, "; ");
        cricket_buf_int(b, w->stored);
        cricket_buf_literal(b, " of the datapoints are stored");

    } else if (!w->keyed) {
        cricket_buf_literal(b, "; the datapoints may be stored or not");
    }

    if (w->keyed && in->key.len == 0) {
        cricket_buf_literal(b, "; sending the request again stores nothing "
                               "twice");
        return;
    }

    cricket_buf_cstr(b, in->key.len
        ? "; with the same Idempotency-Key, sending the request again stores "
          "nothing twice"
        : ": with an Idempotency-Key header, a request can be sent again and "
          "stores nothing twice");
}


static ngx_int_t
ngx_http_cricket_ingest_answer(ngx_http_cricket_ingest_t *in,
    ngx_uint_t status)
{
    in->answered = 1;
    in->receipt.status = status;

    return ngx_http_cricket_respond_receipt(in->request, in->format,
                                            &in->receipt);
}


static void
ngx_http_cricket_ingest_cleanup(void *data)
{
    ngx_http_cricket_ingest_t *in = data;

    /* the client may have left in the middle */

    ngx_http_cricket_ingest_close(in);
    ngx_http_cricket_body_free(&in->body);
    cricket_buf_free(&in->out);

    ngx_http_cricket_ingest_count(in);

    cricket_receipt_free(&in->receipt);
    cricket_buf_free(&in->index);

    if (in->write.payload) {

        /* it never got as far as a queue */

        ngx_http_cricket_write_payload_free(in->write.payload);
    }
}


static void
ngx_http_cricket_ingest_count(ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t                 rest;
    ngx_http_cricket_fate_e    fate;
    ngx_http_cricket_write_t  *w;

    w = &in->write;
    rest = in->total - in->receipt.invalid - w->stored;

    if (!in->answered) {
        fate = NGX_HTTP_CRICKET_ABANDONED;

    } else if (w->error == NULL) {
        fate = NGX_HTTP_CRICKET_REJECTED;

    } else {
        fate = w->unknown ? NGX_HTTP_CRICKET_UNCERTAIN
                          : NGX_HTTP_CRICKET_FAILED;
    }

    ngx_http_cricket_ingest_fate(in, fate, rest);
    ngx_http_cricket_ingest_fate(in, NGX_HTTP_CRICKET_INVALID,
                                 in->receipt.invalid);
    ngx_http_cricket_ingest_fate(in, NGX_HTTP_CRICKET_IGNORED,
                                 in->receipt.ignored);
    ngx_http_cricket_ingest_fate(in, NGX_HTTP_CRICKET_CONFLICT, w->conflicts);
    ngx_http_cricket_ingest_fate(in, NGX_HTTP_CRICKET_DUPLICATE,
                                 w->existed - w->conflicts);
    ngx_http_cricket_ingest_fate(in, NGX_HTTP_CRICKET_STORED,
                                 w->stored - w->existed);
}


static void
ngx_http_cricket_ingest_fate(ngx_http_cricket_ingest_t *in,
    ngx_http_cricket_fate_e fate, ngx_uint_t n)
{
    ngx_http_cricket_count_datapoints(in->write.target->count,
                               in->format - cricket_format_requests, fate, n);
}
