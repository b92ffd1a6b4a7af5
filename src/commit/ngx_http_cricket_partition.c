
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Partitions that are missing, and the writes that wait for them. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_partition.h"


static void ngx_http_cricket_partition_note(ngx_http_cricket_target_t *target,
    const cricket_str_t *alias);
static cricket_str_t ngx_http_cricket_partition_name(
    const cricket_str_t *alias);
static ngx_uint_t ngx_http_cricket_partition_needs(ngx_http_cricket_write_t *w,
    ngx_str_t *name);


ngx_uint_t
ngx_http_cricket_partition_missing(ngx_http_cricket_seat_t *seat,
    u_char *verdicts)
{
    u_char                    *p, *last;
    size_t                     size;
    ngx_uint_t                 i, n;
    cricket_str_t              alias;
    ngx_http_cricket_write_t  *w;

    w = seat->write;

    p = w->lines;
    last = w->lines + w->size;
    n = 0;

    for (i = 0; i < seat->n; i++) {

        size = cricket_bulk_item_size(p, last - p);

        if (verdicts[i] == CRICKET_VERDICT_ABSENT) {
            alias = cricket_bulk_item_alias(p, size);

            ngx_http_cricket_partition_note(w->target, &alias);

            verdicts[i] = CRICKET_VERDICT_AGAIN;
            n++;
        }

        p += size;
    }

    return n;
}


/* what finds no room is missing the next time, too */

static void
ngx_http_cricket_partition_note(ngx_http_cricket_target_t *target,
    const cricket_str_t *alias)
{
    u_char         *p, *last;
    size_t          len;
    cricket_str_t   name;

    name = ngx_http_cricket_partition_name(alias);

    p = target->missing.data;
    last = p + target->missing.len;

    for ( /* void */ ; p < last; p += len + 1) {
        len = ngx_strlen(p);

        if (len == name.len && ngx_memcmp(p, name.data, len) == 0) {
            return;
        }
    }

    if (name.len && cricket_buf_reserve(&target->missing, name.len + 1)) {
        cricket_buf_append(&target->missing, name.data, name.len);
        cricket_buf_append(&target->missing, "", 1);
    }

    target->missing.failed = 0;
}


static cricket_str_t
ngx_http_cricket_partition_name(const cricket_str_t *alias)
{
    cricket_str_t  name;

    name.data = alias->data;
    name.len = 0;

    while (name.len < alias->len && alias->data[name.len] != '~') {
        name.len++;
    }

    return name;
}


void
ngx_http_cricket_partition_wait(ngx_http_cricket_write_t *w)
{
    w->home = w->lane;
    w->lane = NGX_HTTP_CRICKET_LANE_MAKE;
}


void
ngx_http_cricket_partition_home(ngx_http_cricket_target_t *target)
{
    ngx_queue_t               *q;
    ngx_http_cricket_lane_t   *lane;
    ngx_http_cricket_write_t  *w;

    lane = &target->lanes[NGX_HTTP_CRICKET_LANE_MAKE];

    if (target->missing.len || lane->in_flight) {
        return;
    }

    /* backwards, for each parks at the front */

    while (!ngx_queue_empty(&lane->parked)) {
        q = ngx_queue_last(&lane->parked);
        w = ngx_queue_data(q, ngx_http_cricket_write_t, queue);

        w->lane = w->home;

        ngx_http_cricket_write_park(w, 1);
    }
}


ngx_str_t
ngx_http_cricket_partition_next(ngx_http_cricket_target_t *target)
{
    ngx_str_t  name;

    name.data = target->missing.data;
    name.len = target->missing.len ? ngx_strlen(name.data) : 0;

    return name;
}


void
ngx_http_cricket_partition_done(ngx_http_cricket_target_t *target)
{
    size_t          len;
    cricket_buf_t  *missing;

    missing = &target->missing;

    if (missing->len == 0) {
        return;
    }

    len = ngx_strlen(missing->data) + 1;

    missing->len -= len;
    ngx_memmove(missing->data, missing->data + len, missing->len);

    if (missing->len == 0) {
        cricket_buf_free(missing);
        cricket_buf_free(&target->template);
    }
}


void
ngx_http_cricket_partition_refuse(ngx_http_cricket_batch_t *batch,
    const char *error)
{
    ngx_str_t                  name;
    ngx_uint_t                 i;
    ngx_http_cricket_write_t  *w;

    name = ngx_http_cricket_partition_next(batch->target);

    for (i = 0; i < batch->nseats; i++) {
        w = batch->seats[i].write;

        if (w && ngx_http_cricket_partition_needs(w, &name)) {
            ngx_http_cricket_write_settle(w, error);
        }
    }
}


static ngx_uint_t
ngx_http_cricket_partition_needs(ngx_http_cricket_write_t *w, ngx_str_t *name)
{
    u_char         *p, *last;
    size_t          size;
    cricket_str_t   alias;

    last = w->lines + w->size;

    for (p = w->lines; p < last; p += size) {

        size = cricket_bulk_item_size(p, last - p);
        alias = cricket_bulk_item_alias(p, size);
        alias = ngx_http_cricket_partition_name(&alias);

        if (alias.len == name->len
            && ngx_memcmp(alias.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
