
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_status.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_route.h"
#include "ngx_http_cricket_variables.h"


#define NGX_HTTP_CRICKET_METHODS   4
#define NGX_HTTP_CRICKET_STATUSES  600

/* of a histogram, the infinite one too */
#define NGX_HTTP_CRICKET_BUCKETS   16

#define NGX_HTTP_CRICKET_INFINITE  ((ngx_atomic_uint_t) -1)

/* of a line, and far more than all lines together can fill */
#define NGX_HTTP_CRICKET_LINE_SIZE    256
#define NGX_HTTP_CRICKET_STATUS_SIZE  (8 * 1024 * 1024)


typedef enum {
    NGX_HTTP_CRICKET_ANSWERED = 0,  /* with a 200 */
    NGX_HTTP_CRICKET_REFUSED,       /* with another status */
    NGX_HTTP_CRICKET_NOT_SENT,
    NGX_HTTP_CRICKET_LOST,          /* sent, but never answered */
    NGX_HTTP_CRICKET_ENDS
} ngx_http_cricket_end_e;


/* values are integers: durations are microseconds */

typedef struct {
    ngx_atomic_t                   buckets[NGX_HTTP_CRICKET_BUCKETS];
    ngx_atomic_t                   sum;
} ngx_http_cricket_histogram_t;


typedef struct {
    ngx_atomic_uint_t              max;
    const char                    *text;
} ngx_http_cricket_bound_t;


typedef struct {
    const char                    *name;
    ngx_http_cricket_bound_t      *bounds;
    unsigned                       seconds:1;
} ngx_http_cricket_family_t;


/* what a process has at hand: only it writes there */

typedef struct {
    ngx_atomic_t                   requests;
    ngx_atomic_t                   size;
    ngx_atomic_t                   batches;
} ngx_http_cricket_load_t;


struct ngx_http_cricket_status_s {
    ngx_atomic_t                   requests[NGX_HTTP_CRICKET_ROUTES]
                                           [NGX_HTTP_CRICKET_METHODS]
                                           [NGX_HTTP_CRICKET_STATUSES];
    ngx_http_cricket_histogram_t   durations[NGX_HTTP_CRICKET_ROUTES]
                                            [NGX_HTTP_CRICKET_METHODS];

    ngx_atomic_t                   datapoints[NGX_HTTP_CRICKET_FATES];

    ngx_atomic_t                   batches[NGX_HTTP_CRICKET_ENDS];
    ngx_http_cricket_histogram_t   items;
    ngx_http_cricket_histogram_t   sizes;
    ngx_http_cricket_histogram_t   waits;

    ngx_atomic_t                   retries[NGX_HTTP_CRICKET_RETRIES];
    ngx_atomic_t                   overflows;

    ngx_http_cricket_load_t        loads[NGX_MAX_PROCESSES];
};


static ngx_int_t ngx_http_cricket_status_init_zone(ngx_shm_zone_t *zone,
    void *data);
static ngx_int_t ngx_http_cricket_count_request(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_method(ngx_http_request_t *r);
static void ngx_http_cricket_observe(ngx_http_cricket_histogram_t *h,
    ngx_http_cricket_family_t *family, ngx_atomic_uint_t value);

static void ngx_http_cricket_print_requests(cricket_buf_t *b,
    ngx_http_cricket_status_t *status);
static void ngx_http_cricket_print_durations(cricket_buf_t *b,
    ngx_http_cricket_status_t *status);
static void ngx_http_cricket_print_loads(cricket_buf_t *b,
    ngx_http_cricket_status_t *status);
static void ngx_http_cricket_print_counters(cricket_buf_t *b, const char *name,
    const char *label, const char **values, ngx_atomic_t *counters,
    ngx_uint_t n);
static void ngx_http_cricket_print_histogram(cricket_buf_t *b,
    ngx_http_cricket_family_t *family, ngx_http_cricket_histogram_t *h,
    ngx_str_t *labels);
static void ngx_http_cricket_print_head(cricket_buf_t *b, const char *name,
    const char *type, const char *help);
static void ngx_http_cricket_print(cricket_buf_t *b, const char *fmt, ...);


static ngx_str_t  ngx_http_cricket_status_name = ngx_string("cricket_status");


static ngx_str_t  ngx_http_cricket_type_exposition =
    ngx_string("text/plain; version=0.0.4; charset=utf-8");


static const char  *ngx_http_cricket_methods[] = {
    "GET", "HEAD", "POST", "other"
};


/* in the order of the enumerations */

static const char  *ngx_http_cricket_fates[] = {
    "stored", "duplicate", "invalid", "rejected", "failed", "uncertain",
    "abandoned"
};


static const char  *ngx_http_cricket_ends[] = {
    "answered", "refused", "unsent", "lost"
};


static const char  *ngx_http_cricket_reasons[] = {
    "busy", "failed", "unsent", "too_large", "next_node"
};


static ngx_http_cricket_bound_t  ngx_http_cricket_times[] = {
    { 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
    { 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
    { 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" },
    { 500000, "0.5" }, { 1000000, "1" }, { 2500000, "2.5" },
    { 5000000, "5" }, { 10000000, "10" }, { 30000000, "30" },
    { NGX_HTTP_CRICKET_INFINITE, "+Inf" }
};


static ngx_http_cricket_bound_t  ngx_http_cricket_numbers[] = {
    { 1, "1" }, { 2, "2" }, { 5, "5" }, { 10, "10" }, { 20, "20" },
    { 50, "50" }, { 100, "100" }, { 200, "200" }, { 500, "500" },
    { 1000, "1000" }, { 2000, "2000" }, { 5000, "5000" }, { 10000, "10000" },
    { 20000, "20000" }, { 50000, "50000" },
    { NGX_HTTP_CRICKET_INFINITE, "+Inf" }
};


static ngx_http_cricket_bound_t  ngx_http_cricket_bytes[] = {
    { 256, "256" }, { 1024, "1024" }, { 4096, "4096" }, { 16384, "16384" },
    { 65536, "65536" }, { 262144, "262144" }, { 1048576, "1048576" },
    { 4194304, "4194304" }, { 16777216, "16777216" },
    { NGX_HTTP_CRICKET_INFINITE, "+Inf" }
};


static ngx_http_cricket_family_t  ngx_http_cricket_durations = {
    "cricket_request_duration_seconds", ngx_http_cricket_times, 1
};


static ngx_http_cricket_family_t  ngx_http_cricket_waits = {
    "cricket_bulk_duration_seconds", ngx_http_cricket_times, 1
};


static ngx_http_cricket_family_t  ngx_http_cricket_items = {
    "cricket_bulk_datapoints", ngx_http_cricket_numbers, 0
};


static ngx_http_cricket_family_t  ngx_http_cricket_sizes = {
    "cricket_bulk_size_bytes", ngx_http_cricket_bytes, 0
};


ngx_int_t
ngx_http_cricket_status_add_zone(ngx_conf_t *cf)
{
    size_t                         size;
    ngx_shm_zone_t                *zone;
    ngx_http_cricket_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    /* the slab allocator has its own needs */

    size = ngx_align(sizeof(ngx_http_cricket_status_t), ngx_pagesize)
           + 8 * ngx_pagesize;

    zone = ngx_shared_memory_add(cf, &ngx_http_cricket_status_name, size,
                                 &ngx_http_cricket_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = ngx_http_cricket_status_init_zone;
    zone->data = cmcf;

    cmcf->status_zone = zone;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_status_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_cricket_main_conf_t *cmcf = zone->data;

    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data) {

        /* as the configuration before left it */

        cmcf->status = data;

    } else if (zone->shm.exists) {
        cmcf->status = shpool->data;

    } else {
        cmcf->status = ngx_slab_calloc(shpool,
                                       sizeof(ngx_http_cricket_status_t));
        if (cmcf->status == NULL) {
            return NGX_ERROR;
        }

        shpool->data = cmcf->status;
    }

    zone->data = cmcf->status;

    return NGX_OK;
}


ngx_int_t
ngx_http_cricket_status_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt           *h;
    ngx_http_core_main_conf_t     *cmcf;
    ngx_http_cricket_main_conf_t  *ours;

    ours = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    if (ours->status_zone == NULL) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_cricket_count_request;

    return NGX_OK;
}


void
ngx_http_cricket_status_clear(ngx_http_cricket_main_conf_t *cmcf)
{
    if (cmcf->status) {
        ngx_memzero(&cmcf->status->loads[ngx_process_slot],
                    sizeof(ngx_http_cricket_load_t));
    }
}


static ngx_int_t
ngx_http_cricket_count_request(ngx_http_request_t *r)
{
    ngx_uint_t                     code, method, route;
    ngx_http_cricket_ctx_t        *ctx;
    ngx_http_cricket_status_t     *status;
    ngx_http_cricket_loc_conf_t   *ccf;
    ngx_http_cricket_main_conf_t  *cmcf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    if (ccf->route == NULL || r != r->main) {
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_cricket_module);

    status = cmcf->status;

    route = ccf->route - ngx_http_cricket_routes;
    method = ngx_http_cricket_method(r);
    code = r->err_status ? r->err_status : r->headers_out.status;

    if (code >= NGX_HTTP_CRICKET_STATUSES) {
        code = 0;
    }

    (void) ngx_atomic_fetch_add(&status->requests[route][method][code], 1);

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx && ctx->start) {
        ngx_http_cricket_observe(&status->durations[route][method],
                                 &ngx_http_cricket_durations,
                                 (ngx_http_cricket_clock() - ctx->start)
                                 / 1000);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_cricket_method(ngx_http_request_t *r)
{
    switch (r->method) {

    case NGX_HTTP_GET:
        return 0;

    case NGX_HTTP_HEAD:
        return 1;

    case NGX_HTTP_POST:
        return 2;

    default:
        return 3;
    }
}


static void
ngx_http_cricket_observe(ngx_http_cricket_histogram_t *h,
    ngx_http_cricket_family_t *family, ngx_atomic_uint_t value)
{
    ngx_uint_t  i;

    for (i = 0; value > family->bounds[i].max; i++) { /* void */ }

    (void) ngx_atomic_fetch_add(&h->buckets[i], 1);
    (void) ngx_atomic_fetch_add(&h->sum, value);
}


void
ngx_http_cricket_count_datapoints(ngx_http_cricket_status_t *status,
    ngx_http_cricket_fate_e fate, ngx_uint_t n)
{
    if (status && n) {
        (void) ngx_atomic_fetch_add(&status->datapoints[fate], n);
    }
}


void
ngx_http_cricket_count_overflow(ngx_http_cricket_status_t *status)
{
    if (status) {
        (void) ngx_atomic_fetch_add(&status->overflows, 1);
    }
}


void
ngx_http_cricket_count_retry(ngx_http_cricket_status_t *status,
    ngx_http_cricket_retry_e reason, ngx_uint_t n)
{
    if (status && n) {
        (void) ngx_atomic_fetch_add(&status->retries[reason], n);
    }
}


void
ngx_http_cricket_count_batch(ngx_http_cricket_status_t *status,
    ngx_http_cricket_batch_t *batch)
{
    ngx_http_cricket_end_e        end;
    ngx_http_cricket_exchange_t  *x;

    if (status == NULL) {
        return;
    }

    x = &batch->exchange;

    if (x->tries > 1) {
        ngx_http_cricket_count_retry(status, NGX_HTTP_CRICKET_RETRY_NEXT_NODE,
                                     (x->tries - 1) * batch->nseats);
    }

    switch (x->outcome) {

    case NGX_HTTP_CRICKET_REPLY:
        end = (x->status == NGX_HTTP_OK) ? NGX_HTTP_CRICKET_ANSWERED
                                         : NGX_HTTP_CRICKET_REFUSED;
        break;

    case NGX_HTTP_CRICKET_UNSENT:
        end = NGX_HTTP_CRICKET_NOT_SENT;
        break;

    default: /* NGX_HTTP_CRICKET_UNKNOWN */
        end = NGX_HTTP_CRICKET_LOST;
    }

    (void) ngx_atomic_fetch_add(&status->batches[end], 1);

    if (end == NGX_HTTP_CRICKET_NOT_SENT) {
        return;
    }

    ngx_http_cricket_observe(&status->items, &ngx_http_cricket_items, batch->n);
    ngx_http_cricket_observe(&status->sizes, &ngx_http_cricket_sizes,
                             batch->size);
    ngx_http_cricket_observe(&status->waits, &ngx_http_cricket_waits,
                             (ngx_http_cricket_clock() - batch->clock) / 1000);
}


void
ngx_http_cricket_count_load(ngx_http_cricket_status_t *status,
    ngx_int_t requests, ssize_t size, ngx_int_t batches)
{
    ngx_http_cricket_load_t  *load;

    if (status) {
        load = &status->loads[ngx_process_slot];

        load->requests += requests;
        load->size += size;
        load->batches += batches;
    }
}


ngx_int_t
ngx_http_cricket_status_handler(ngx_http_request_t *r)
{
    cricket_buf_t                  b;
    ngx_http_cricket_status_t     *status;
    ngx_http_cricket_main_conf_t  *cmcf;

    static ngx_str_t  none = ngx_null_string;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_cricket_module);

    status = cmcf->status;

    cricket_buf_init(&b, NGX_HTTP_CRICKET_STATUS_SIZE);

    ngx_http_cricket_print_head(&b, "cricket_build_info", "gauge",
                                "The versions of Cricket and nginx.");
    ngx_http_cricket_print(&b, "cricket_build_info{version=\"%s\","
                           "nginx=\"%s\"} 1\n",
                           NGX_HTTP_CRICKET_VERSION, NGINX_VERSION);

    ngx_http_cricket_print_requests(&b, status);
    ngx_http_cricket_print_durations(&b, status);

    ngx_http_cricket_print_head(&b, "cricket_datapoints_total", "counter",
                                "Datapoints sent, by what became of them.");
    ngx_http_cricket_print_counters(&b, "cricket_datapoints_total", "outcome",
                                    ngx_http_cricket_fates, status->datapoints,
                                    NGX_HTTP_CRICKET_FATES);

    ngx_http_cricket_print_head(&b, "cricket_bulks_total", "counter",
                                "Requests to _bulk, by how they ended.");
    ngx_http_cricket_print_counters(&b, "cricket_bulks_total", "outcome",
                                    ngx_http_cricket_ends, status->batches,
                                    NGX_HTTP_CRICKET_ENDS);

    ngx_http_cricket_print_head(&b, ngx_http_cricket_items.name, "histogram",
                                "Datapoints in a request to _bulk.");
    ngx_http_cricket_print_histogram(&b, &ngx_http_cricket_items,
                                     &status->items, &none);

    ngx_http_cricket_print_head(&b, ngx_http_cricket_sizes.name, "histogram",
                                "Size of its body.");
    ngx_http_cricket_print_histogram(&b, &ngx_http_cricket_sizes,
                                     &status->sizes, &none);

    ngx_http_cricket_print_head(&b, ngx_http_cricket_waits.name, "histogram",
                                "Time until it was over.");
    ngx_http_cricket_print_histogram(&b, &ngx_http_cricket_waits,
                                     &status->waits, &none);

    ngx_http_cricket_print_head(&b, "cricket_retries_total", "counter",
                                "Times that a request went to _bulk again.");
    ngx_http_cricket_print_counters(&b, "cricket_retries_total", "reason",
                                    ngx_http_cricket_reasons, status->retries,
                                    NGX_HTTP_CRICKET_RETRIES);

    ngx_http_cricket_print_head(&b, "cricket_queue_overflows_total", "counter",
                                "Requests refused because the queue was full.");
    ngx_http_cricket_print(&b, "cricket_queue_overflows_total %uA\n",
                           status->overflows);

    ngx_http_cricket_print_loads(&b, status);

    return ngx_http_cricket_send_buf(r, NGX_HTTP_OK,
                                     &ngx_http_cricket_type_exposition, &b);
}


static void
ngx_http_cricket_print_requests(cricket_buf_t *b,
    ngx_http_cricket_status_t *status)
{
    ngx_uint_t         code, method, route;
    ngx_atomic_uint_t  n;

    ngx_http_cricket_print_head(b, "cricket_requests_total", "counter",
                                "Requests, by route, method and status.");

    for (route = 0; route < NGX_HTTP_CRICKET_ROUTES; route++) {
        for (method = 0; method < NGX_HTTP_CRICKET_METHODS; method++) {
            for (code = 0; code < NGX_HTTP_CRICKET_STATUSES; code++) {

                n = status->requests[route][method][code];

                if (n) {
                    ngx_http_cricket_print(b, "cricket_requests_total{"
                                           "route=\"%V\",method=\"%s\","
                                           "status=\"%03ui\"} %uA\n",
                                           &ngx_http_cricket_routes[route].name,
                                           ngx_http_cricket_methods[method],
                                           code, n);
                }
            }
        }
    }
}


static void
ngx_http_cricket_print_durations(cricket_buf_t *b,
    ngx_http_cricket_status_t *status)
{
    u_char                         text[64];
    ngx_str_t                      labels;
    ngx_uint_t                     i, method, route;
    ngx_http_cricket_histogram_t  *h;

    ngx_http_cricket_print_head(b, ngx_http_cricket_durations.name, "histogram",
                                "Time from a request's header to its end.");

    labels.data = text;

    for (route = 0; route < NGX_HTTP_CRICKET_ROUTES; route++) {
        for (method = 0; method < NGX_HTTP_CRICKET_METHODS; method++) {

            h = &status->durations[route][method];

            for (i = 0; i < NGX_HTTP_CRICKET_BUCKETS; i++) {

                if (h->buckets[i]) {
                    labels.len = ngx_snprintf(text, sizeof(text),
                                         "route=\"%V\",method=\"%s\",",
                                         &ngx_http_cricket_routes[route].name,
                                         ngx_http_cricket_methods[method])
                                 - text;

                    ngx_http_cricket_print_histogram(b,
                                                   &ngx_http_cricket_durations,
                                                   h, &labels);
                    break;
                }
            }
        }
    }
}


static void
ngx_http_cricket_print_loads(cricket_buf_t *b,
    ngx_http_cricket_status_t *status)
{
    ngx_uint_t                i;
    ngx_atomic_uint_t         batches, requests, size;
    ngx_http_cricket_load_t  *load;

    batches = 0;
    requests = 0;
    size = 0;

    for (i = 0; i < NGX_MAX_PROCESSES; i++) {
        load = &status->loads[i];

        batches += load->batches;
        requests += load->requests;
        size += load->size;
    }

    ngx_http_cricket_print_head(b, "cricket_queued_requests", "gauge",
                                "Requests that wait for Elasticsearch.");
    ngx_http_cricket_print(b, "cricket_queued_requests %uA\n", requests);

    ngx_http_cricket_print_head(b, "cricket_queued_bytes", "gauge",
                                "What these requests have for it.");
    ngx_http_cricket_print(b, "cricket_queued_bytes %uA\n", size);

    ngx_http_cricket_print_head(b, "cricket_bulks_in_flight", "gauge",
                                "Requests to _bulk that are on their way.");
    ngx_http_cricket_print(b, "cricket_bulks_in_flight %uA\n", batches);
}


static void
ngx_http_cricket_print_counters(cricket_buf_t *b, const char *name,
    const char *label, const char **values, ngx_atomic_t *counters,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        ngx_http_cricket_print(b, "%s{%s=\"%s\"} %uA\n", name, label,
                               values[i], counters[i]);
    }
}


/* labels, if any, end with a comma */

static void
ngx_http_cricket_print_histogram(cricket_buf_t *b,
    ngx_http_cricket_family_t *family, ngx_http_cricket_histogram_t *h,
    ngx_str_t *labels)
{
    ngx_str_t                  braces;
    ngx_uint_t                 i;
    ngx_atomic_uint_t          n, sum;
    ngx_http_cricket_bound_t  *bound;

    n = 0;
    i = 0;

    do {
        bound = &family->bounds[i];

        n += h->buckets[i++];

        ngx_http_cricket_print(b, "%s_bucket{%Vle=\"%s\"} %uA\n", family->name,
                               labels, bound->text, n);

    } while (bound->max != NGX_HTTP_CRICKET_INFINITE);

    braces = *labels;

    if (braces.len) {
        braces.len--;
    }

    sum = h->sum;

    ngx_http_cricket_print(b, "%s_sum%s%V%s ", family->name,
                           braces.len ? "{" : "", &braces,
                           braces.len ? "}" : "");

    if (family->seconds) {
        ngx_http_cricket_print(b, "%uA.%06uA\n", sum / 1000000, sum % 1000000);

    } else {
        ngx_http_cricket_print(b, "%uA\n", sum);
    }

    /* others may be counting on: not more than the buckets add up to */

    ngx_http_cricket_print(b, "%s_count%s%V%s %uA\n", family->name,
                           braces.len ? "{" : "", &braces,
                           braces.len ? "}" : "", n);
}


static void
ngx_http_cricket_print_head(cricket_buf_t *b, const char *name,
    const char *type, const char *help)
{
    ngx_http_cricket_print(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
                           type);
}


static void
ngx_http_cricket_print(cricket_buf_t *b, const char *fmt, ...)
{
    u_char   *p, *last;
    va_list   args;

    p = cricket_buf_reserve(b, NGX_HTTP_CRICKET_LINE_SIZE);
    if (p == NULL) {
        return;
    }

    va_start(args, fmt);
    last = ngx_vslprintf(p, p + NGX_HTTP_CRICKET_LINE_SIZE, fmt, args);
    va_end(args);

    b->len += last - p;
}
