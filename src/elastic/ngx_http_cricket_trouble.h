
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_TROUBLE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_TROUBLE_H_INCLUDED_


#include "cricket_bulk.h"
#include "ngx_http_cricket_exchange.h"


/* What Elasticsearch said and why it cannot be spoken to, for people. */


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

/* what a 401 means, by what cricket_set_header gives; who is a literal */
#define ngx_http_cricket_trouble_stranger(conf, who)                          \
    ((conf)->credentials.len                                                  \
     ? who "does not take Cricket's credentials"                              \
     : who "wants credentials, and Cricket has none")

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
