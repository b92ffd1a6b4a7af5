
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Another value for a series and an instant than the one that is stored. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_bulk.h"
#include "cricket_conflict.h"
#include "cricket_index.h"
#include "ngx_http_cricket_conflict.h"
#include "ngx_http_cricket_exchange.h"
#include "ngx_http_cricket_quote.h"


/* a target's requests that are compared at once; and for how long, in ms */
#define NGX_HTTP_CRICKET_COMPARING     4
#define NGX_HTTP_CRICKET_COMPARE_TIME  1000

#define NGX_HTTP_CRICKET_CONFLICT_PATH  1024


struct ngx_http_cricket_conflict_s {
    ngx_http_cricket_write_t      *write;
    ngx_event_t                    event;
    cricket_conflict_t             values;
};


static ngx_http_cricket_conflict_t *ngx_http_cricket_conflict_create(
    ngx_http_cricket_write_t *w);
static void ngx_http_cricket_conflict_cleanup(void *data);
static void ngx_http_cricket_conflict_start(ngx_event_t *ev);
static ngx_chain_t *ngx_http_cricket_conflict_request(
    ngx_http_cricket_conflict_t *conflict);
static void ngx_http_cricket_conflict_done(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_conflict_log(
    ngx_http_cricket_conflict_t *conflict);


void
ngx_http_cricket_conflict_note(ngx_http_cricket_write_t *w,
    const u_char *verdicts, ngx_uint_t n)
{
    u_char                       *p, *last;
    size_t                        size;
    ngx_uint_t                    i, exist, room, step;
    ngx_http_cricket_conflict_t  *conflict;

    exist = 0;

    for (i = 0; i < n; i++) {
        exist += (verdicts[i] == CRICKET_VERDICT_EXISTS);
    }

    if (exist == 0) {
        return;
    }

    if (w->conflict == NULL) {
        w->conflict = ngx_http_cricket_conflict_create(w);
    }

    conflict = w->conflict;

    if (conflict == NULL || conflict->values.n == CRICKET_CONFLICTS) {
        return;
    }

    room = CRICKET_CONFLICTS - conflict->values.n;
    step = (exist + room - 1) / room;

    p = w->lines;
    last = w->lines + w->size;
    exist = 0;

    for (i = 0; i < n; i++) {

        size = cricket_bulk_item_size(p, last - p);

        if (verdicts[i] == CRICKET_VERDICT_EXISTS && exist++ % step == 0) {
            (void) cricket_conflict_add(&conflict->values, p, size);
        }

        p += size;
    }
}


static ngx_http_cricket_conflict_t *
ngx_http_cricket_conflict_create(ngx_http_cricket_write_t *w)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_cricket_conflict_t  *conflict;

    if (w->target->comparing >= NGX_HTTP_CRICKET_COMPARING) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(w->request->pool,
                               sizeof(ngx_http_cricket_conflict_t));
    if (cln == NULL) {
        return NULL;
    }

    conflict = cln->data;
    ngx_memzero(conflict, sizeof(ngx_http_cricket_conflict_t));

    cricket_conflict_init(&conflict->values);

    conflict->write = w;
    conflict->event.handler = ngx_http_cricket_conflict_start;
    conflict->event.data = conflict;
    conflict->event.log = w->request->connection->log;

    cln->handler = ngx_http_cricket_conflict_cleanup;

    w->target->comparing++;

    return conflict;
}


static void
ngx_http_cricket_conflict_cleanup(void *data)
{
    ngx_http_cricket_conflict_t *conflict = data;

    if (conflict->event.posted) {
        ngx_delete_posted_event(&conflict->event);
    }

    cricket_conflict_free(&conflict->values);

    conflict->write->target->comparing--;
}


void
ngx_http_cricket_conflict_settle(ngx_http_cricket_write_t *w)
{
    ngx_http_cricket_conflict_t  *conflict;

    conflict = w->conflict;

    if (conflict == NULL || conflict->values.n == 0) {
        ngx_http_cricket_write_settle(w, NULL);
        return;
    }

    /* not in any queue now, nor in a batch, whose carrier it may have been */

    ngx_http_cricket_write_leave(w);

    ngx_post_event(&conflict->event, &ngx_posted_events);
}


static void
ngx_http_cricket_conflict_start(ngx_event_t *ev)
{
    ngx_msec_int_t                left;
    ngx_connection_t             *c;
    ngx_http_request_t           *r;
    ngx_http_cricket_write_t     *w;
    ngx_http_cricket_conflict_t  *conflict;
    ngx_http_cricket_exchange_t  *x;

    conflict = ev->data;
    w = conflict->write;
    r = w->request;
    c = r->connection;

    left = (ngx_msec_int_t) (w->deadline - ngx_current_msec);

    x = (left > 0) ? ngx_http_cricket_exchange_create(r) : NULL;

    if (x) {
        x->request = ngx_http_cricket_conflict_request(conflict);
    }

    if (x == NULL || x->request == NULL) {
        ngx_http_cricket_write_settle(w, NULL);
        return;
    }

    x->conf = w->target->conf;
    x->upstream = &x->conf->upstream;
    x->timeout = ngx_min(left, NGX_HTTP_CRICKET_COMPARE_TIME);
    x->room = NGX_HTTP_CRICKET_REPLY_MIN
              + CRICKET_CONFLICTS * NGX_HTTP_CRICKET_REPLY_ITEM;
    x->log = c->log;
    x->handler = ngx_http_cricket_conflict_done;
    x->data = conflict;

    /* its own clean-up takes it out if the client leaves meanwhile */

    (void) ngx_http_cricket_exchange_start(x, r);

    ngx_http_run_posted_requests(c);
}


static ngx_chain_t *
ngx_http_cricket_conflict_request(ngx_http_cricket_conflict_t *conflict)
{
    ngx_chain_t                  *cl;
    cricket_buf_t                 path;
    ngx_http_cricket_write_t     *w;
    ngx_http_cricket_loc_conf_t  *conf;

    static ngx_str_t  method = ngx_string("POST");

    w = conflict->write;
    conf = w->target->conf;

    cricket_buf_init(&path, NGX_HTTP_CRICKET_CONFLICT_PATH);

    if (w->target->place != CRICKET_INDEX_BY_PARTITION) {
        cricket_buf_append(&path, conf->index.data, conf->index.len);
        cricket_buf_literal(&path, "/");
    }

    cricket_buf_literal(&path, CRICKET_CONFLICT_QUERY);

    cl = ngx_http_cricket_exchange_json(w->request->pool, conf, &method, &path,
                                    cricket_conflict_body(&conflict->values));

    cricket_buf_free(&path);

    return cl;
}


static void
ngx_http_cricket_conflict_done(ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_write_t     *w;
    ngx_http_cricket_quote_t      quote;
    ngx_http_cricket_conflict_t  *conflict;

    conflict = x->data;
    w = conflict->write;

    if (x->outcome == NGX_HTTP_CRICKET_REPLY) {

        if (x->status == NGX_HTTP_OK
            && cricket_conflict_reply(&conflict->values, x->reply.data,
                                      x->reply.len)
               == CRICKET_OK)
        {
            if (conflict->values.differ) {
                w->conflicts = conflict->values.differ;
                ngx_http_cricket_conflict_log(conflict);
            }

        } else {
            ngx_log_error(NGX_LOG_WARN, w->request->connection->log, 0,
                          "elasticsearch does not say which values are stored, "
                          "to compare those that were sent again: status %ui, "
                          "\"%V\"", x->status,
                          ngx_http_cricket_quote(&quote, x->conf, x->reply.data,
                                                 x->reply.len));
        }
    }

    ngx_http_cricket_write_settle(w, NULL);
}


/* in the words of one who looks for the two senders */

static void
ngx_http_cricket_conflict_log(ngx_http_cricket_conflict_t *conflict)
{
    char                           *action;
    u_char                          time[CRICKET_TIME_LEN];
    size_t                          len;
    ngx_log_t                      *log;
    cricket_buf_t                   stored, sent;
    cricket_str_t                   name;
    cricket_conflict_t             *values;
    ngx_http_cricket_write_t       *w;
    ngx_http_cricket_quote_t        quote;
    const cricket_conflict_item_t  *first;

    w = conflict->write;
    values = &conflict->values;
    first = values->first;

    name = cricket_conflict_name(values, first);
    len = cricket_time_format(time, &first->time);

    cricket_buf_init(&stored, CRICKET_NUMBER_LEN + 1);
    cricket_buf_init(&sent, CRICKET_NUMBER_LEN + 1);

    cricket_buf_double(&stored, values->stored);
    cricket_buf_double(&sent, first->value);

    /* the core is not sending to the client, as it believes */

    log = w->request->connection->log;
    action = log->action;
    log->action = NULL;

    ngx_log_error(NGX_LOG_WARN, log, 0,
                  "%uz of %uz datapoints that were compared, of %ui whose "
                  "series and instant are stored already, were sent with "
                  "another value, and the stored one stays: the first is "
                  "\"%V\" at %*s, stored as %*s, sent as %*s",
                  values->differ, values->compared, w->existed,
                  ngx_http_cricket_quote_json(&quote, w->target->conf, &name),
                  len, time, stored.len, stored.data, sent.len, sent.data);

    log->action = action;

    cricket_buf_free(&stored);
    cricket_buf_free(&sent);
}
