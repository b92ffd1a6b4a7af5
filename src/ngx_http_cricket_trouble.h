
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_TROUBLE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_TROUBLE_H_INCLUDED_


#include "cricket_bulk.h"
#include "ngx_http_cricket_elasticsearch.h"


/* What Elasticsearch said and why it cannot be spoken to, for people. */


/* as much of it is logged */
#define NGX_HTTP_CRICKET_QUOTE  512


typedef struct {
    ngx_str_t                      text;
    u_char                         data[NGX_HTTP_CRICKET_QUOTE];
} ngx_http_cricket_quote_t;


/*
 * What Elasticsearch said, as a line that may be logged: escaped, cut, and
 * without the credentials that are configured.  Returns &quote->text.
 */
ngx_str_t *ngx_http_cricket_quote(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const u_char *data, size_t len);

/* the same of what was the inside of a JSON string */
ngx_str_t *ngx_http_cricket_quote_json(ngx_http_cricket_quote_t *quote,
    ngx_http_cricket_loc_conf_t *conf, const cricket_str_t *text);

/*
 * What is the matter in words, behind a prefix and a colon, if a reply is an
 * error of Elasticsearch's that is known; else NULL.  It lives in the pool.
 */
const char *ngx_http_cricket_reason(ngx_pool_t *pool, const char *prefix,
    ngx_http_cricket_exchange_t *x);

/* the same of an item's error */
const char *ngx_http_cricket_reason_item(ngx_pool_t *pool, const char *prefix,
    const cricket_item_t *item);

/* likewise the status of the reply and the type of its error, if it has one */
const char *ngx_http_cricket_status_reason(ngx_pool_t *pool,
    const char *prefix, ngx_http_cricket_exchange_t *x);

/* a trouble in words, and what to do; NULL if it is none */
const char *ngx_http_cricket_trouble_words(cricket_trouble_e trouble);

/*
 * From begin to end, which does nothing without a begin, what the core logs of
 * the exchange's carrier passes through here: a line about a trouble has the
 * words behind it, and is dropped if the exchange or, of bulks, another one a
 * moment ago has told of the same.
 */
void ngx_http_cricket_trouble_begin(ngx_http_cricket_exchange_t *x);
void ngx_http_cricket_trouble_end(ngx_http_cricket_exchange_t *x);

/* gives a try's trouble to the exchange, if it is one, with its words */
void ngx_http_cricket_trouble_set(ngx_http_cricket_exchange_t *x,
    cricket_trouble_e trouble);

/* what a 401 means, by what cricket_set_header gives */
#define ngx_http_cricket_trouble_stranger(conf)                               \
    ((conf)->credentials.len                                                  \
     ? "Elasticsearch does not take Cricket's credentials"                    \
     : "Elasticsearch wants credentials, and Cricket has none")

/* what is wrong with the connection of a try that failed, if that is known */
cricket_trouble_e ngx_http_cricket_trouble(ngx_http_cricket_exchange_t *x);

/*
 * The last try failed, or there was none: gives the exchange its trouble and
 * keeps it in mind for those that find no node to try.
 */
void ngx_http_cricket_trouble_last(ngx_http_cricket_exchange_t *x);

/* did the node that the exchange met with it surely read nothing? */
ngx_uint_t ngx_http_cricket_trouble_unread(cricket_trouble_e trouble);

#if (NGX_HTTP_SSL)

/* makes connections of this context tell what goes wrong with them */
void ngx_http_cricket_trouble_watch(ngx_ssl_t *ssl);

#endif


#endif /* _NGX_HTTP_CRICKET_TROUBLE_H_INCLUDED_ */
