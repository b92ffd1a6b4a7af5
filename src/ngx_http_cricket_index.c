
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The page at /, and GET /health. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_index.h"
#include "ngx_http_cricket_respond.h"


static ngx_str_t  ngx_http_cricket_type_html =
    ngx_string("text/html; charset=utf-8");


static ngx_str_t  ngx_http_cricket_text = ngx_string(
    "CRICKET\n"
    "a metrics server in nginx, version " CRICKET_VERSION "\n"
    "\n"
    "POST /v1/metrics   store datapoints\n"
    "GET  /v1/metrics   read datapoints: name, timestamp, type, tag.KEY,\n"
    "                   start, end, limit, cursor, format\n"
    "GET  /v1/stats     count, sum, min, max, average: name, start, end,\n"
    "                   interval, percentiles, group_by, type, tag.KEY\n"
    "GET  /v1/names     the metrics' names: prefix, limit, cursor\n"
    "GET  /v1/export    all that matches: name, type, tag.KEY, start, end,\n"
    "                   format\n"
    "GET  /health       is nginx there?\n"
    "GET  /ready        is Elasticsearch there, and the index set up?\n"
    "GET  /metrics      Cricket about itself, for Prometheus\n"
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
    "<tr><td><code>POST /v1/metrics</code>"
    "<td>store datapoints; 200 means that they are on disk\n"
    "<tr><td><a href=\"/v1/metrics\"><code>GET /v1/metrics</code></a>"
    "<td>read datapoints\n"
    "<tr><td><code>GET /v1/stats</code>"
    "<td>count, sum, min, max and average over a range\n"
    "<tr><td><a href=\"/v1/names\"><code>GET /v1/names</code></a>"
    "<td>the names of the metrics\n"
    "<tr><td><a href=\"/v1/export\"><code>GET /v1/export</code></a>"
    "<td>all that matches, as NDJSON or CSV\n"
    "<tr><td><a href=\"/health\"><code>GET /health</code></a>"
    "<td>is nginx there?\n"
    "<tr><td><a href=\"/ready\"><code>GET /ready</code></a>"
    "<td>is Elasticsearch there, and the index set up?\n"
    "<tr><td><a href=\"/metrics\"><code>GET /metrics</code></a>"
    "<td>Cricket about itself, for Prometheus\n"
    "</table>\n"
    "<p>Store one:</p>\n"
    "<pre>curl -H 'Content-Type: application/json' -d '\n"
    "  [{\"name\":\"c1\",\"type\":\"counter\",\"value\":1,\n"
    "    \"timestamp\":\"2016-12-31T22:49:50Z\"}]' "
    "http://localhost:8080/v1/metrics</pre>\n"
    "</body>\n"
    "</html>\n"
);


ngx_int_t
ngx_http_cricket_index_handler(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  accept = ngx_string("Accept");

    if (ngx_http_cricket_vary(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h = ngx_http_cricket_find_header(&r->headers_in.headers, &accept);

    if (h != NULL
        && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                            (u_char *) "text/html", 9 - 1)
           != NULL)
    {
        return ngx_http_cricket_send(r, NGX_HTTP_OK,
                                     &ngx_http_cricket_type_html,
                                     ngx_http_cricket_page.data,
                                     ngx_http_cricket_page.len);
    }

    return ngx_http_cricket_send(r, NGX_HTTP_OK, &ngx_http_cricket_type_text,
                                 ngx_http_cricket_text.data,
                                 ngx_http_cricket_text.len);
}


ngx_int_t
ngx_http_cricket_health_handler(ngx_http_request_t *r)
{
    static ngx_str_t  ok = ngx_string("OK");

    return ngx_http_cricket_send(r, NGX_HTTP_OK, &ngx_http_cricket_type_text,
                                 ok.data, ok.len);
}
