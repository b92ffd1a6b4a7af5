
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* GET /metrics: what Cricket counts, in Prometheus' text format. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_format.h"
#include "ngx_http_cricket_respond.h"
#include "ngx_http_cricket_route.h"
#include "ngx_http_cricket_status.h"
#include "ngx_http_cricket_write.h"


#if (NGX_HTTP_CRICKET_ROUTES > NGX_HTTP_CRICKET_COUNT_ROUTES                  \
     || CRICKET_FORMAT_REQUESTS > NGX_HTTP_CRICKET_COUNT_FORMATS)
#error there is no room to count all routes and formats
#endif


/* of a line, and far more than all lines together can fill */
#define NGX_HTTP_CRICKET_STATUS_LINE  (NGX_HTTP_CRICKET_COUNT_LABELS + 256)
#define NGX_HTTP_CRICKET_STATUS_SIZE  (64 * 1024 * 1024)


typedef struct {
    const char                      *name;
    const char                      *help;
    const ngx_http_cricket_bound_t  *bounds;
    size_t                           offset;    /* of the histogram */
    unsigned                         seconds:1;
} ngx_http_cricket_status_family_t;


typedef struct {
    const char                      *name;
    const char                      *help;
    const char                      *label;
    const char                     **values;    /* of the label */
    size_t                           offset;    /* of the counters */
    ngx_uint_t                       n;
} ngx_http_cricket_status_counter_t;


typedef void (*ngx_http_cricket_status_pt)(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);


static ngx_int_t ngx_http_cricket_status_log(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_status_method(ngx_http_request_t *r);

static void ngx_http_cricket_status_each(cricket_buf_t *b,
    ngx_http_cricket_counts_t *counts, const char *name, const char *type,
    const char *help, ngx_http_cricket_status_pt handler, const void *data);
static void ngx_http_cricket_status_requests(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_durations(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_datapoints(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_counters(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_family(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_load(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);
static void ngx_http_cricket_status_known(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data);

static void ngx_http_cricket_status_histogram(cricket_buf_t *b,
    const ngx_http_cricket_status_family_t *family,
    ngx_http_cricket_histogram_t *h, ngx_str_t *labels);
static void ngx_http_cricket_status_sample(cricket_buf_t *b, const char *name,
    ngx_str_t *labels, const char *label, const char *value,
    ngx_atomic_uint_t n);
static void ngx_http_cricket_status_print(cricket_buf_t *b, const char *fmt,
    ...);


static ngx_str_t  ngx_http_cricket_status_type =
    ngx_string("text/plain; version=0.0.4; charset=utf-8");


static const char  *ngx_http_cricket_status_methods[] = {
    "GET", "HEAD", "POST", "other"
};


/* in the order of the enumerations */

static const char  *ngx_http_cricket_status_fates[] = {
    "stored", "duplicate", "conflict", "invalid", "rejected", "failed",
    "uncertain", "abandoned", "ignored"
};


static const char  *ngx_http_cricket_status_ends[] = {
    "answered", "refused", "unsent", "lost"
};


static const char  *ngx_http_cricket_status_reasons[] = {
    "busy", "blocked", "failed", "unsent", "too_large", "next_node",
    "partition"
};


#define ngx_http_cricket_status_at(field)                                     \
    offsetof(ngx_http_cricket_count_t, field)


static const ngx_http_cricket_status_family_t
    ngx_http_cricket_status_duration =
{
    "cricket_request_duration_seconds", NULL, ngx_http_cricket_count_times,
    0, 1
};


static const ngx_http_cricket_status_family_t
    ngx_http_cricket_status_families[] =
{
    { "cricket_bulk_datapoints", "Datapoints in a request to _bulk.",
      ngx_http_cricket_count_numbers, ngx_http_cricket_status_at(items), 0 },
    { "cricket_bulk_size_bytes", "Size of its body.",
      ngx_http_cricket_count_bytes, ngx_http_cricket_status_at(sizes), 0 },
    { "cricket_bulk_duration_seconds", "Time until it was over.",
      ngx_http_cricket_count_times, ngx_http_cricket_status_at(waits), 1 },
    { NULL, NULL, NULL, 0, 0 }
};


static const ngx_http_cricket_status_counter_t
    ngx_http_cricket_status_totals[] =
{
    { "cricket_bulks_total", "Requests to _bulk, by how they ended.",
      "outcome", ngx_http_cricket_status_ends,
      ngx_http_cricket_status_at(bulks), NGX_HTTP_CRICKET_ENDS },
    { "cricket_retries_total", "Times that a request went to _bulk again.",
      "reason", ngx_http_cricket_status_reasons,
      ngx_http_cricket_status_at(retries), NGX_HTTP_CRICKET_RETRIES },
    { "cricket_queue_overflows_total",
      "Requests refused because the queue was full.",
      NULL, NULL, ngx_http_cricket_status_at(overflows), 1 },
    { NULL, NULL, NULL, NULL, 0, 0 }
};


/* summed up over all processes */

static const ngx_http_cricket_status_counter_t
    ngx_http_cricket_status_loads[] =
{
    { "cricket_queued_requests", "Requests that wait for Elasticsearch.",
      NULL, NULL, offsetof(ngx_http_cricket_load_t, requests), 1 },
    { "cricket_queued_bytes", "What these requests have for it.",
      NULL, NULL, offsetof(ngx_http_cricket_load_t, size), 1 },
    { "cricket_bulks_in_flight", "Requests to _bulk that are on their way.",
      NULL, NULL, offsetof(ngx_http_cricket_load_t, batches), 1 },
    { NULL, NULL, NULL, NULL, 0, 0 }
};


static const ngx_http_cricket_status_counter_t
    ngx_http_cricket_status_limits[] =
{
    { "cricket_queue_limit_requests", "Requests that a worker lets wait.",
      NULL, NULL, ngx_http_cricket_status_at(max_requests), 1 },
    { "cricket_queue_limit_bytes", "What they may have together.",
      NULL, NULL, ngx_http_cricket_status_at(max_size), 1 },
    { NULL, NULL, NULL, NULL, 0, 0 }
};


/* left out as long as it is not known */

static const ngx_http_cricket_status_counter_t
    ngx_http_cricket_status_states[] =
{
    { "cricket_elasticsearch_up", "Whether a node was reached, last time.",
      NULL, NULL, ngx_http_cricket_status_at(up), 1 },
    { "cricket_index_ready", "Whether the index was there, last time.",
      NULL, NULL, ngx_http_cricket_status_at(ready), 1 },
    { NULL, NULL, NULL, NULL, 0, 0 }
};


ngx_int_t
ngx_http_cricket_status_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt           *h;
    ngx_http_core_main_conf_t     *cmcf;
    ngx_http_cricket_main_conf_t  *ours;

    ours = ngx_http_conf_get_module_main_conf(cf, ngx_http_cricket_module);

    if (ours->zone == NULL) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_cricket_status_log;

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_status_log(ngx_http_request_t *r)
{
    ngx_uint_t                     method, route;
    ngx_http_cricket_ctx_t        *ctx;
    ngx_http_cricket_count_t      *count;
    ngx_http_cricket_loc_conf_t   *ccf;
    ngx_http_cricket_main_conf_t  *cmcf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    if (ccf->route == NULL || r != r->main) {
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_cricket_module);

    count = ccf->target ? ccf->target->count : &cmcf->counts->none;

    route = ccf->route - ngx_http_cricket_routes;
    method = ngx_http_cricket_status_method(r);

    ngx_http_cricket_count_request(count, route, method,
                                   r->err_status ? r->err_status
                                                 : r->headers_out.status);

    ctx = ngx_http_get_module_ctx(r, ngx_http_cricket_module);

    if (ctx && ctx->start) {
        ngx_http_cricket_count_duration(count, route, method,
                                        (ngx_http_cricket_clock() - ctx->start)
                                        / 1000);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_cricket_status_method(ngx_http_request_t *r)
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


ngx_int_t
ngx_http_cricket_status_handler(ngx_http_request_t *r)
{
    cricket_buf_t                             b;
    ngx_http_cricket_counts_t                *counts;
    ngx_http_cricket_main_conf_t             *cmcf;
    const ngx_http_cricket_status_family_t   *family;
    const ngx_http_cricket_status_counter_t  *counter;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_cricket_module);

    counts = cmcf->counts;

    cricket_buf_init(&b, NGX_HTTP_CRICKET_STATUS_SIZE);

    ngx_http_cricket_status_print(&b, "# HELP cricket_build_info The versions "
                                  "of Cricket and nginx.\n"
                                  "# TYPE cricket_build_info gauge\n"
                                  "cricket_build_info{version=\"%s\","
                                  "nginx=\"%s\"} 1\n",
                                  CRICKET_VERSION, NGINX_VERSION);

    ngx_http_cricket_status_each(&b, counts, "cricket_requests_total",
                                 "counter",
                                 "Requests, by route, method and status.",
                                 ngx_http_cricket_status_requests, NULL);

    ngx_http_cricket_status_each(&b, counts,
                                 ngx_http_cricket_status_duration.name,
                                 "histogram",
                                 "Time from a request's header to its end.",
                                 ngx_http_cricket_status_durations, NULL);

    ngx_http_cricket_status_each(&b, counts, "cricket_datapoints_total",
                                 "counter", "Datapoints sent, by format and by "
                                 "what became of them.",
                                 ngx_http_cricket_status_datapoints, NULL);

    for (counter = ngx_http_cricket_status_totals; counter->name; counter++) {
        ngx_http_cricket_status_each(&b, counts, counter->name, "counter",
                                     counter->help,
                                     ngx_http_cricket_status_counters, counter);
    }

    for (family = ngx_http_cricket_status_families; family->name; family++) {
        ngx_http_cricket_status_each(&b, counts, family->name, "histogram",
                                     family->help,
                                     ngx_http_cricket_status_family, family);
    }

    for (counter = ngx_http_cricket_status_loads; counter->name; counter++) {
        ngx_http_cricket_status_each(&b, counts, counter->name, "gauge",
                                     counter->help,
                                     ngx_http_cricket_status_load, counter);
    }

    for (counter = ngx_http_cricket_status_limits; counter->name; counter++) {
        ngx_http_cricket_status_each(&b, counts, counter->name, "gauge",
                                     counter->help,
                                     ngx_http_cricket_status_counters, counter);
    }

    for (counter = ngx_http_cricket_status_states; counter->name; counter++) {
        ngx_http_cricket_status_each(&b, counts, counter->name, "gauge",
                                     counter->help,
                                     ngx_http_cricket_status_known, counter);
    }

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_status_type, &b);
}


/* a family: its head, and its samples for each place to write to */

static void
ngx_http_cricket_status_each(cricket_buf_t *b,
    ngx_http_cricket_counts_t *counts, const char *name, const char *type,
    const char *help, ngx_http_cricket_status_pt handler, const void *data)
{
    ngx_uint_t  i;

    ngx_http_cricket_status_print(b, "# HELP %s %s\n# TYPE %s %s\n", name,
                                  help, name, type);

    if (handler == ngx_http_cricket_status_requests
        || handler == ngx_http_cricket_status_durations)
    {
        handler(b, &counts->none, data);
    }

    for (i = 0; i < counts->ntargets; i++) {
        handler(b, &counts->targets[i], data);
    }
}


static void
ngx_http_cricket_status_requests(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    ngx_str_t          labels;
    ngx_uint_t         i, method, route;
    ngx_atomic_uint_t  n;

    (void) data;

    labels.data = count->labels;
    labels.len = count->len;

    for (route = 0; route < NGX_HTTP_CRICKET_ROUTES; route++) {
        for (method = 0; method < NGX_HTTP_CRICKET_COUNT_METHODS; method++) {
            for (i = 0; i < NGX_HTTP_CRICKET_COUNT_STATUSES; i++) {

                n = count->requests[route][method][i];

                if (n) {
                    ngx_http_cricket_status_print(b, "cricket_requests_total{"
                                           "%Vroute=\"%V\",method=\"%s\","
                                           "status=\"%03ui\"} %uA\n", &labels,
                                           &ngx_http_cricket_routes[route].name,
                                           ngx_http_cricket_status_methods[
                                                                       method],
                                           ngx_http_cricket_count_statuses[i],
                                           n);
                }
            }
        }
    }
}


static void
ngx_http_cricket_status_durations(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    u_char                         text[NGX_HTTP_CRICKET_STATUS_LINE];
    ngx_str_t                      labels;
    ngx_uint_t                     i, method, route;
    ngx_http_cricket_histogram_t  *h;

    (void) data;

    for (route = 0; route < NGX_HTTP_CRICKET_ROUTES; route++) {
        for (method = 0; method < NGX_HTTP_CRICKET_COUNT_METHODS; method++) {

            h = &count->durations[route][method];

            for (i = 0; i < NGX_HTTP_CRICKET_COUNT_BUCKETS; i++) {

                if (h->buckets[i]) {
                    break;
                }
            }

            if (i == NGX_HTTP_CRICKET_COUNT_BUCKETS) {
                continue;
            }

            labels.data = text;
            labels.len = ngx_snprintf(text, sizeof(text),
                                      "%*sroute=\"%V\",method=\"%s\",",
                                      count->len, count->labels,
                                      &ngx_http_cricket_routes[route].name,
                                      ngx_http_cricket_status_methods[method])
                         - text;

            ngx_http_cricket_status_histogram(b,
                                             &ngx_http_cricket_status_duration,
                                             h, &labels);
        }
    }
}


static void
ngx_http_cricket_status_datapoints(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    u_char      text[NGX_HTTP_CRICKET_STATUS_LINE];
    ngx_str_t   labels;
    ngx_uint_t  fate, format;

    (void) data;

    for (format = 0; format < CRICKET_FORMAT_REQUESTS; format++) {

        if (cricket_format_requests[format].reader == NULL) {
            continue;
        }

        labels.data = text;
        labels.len = ngx_snprintf(text, sizeof(text), "%*sformat=\"%s\",",
                                  count->len, count->labels,
                                  cricket_format_requests[format].name)
                     - text;

        for (fate = 0; fate < NGX_HTTP_CRICKET_FATES; fate++) {
            ngx_http_cricket_status_sample(b, "cricket_datapoints_total",
                                           &labels, "outcome",
                                           ngx_http_cricket_status_fates[fate],
                                           count->datapoints[format][fate]);
        }
    }
}


static void
ngx_http_cricket_status_counters(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    const ngx_http_cricket_status_counter_t  *counter = data;

    ngx_str_t      labels;
    ngx_uint_t     i;
    ngx_atomic_t  *n;

    labels.data = count->labels;
    labels.len = count->len;

    n = (ngx_atomic_t *) ((u_char *) count + counter->offset);

    for (i = 0; i < counter->n; i++) {
        ngx_http_cricket_status_sample(b, counter->name, &labels,
                                       counter->label,
                                       counter->label ? counter->values[i]
                                                      : NULL,
                                       n[i]);
    }
}


static void
ngx_http_cricket_status_family(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    const ngx_http_cricket_status_family_t  *family = data;

    ngx_str_t  labels;

    labels.data = count->labels;
    labels.len = count->len;

    ngx_http_cricket_status_histogram(b, family,
                         (ngx_http_cricket_histogram_t *)
                                         ((u_char *) count + family->offset),
                         &labels);
}


static void
ngx_http_cricket_status_load(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    const ngx_http_cricket_status_counter_t  *counter = data;

    ngx_str_t          labels;
    ngx_uint_t         i;
    ngx_atomic_uint_t  n;

    labels.data = count->labels;
    labels.len = count->len;

    n = 0;

    for (i = 0; i < NGX_MAX_PROCESSES; i++) {
        n += *(ngx_atomic_t *) ((u_char *) &count->loads[i] + counter->offset);
    }

    ngx_http_cricket_status_sample(b, counter->name, &labels, NULL, NULL, n);
}


static void
ngx_http_cricket_status_known(cricket_buf_t *b,
    ngx_http_cricket_count_t *count, const void *data)
{
    const ngx_http_cricket_status_counter_t  *counter = data;

    ngx_str_t          labels;
    ngx_atomic_uint_t  n;

    n = *(ngx_atomic_t *) ((u_char *) count + counter->offset);

    if (n == NGX_HTTP_CRICKET_COUNT_UNKNOWN) {
        return;
    }

    labels.data = count->labels;
    labels.len = count->len;

    ngx_http_cricket_status_sample(b, counter->name, &labels, NULL, NULL,
                                   n == NGX_HTTP_CRICKET_COUNT_YES);
}


/* labels, if any, end with a comma */

static void
ngx_http_cricket_status_histogram(cricket_buf_t *b,
    const ngx_http_cricket_status_family_t *family,
    ngx_http_cricket_histogram_t *h, ngx_str_t *labels)
{
    ngx_str_t                        braces;
    ngx_uint_t                       i;
    ngx_atomic_uint_t                n, sum;
    const ngx_http_cricket_bound_t  *bound;

    n = 0;
    i = 0;

    do {
        bound = &family->bounds[i];

        n += h->buckets[i++];

        ngx_http_cricket_status_print(b, "%s_bucket{%Vle=\"%s\"} %uA\n",
                                      family->name, labels, bound->text, n);

    } while (bound->max != NGX_HTTP_CRICKET_COUNT_INFINITE);

    braces = *labels;
    braces.len--;

    sum = h->sum;

    if (family->seconds) {
        ngx_http_cricket_status_print(b, "%s_sum{%V} %uA.%06uA\n",
                                      family->name, &braces, sum / 1000000,
                                      sum % 1000000);

    } else {
        ngx_http_cricket_status_print(b, "%s_sum{%V} %uA\n", family->name,
                                      &braces, sum);
    }

    /* others may be counting on: not more than the buckets add up to */

    ngx_http_cricket_status_print(b, "%s_count{%V} %uA\n", family->name,
                                  &braces, n);
}


static void
ngx_http_cricket_status_sample(cricket_buf_t *b, const char *name,
    ngx_str_t *labels, const char *label, const char *value,
    ngx_atomic_uint_t n)
{
    ngx_str_t  braces;

    braces = *labels;

    if (label) {
        ngx_http_cricket_status_print(b, "%s{%V%s=\"%s\"} %uA\n", name,
                                      labels, label, value, n);
        return;
    }

    braces.len--;

    ngx_http_cricket_status_print(b, "%s{%V} %uA\n", name, &braces, n);
}


static void
ngx_http_cricket_status_print(cricket_buf_t *b, const char *fmt, ...)
{
    u_char   *p, *last;
    va_list   args;

    p = cricket_buf_reserve(b, NGX_HTTP_CRICKET_STATUS_LINE);
    if (p == NULL) {
        return;
    }

    va_start(args, fmt);
    last = ngx_vslprintf(p, p + NGX_HTTP_CRICKET_STATUS_LINE, fmt, args);
    va_end(args);

    b->len += last - p;
}
