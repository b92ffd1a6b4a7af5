
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What Elasticsearch said, as a line that may be logged. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_json.h"
#include "cricket_utf8.h"
#include "ngx_http_cricket_quote.h"


/* the escapes of what is longer, and cut anyway, are left as they are */
#define NGX_HTTP_CRICKET_QUOTE_JSON  2048


static ngx_uint_t ngx_http_cricket_quote_has(ngx_http_cricket_loc_conf_t *conf,
    const u_char *data, size_t len);


ngx_str_t *
ngx_http_cricket_quote(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const u_char *data, size_t len)
{
    size_t  n;

    if (len == 0) {
        ngx_str_set(&quote->text, "");
        return &quote->text;
    }

    /* an occurrence that would be cut counts, too */

    n = ngx_min(len, NGX_HTTP_CRICKET_QUOTE + conf->credentials.len);

    if (ngx_http_cricket_quote_has(conf, data, n)) {
        ngx_str_set(&quote->text, NGX_HTTP_CRICKET_QUOTE_SECRET);
        return &quote->text;
    }

    quote->text.data = quote->data;
    quote->text.len = cricket_utf8_quote(quote->data, NGX_HTTP_CRICKET_QUOTE,
                                         data, len);

    return &quote->text;
}


ngx_str_t *
ngx_http_cricket_quote_json(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const cricket_str_t *text)
{
    u_char     buf[NGX_HTTP_CRICKET_QUOTE_JSON];
    ptrdiff_t  len;

    if (text->len <= NGX_HTTP_CRICKET_QUOTE_JSON) {

        len = cricket_json_decode(text, buf);

        if (len >= 0) {
            return ngx_http_cricket_quote(quote, conf, buf, len);
        }
    }

    return ngx_http_cricket_quote(quote, conf, text->data, text->len);
}


ngx_uint_t
ngx_http_cricket_quote_secret(ngx_http_cricket_loc_conf_t *conf,
    const cricket_str_t *text)
{
    u_char     buf[NGX_HTTP_CRICKET_QUOTE_JSON];
    ptrdiff_t  len;

    if (text->len <= NGX_HTTP_CRICKET_QUOTE_JSON) {

        len = cricket_json_decode(text, buf);

        if (len >= 0 && ngx_http_cricket_quote_has(conf, buf, len)) {
            return 1;
        }
    }

    return ngx_http_cricket_quote_has(conf, text->data, text->len);
}


static ngx_uint_t
ngx_http_cricket_quote_has(ngx_http_cricket_loc_conf_t *conf,
    const u_char *data, size_t len)
{
    ngx_str_t  *secret;

    secret = &conf->credentials;

    return secret->len && len >= secret->len
           && ngx_strlcasestrn((u_char *) data, (u_char *) data + len,
                               secret->data, secret->len - 1)
              != NULL;
}
