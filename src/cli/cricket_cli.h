
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_CLI_H_INCLUDED_
#define _CRICKET_CLI_H_INCLUDED_


#include <cjson/cJSON.h>

#include "cricket_buf.h"
#include "cricket_credentials.h"
#include "cricket_index.h"
#include "cricket_string.h"
#include "cricket_version.h"


#define CRICKET_CLI_MAX_URLS  16

/* how much of a text of unknown origin is told */
#define CRICKET_CLI_TEXT_LEN  256


/* the exit codes, as --help tells them */

typedef enum {
    CRICKET_EXIT_OK = 0,
    CRICKET_EXIT_USAGE,         /* the command line */
    CRICKET_EXIT_AWAY,          /* no answer, or not in time */
    CRICKET_EXIT_REFUSED,       /* 4xx, 5xx */
    CRICKET_EXIT_SHAPE,         /* what exists is of another shape */
    CRICKET_EXIT_REPLY,         /* a reply that is not Elasticsearch's */
    CRICKET_EXIT_LOCAL,         /* this machine: memory, nginx, a file */
    CRICKET_EXIT_FOUND          /* --check found something */
} cricket_exit_e;


/* what is to be done */

typedef enum {
    CRICKET_CLI_SERVE = 0,
    CRICKET_CLI_INIT,
    CRICKET_CLI_EXPIRE,
    CRICKET_CLI_CHECK
} cricket_cli_mode_e;


/* the command line; all pointers are into it or into the environment */

typedef struct {
    const char            *urls[CRICKET_CLI_MAX_URLS];
    unsigned               nurls;

    cricket_cli_mode_e     mode;

    const char            *index;
    cricket_partition_t    partition;   /* the same, read */
    const char            *user;
    char                  *password;
    const char            *api_key;
    const char            *password_file;
    const char            *cacert;
    const char            *cert_name;

    const char            *conf;
    const char            *nginx;
    const char            *module;

    cricket_str_t          tag_fields[CRICKET_INDEX_TAG_FIELDS];
    size_t                 ntag_fields;

    const char            *age_text;
    int64_t                age;         /* of what expires, in seconds */

    unsigned               shards;
    unsigned               replicas;
    unsigned               timeout;     /* seconds */

    unsigned               dry_run:1;
    unsigned               shards_set:1;
    unsigned               replicas_set:1;
    unsigned               compact:1;
    unsigned               compressed:1;
    unsigned               json:1;
} cricket_cli_t;


typedef struct cricket_http_s  cricket_http_t;


typedef struct {
    long                   status;
    const char            *url;         /* of the node that gave it */
    cJSON                 *json;        /* an object, or NULL */
    cricket_buf_t          body;
    unsigned               user:1;      /* the request named a user */
    unsigned               api_key:1;   /* or had an API key, */
    unsigned               file:1;      /* or what --password-file has */
} cricket_reply_t;


/* prints "cricket: " and a message to standard error, one line */
void cricket_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * Copies a text of unknown origin into dst, so that it can be printed: bytes
 * that a terminal could obey become "?", and what passes size is cut off.
 * Returns dst.
 */
char *cricket_error_clean(char *dst, size_t size, const char *src);

/*
 * Cuts the slashes at the end of an URL.  Returns NULL if http:// or https://,
 * a host and perhaps a port and a path is all it has, else what is wrong.
 */
const char *cricket_http_url(char *url);

/*
 * Takes credentials from the environment, if the command line calls for them.
 * Returns CRICKET_OK, or CRICKET_INVALID, having said what is wrong.
 */
int cricket_password_check(cricket_cli_t *cli);

/* room for what cricket_password_header() writes */
#define CRICKET_PASSWORD_HEADER                                               \
    (sizeof("Authorization: ") + CRICKET_CREDENTIALS_LEN)

/*
 * Writes the header line that such a file makes, with a zero behind it.
 * Returns CRICKET_OK, or CRICKET_ERROR, having said what is wrong.
 */
int cricket_password_header(const char *file, char *header);

/*
 * Makes a client of Elasticsearch; it keeps copies of the password, which it
 * wipes out, and the user, but not of the URLs.  Returns NULL, having said why,
 * if there is no memory or no credentials are in a file that was named.
 */
cricket_http_t *cricket_http_open(const cricket_cli_t *cli);
void cricket_http_close(cricket_http_t *http);

/*
 * Sends a request to the first of the nodes that answers, beginning with the
 * one that did last.  path begins with "/" and needs no escapes; body is NULL
 * or JSON.  Returns CRICKET_EXIT_OK if there was a reply with any status (then
 * reply is to be freed with cricket_reply_free()), or says why not and returns
 * the exit code.
 */
cricket_exit_e cricket_http_request(cricket_http_t *http, const char *method,
    const char *path, const cricket_buf_t *body, cricket_reply_t *reply);

/*
 * Makes json of the body; location is where a redirect leads, or NULL.
 * Returns CRICKET_EXIT_OK, with json NULL only for a status that needs no
 * body to be understood, such as 401; else says why not.
 */
cricket_exit_e cricket_reply_parse(cricket_reply_t *reply,
    const char *location);

void cricket_reply_free(cricket_reply_t *reply);

/* the type of the error in a reply, such as index_not_found_exception, or "" */
const char *cricket_reply_error_type(const cricket_reply_t *reply);

/*
 * Says, in a line, that Elasticsearch did not do what (such as "create the
 * index"), and why.  Returns the exit code.
 */
cricket_exit_e cricket_reply_refused(const cricket_reply_t *reply,
    const char *what);

/*
 * Reads the command line and the environment into cli.  Returns CRICKET_OK, or
 * CRICKET_DONE, having said what there is to say, with the exit code.
 */
int cricket_options(int argc, char **argv, cricket_cli_t *cli,
    cricket_exit_e *code);

/* cricket --init */
cricket_exit_e cricket_init(const cricket_cli_t *cli);

/* cricket --expire */
cricket_exit_e cricket_expire(const cricket_cli_t *cli);

/* cricket --check */
cricket_exit_e cricket_check(const cricket_cli_t *cli);

/*
 * Sees to a standard output that nginx can open as /dev/stdout, which a
 * socket, such as systemd's journal gives, or another user's terminal is not:
 * a process of its own passes on then what is written.  Returns
 * CRICKET_EXIT_OK, or says why not.
 */
cricket_exit_e cricket_output(void);

/* flushes standard output; returns CRICKET_ERROR, having said why, or _OK */
int cricket_output_flush(void);

/* cricket: becomes nginx; returns only if that fails */
cricket_exit_e cricket_serve(const cricket_cli_t *cli);

/*
 * Becomes nginx -v -T, of the nginx and the configuration that cricket_serve()
 * would have, or without --conf of that nginx's own; returns only if that
 * fails.
 */
cricket_exit_e cricket_serve_dump(const cricket_cli_t *cli);


#endif /* _CRICKET_CLI_H_INCLUDED_ */
