
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Asks Elasticsearch, by libcurl. */


#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "cricket_cli.h"


#define CRICKET_HTTP_MAX_REPLY        (16 * 1024 * 1024)
#define CRICKET_HTTP_MAX_URL          8192
#define CRICKET_HTTP_CONNECT_TIMEOUT  5


struct cricket_http_s {
    CURL                  *curl;
    struct curl_slist     *headers;     /* the first is that of a body */
    struct curl_slist     *connect;     /* of the request, or NULL */
    const cricket_cli_t   *cli;
    unsigned               node;        /* the one that answered last */
    char                   error[CURL_ERROR_SIZE];
};


static CURLcode cricket_http_options(cricket_http_t *http);
static CURLcode cricket_http_send(cricket_http_t *http, const char *method,
    const char *path, const cricket_buf_t *body, cricket_reply_t *reply);
static CURLcode cricket_http_target(cricket_http_t *http, char *url);
static CURLcode cricket_http_renamed(cricket_http_t *http, CURLU *u);
static int cricket_http_authorize(cricket_http_t *http);
static size_t cricket_http_write(char *data, size_t size, size_t n,
    void *reply);
static cricket_exit_e cricket_http_failed(cricket_http_t *http, CURLcode rc,
    const cricket_reply_t *reply);
static void cricket_http_untrusted(cricket_http_t *http, const char *url,
    const char *text);


const char *
cricket_http_url(char *url)
{
    char        *scheme, *part;
    CURLU       *u;
    size_t       len;
    unsigned     i;
    const char  *err;

    static const struct {
        CURLUPart    part;
        const char  *err;
    } extra[] = {
        { CURLUPART_USER, "give them in a --password-file" },
        { CURLUPART_PASSWORD, "give them in a --password-file" },
        { CURLUPART_QUERY, "a query has no place there" },
        { CURLUPART_FRAGMENT, "a fragment has no place there" }
    };

    len = strlen(url);

    while (len && url[len - 1] == '/') {
        url[--len] = '\0';
    }

    u = curl_url();
    if (u == NULL) {
        return "no memory";
    }

    scheme = NULL;
    err = NULL;

    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        err = "expected http:// or https:// and a host";

    } else if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK
               || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
    {
        err = "not a URL";
    }

    for (i = 0; err == NULL && i < sizeof(extra) / sizeof(extra[0]); i++) {

        if (curl_url_get(u, extra[i].part, &part, 0) == CURLUE_OK) {
            curl_free(part);
            err = extra[i].err;
        }
    }

    curl_free(scheme);
    curl_url_cleanup(u);

    return err;
}


cricket_http_t *
cricket_http_open(const cricket_cli_t *cli)
{
    CURLcode         rc;
    cricket_http_t  *http;

    http = calloc(1, sizeof(cricket_http_t));
    if (http == NULL) {
        cricket_error("no memory");
        return NULL;
    }

    http->cli = cli;
    http->curl = curl_easy_init();
    http->headers = curl_slist_append(NULL, "Content-Type: application/json");

    if (http->curl == NULL || http->headers == NULL) {
        cricket_error("no memory");
        cricket_http_close(http);
        return NULL;
    }

    if ((cli->api_key || cli->password_file)
        && cricket_http_authorize(http) != CRICKET_OK)
    {
        cricket_http_close(http);
        return NULL;
    }

    rc = cricket_http_options(http);

    if (rc != CURLE_OK) {
        cricket_error("libcurl: %s", curl_easy_strerror(rc));
        cricket_http_close(http);
        return NULL;
    }

    if (cli->password) {

        /* libcurl has a copy; this one is for root and this user to see */

        memset(cli->password, '*', strlen(cli->password));
    }

    return http;
}


void
cricket_http_close(cricket_http_t *http)
{
    struct curl_slist  *header;

    for (header = http->headers; header; header = header->next) {
        cricket_credentials_wipe(header->data, strlen(header->data));
    }

    curl_easy_cleanup(http->curl);
    curl_slist_free_all(http->headers);
    curl_slist_free_all(http->connect);
    free(http);
}


static CURLcode
cricket_http_options(cricket_http_t *http)
{
    long                  connect;
    CURL                 *curl;
    CURLcode              rc;
    const cricket_cli_t  *cli;

    curl = http->curl;
    cli = http->cli;

    connect = cli->timeout < CRICKET_HTTP_CONNECT_TIMEOUT
              ? (long) cli->timeout : CRICKET_HTTP_CONNECT_TIMEOUT;

#if (LIBCURL_VERSION_NUM >= 0x075500)
    rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                          CURLPROTO_HTTP|CURLPROTO_HTTPS);
#endif

    /* a worker asks Elasticsearch directly too, whatever http_proxy says */

    if (rc != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_PROXY, ""))
        || (rc = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L))
        || (rc = curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                                  (long) CURL_HTTP_VERSION_1_1))
        || (rc = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L))
        || (rc = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect))
        || (rc = curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long) cli->timeout))
        || (rc = curl_easy_setopt(curl, CURLOPT_USERAGENT,
                                  "cricket/" CRICKET_VERSION))
        || (rc = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error))
        || (rc = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION,
                                  cricket_http_write)))
    {
        return rc;
    }

    if (cli->user
        && ((rc = curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
                                   (long) CURLAUTH_BASIC))
            || (rc = curl_easy_setopt(curl, CURLOPT_USERNAME, cli->user))
            || (rc = curl_easy_setopt(curl, CURLOPT_PASSWORD,
                                      cli->password))))
    {
        return rc;
    }

    if (cli->cacert) {
        return curl_easy_setopt(curl, CURLOPT_CAINFO, cli->cacert);
    }

    return CURLE_OK;
}


cricket_exit_e
cricket_http_request(cricket_http_t *http, const char *method,
    const char *path, const cricket_buf_t *body, cricket_reply_t *reply)
{
    char            *location;
    CURLcode         rc;
    unsigned         tries;
    cricket_exit_e   code;

    for (tries = http->cli->nurls; /* void */ ; tries--) {

        memset(reply, 0, sizeof(cricket_reply_t));
        cricket_buf_init(&reply->body, CRICKET_HTTP_MAX_REPLY);

        reply->url = http->cli->urls[http->node];
        reply->user = (http->cli->user != NULL);
        reply->api_key = (http->cli->api_key != NULL);
        reply->file = (http->cli->password_file != NULL);

        rc = cricket_http_send(http, method, path, body, reply);

        if (rc == CURLE_OK) {
            code = CRICKET_EXIT_OK;

            /* a gateway without its node, a node without its cluster */

            if (tries == 1 || reply->status < 502 || reply->status > 504) {
                break;
            }

            cricket_error("%s answers %ld", reply->url, reply->status);

        } else {
            code = cricket_http_failed(http, rc, reply);

            if (tries == 1 || code != CRICKET_EXIT_AWAY) {
                break;
            }
        }

        cricket_reply_free(reply);

        http->node = (http->node + 1) % http->cli->nurls;
    }

    if (code == CRICKET_EXIT_OK) {
        location = NULL;
        (void) curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &location);

        code = cricket_reply_parse(reply, location);
    }

    if (code != CRICKET_EXIT_OK) {
        cricket_reply_free(reply);
    }

    return code;
}


static CURLcode
cricket_http_send(cricket_http_t *http, const char *method, const char *path,
    const cricket_buf_t *body, cricket_reply_t *reply)
{
    CURL           *curl;
    CURLcode        rc;
    cricket_buf_t   url;

    curl = http->curl;
    http->error[0] = '\0';

    cricket_buf_init(&url, CRICKET_HTTP_MAX_URL);
    cricket_buf_cstr(&url, reply->url);
    cricket_buf_cstr(&url, path);
    cricket_buf_append(&url, "", 1);

    if (url.failed) {
        cricket_buf_free(&url);
        return CURLE_URL_MALFORMAT;
    }

    rc = cricket_http_target(http, (char *) url.data);

    cricket_buf_free(&url);

    if (rc != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply))
        || (rc = curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L))
        || (rc = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method))
        || (rc = curl_easy_setopt(curl, CURLOPT_HTTPHEADER,
                                  http->headers->next)))
    {
        return rc;
    }

    if (body
        && ((rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                                   (curl_off_t) body->len))
            || (rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data))
            || (rc = curl_easy_setopt(curl, CURLOPT_HTTPHEADER,
                                      http->headers))))
    {
        return rc;
    }

    rc = curl_easy_perform(curl);
    if (rc != CURLE_OK) {
        return rc;
    }

    return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
}


static CURLcode
cricket_http_target(cricket_http_t *http, char *url)
{
    CURLU     *u;
    CURLcode   rc;

    if (http->cli->cert_name == NULL) {
        return curl_easy_setopt(http->curl, CURLOPT_URL, url);
    }

    u = curl_url();
    if (u == NULL) {
        return CURLE_OUT_OF_MEMORY;
    }

    rc = (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
         ? cricket_http_renamed(http, u) : CURLE_URL_MALFORMAT;

    curl_url_cleanup(u);

    return rc;
}


/* asks for the certificate's name, but where the URL leads */

static CURLcode
cricket_http_renamed(cricket_http_t *http, CURLU *u)
{
    char               *host, *port, *url;
    CURLcode            rc;
    cricket_buf_t       to;
    struct curl_slist  *connect;

    host = NULL;
    port = NULL;
    url = NULL;
    connect = NULL;

    rc = CURLE_OUT_OF_MEMORY;

    cricket_buf_init(&to, CRICKET_HTTP_MAX_URL);

    if (curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK
        && curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT)
           == CURLUE_OK
        && curl_url_set(u, CURLUPART_HOST, http->cli->cert_name, 0)
           == CURLUE_OK
        && curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK)
    {
        cricket_buf_literal(&to, "::");
        cricket_buf_cstr(&to, host);
        cricket_buf_literal(&to, ":");
        cricket_buf_cstr(&to, port);
        cricket_buf_append(&to, "", 1);

        if (!to.failed) {
            connect = curl_slist_append(NULL, (char *) to.data);
        }
    }

    if (connect) {
        rc = curl_easy_setopt(http->curl, CURLOPT_CONNECT_TO, connect);

        curl_slist_free_all(http->connect);
        http->connect = connect;
    }

    if (rc == CURLE_OK) {
        rc = curl_easy_setopt(http->curl, CURLOPT_URL, url);
    }

    cricket_buf_free(&to);
    curl_free(host);
    curl_free(port);
    curl_free(url);

    return rc;
}


/*
 * libcurl has no such schemes, and what a file has is a header already.
 * Returns CRICKET_OK, or CRICKET_ERROR, having said why.
 */

static int
cricket_http_authorize(cricket_http_t *http)
{
    size_t              len;
    char                header[CRICKET_PASSWORD_HEADER];
    struct curl_slist  *list;

    static const char  scheme[] = "Authorization: ApiKey ";

    if (http->cli->password_file) {

        if (cricket_password_header(http->cli->password_file, header)
            != CRICKET_OK)
        {
            return CRICKET_ERROR;
        }

    } else {
        len = strlen(http->cli->api_key);

        if (len > sizeof(header) - sizeof(scheme)) {
            cricket_error("CRICKET_API_KEY: longer than a header may be");
            return CRICKET_ERROR;
        }

        memcpy(header, scheme, sizeof(scheme) - 1);
        memcpy(header + sizeof(scheme) - 1, http->cli->api_key, len + 1);
    }

    list = curl_slist_append(http->headers, header);

    cricket_credentials_wipe(header, sizeof(header));

    if (list == NULL) {
        cricket_error("no memory");
        return CRICKET_ERROR;
    }

    return CRICKET_OK;
}


static size_t
cricket_http_write(char *data, size_t size, size_t n, void *reply)
{
    cricket_buf_t  *body;

    body = &((cricket_reply_t *) reply)->body;

    cricket_buf_append(body, data, size * n);

    /* fewer bytes than given end the transfer with CURLE_WRITE_ERROR */

    return body->failed ? 0 : size * n;
}


static cricket_exit_e
cricket_http_failed(cricket_http_t *http, CURLcode rc,
    const cricket_reply_t *reply)
{
    char         text[CRICKET_CLI_TEXT_LEN];
    const char  *url;

    url = reply->url;

    cricket_error_clean(text, sizeof(text), http->error[0]
                                            ? http->error
                                            : curl_easy_strerror(rc));

    switch (rc) {

    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        cricket_error("no memory");
        return CRICKET_EXIT_LOCAL;

    case CURLE_URL_MALFORMAT:
        cricket_error("--url %s: %s", url, text);
        return CRICKET_EXIT_USAGE;

    case CURLE_SSL_CACERT_BADFILE:
        cricket_error("--cacert %s: %s",
                      http->cli->cacert ? http->cli->cacert : "", text);
        return CRICKET_EXIT_USAGE;

    case CURLE_WRITE_ERROR:

        if (reply->body.len > CRICKET_HTTP_MAX_REPLY / 2) {
            cricket_error("%s answers with more than %d MiB: not "
                          "Elasticsearch?", url,
                          CRICKET_HTTP_MAX_REPLY / (1024 * 1024));
            return CRICKET_EXIT_REPLY;
        }

        cricket_error("no memory for the reply of %s", url);
        return CRICKET_EXIT_LOCAL;

    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        cricket_error("%s does not speak HTTP: %s", url, text);
        return CRICKET_EXIT_REPLY;

    case CURLE_PEER_FAILED_VERIFICATION:
        cricket_http_untrusted(http, url, text);
        return CRICKET_EXIT_AWAY;

    case CURLE_SSL_CONNECT_ERROR:
        cricket_error("no TLS connection to %s: %s; is it http://?", url,
                      text);
        return CRICKET_EXIT_AWAY;

    case CURLE_GOT_NOTHING:
        cricket_error("%s closes the connection without an answer%s", url,
                      strncmp(url, "http://", 7) == 0
                      ? "; is it https://?" : "");
        return CRICKET_EXIT_AWAY;

    case CURLE_OPERATION_TIMEDOUT:
        cricket_error("%s does not answer in time: %s", url, text);
        return CRICKET_EXIT_AWAY;

    default:
        cricket_error("no answer from %s: %s", url, text);
        return CRICKET_EXIT_AWAY;
    }
}


/*
 * With what mends it.  The numbers are OpenSSL's, see its openssl-verify(1); of
 * libcurl's own check, which is that of the name, there is none but 1.
 */

static void
cricket_http_untrusted(cricket_http_t *http, const char *url, const char *text)
{
    long  result;

    enum { NAME = 1, NOT_YET = 9, EXPIRED = 10 };

    if (curl_easy_getinfo(http->curl, CURLINFO_SSL_VERIFYRESULT, &result)
        != CURLE_OK)
    {
        result = 0;
    }

    switch (result) {

    case NOT_YET:
    case EXPIRED:
        cricket_error("%s has a certificate that is not valid today: %s; "
                      "Elasticsearch needs another one, or one of the two "
                      "clocks is wrong", url, text);
        return;

    case NAME:
        cricket_error("%s has a certificate of another name: %s; give one "
                      "that it has as --cert-name", url, text);
        return;

    default:

        if (http->cli->cacert) {
            cricket_error("%s has a certificate that is not by those in "
                          "--cacert %s: %s", url, http->cli->cacert, text);
            return;
        }

        cricket_error("%s has a certificate that is not trusted: %s; "
                      "give the CA's as --cacert", url, text);
    }
}
