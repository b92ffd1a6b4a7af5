
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What is told of Elasticsearch's words, and of what keeps it from speaking. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_node.h"
#include "ngx_http_cricket_trouble.h"


static void ngx_http_cricket_trouble_writer(ngx_log_t *log, ngx_uint_t level,
    u_char *buf, size_t len);
static cricket_trouble_e ngx_http_cricket_trouble_plain(
    ngx_http_cricket_exchange_t *x, ngx_connection_t *c);
static ngx_uint_t ngx_http_cricket_trouble_told(ngx_http_cricket_exchange_t *x);
static void ngx_http_cricket_trouble_pass(ngx_http_cricket_exchange_t *x,
    ngx_uint_t level, u_char *buf, size_t len);
#if (NGX_HTTP_SSL)
static cricket_trouble_e ngx_http_cricket_trouble_ssl(
    ngx_http_cricket_exchange_t *x, ngx_connection_t *c);
static void ngx_http_cricket_trouble_info(const ngx_ssl_conn_t *ssl_conn,
    int where, int rc);
static cricket_trouble_e ngx_http_cricket_trouble_failed(
    ngx_http_cricket_exchange_t *x, const ngx_ssl_conn_t *ssl_conn, int rc);
static cricket_trouble_e ngx_http_cricket_trouble_reason(int reason);
static int ngx_http_cricket_trouble_asked(ngx_ssl_conn_t *ssl_conn,
    X509 **x509, EVP_PKEY **pkey);
static ngx_http_cricket_exchange_t *ngx_http_cricket_trouble_exchange(
    const ngx_ssl_conn_t *ssl_conn);
#endif


/* in the order of cricket_trouble_e */

static const char  *ngx_http_cricket_troubles[CRICKET_TROUBLES] = {
    NULL,

    "Elasticsearch's certificate is not trusted: give its CA's as "
    "cricket_ssl_trusted_certificate",

    "Elasticsearch's certificate is self-signed and not trusted: give it as "
    "cricket_ssl_trusted_certificate",

    "Elasticsearch's certificate, or that of its CA, has expired: renew it",

    "Elasticsearch's certificate, or that of its CA, is not valid yet: are the "
    "clocks right?",

    "Elasticsearch's certificate is for another name: give a name that it has "
    "as cricket_ssl_name",

    "Elasticsearch's certificate, or that of its CA, is revoked: replace it",

    "Elasticsearch's certificate cannot be held against cricket_ssl_crl: give "
    "a list by its CA that is valid now",

    "Elasticsearch's certificate has a longer chain than "
    "cricket_ssl_verify_depth allows: give a larger one",

    "Elasticsearch's certificate is not valid: the error log says why",

    "Elasticsearch asks for a client certificate: give one as "
    "cricket_ssl_certificate",

    "Elasticsearch does not take the client certificate: give one that is "
    "valid, by a CA that it trusts, as cricket_ssl_certificate",

    "Elasticsearch has no version of TLS in common with cricket_ssl_protocols: "
    "give one that it has",

    "Elasticsearch has no cipher or version of TLS in common with "
    "cricket_ssl_ciphers and cricket_ssl_protocols: give some that it has",

    "Elasticsearch's address does not know the name that it is sent: give one "
    "that it has as cricket_ssl_name, or turn cricket_ssl_server_name off",

    "Elasticsearch's address does not speak TLS: write http:// in "
    "cricket_pass, or the address that does",

    "Elasticsearch's address does not answer in TLS: is cricket_pass to be "
    "http://?",

    "Elasticsearch's address closes the connection in the handshake of TLS: is "
    "cricket_pass to be http://?",

    "the handshake of TLS with Elasticsearch failed: the error log says why",

    "Elasticsearch's address speaks TLS: write https:// in cricket_pass",

    "Elasticsearch's address closes the connection without an answer: is "
    "cricket_pass to be https://?"
};


const char *
ngx_http_cricket_trouble_words(cricket_trouble_e trouble)
{
    return ngx_http_cricket_troubles[trouble];
}


void
ngx_http_cricket_trouble_begin(ngx_http_cricket_exchange_t *x)
{
    ngx_log_t  *log;

    log = x->carrier->connection->log;

    x->log_before = *log;

    log->writer = ngx_http_cricket_trouble_writer;
    log->wdata = x;
    log->next = NULL;

    x->listening = 1;
}


void
ngx_http_cricket_trouble_end(ngx_http_cricket_exchange_t *x)
{
    ngx_log_t  *log;

    if (!x->listening) {
        return;
    }

    x->listening = 0;

    log = x->carrier->connection->log;

    ngx_http_cricket_log_full_keep(log, &x->log_before);
    log->writer = x->log_before.writer;
    log->wdata = x->log_before.wdata;
    log->next = x->log_before.next;
}


static void
ngx_http_cricket_trouble_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len)
{
    size_t                        size;
    u_char                       *p, line[NGX_MAX_ERROR_STR];
    const char                   *words;
    cricket_trouble_e             trouble;
    ngx_http_upstream_t          *u;
    ngx_http_cricket_exchange_t  *x;

    x = log->wdata;
    u = x->carrier->upstream;

    if (level > NGX_LOG_ERR) {
        trouble = CRICKET_TROUBLE_NONE;

    } else if (u->peer.sockaddr == NULL && u->peer.connection == NULL) {

        /* the balancer has none: for what was wrong with those it had */

        trouble = x->conf->node->trouble;

    } else {
        trouble = ngx_http_cricket_trouble(x);
    }

    if (trouble == CRICKET_TROUBLE_NONE) {
        ngx_http_cricket_trouble_pass(x, level, buf, len);
        return;
    }

    ngx_http_cricket_trouble_set(x, trouble);

    if (ngx_http_cricket_trouble_told(x)) {
        return;
    }

    words = ngx_http_cricket_trouble_words(trouble);

    size = sizeof(", cricket: \"\"") - 1 + ngx_strlen(words)
           + NGX_LINEFEED_SIZE;

    len = ngx_min(len - NGX_LINEFEED_SIZE, sizeof(line) - size);

    p = ngx_sprintf(line, "%*s, cricket: \"%s\"", len, buf, words);
    ngx_linefeed(p);

    ngx_http_cricket_trouble_pass(x, level, line, p - line);
}


static ngx_uint_t
ngx_http_cricket_trouble_told(ngx_http_cricket_exchange_t *x)
{
    if (x->told == x->trouble) {
        return 1;
    }

    x->told = x->trouble;

    return x->detached && ngx_http_cricket_node_told(x->conf->node, x->trouble);
}


/* writes a line to the carrier's logs, as the core would have */

static void
ngx_http_cricket_trouble_pass(ngx_http_cricket_exchange_t *x, ngx_uint_t level,
    u_char *buf, size_t len)
{
    ssize_t      n;
    ngx_log_t   *log;
    ngx_uint_t   debug;

    debug = x->log_before.log_level & NGX_LOG_DEBUG_CONNECTION;

    for (log = &x->log_before; log; log = log->next) {

        if (log->log_level < level && !debug) {
            break;
        }

        if (log->writer) {
            log->writer(log, level, buf, len);
            continue;
        }

        if (ngx_time() == ngx_http_cricket_log_full(log)) {
            continue;
        }

        n = ngx_write_fd(log->file->fd, buf, len);

        if (n == -1 && ngx_errno == NGX_ENOSPC) {
            ngx_http_cricket_log_full(log) = ngx_time();
        }
    }
}


void
ngx_http_cricket_trouble_set(ngx_http_cricket_exchange_t *x,
    cricket_trouble_e trouble)
{
    if (trouble) {
        x->trouble = trouble;
        x->error = ngx_http_cricket_trouble_words(trouble);
    }
}


cricket_trouble_e
ngx_http_cricket_trouble(ngx_http_cricket_exchange_t *x)
{
    ngx_connection_t  *c;

    c = x->carrier->upstream->peer.connection;

    if (c == NULL) {
        return CRICKET_TROUBLE_NONE;
    }

    if (x->body && x->status == NGX_HTTP_BAD_REQUEST) {
        return cricket_trouble_reply(x->reply.data, x->reply.len);
    }

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        return ngx_http_cricket_trouble_ssl(x, c);
    }

    if (x->conf->ssl) {
        return CRICKET_TROUBLE_NONE;
    }

#endif

    return ngx_http_cricket_trouble_plain(x, c);
}


static cricket_trouble_e
ngx_http_cricket_trouble_plain(ngx_http_cricket_exchange_t *x,
    ngx_connection_t *c)
{
    ngx_buf_t            *b;
    ngx_http_upstream_t  *u;

    u = x->carrier->upstream;
    b = &u->buffer;

    if (!u->request_sent || x->status) {
        return CRICKET_TROUBLE_NONE;
    }

    if (b->last != b->start) {

        /* an alert of TLS */

        return (b->last - b->start > 2 && b->start[0] == 21
                && b->start[1] == 3)
               ? CRICKET_TROUBLE_TLS : CRICKET_TROUBLE_NONE;
    }

    /* of one that has answered before, it is no news but a connection lost */

    return ((c->read->eof || c->read->pending_eof) && !u->peer.cached
            && !x->conf->node->answered)
           ? CRICKET_TROUBLE_UNANSWERED : CRICKET_TROUBLE_NONE;
}


void
ngx_http_cricket_trouble_last(ngx_http_cricket_exchange_t *x)
{
    ngx_http_cricket_node_t  *node;

    node = x->conf->node;

    if (x->error == NULL) {
        ngx_http_cricket_trouble_set(x, x->tried ? ngx_http_cricket_trouble(x)
                                                 : node->trouble);
    }

    ngx_http_cricket_node_trouble(node, x->trouble);
}


ngx_uint_t
ngx_http_cricket_trouble_unread(cricket_trouble_e trouble)
{
    /* with TLS 1.3 it is sent before it is known that it will not be read */

    return trouble == CRICKET_TROUBLE_CLIENT_NONE
           || trouble == CRICKET_TROUBLE_CLIENT_REFUSED
           || trouble == CRICKET_TROUBLE_TLS;
}


#if (NGX_HTTP_SSL)

static cricket_trouble_e
ngx_http_cricket_trouble_ssl(ngx_http_cricket_exchange_t *x,
    ngx_connection_t *c)
{
    long                  rc;
    ngx_http_upstream_t  *u;

    if (x->ssl == c && x->ssl_trouble) {
        return x->ssl_trouble;
    }

    if (!c->ssl->handshaked) {
        return c->write->timedout ? CRICKET_TROUBLE_SILENT
                                  : CRICKET_TROUBLE_NONE;
    }

    u = x->carrier->upstream;

    if (u->request_sent || !u->conf->ssl_verify) {
        return CRICKET_TROUBLE_NONE;
    }

    /* the core verifies after the handshake: so what failed was this */

    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc != X509_V_OK) {
        return cricket_trouble_verify(rc);
    }

    return (ngx_ssl_check_host(c, &u->ssl_name) == NGX_OK)
           ? CRICKET_TROUBLE_NONE : CRICKET_TROUBLE_NAME;
}


void
ngx_http_cricket_trouble_watch(ngx_ssl_t *ssl)
{
    /* that of the core is for servers */

    SSL_CTX_set_info_callback(ssl->ctx, ngx_http_cricket_trouble_info);

    SSL_CTX_set_client_cert_cb(ssl->ctx, ngx_http_cricket_trouble_asked);
}


static void
ngx_http_cricket_trouble_info(const ngx_ssl_conn_t *ssl_conn, int where, int rc)
{
    cricket_trouble_e             trouble;
    ngx_http_cricket_exchange_t  *x;

    if (where == SSL_CB_HANDSHAKE_START) {
        x = ngx_http_cricket_trouble_exchange(ssl_conn);

        if (x) {
            x->ssl = ngx_ssl_get_connection((ngx_ssl_conn_t *) ssl_conn);
            x->ssl_trouble = CRICKET_TROUBLE_NONE;
            x->asked = 0;
        }

        return;
    }

    if (where != SSL_CB_CONNECT_EXIT && where != SSL_CB_READ_ALERT) {
        return;
    }

    /* "rc" of an alert is its level, 2 if it is fatal, and its number */

    if (where == SSL_CB_CONNECT_EXIT ? rc > 0 : rc >> 8 != 2) {
        return;
    }

    x = ngx_http_cricket_trouble_exchange(ssl_conn);

    if (x == NULL || x->ssl_trouble) {
        return;
    }

    if (where == SSL_CB_READ_ALERT) {
        trouble = cricket_trouble_alert(rc & 0xff, x->asked,
                                        x->conf->ssl_certificate.len != 0);

    } else {
        trouble = ngx_http_cricket_trouble_failed(x, ssl_conn, rc);
    }

    x->ssl_trouble = trouble;

    ngx_http_cricket_trouble_set(x, trouble);
}


/* the core has not yet taken the error from OpenSSL's queue */

static cricket_trouble_e
ngx_http_cricket_trouble_failed(ngx_http_cricket_exchange_t *x,
    const ngx_ssl_conn_t *ssl_conn, int rc)
{
    long               verified;
    cricket_trouble_e  trouble;

    trouble = CRICKET_TROUBLE_CLOSED;

    switch (SSL_get_error(ssl_conn, rc)) {

    case SSL_ERROR_SSL:
        trouble = ngx_http_cricket_trouble_reason(
                                              ERR_GET_REASON(ERR_peek_error()));
        break;

    case SSL_ERROR_SYSCALL:
    case SSL_ERROR_ZERO_RETURN:
        break;

    default:
        /* it goes on */
        return CRICKET_TROUBLE_NONE;
    }

    if (trouble == CRICKET_TROUBLE_INVALID) {

        /* by "cricket_ssl_conf_command VerifyMode" the handshake verifies */

        verified = SSL_get_verify_result(ssl_conn);

        return (verified == X509_V_OK) ? trouble
                                       : cricket_trouble_verify(verified);
    }

    if (trouble == CRICKET_TROUBLE_CLOSED && x->asked) {
        return CRICKET_TROUBLE_CLIENT_NONE;
    }

    return trouble;
}


static cricket_trouble_e
ngx_http_cricket_trouble_reason(int reason)
{
    switch (reason) {

    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return CRICKET_TROUBLE_INVALID;

    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
#ifdef SSL_R_UNKNOWN_PROTOCOL
    case SSL_R_UNKNOWN_PROTOCOL:
#endif
#ifdef SSL_R_RECORD_LAYER_FAILURE
    case SSL_R_RECORD_LAYER_FAILURE:
#endif
        return CRICKET_TROUBLE_NOT_TLS;

    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
#ifdef SSL_R_NO_PROTOCOLS_AVAILABLE
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
#endif
#ifdef SSL_R_VERSION_TOO_LOW
    case SSL_R_VERSION_TOO_LOW:
#endif
        return CRICKET_TROUBLE_VERSION;

    case SSL_R_NO_CIPHERS_AVAILABLE:
#ifdef SSL_R_DH_KEY_TOO_SMALL
    case SSL_R_DH_KEY_TOO_SMALL:
#endif
        return CRICKET_TROUBLE_CIPHER;

#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return CRICKET_TROUBLE_CLOSED;
#endif

    default:
        return CRICKET_TROUBLE_HANDSHAKE;
    }
}


/* called if a certificate is asked for and none is configured */

static int
ngx_http_cricket_trouble_asked(ngx_ssl_conn_t *ssl_conn, X509 **x509,
    EVP_PKEY **pkey)
{
    ngx_http_cricket_exchange_t  *x;

    x = ngx_http_cricket_trouble_exchange(ssl_conn);

    if (x) {
        x->asked = 1;
    }

    return 0;
}


static ngx_http_cricket_exchange_t *
ngx_http_cricket_trouble_exchange(const ngx_ssl_conn_t *ssl_conn)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    c = ngx_ssl_get_connection((ngx_ssl_conn_t *) ssl_conn);

    /* one that is kept is nobody's */

    if (c->idle) {
        return NULL;
    }

    r = c->data;

    return r->upstream->input_filter_ctx;
}

#endif
