
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What Cricket counts, in memory that the workers share. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_count.h"


/* the longest value of a label, with its escapes; two fit in the labels */
#define NGX_HTTP_CRICKET_COUNT_VALUE  300


static ngx_int_t ngx_http_cricket_count_init_zone(ngx_shm_zone_t *zone,
    void *data);
static u_char *ngx_http_cricket_count_label(u_char *p, const char *name,
    ngx_str_t *value);
static void ngx_http_cricket_count_set(ngx_atomic_t *what, ngx_uint_t yes);
static void ngx_http_cricket_count_observe(ngx_http_cricket_histogram_t *h,
    const ngx_http_cricket_bound_t *bounds, ngx_atomic_uint_t value);


static ngx_str_t  ngx_http_cricket_count_name = ngx_string("cricket_status");


/* the most frequent ones first */

const ngx_uint_t
    ngx_http_cricket_count_statuses[NGX_HTTP_CRICKET_COUNT_STATUSES] =
{
    200, 503, 400, 304, 413, 415, 405, 404, 401, 403, 429, 499, 500, 502, 504,
    204, 206, 201, 202, 301, 302, 303, 307, 308, 402, 406, 408, 409, 410, 411,
    412, 414, 416, 417, 421, 422, 426, 431, 444, 494, 495, 496, 497, 498, 501,
    505, 507, 0
};


const ngx_http_cricket_bound_t  ngx_http_cricket_count_times[] = {
    { 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
    { 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
    { 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" },
    { 500000, "0.5" }, { 1000000, "1" }, { 2500000, "2.5" },
    { 5000000, "5" }, { 10000000, "10" }, { 30000000, "30" },
    { NGX_HTTP_CRICKET_COUNT_INFINITE, "+Inf" }
};


const ngx_http_cricket_bound_t  ngx_http_cricket_count_numbers[] = {
    { 1, "1" }, { 2, "2" }, { 5, "5" }, { 10, "10" }, { 20, "20" },
    { 50, "50" }, { 100, "100" }, { 200, "200" }, { 500, "500" },
    { 1000, "1000" }, { 2000, "2000" }, { 5000, "5000" }, { 10000, "10000" },
    { 20000, "20000" }, { 50000, "50000" },
    { NGX_HTTP_CRICKET_COUNT_INFINITE, "+Inf" }
};


const ngx_http_cricket_bound_t  ngx_http_cricket_count_bytes[] = {
    { 256, "256" }, { 1024, "1024" }, { 4096, "4096" }, { 16384, "16384" },
    { 65536, "65536" }, { 262144, "262144" }, { 1048576, "1048576" },
    { 4194304, "4194304" }, { 16777216, "16777216" },
    { NGX_HTTP_CRICKET_COUNT_INFINITE, "+Inf" }
};


ngx_int_t
ngx_http_cricket_count_add_zone(ngx_conf_t *cf)
{
    size_t                         size;
    ngx_shm_zone_t                *zone;
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    /* the slab allocator has its own needs */

    size = ngx_align(sizeof(ngx_http_cricket_counts_t), ngx_pagesize);
    size += size / 64 + 8 * ngx_pagesize;

    zone = ngx_shared_memory_add(cf, &ngx_http_cricket_count_name, size,
                                 &ngx_http_cricket_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = ngx_http_cricket_count_init_zone;
    zone->data = cmcf;

    cmcf->zone = zone;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_count_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_cricket_main_conf_t *cmcf = zone->data;

    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data) {

        /* as the configuration before left it */

        cmcf->counts = data;

    } else if (zone->shm.exists) {
        cmcf->counts = shpool->data;

    } else {
        cmcf->counts = ngx_slab_calloc(shpool,
                                       sizeof(ngx_http_cricket_counts_t));
        if (cmcf->counts == NULL) {
            return NGX_ERROR;
        }

        shpool->data = cmcf->counts;
    }

    zone->data = cmcf->counts;

    return NGX_OK;
}


ngx_http_cricket_count_t *
ngx_http_cricket_count_find(ngx_http_cricket_main_conf_t *cmcf,
    ngx_str_t *index, ngx_str_t *upstream)
{
    u_char                     *p, labels[NGX_HTTP_CRICKET_COUNT_LABELS];
    size_t                      len;
    ngx_uint_t                  i;
    ngx_slab_pool_t            *shpool;
    ngx_http_cricket_count_t   *count;
    ngx_http_cricket_counts_t  *counts;

    static ngx_str_t  other = ngx_string("other");

    counts = cmcf->counts;

    if (counts == NULL) {
        return NULL;
    }

    p = ngx_http_cricket_count_label(labels, "index", index);
    len = ngx_http_cricket_count_label(p, "upstream", upstream) - labels;

    shpool = (ngx_slab_pool_t *) cmcf->zone->shm.addr;

    ngx_shmtx_lock(&shpool->mutex);

    for (i = 0; i < counts->ntargets; i++) {
        count = &counts->targets[i];

        if (count->len == len && ngx_memcmp(count->labels, labels, len) == 0) {
            goto found;
        }
    }

    if (i == NGX_HTTP_CRICKET_COUNT_TARGETS) {
        count = &counts->targets[i - 1];
        goto found;
    }

    if (i == NGX_HTTP_CRICKET_COUNT_TARGETS - 1) {
        p = ngx_http_cricket_count_label(labels, "index", &other);
        len = ngx_http_cricket_count_label(p, "upstream", &other) - labels;
    }

    count = &counts->targets[i];

    ngx_memcpy(count->labels, labels, len);
    count->len = len;

    /* who shows them takes no lock */

    ngx_memory_barrier();

    counts->ntargets++;

found:

    ngx_shmtx_unlock(&shpool->mutex);

    return count;
}


static u_char *
ngx_http_cricket_count_label(u_char *p, const char *name, ngx_str_t *value)
{
    u_char      *last;
    ngx_uint_t   i;

    p = ngx_sprintf(p, "%s=\"", name);
    last = p + NGX_HTTP_CRICKET_COUNT_VALUE - 1;

    for (i = 0; i < value->len && p < last; i++) {

        if (value->data[i] < 0x20) {
            continue;
        }

        if (value->data[i] == '"' || value->data[i] == '\\') {
            *p++ = '\\';
        }

        *p++ = value->data[i];
    }

    *p++ = '"';
    *p++ = ',';

    return p;
}


void
ngx_http_cricket_count_clear(ngx_http_cricket_main_conf_t *cmcf)
{
    ngx_uint_t                  i;
    ngx_http_cricket_counts_t  *counts;

    counts = cmcf->counts;

    if (counts == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_CRICKET_COUNT_TARGETS; i++) {
        ngx_memzero(&counts->targets[i].loads[ngx_process_slot],
                    sizeof(ngx_http_cricket_load_t));
    }
}


void
ngx_http_cricket_count_request(ngx_http_cricket_count_t *count,
    ngx_uint_t route, ngx_uint_t method, ngx_uint_t status)
{
    ngx_uint_t  i;

    if (count == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_CRICKET_COUNT_STATUSES - 1; i++) {

        if (ngx_http_cricket_count_statuses[i] == status) {
            break;
        }
    }

    (void) ngx_atomic_fetch_add(&count->requests[route][method][i], 1);
}


void
ngx_http_cricket_count_duration(ngx_http_cricket_count_t *count,
    ngx_uint_t route, ngx_uint_t method, uint64_t duration)
{
    if (count) {
        ngx_http_cricket_count_observe(&count->durations[route][method],
                                       ngx_http_cricket_count_times, duration);
    }
}


void
ngx_http_cricket_count_datapoints(ngx_http_cricket_count_t *count,
    ngx_uint_t format, ngx_http_cricket_fate_e fate, ngx_uint_t n)
{
    if (count && n) {
        (void) ngx_atomic_fetch_add(&count->datapoints[format][fate], n);
    }
}


void
ngx_http_cricket_count_overflow(ngx_http_cricket_count_t *count)
{
    if (count) {
        (void) ngx_atomic_fetch_add(&count->overflows, 1);
    }
}


void
ngx_http_cricket_count_retry(ngx_http_cricket_count_t *count,
    ngx_http_cricket_retry_e reason, ngx_uint_t n)
{
    if (count && n) {
        (void) ngx_atomic_fetch_add(&count->retries[reason], n);
    }
}


void
ngx_http_cricket_count_bulk(ngx_http_cricket_count_t *count,
    ngx_http_cricket_end_e end, ngx_uint_t n, size_t size, uint64_t duration)
{
    if (count == NULL) {
        return;
    }

    (void) ngx_atomic_fetch_add(&count->bulks[end], 1);

    if (end == NGX_HTTP_CRICKET_NOT_SENT) {
        return;
    }

    ngx_http_cricket_count_observe(&count->items,
                                   ngx_http_cricket_count_numbers, n);
    ngx_http_cricket_count_observe(&count->sizes,
                                   ngx_http_cricket_count_bytes, size);
    ngx_http_cricket_count_observe(&count->waits,
                                   ngx_http_cricket_count_times, duration);
}


void
ngx_http_cricket_count_load(ngx_http_cricket_count_t *count,
    ngx_int_t requests, ssize_t size, ngx_int_t batches)
{
    ngx_http_cricket_load_t  *load;

    if (count) {
        load = &count->loads[ngx_process_slot];

        load->requests += requests;
        load->size += size;
        load->batches += batches;
    }
}


void
ngx_http_cricket_count_limits(ngx_http_cricket_count_t *count, size_t size,
    ngx_uint_t requests)
{
    if (count) {
        count->max_size = size;
        count->max_requests = requests;
    }
}


void
ngx_http_cricket_count_up(ngx_http_cricket_count_t *count, ngx_uint_t yes)
{
    if (count) {
        ngx_http_cricket_count_set(&count->up, yes);
    }
}


void
ngx_http_cricket_count_ready(ngx_http_cricket_count_t *count, ngx_uint_t yes)
{
    if (count) {
        ngx_http_cricket_count_set(&count->ready, yes);
    }
}


/* seldom changes: not to be written again by each worker */

static void
ngx_http_cricket_count_set(ngx_atomic_t *what, ngx_uint_t yes)
{
    ngx_http_cricket_count_e  value;

    value = yes ? NGX_HTTP_CRICKET_COUNT_YES : NGX_HTTP_CRICKET_COUNT_NO;

    if (*what != value) {
        *what = value;
    }
}


static void
ngx_http_cricket_count_observe(ngx_http_cricket_histogram_t *h,
    const ngx_http_cricket_bound_t *bounds, ngx_atomic_uint_t value)
{
    ngx_uint_t  i;

    for (i = 0; value > bounds[i].max; i++) { /* void */ }

    (void) ngx_atomic_fetch_add(&h->buckets[i], 1);
    (void) ngx_atomic_fetch_add(&h->sum, value);
}
