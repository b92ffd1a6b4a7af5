
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The request that carries a batch. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_batch.h"


/* lines of at least this size are not copied into a batch but shared */
#define NGX_HTTP_CRICKET_SHARED     (64 * 1024)

/* of more items Elasticsearch is asked for less about each */
#define NGX_HTTP_CRICKET_WHOLE      16


static ngx_chain_t *ngx_http_cricket_batch_link(
    ngx_http_cricket_batch_t *batch, u_char *p, size_t size);
static ngx_int_t ngx_http_cricket_batch_path(ngx_http_cricket_batch_t *batch,
    ngx_str_t *path);


static ngx_str_t  ngx_http_cricket_method_post = ngx_string("POST");
static ngx_str_t  ngx_http_cricket_type_ndjson =
    ngx_string("application/x-ndjson");


/* behind the index, if it is one; by place */

static ngx_str_t  ngx_http_cricket_bulk_places[] = {
    ngx_string("/_bulk?"),
    ngx_string("/_bulk?require_alias=true&"),
    ngx_string("-w/_bulk?require_alias=true&"),
    ngx_string("_bulk?require_alias=true&")
};


/* by lane */

static ngx_str_t  ngx_http_cricket_bulk_refresh[] = {
    ngx_null_string,
    ngx_string("&refresh=wait_for"),
    ngx_string("&refresh=true")
};


/*
 * Of many items only: for a few, to filter the reply costs Elasticsearch more
 * than it saves, a tenth of a lonely bulk.
 */

static ngx_str_t  ngx_http_cricket_bulk_filter =
    ngx_string("&filter_path=errors,items.*.status,items.*.error.type,"
               "items.*.error.reason");


ngx_chain_t *
ngx_http_cricket_batch_request(ngx_http_cricket_batch_t *batch)
{
    u_char                    *p, *last;
    size_t                     room;
    ngx_buf_t                 *b;
    ngx_str_t                  path;
    ngx_uint_t                 i;
    ngx_chain_t               *cl, **ll, *head;
    ngx_http_cricket_seat_t   *seat;
    ngx_http_cricket_write_t  *w;

    room = 0;

    for (i = 0; i < batch->nseats; i++) {
        seat = &batch->seats[i];
        w = seat->write;

        if (w->payload && seat->size >= NGX_HTTP_CRICKET_SHARED) {
            w->payload->refs++;
            seat->payload = w->payload;

        } else {
            room += seat->size;
        }
    }

    if (ngx_http_cricket_batch_path(batch, &path) != NGX_OK) {
        return NULL;
    }

    head = ngx_http_cricket_exchange_head(batch->pool, batch->target->conf,
                                          &ngx_http_cricket_method_post, &path,
                                          &ngx_http_cricket_type_ndjson,
                                          batch->size, room);
    if (head == NULL) {
        return NULL;
    }

    ll = &head->next;
    b = head->buf;
    last = b->last;

    for (i = 0; i < batch->nseats; i++) {
        seat = &batch->seats[i];
        w = seat->write;

        if (seat->payload) {
            p = w->lines;

        } else {
            p = last;
            last = ngx_cpymem(p, w->lines, seat->size);

            if (b->last == p) {
                b->last = last;
                continue;
            }
        }

        /* lines must keep the order of the seats: the reply's items have it */

        cl = ngx_http_cricket_batch_link(batch, p, seat->size);
        if (cl == NULL) {
            return NULL;
        }

        b = cl->buf;

        *ll = cl;
        ll = &cl->next;
    }

    return head;
}


static ngx_chain_t *
ngx_http_cricket_batch_link(ngx_http_cricket_batch_t *batch, u_char *p,
    size_t size)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_calloc_buf(batch->pool);
    if (b == NULL) {
        return NULL;
    }

    b->start = p;
    b->pos = p;
    b->last = p + size;
    b->end = b->last;
    b->memory = 1;

    cl = ngx_alloc_chain_link(batch->pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = b;
    cl->next = NULL;

    return cl;
}


/*
 * For a shard without a node Elasticsearch waits a minute, and stores then what
 * its sender may have sent again: so it is told to give up before anybody does.
 */

static ngx_int_t
ngx_http_cricket_batch_path(ngx_http_cricket_batch_t *batch, ngx_str_t *path)
{
    u_char          *p;
    ngx_str_t       *index, *place, *refresh, *filter;
    ngx_uint_t       i;
    ngx_msec_int_t   wait, left;

    static ngx_str_t  none = ngx_null_string;

    wait = batch->target->conf->upstream.read_timeout;

    for (i = 0; i < batch->nseats; i++) {
        left = (ngx_msec_int_t) (batch->seats[i].write->deadline
                                 - ngx_current_msec);
        wait = ngx_min(wait, left);
    }

    wait = ngx_max(wait / 2, NGX_HTTP_CRICKET_WAIT_MIN);

    i = batch->lane - batch->target->lanes;

    if (i == NGX_HTTP_CRICKET_LANE_WAIT && batch->target->late) {
        i = NGX_HTTP_CRICKET_LANE_REFRESH;
    }

    refresh = &ngx_http_cricket_bulk_refresh[i];
    filter = (batch->n > NGX_HTTP_CRICKET_WHOLE)
             ? &ngx_http_cricket_bulk_filter : &none;

    place = &ngx_http_cricket_bulk_places[batch->target->place];

    index = (batch->target->place == CRICKET_INDEX_BY_PARTITION)
            ? &none : &batch->target->conf->index;

    p = ngx_pnalloc(batch->pool, index->len + place->len
                                 + sizeof("timeout=ms") - 1 + NGX_TIME_T_LEN
                                 + refresh->len + filter->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    path->data = p;
    path->len = ngx_sprintf(p, "%V%Vtimeout=%Mms%V%V", index, place,
                            (ngx_msec_t) wait, refresh, filter)
                - p;

    return NGX_OK;
}
