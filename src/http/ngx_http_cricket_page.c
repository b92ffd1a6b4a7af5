
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What stands at / for who is no browser, and GET /health. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_dashboard.h"
#include "ngx_http_cricket_page.h"
#include "ngx_http_cricket_respond.h"


/* stands in the text for what a request says: "\1" */
#define NGX_HTTP_CRICKET_PAGE_PREFIX  1


static void ngx_http_cricket_page_fill(cricket_buf_t *b, ngx_str_t *text,
    ngx_http_request_t *r);
static void ngx_http_cricket_page_prefix(ngx_http_request_t *r,
    ngx_str_t *prefix);
static ngx_uint_t ngx_http_cricket_page_plain(ngx_str_t *text);


static ngx_str_t  ngx_http_cricket_text = ngx_string(
    "CRICKET\n"
    "a metrics server in nginx, version " CRICKET_VERSION "\n"
    "\n"
    "POST \1/v1/metrics   store datapoints\n"
    "GET  \1/v1/metrics   read datapoints: timestamp, order, limit, cursor,\n"
    "                   format, and filters\n"
    "GET  \1/v1/last      the newest of every series: limit, cursor, format,\n"
    "                   and filters\n"
    "GET  \1/v1/stats     count, sum, min, max, average: percentiles,\n"
    "                   interval, points, fill, group_by, top, bottom, rank,\n"
    "                   rate, per, histogram, below, format, and filters\n"
    "GET  \1/v1/names     the metrics' names: prefix, detail, limit, cursor,\n"
    "                   format, and filters\n"
    "GET  \1/v1/tags      keys of tags, and the values of one: key, prefix,\n"
    "                   order, limit, cursor, format, and filters\n"
    "GET  \1/v1/export    all that matches: format, and filters\n"
    "                   filters: name, type, tag.KEY, start, end, before, tz;\n"
    "                   any: tag.KEY=a&tag.KEY=b, none: tag.KEY!=a,\n"
    "                   patterns: tag.KEY~=a*, tag.KEY!~=a*, name~=a*\n"
    "POST \1/write        store InfluxDB's line protocol; /api/v2/write, too\n"
    "POST \1/api/v1/write store what Prometheus writes remotely\n"
    "POST \1/api/put      store as to OpenTSDB\n"
    "     \1/api/query    ask as of OpenTSDB; suggest, search/lookup,\n"
    "                   aggregators, config, config/filters, version, too\n"
    "GET  \1/health       is nginx there?\n"
    "GET  \1/ready        is Elasticsearch there, and the index set up?\n"
    "GET  \1/metrics      Cricket about itself, for Prometheus\n"
);


ngx_int_t
ngx_http_cricket_page_handler(ngx_http_request_t *r)
{
    cricket_buf_t     b;
    ngx_table_elt_t  *h;

    static ngx_str_t  accept = ngx_string("Accept");

    if (ngx_http_cricket_respond_vary(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &accept);

    if (h != NULL
        && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                            (u_char *) "text/html", 9 - 1)
           != NULL)
    {
        return ngx_http_cricket_dashboard_handler(r);
    }

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    ngx_http_cricket_page_fill(&b, &ngx_http_cricket_text, r);

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK,
                                        &ngx_http_cricket_type_text, &b);
}


/* with the prefix under which this request came */

static void
ngx_http_cricket_page_fill(cricket_buf_t *b, ngx_str_t *text,
    ngx_http_request_t *r)
{
    u_char     *p, *begin, *last;
    ngx_str_t   prefix;

    ngx_http_cricket_page_prefix(r, &prefix);

    last = text->data + text->len;

    for (begin = text->data, p = begin; p < last; p++) {

        if (*p == NGX_HTTP_CRICKET_PAGE_PREFIX) {
            cricket_buf_append(b, begin, p - begin);
            cricket_buf_append(b, prefix.data, prefix.len);
            begin = p + 1;
        }
    }

    cricket_buf_append(b, begin, last - begin);
}


/* the folder that was asked for, as it was written, without the last "/" */

static void
ngx_http_cricket_page_prefix(ngx_http_request_t *r, ngx_str_t *prefix)
{
    u_char  *p, *last;

    prefix->data = r->unparsed_uri.data;
    prefix->len = 0;

    last = prefix->data + r->unparsed_uri.len;

    for (p = prefix->data; p < last && *p != '?'; p++) {

        if (*p == '/') {
            prefix->len = p - prefix->data;
        }
    }

    if (!ngx_http_cricket_page_plain(prefix)) {
        prefix->len = 0;
    }
}


/* what a shell can be given as it is */

static ngx_uint_t
ngx_http_cricket_page_plain(ngx_str_t *text)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < text->len; i++) {
        c = text->data[i];

        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
            && (c < '0' || c > '9')
            && c != '-' && c != '.' && c != '_' && c != '/' && c != ':')
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_cricket_page_health(ngx_http_request_t *r)
{
    static ngx_str_t  ok = ngx_string("OK");

    return ngx_http_cricket_respond(r, NGX_HTTP_OK, &ngx_http_cricket_type_text,
                                    ok.data, ok.len);
}
