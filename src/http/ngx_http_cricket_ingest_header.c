
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a POST's headers say about its body. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_ingest_private.h"
#include "ngx_http_cricket_respond.h"


#define NGX_HTTP_CRICKET_KEY_LEN  128

/* so much of a header is in a message about it */
#define NGX_HTTP_CRICKET_SHOWN    64


/* of a header whose name has the literal's length */
#define ngx_http_cricket_header_is(h, name)                                   \
    (ngx_memcmp((h)->lowcase_key, name, sizeof(name) - 1) == 0)


static ngx_int_t ngx_http_cricket_ingest_coding(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_ingest_refuse_coding(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in, ngx_str_t *value);
static ngx_int_t ngx_http_cricket_ingest_type(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);
static ngx_int_t ngx_http_cricket_ingest_parameters(u_char *p, u_char *last);
static ngx_int_t ngx_http_cricket_ingest_refuse_type(
    ngx_http_cricket_ingest_t *in, ngx_str_t *value);
static void ngx_http_cricket_ingest_shown(ngx_http_cricket_ingest_t *in,
    ngx_str_t *value);
static ngx_int_t ngx_http_cricket_ingest_key(ngx_str_t *value,
    ngx_http_cricket_ingest_t *in);


ngx_int_t
ngx_http_cricket_ingest_headers(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t        i, types, encodings;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_in.headers.part;
    h = part->elts;
    types = 0;
    encodings = 0;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {

            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        switch (h[i].key.len) {

        case sizeof("Content-Type") - 1:

            if (!ngx_http_cricket_header_is(&h[i], "content-type")) {
                break;
            }

            if (types++) {
                return ngx_http_cricket_ingest_refuse_type(in, NULL);
            }

            if (ngx_http_cricket_ingest_type(&h[i].value, in) != NGX_OK) {
                return ngx_http_cricket_ingest_refuse_type(in, &h[i].value);
            }

            break;

        case sizeof("Content-Encoding") - 1:

            if (!ngx_http_cricket_header_is(&h[i], "content-encoding")) {
                break;
            }

            if (encodings++) {
                return ngx_http_cricket_ingest_refuse_coding(r, in, NULL);
            }

            if (ngx_http_cricket_ingest_coding(&h[i].value, in) != NGX_OK) {
                return ngx_http_cricket_ingest_refuse_coding(r, in,
                                                             &h[i].value);
            }

            break;

        case sizeof("Idempotency-Key") - 1:

            if (ngx_http_cricket_header_is(&h[i], "idempotency-key")
                && ngx_http_cricket_ingest_key(&h[i].value, in) != NGX_OK)
            {
                cricket_buf_literal(&in->receipt.message,
                                    "Idempotency-Key: expected one header of "
                                    "1 to 128 visible ASCII characters");
                return NGX_HTTP_BAD_REQUEST;
            }

            break;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_ingest_coding(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    static ngx_str_t  snappy = ngx_string("snappy");

    if (in->coding == CRICKET_CODING_SNAPPY) {

        return (value->len == 0
                || (value->len == snappy.len
                    && ngx_strncasecmp(value->data, snappy.data, snappy.len)
                       == 0))
               ? NGX_OK : NGX_DECLINED;
    }

    return ngx_http_cricket_body_coding(value, &in->coding);
}


static ngx_int_t
ngx_http_cricket_ingest_refuse_coding(ngx_http_request_t *r,
    ngx_http_cricket_ingest_t *in, ngx_str_t *value)
{
    ngx_str_t  *accept;

    static ngx_str_t  gzip = ngx_string("gzip, deflate");
    static ngx_str_t  snappy = ngx_string("snappy");

    cricket_buf_literal(&in->receipt.message, "Content-Encoding: ");
    ngx_http_cricket_ingest_shown(in, value);

    if (in->coding == CRICKET_CODING_SNAPPY) {
        cricket_buf_literal(&in->receipt.message, ", expected snappy");
        accept = &snappy;

    } else {
        cricket_buf_literal(&in->receipt.message,
                            ", expected gzip, x-gzip, deflate or none");
        accept = &gzip;
    }

    /* RFC 9110, 12.5.3 */

    if (ngx_http_cricket_respond_header(r, "Accept-Encoding", accept)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
}


static ngx_int_t
ngx_http_cricket_ingest_type(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    u_char                          *p, *last, *semicolon;
    cricket_str_t                    type;
    ngx_http_cricket_ctx_t          *ctx;
    const cricket_format_request_t  *format;

    p = value->data;
    last = value->data + value->len;

    if (p == last) {
        return NGX_OK;
    }

    semicolon = ngx_strlchr(p, last, ';');

    if (semicolon
        && ngx_http_cricket_ingest_parameters(semicolon, last) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(in->request, ngx_http_cricket_module);

    type.data = p;
    type.len = value->len;

    format = cricket_format_find(ctx->route->query, &type);

    if (format == NULL) {
        return NGX_DECLINED;
    }

    in->format = format;

    return NGX_OK;
}


/*
 * The parameters of a media type, each behind a semicolon (RFC 9110, 5.6.6).
 * JSON is UTF-8 whatever is said; another charset said is a mistake.
 */

static ngx_int_t
ngx_http_cricket_ingest_parameters(u_char *p, u_char *last)
{
    u_char     quote;
    ngx_str_t  name, value;

    while (p < last) {

        if (*p == ';' || *p == ' ' || *p == '\t') {
            p++;
            continue;
        }

        name.data = p;

        while (p < last && *p != '=' && *p != ';' && *p != ' ') {
            p++;
        }

        name.len = p - name.data;

        if (name.len == 0 || p == last || *p++ != '=') {
            return NGX_DECLINED;
        }

        quote = (p < last && *p == '"');
        p += quote;

        value.data = p;

        while (p < last
               && (quote ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t'))
        {
            p += (quote && *p == '\\' && p + 1 < last) ? 2 : 1;
        }

        value.len = p - value.data;

        if (quote && p++ == last) {
            return NGX_DECLINED;
        }

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p < last && *p != ';') {
            return NGX_DECLINED;
        }

        if (name.len == 7
            && ngx_strncasecmp(name.data, (u_char *) "charset", 7) == 0
            && !((value.len == 5
                  && ngx_strncasecmp(value.data, (u_char *) "utf-8", 5) == 0)
                 || (value.len == 4
                     && ngx_strncasecmp(value.data, (u_char *) "utf8", 4) == 0)
                 || (value.len == 8
                     && ngx_strncasecmp(value.data, (u_char *) "us-ascii", 8)
                        == 0)))
        {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_ingest_refuse_type(ngx_http_cricket_ingest_t *in,
    ngx_str_t *value)
{
    u_char      *last;
    ngx_uint_t   lines;

    static ngx_str_t  form = ngx_string("application/x-www-form-urlencoded");

    lines = 0;

    if (value) {

        /* other names of it are in use */

        last = value->data + value->len;

        lines = (ngx_strlcasestrn(value->data, last, (u_char *) "ndjson", 6 - 1)
                 || ngx_strlcasestrn(value->data, last, (u_char *) "jsonl",
                                     5 - 1));
    }

    cricket_buf_literal(&in->receipt.message, "Content-Type: ");
    ngx_http_cricket_ingest_shown(in, value);

    if (in->format->type.len == 0) {
        cricket_buf_literal(&in->receipt.message, ", expected UTF-8");
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    if (in->coding == CRICKET_CODING_SNAPPY) {
        cricket_buf_literal(&in->receipt.message, ", expected application/"
                            "x-protobuf, of itself or with proto=prometheus."
                            "WriteRequest or proto=io.prometheus.write.v2."
                            "Request");
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    /* what an export may have been */

    if (value
        && ngx_strlcasestrn(value->data, value->data + value->len,
                            (u_char *) "csv", 3 - 1))
    {
        cricket_buf_literal(&in->receipt.message, ", CSV is written and not "
                            "read: send an export with format=ndjson as "
                            "Content-Type: application/x-ndjson");
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    cricket_buf_literal(&in->receipt.message, ", expected application/json or "
                        "application/x-ndjson, in UTF-8, or OTLP's metrics as "
                        "application/x-protobuf; send the header "
                        "Content-Type: ");
    cricket_buf_cstr(&in->receipt.message, lines ? "application/x-ndjson"
                                         : "application/json");

    /* what curl -d sends where nothing else is said */

    if (value
        && value->len == form.len
        && ngx_strncasecmp(value->data, form.data, form.len) == 0)
    {
        cricket_buf_literal(&in->receipt.message, ", with curl "
                            "-H 'Content-Type: application/json'");
    }

    return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
}


/* a header's in a message about it; NULL if there is more than one */

static void
ngx_http_cricket_ingest_shown(ngx_http_cricket_ingest_t *in, ngx_str_t *value)
{
    if (value) {
        cricket_buf_shown(&in->receipt.message, value->data, value->len,
                          NGX_HTTP_CRICKET_SHOWN);

    } else {
        cricket_buf_literal(&in->receipt.message, "more than one header");
    }
}


static ngx_int_t
ngx_http_cricket_ingest_key(ngx_str_t *value, ngx_http_cricket_ingest_t *in)
{
    size_t  i;

    if (in->key.len
        || value->len == 0
        || value->len > NGX_HTTP_CRICKET_KEY_LEN)
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < 0x21 || value->data[i] > 0x7e) {
            return NGX_DECLINED;
        }
    }

    in->key = *value;

    return NGX_OK;
}
