
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Why Elasticsearch refuses, in words. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_reason.h"
#include "ngx_http_cricket_reason.h"


/* of a sentence, more than any has */
#define NGX_HTTP_CRICKET_SENTENCE  512


static const char *ngx_http_cricket_reason_sentence(ngx_pool_t *pool,
    const char *prefix, cricket_buf_t *words);


const char *
ngx_http_cricket_reason(ngx_pool_t *pool, const char *prefix,
    ngx_http_cricket_exchange_t *x)
{
    cricket_buf_t  words;

    cricket_buf_init(&words, NGX_HTTP_CRICKET_SENTENCE);

    (void) cricket_reason_reply(x->reply.data, x->reply.len, &words);

    return ngx_http_cricket_reason_sentence(pool, prefix, &words);
}


const char *
ngx_http_cricket_reason_item(ngx_pool_t *pool, const char *prefix,
    const cricket_item_t *item)
{
    cricket_buf_t  words;

    cricket_buf_init(&words, NGX_HTTP_CRICKET_SENTENCE);

    (void) cricket_reason_item(&item->type, &item->reason, &words);

    return ngx_http_cricket_reason_sentence(pool, prefix, &words);
}


const char *
ngx_http_cricket_reason_status(ngx_pool_t *pool, const char *prefix,
    ngx_http_cricket_exchange_t *x)
{
    cricket_buf_t  words;
    cricket_str_t  type;

    cricket_buf_init(&words, NGX_HTTP_CRICKET_SENTENCE);

    cricket_buf_literal(&words, "status ");
    cricket_buf_int(&words, x->status);

    if (cricket_reason_type(x->reply.data, x->reply.len, &type) == CRICKET_OK)
    {
        cricket_buf_literal(&words, ", ");
        cricket_buf_append(&words, type.data, type.len);
    }

    return ngx_http_cricket_reason_sentence(pool, prefix, &words);
}


/* frees the words; NULL if there are none, or no memory for them */

static const char *
ngx_http_cricket_reason_sentence(ngx_pool_t *pool, const char *prefix,
    cricket_buf_t *words)
{
    u_char  *text, *p;
    size_t   len;

    text = NULL;

    if (words->len && !words->failed) {
        len = ngx_strlen(prefix) + 2 + words->len;

        text = ngx_pnalloc(pool, len + 1);
    }

    if (text) {
        p = ngx_sprintf(text, "%s: ", prefix);
        p = ngx_cpymem(p, words->data, words->len);
        *p = '\0';
    }

    cricket_buf_free(words);

    return (char *) text;
}
