
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The page at /, and GET /health. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_page.h"
#include "ngx_http_cricket_respond.h"


/* stand in the texts for what a request says: "\1" and "\2" */
#define NGX_HTTP_CRICKET_PAGE_PREFIX  1
#define NGX_HTTP_CRICKET_PAGE_ORIGIN  2


static void ngx_http_cricket_page_fill(cricket_buf_t *b, ngx_str_t *text,
    ngx_http_request_t *r);
static void ngx_http_cricket_page_prefix(ngx_http_request_t *r,
    ngx_str_t *prefix);
static void ngx_http_cricket_page_host(ngx_http_request_t *r,
    ngx_str_t *host);
static const char *ngx_http_cricket_page_scheme(ngx_http_request_t *r);
static ngx_uint_t ngx_http_cricket_page_plain(ngx_str_t *text);


static ngx_str_t  ngx_http_cricket_type_html =
    ngx_string("text/html; charset=utf-8");


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
    "GET  \1/health       is nginx there?\n"
    "GET  \1/ready        is Elasticsearch there, and the index set up?\n"
    "GET  \1/metrics      Cricket about itself, for Prometheus\n"
);


static ngx_str_t  ngx_http_cricket_page = ngx_string(
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>Cricket</title>\n"
    "<style>\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em;\n"
    "       margin: 3em auto; padding: 0 1em; color: #222; }\n"
    "h1 { margin-bottom: 0; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "td { padding: .4em .8em .4em 0; border-top: 1px solid #ddd;\n"
    "     vertical-align: top; }\n"
    "code, pre { font: 14px/1.5 ui-monospace, monospace; }\n"
    "pre { background: #f4f4f4; padding: 1em; overflow-x: auto; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  body { background: #181818; color: #ddd; } a { color: #8bf; }\n"
    "  td { border-color: #444; } pre { background: #262626; }\n"
    "}\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Cricket</h1>\n"
    "<p>A metrics server in nginx, with its data in Elasticsearch.\n"
    "Version " CRICKET_VERSION ".</p>\n"
    "<table>\n"
    "<tr><td><code>POST \1/v1/metrics</code>"
    "<td>store datapoints; 200 means that they are on disk\n"
    "<tr><td><a href=\"v1/metrics\"><code>GET \1/v1/metrics</code></a>"
    "<td>read datapoints\n"
    "<tr><td><code>GET \1/v1/stats</code>"
    "<td>count, sum, min, max and average over a range\n"
    "<tr><td><a href=\"v1/names\"><code>GET \1/v1/names</code></a>"
    "<td>the names of the metrics\n"
    "<tr><td><a href=\"v1/tags\"><code>GET \1/v1/tags</code></a>"
    "<td>the keys of tags, and their values\n"
    "<tr><td><code>GET \1/v1/last</code>"
    "<td>the newest datapoint of every series\n"
    "<tr><td><a href=\"v1/export\"><code>GET \1/v1/export</code></a>"
    "<td>all that matches, as NDJSON or CSV\n"
    "<tr><td><a href=\"health\"><code>GET \1/health</code></a>"
    "<td>is nginx there?\n"
    "<tr><td><a href=\"ready\"><code>GET \1/ready</code></a>"
    "<td>is Elasticsearch there, and the index set up?\n"
    "<tr><td><a href=\"metrics\"><code>GET \1/metrics</code></a>"
    "<td>Cricket about itself, for Prometheus\n"
    "</table>\n"
    "<p>Store one:</p>\n"
    "<pre>curl -H 'Content-Type: application/json' -d '\n"
    "  [{\"name\":\"c1\",\"type\":\"counter\",\"value\":1,\n"
    "    \"timestamp\":\"2016-12-31T22:49:50Z\"}]' "
    "\2\1/v1/metrics</pre>\n"
    "</body>\n"
    "</html>\n"
);


ngx_int_t
ngx_http_cricket_page_handler(ngx_http_request_t *r)
{
    ngx_str_t        *text, *type;
    cricket_buf_t     b;
    ngx_table_elt_t  *h;

    static ngx_str_t  accept = ngx_string("Accept");

    if (ngx_http_cricket_respond_vary(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text = &ngx_http_cricket_text;
    type = &ngx_http_cricket_type_text;

    h = ngx_http_cricket_respond_find(&r->headers_in.headers, &accept);

    if (h != NULL
        && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                            (u_char *) "text/html", 9 - 1)
           != NULL)
    {
        text = &ngx_http_cricket_page;
        type = &ngx_http_cricket_type_html;
    }

    cricket_buf_init(&b, NGX_MAX_SIZE_T_VALUE);

    ngx_http_cricket_page_fill(&b, text, r);

    return ngx_http_cricket_respond_buf(r, NGX_HTTP_OK, type, &b);
}


/* with this request's addresses */

static void
ngx_http_cricket_page_fill(cricket_buf_t *b, ngx_str_t *text,
    ngx_http_request_t *r)
{
    u_char     *p, *begin, *last;
    ngx_str_t   origin, prefix;

    ngx_http_cricket_page_prefix(r, &prefix);
    ngx_http_cricket_page_host(r, &origin);

    last = text->data + text->len;

    for (begin = text->data, p = begin; p < last; p++) {

        if (*p != NGX_HTTP_CRICKET_PAGE_PREFIX
            && *p != NGX_HTTP_CRICKET_PAGE_ORIGIN)
        {
            continue;
        }

        cricket_buf_append(b, begin, p - begin);
        begin = p + 1;

        if (*p == NGX_HTTP_CRICKET_PAGE_PREFIX) {
            cricket_buf_append(b, prefix.data, prefix.len);
            continue;
        }

        cricket_buf_cstr(b, ngx_http_cricket_page_scheme(r));
        cricket_buf_append(b, origin.data, origin.len);
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


static void
ngx_http_cricket_page_host(ngx_http_request_t *r, ngx_str_t *host)
{
    ngx_str_set(host, "localhost:8080");

    if (r->headers_in.host
        && r->headers_in.host->value.len
        && ngx_http_cricket_page_plain(&r->headers_in.host->value))
    {
        *host = r->headers_in.host->value;
    }
}


static const char *
ngx_http_cricket_page_scheme(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)

    if (r->connection->ssl) {
        return "https://";
    }

#endif

    return "http://";
}


/* what a page and a shell can be given as it is */

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
