
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* GET /ready: asks Elasticsearch whether a POST would be stored. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "cricket_receipt_json.h"
#include "cricket_settings.h"
#include "ngx_http_cricket_exchange.h"
#include "ngx_http_cricket_ready.h"
#include "ngx_http_cricket_reason.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_trouble.h"


/* of what is told about a check, and of a request's target */
#define NGX_HTTP_CRICKET_READY_TEXT  8192


/* the questions, one after the other */

typedef enum {
    NGX_HTTP_CRICKET_READY_TEMPLATE = 0,    /* if there are partitions */
    NGX_HTTP_CRICKET_READY_INDEX,       /* or the partition of now */
    NGX_HTTP_CRICKET_READY_DEFAULT,     /* pipeline, if the index has one */
    NGX_HTTP_CRICKET_READY_FINAL,
    NGX_HTTP_CRICKET_READY_CLUSTER,
    NGX_HTTP_CRICKET_READY_ANSWER
} ngx_http_cricket_ready_step_e;


/* a part that is checked */

typedef struct {
    const char                      *problem;   /* in words, or NULL */
    cricket_buf_t                    why;       /* may be them */
    cricket_buf_t                    notes;
} ngx_http_cricket_ready_part_t;


typedef struct {
    ngx_http_cricket_exchange_t      exchange;
    ngx_http_cricket_ready_step_e    step;
    ngx_msec_t                       deadline;
    ngx_http_cricket_ready_part_t    elasticsearch;
    ngx_http_cricket_ready_part_t    index;
    cricket_buf_t                    pipelines[CRICKET_SETTINGS_PIPELINES];
    cricket_partition_slot_t         slot;
    cricket_str_t                    name;      /* of the index looked at */
    unsigned                         looked:1;  /* at the index */
    unsigned                         failed:1;  /* no memory */
} ngx_http_cricket_ready_t;


static ngx_http_cricket_ready_t *ngx_http_cricket_ready_create(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_cricket_ready_ask(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static ngx_chain_t *ngx_http_cricket_ready_request(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_done(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_ready_reply(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_template(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_index(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_checked(ngx_http_cricket_ready_t *ready,
    int rc);
static void ngx_http_cricket_ready_look(ngx_http_cricket_ready_t *ready,
    ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_ready_pipeline(ngx_http_cricket_ready_t *ready,
    cricket_settings_pipeline_e kind);
static void ngx_http_cricket_ready_cluster(ngx_http_cricket_ready_t *ready);
static ngx_http_cricket_ready_step_e ngx_http_cricket_ready_next(
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_why(ngx_http_cricket_ready_t *ready,
    ngx_http_cricket_ready_part_t *part);
static const char *ngx_http_cricket_ready_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x);
static ngx_int_t ngx_http_cricket_ready_answer(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready);
static void ngx_http_cricket_ready_check(cricket_buf_t *b, const char *name,
    ngx_http_cricket_ready_part_t *part);
static void ngx_http_cricket_ready_notes(cricket_buf_t *b,
    cricket_buf_t *notes);
static void ngx_http_cricket_ready_cleanup(void *data);


ngx_int_t
ngx_http_cricket_ready_handler(ngx_http_request_t *r)
{
    ngx_http_cricket_ready_t     *ready;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    ready = ngx_http_cricket_ready_create(r);
    if (ready == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ready->deadline = ngx_current_msec + ccf->timeout;

    if (ccf->partition->unit == CRICKET_PARTITION_NONE) {
        ready->step = NGX_HTTP_CRICKET_READY_INDEX;
        ready->name = ccf->partition->pattern;

    } else {
        cricket_partition_find(ccf->partition, &ready->slot, ngx_time(),
                               ngx_time(), ngx_time());

        ready->name.data = ready->slot.name;
        ready->name.len = ready->slot.len;
    }

    r->main->count++;

    if (ngx_http_cricket_ready_ask(r, ready) == NGX_DECLINED) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }

    return NGX_DONE;
}


static ngx_http_cricket_ready_t *
ngx_http_cricket_ready_create(ngx_http_request_t *r)
{
    ngx_uint_t                 i;
    ngx_pool_cleanup_t        *cln;
    ngx_http_cricket_ready_t  *ready;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cricket_ready_t));
    if (cln == NULL) {
        return NULL;
    }

    ready = cln->data;
    ngx_memzero(ready, sizeof(ngx_http_cricket_ready_t));

    cricket_buf_init(&ready->elasticsearch.why, NGX_HTTP_CRICKET_READY_TEXT);
    cricket_buf_init(&ready->elasticsearch.notes, NGX_HTTP_CRICKET_READY_TEXT);
    cricket_buf_init(&ready->index.why, NGX_HTTP_CRICKET_READY_TEXT);
    cricket_buf_init(&ready->index.notes, NGX_HTTP_CRICKET_READY_TEXT);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_init(&ready->pipelines[i], NGX_HTTP_CRICKET_READY_TEXT);
    }

    cln->handler = ngx_http_cricket_ready_cleanup;

    return ready;
}


/* returns NGX_DECLINED if the request could not be made, and is the caller's */

static ngx_int_t
ngx_http_cricket_ready_ask(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    ngx_http_cricket_exchange_t  *x;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    x = &ready->exchange;

    ngx_http_cricket_exchange_free(x);
    ngx_memzero(x, sizeof(ngx_http_cricket_exchange_t));

    x->request = ngx_http_cricket_ready_request(r, ready);
    if (x->request == NULL) {
        return NGX_DECLINED;
    }

    x->conf = ccf;
    x->upstream = &ccf->upstream;
    x->timeout = ready->deadline - ngx_current_msec;
    x->room = NGX_HTTP_CRICKET_REPLY_MIN;
    x->handler = ngx_http_cricket_ready_done;
    x->data = ready;
    x->log = r->connection->log;

    return ngx_http_cricket_exchange_start(x, r);
}


static ngx_chain_t *
ngx_http_cricket_ready_request(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    ngx_chain_t                  *cl;
    cricket_buf_t                 path, *name;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    cricket_buf_init(&path, NGX_HTTP_CRICKET_READY_TEXT);

    switch (ready->step) {

    case NGX_HTTP_CRICKET_READY_TEMPLATE:
        cricket_buf_literal(&path, "_index_template/");
        cricket_partition_template(ccf->partition, &path);
        break;

    case NGX_HTTP_CRICKET_READY_INDEX:
        cricket_buf_append(&path, ready->name.data, ready->name.len);
        cricket_buf_literal(&path, "?flat_settings=true");
        break;

    case NGX_HTTP_CRICKET_READY_CLUSTER:
        cricket_buf_literal(&path, CRICKET_SETTINGS_CLUSTER);
        break;

    default:
        name = &ready->pipelines[ready->step - NGX_HTTP_CRICKET_READY_DEFAULT];

        cricket_buf_literal(&path, "_ingest/pipeline/");
        cricket_buf_url(&path, name->data, name->len, "");
        cricket_buf_literal(&path, "?filter_path=none");
    }

    cl = ngx_http_cricket_exchange_get(r->pool, ccf, &path);

    cricket_buf_free(&path);

    return cl;
}


static void
ngx_http_cricket_ready_done(ngx_http_cricket_exchange_t *x)
{
    ngx_int_t                  rc;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_cricket_ready_t  *ready;

    r = x->carrier;
    c = r->connection;
    ready = x->data;

    ngx_http_cricket_ready_reply(r, ready);

    ready->step = ngx_http_cricket_ready_next(ready);

    if (ready->failed) {
        ngx_http_cricket_respond_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ready->step == NGX_HTTP_CRICKET_READY_ANSWER) {
        rc = ngx_http_cricket_ready_answer(r, ready);

        ngx_http_cricket_respond_finish(r, rc);
        return;
    }

    if (ngx_http_cricket_ready_ask(r, ready) == NGX_DECLINED) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_cricket_ready_reply(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    ngx_http_cricket_exchange_t  *x;

    x = &ready->exchange;

    if (x->outcome != NGX_HTTP_CRICKET_REPLY) {
        ready->elasticsearch.problem = x->error ? x->error
                                                : "cannot be reached";
        return;
    }

    switch (ready->step) {

    case NGX_HTTP_CRICKET_READY_TEMPLATE:
        ngx_http_cricket_ready_template(r, ready);
        return;

    case NGX_HTTP_CRICKET_READY_INDEX:
        ngx_http_cricket_ready_index(r, ready);
        return;

    case NGX_HTTP_CRICKET_READY_DEFAULT:
        ngx_http_cricket_ready_pipeline(ready, CRICKET_SETTINGS_DEFAULT);
        return;

    case NGX_HTTP_CRICKET_READY_FINAL:
        ngx_http_cricket_ready_pipeline(ready, CRICKET_SETTINGS_FINAL);
        return;

    default: /* NGX_HTTP_CRICKET_READY_CLUSTER */
        ngx_http_cricket_ready_cluster(ready);
    }
}


static void
ngx_http_cricket_ready_template(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    int                           rc;
    unsigned                      shards;
    ngx_array_t                  *fields;
    ngx_http_cricket_exchange_t  *x;

    x = &ready->exchange;
    fields = x->conf->tag_fields;

    ready->looked = 1;

    switch (x->status) {

    case NGX_HTTP_OK:
        rc = cricket_index_check_template(x->reply.data, x->reply.len,
                                          fields ? fields->elts : NULL,
                                          fields ? fields->nelts : 0, &shards,
                                          &ready->index.why);

        ngx_http_cricket_ready_checked(ready, rc);
        break;

    case NGX_HTTP_NOT_FOUND:
        ready->index.problem = "is not set up: run cricket --init";
        break;

    default:
        ready->looked = 0;
        ready->elasticsearch.problem = ngx_http_cricket_ready_error(r, x);
    }
}


static void
ngx_http_cricket_ready_index(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    int                           rc;
    ngx_array_t                  *fields;
    ngx_http_cricket_exchange_t  *x;

    x = &ready->exchange;
    fields = x->conf->tag_fields;

    ready->looked = 1;

    switch (x->status) {

    case NGX_HTTP_OK:
        rc = cricket_index_check(x->reply.data, x->reply.len,
                                 fields ? fields->elts : NULL,
                                 fields ? fields->nelts : 0,
                                 &ready->index.why);

        ngx_http_cricket_ready_checked(ready, rc);

        if (!ready->failed) {
            ngx_http_cricket_ready_look(ready, x);
        }

        break;

    case NGX_HTTP_NOT_FOUND:

        /* the first datapoint makes a partition */

        if (x->conf->partition->unit == CRICKET_PARTITION_NONE) {
            ready->index.problem = "does not exist: run cricket --init";
        }

        break;

    default:
        ready->looked = 0;
        ready->elasticsearch.problem = ngx_http_cricket_ready_error(r, x);
    }
}


static void
ngx_http_cricket_ready_checked(ngx_http_cricket_ready_t *ready, int rc)
{
    switch (rc) {

    case CRICKET_OK:
        break;

    case CRICKET_ERROR:
        ready->failed = 1;
        break;

    default: /* CRICKET_DONE, CRICKET_INVALID */
        ngx_http_cricket_ready_why(ready, &ready->index);
    }
}


/* at what is unusual, but no reason not to be ready */

static void
ngx_http_cricket_ready_look(ngx_http_cricket_ready_t *ready,
    ngx_http_cricket_exchange_t *x)
{
    ngx_uint_t      i;
    cricket_buf_t  *notes;
    cricket_str_t   index;

    notes = &ready->index.notes;

    index.data = x->conf->index.data;
    index.len = x->conf->index.len;

    cricket_settings_index(x->reply.data, x->reply.len, notes,
                           ready->pipelines);

    if (x->conf->partition->unit == CRICKET_PARTITION_NONE
        && cricket_index_place(x->reply.data, x->reply.len, &index)
           == CRICKET_INDEX_BARE)
    {
        cricket_buf_literal(notes, "it lacks the alias ");
        cricket_buf_append(notes, index.data, index.len);
        cricket_buf_literal(notes, "-w, for writes, which cricket --init "
                                   "gives it, or the first POST\n");
    }

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        ready->failed |= ready->pipelines[i].failed;
    }
}


/* without an answer, as for want of a privilege, it is taken to be there */

static void
ngx_http_cricket_ready_pipeline(ngx_http_cricket_ready_t *ready,
    cricket_settings_pipeline_e kind)
{
    ngx_uint_t      exists;
    cricket_buf_t  *name;

    name = &ready->pipelines[kind];
    exists = (ready->exchange.status != NGX_HTTP_NOT_FOUND);

    if (!exists && ready->index.problem == NULL) {
        cricket_settings_pipeline(kind, name, 0, &ready->index.why);

        ngx_http_cricket_ready_why(ready, &ready->index);
        return;
    }

    cricket_settings_pipeline(kind, name, exists, &ready->index.notes);
    cricket_buf_literal(&ready->index.notes, "\n");
}


static void
ngx_http_cricket_ready_cluster(ngx_http_cricket_ready_t *ready)
{
    ngx_http_cricket_exchange_t    *x;
    ngx_http_cricket_ready_part_t  *part;

    x = &ready->exchange;
    part = &ready->elasticsearch;

    /* those who may not see them have a check less */

    if (x->status != NGX_HTTP_OK) {
        return;
    }

    cricket_settings_cluster(x->reply.data, x->reply.len, &part->why,
                             &part->notes);

    if (part->why.len) {
        ngx_http_cricket_ready_why(ready, part);
    }
}


static ngx_http_cricket_ready_step_e
ngx_http_cricket_ready_next(ngx_http_cricket_ready_t *ready)
{
    ngx_uint_t  step;

    if (ready->step == NGX_HTTP_CRICKET_READY_TEMPLATE
        && ready->elasticsearch.problem == NULL
        && ready->index.problem == NULL)
    {
        return NGX_HTTP_CRICKET_READY_INDEX;
    }

    if (ready->elasticsearch.problem
        || (ngx_msec_int_t) (ready->deadline - ngx_current_msec) <= 0)
    {
        return NGX_HTTP_CRICKET_READY_ANSWER;
    }

    step = ready->step + 1;

    if (step < NGX_HTTP_CRICKET_READY_DEFAULT) {
        step = NGX_HTTP_CRICKET_READY_DEFAULT;
    }

    for ( /* void */ ;
         step < NGX_HTTP_CRICKET_READY_CLUSTER;
         step++)
    {
        if (ready->pipelines[step - NGX_HTTP_CRICKET_READY_DEFAULT].len) {
            break;
        }
    }

    return step;
}


/* the text becomes the problem */

static void
ngx_http_cricket_ready_why(ngx_http_cricket_ready_t *ready,
    ngx_http_cricket_ready_part_t *part)
{
    cricket_buf_append(&part->why, "", 1);

    if (part->why.failed) {
        ready->failed = 1;
        return;
    }

    part->problem = (char *) part->why.data;
}


static const char *
ngx_http_cricket_ready_error(ngx_http_request_t *r,
    ngx_http_cricket_exchange_t *x)
{
    const char  *prefix, *text, *why;

    switch (x->status) {

    case NGX_HTTP_UNAUTHORIZED:
        prefix = ngx_http_cricket_trouble_stranger(x->conf, "");
        break;

    case NGX_HTTP_FORBIDDEN:
        prefix = "does not allow Cricket to look at the index, for which its "
                 "user needs the privilege view_index_metadata";
        break;

    default:
        prefix = "answered with an error";
    }

    text = ngx_http_cricket_reason_status(r->pool, prefix, x);

    if (text == NULL) {
        return prefix;
    }

    why = ngx_http_cricket_reason(r->pool, text, x);

    return why ? why : text;
}


static ngx_int_t
ngx_http_cricket_ready_answer(ngx_http_request_t *r,
    ngx_http_cricket_ready_t *ready)
{
    ngx_uint_t                      status;
    const char                     *message;
    cricket_buf_t                   b;
    ngx_http_cricket_ready_part_t  *elasticsearch, *index;

    elasticsearch = &ready->elasticsearch;
    index = &ready->index;

    if (elasticsearch->notes.failed || index->notes.failed) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    if (elasticsearch->problem == NULL && index->problem == NULL) {
        status = NGX_HTTP_OK;
        cricket_buf_literal(&b, "{\"ready\":true");

    } else {
        status = NGX_HTTP_SERVICE_UNAVAILABLE;
        message = elasticsearch->problem ? "Elasticsearch is not ready"
                                         : "the index is not ready";

        cricket_receipt_json_open(&b, status, (u_char *) message,
                                  ngx_strlen(message));
        cricket_buf_literal(&b, "},\"ready\":false");
    }

    if (elasticsearch->problem && !ready->looked) {
        index->problem = "not checked";
    }

    cricket_buf_literal(&b, ",\"checks\":[");

    ngx_http_cricket_ready_check(&b, "elasticsearch", elasticsearch);
    cricket_buf_literal(&b, ",");
    ngx_http_cricket_ready_check(&b, "index", index);

    cricket_buf_literal(&b, "]}\n");

    return ngx_http_cricket_respond_buf(r, status, &ngx_http_cricket_type_json,
                                        &b);
}


static void
ngx_http_cricket_ready_check(cricket_buf_t *b, const char *name,
    ngx_http_cricket_ready_part_t *part)
{
    cricket_buf_literal(b, "{\"name\":\"");
    cricket_buf_cstr(b, name);

    if (part->problem == NULL) {
        cricket_buf_literal(b, "\",\"ok\":true");

    } else {
        cricket_buf_literal(b, "\",\"ok\":false,\"message\":");
        cricket_buf_json(b, (u_char *) part->problem,
                         ngx_strlen(part->problem));
    }

    if (part->notes.len) {
        ngx_http_cricket_ready_notes(b, &part->notes);
    }

    cricket_buf_literal(b, "}");
}


static void
ngx_http_cricket_ready_notes(cricket_buf_t *b, cricket_buf_t *notes)
{
    u_char      *p, *end, *last;
    const char  *comma;

    cricket_buf_literal(b, ",\"notes\":[");

    comma = "";
    last = notes->data + notes->len;

    for (p = notes->data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '\n');
        if (end == NULL) {
            end = last;
        }

        cricket_buf_cstr(b, comma);
        cricket_buf_json(b, p, end - p);

        comma = ",";
    }

    cricket_buf_literal(b, "]");
}


static void
ngx_http_cricket_ready_cleanup(void *data)
{
    ngx_http_cricket_ready_t *ready = data;

    ngx_uint_t  i;

    ngx_http_cricket_exchange_free(&ready->exchange);

    cricket_buf_free(&ready->elasticsearch.why);
    cricket_buf_free(&ready->elasticsearch.notes);
    cricket_buf_free(&ready->index.why);
    cricket_buf_free(&ready->index.notes);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_free(&ready->pipelines[i]);
    }
}
