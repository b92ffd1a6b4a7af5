
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_EXCHANGE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_EXCHANGE_H_INCLUDED_


#include "cricket_trouble.h"
#include "ngx_http_cricket.h"


/* "cricket_max_reply" is for searches: other replies may have so much */
#define NGX_HTTP_CRICKET_REPLY_MIN   (64 * 1024)
#define NGX_HTTP_CRICKET_REPLY_ITEM  1024


/*
 * An exchange with Elasticsearch: one request, one whole reply.  It travels on
 * the ngx_http_upstream of a client's request, the carrier, but sends nothing
 * to the client: when it is over, the carrier is a request without an upstream
 * again, and the handler is called from an event of its own.
 */


typedef enum {
    /* "status" and "reply" are what was answered */
    NGX_HTTP_CRICKET_REPLY = 0,

    /* no node was sent anything */
    NGX_HTTP_CRICKET_UNSENT,

    /* a node was sent it, or a part; no whole reply came back */
    NGX_HTTP_CRICKET_UNKNOWN
} ngx_http_cricket_outcome_e;


typedef void (*ngx_http_cricket_exchange_pt)(ngx_http_cricket_exchange_t *x);


struct ngx_http_cricket_exchange_s {

    /* set by the caller, all else zero */

    ngx_http_cricket_loc_conf_t   *conf;
    ngx_http_upstream_conf_t      *upstream;
    ngx_chain_t                   *request;     /* each buf begins at start */
    ngx_msec_t                     timeout;     /* for all of it; 0: none */
    size_t                         room;        /* for the reply, if that is
                                                   more than max_reply */
    ngx_http_cricket_exchange_pt   handler;
    void                          *data;
    ngx_log_t                     *log;

    /*
     * The exchange outlives its carrier, and the handler is called even if the
     * carrier was torn down; else it is then forgotten.  What goes wrong is not
     * the carrier's: its connection, too, has "log" until it is over, whose
     * data begin with an ngx_http_log_ctx_t.
     */
    unsigned                       detached:1;

    /* the reply counts for "cricket_read_memory" */
    unsigned                       counted:1;

    /* for the handler */

    ngx_http_request_t            *carrier;     /* NULL if it was torn down */
    ngx_http_cricket_outcome_e     outcome;
    ngx_uint_t                     status;
    cricket_buf_t                  reply;
    const char                    *error;       /* in words, or NULL */
    cricket_trouble_e              trouble;     /* what the words are about */
    ngx_uint_t                     tries;       /* of nodes, for it */
    unsigned                       too_large:1; /* the reply is */
    unsigned                       tried:1;     /* unsent, to some node; else
                                                   the balancer named none */

    /* private */

    ngx_event_t                    event;
    ngx_event_t                    timer;
    ngx_log_t                     *own;         /* the carrier's log */

    ngx_http_status_t              parser;
    ngx_http_chunked_t             chunks;
    off_t                          rest;
    size_t                         held;        /* bytes, of the reply */
    ngx_uint_t                     states;      /* of the carrier, before */

    ngx_log_t                      log_before;  /* the carrier's */
    cricket_trouble_e              told;        /* to it */

#if (NGX_HTTP_SSL)
    ngx_connection_t              *ssl;         /* a handshake began on it, */
    cricket_trouble_e              ssl_trouble; /* and met with that */
#endif

    unsigned                       finished:1;
    unsigned                       aborting:1;
    unsigned                       sent:1;
    unsigned                       body:1;
    unsigned                       chunked:1;
    unsigned                       length:1;
    unsigned                       close:1;
    unsigned                       listening:1; /* to the carrier's log */
    unsigned                       asked:1;     /* for a certificate */
};


/* an exchange in the request's pool, freed with it; NULL without memory */
ngx_http_cricket_exchange_t *ngx_http_cricket_exchange_create(
    ngx_http_request_t *r);

/*
 * Starts the exchange on a main request that the caller holds (its count is
 * not changed).  Returns NGX_OK: the handler will be called; or NGX_ERROR: it
 * will not be, for want of memory, and the carrier was finalized.
 */
ngx_int_t ngx_http_cricket_exchange_start(ngx_http_cricket_exchange_t *x,
    ngx_http_request_t *carrier);

/*
 * Ends an exchange in progress; the handler is called with
 * NGX_HTTP_CRICKET_UNSENT or NGX_HTTP_CRICKET_UNKNOWN.  Not to be called from
 * within an upstream's callback.
 */
void ngx_http_cricket_exchange_abort(ngx_http_cricket_exchange_t *x,
    const char *error);

/* was anything of it sent to a node? */
ngx_uint_t ngx_http_cricket_exchange_sent(ngx_http_cricket_exchange_t *x);

/* does it wait for a connection to a node, be it the first or another one? */
ngx_uint_t ngx_http_cricket_exchange_connecting(
    ngx_http_cricket_exchange_t *x);

/* frees the reply, which has been read */
void ngx_http_cricket_exchange_forget(ngx_http_cricket_exchange_t *x);

/* frees the reply, disarms the events; the exchange itself is the caller's */
void ngx_http_cricket_exchange_free(ngx_http_cricket_exchange_t *x);

/*
 * Makes the head of a request whose target is "/" and path, and room for "room"
 * more bytes behind it, in one buffer of the pool.  The body that the caller
 * adds, there or in further buffers, has "length" bytes; if type is NULL there
 * is none.
 */
ngx_chain_t *ngx_http_cricket_exchange_head(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, ngx_str_t *method, ngx_str_t *path,
    ngx_str_t *type, size_t length, size_t room);

/* a whole GET, or a request with JSON; NULL too if a buffer has failed */
ngx_chain_t *ngx_http_cricket_exchange_get(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, cricket_buf_t *path);
ngx_chain_t *ngx_http_cricket_exchange_json(ngx_pool_t *pool,
    ngx_http_cricket_loc_conf_t *conf, ngx_str_t *method, cricket_buf_t *path,
    cricket_buf_t *body);


#endif /* _NGX_HTTP_CRICKET_EXCHANGE_H_INCLUDED_ */
