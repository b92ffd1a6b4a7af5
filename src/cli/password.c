
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Credentials for Elasticsearch: from the environment, or from a file. */


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cricket_cli.h"
#include "cricket_credentials.h"


static int cricket_password_read(const char *file, unsigned char *buf,
    size_t *len);


int
cricket_password_check(cricket_cli_t *cli)
{
    const char  *p;

    cli->api_key = getenv("CRICKET_API_KEY");

    if (cli->api_key && *cli->api_key == '\0') {
        cli->api_key = NULL;
    }

    if (cli->password_file && (cli->user || cli->api_key)) {
        cricket_error("--password-file, and %s: give one of the two",
                      cli->user ? "--user" : "CRICKET_API_KEY is set");
        return CRICKET_INVALID;
    }

    if (cli->api_key && cli->user) {
        cricket_error("--user %s, and CRICKET_API_KEY is set: give one of "
                      "the two", cli->user);
        return CRICKET_INVALID;
    }

    for (p = cli->api_key; p && *p != '\0'; p++) {

        if (*p <= ' ' || *p > '~') {
            cricket_error("CRICKET_API_KEY: expected what the header "
                          "Authorization has behind \"ApiKey \"");
            return CRICKET_INVALID;
        }
    }

    if (cli->user && cli->password == NULL) {
        cli->password = getenv("CRICKET_PASSWORD");

        if (cli->password == NULL) {
            cricket_error("--user %s: no password in CRICKET_PASSWORD; or "
                          "give both in a --password-file", cli->user);
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


int
cricket_password_header(const char *file, char *header)
{
    int             rc;
    size_t          len, n;
    const char     *err;
    unsigned char   buf[CRICKET_CREDENTIALS_FILE + 1];

    static const char  name[] = "Authorization: ";

    rc = cricket_password_read(file, buf, &len);

    if (rc == CRICKET_OK) {
        memcpy(header, name, sizeof(name) - 1);

        rc = cricket_credentials_parse(buf, len,
                                  (unsigned char *) header + sizeof(name) - 1,
                                  &n, &err);

        if (rc == CRICKET_OK) {
            header[sizeof(name) - 1 + n] = '\0';

        } else {
            cricket_error("--password-file: %s %s", file, err);
        }
    }

    cricket_credentials_wipe(buf, sizeof(buf));

    return rc == CRICKET_OK ? CRICKET_OK : CRICKET_ERROR;
}


/* reads a byte more than a file may have, if it has that */

static int
cricket_password_read(const char *file, unsigned char *buf, size_t *len)
{
    int          fd;
    ssize_t      n;
    struct stat  info;

    /* not to wait for who writes to a pipe */

    fd = open(file, O_RDONLY|O_NONBLOCK|O_CLOEXEC);

    if (fd == -1 || fstat(fd, &info) == -1) {
        goto failed;
    }

    if (!S_ISREG(info.st_mode)) {
        cricket_error("--password-file: %s is no ordinary file", file);
        close(fd);
        return CRICKET_ERROR;
    }

    if (info.st_mode & (S_IROTH|S_IWOTH)) {
        cricket_error("--password-file: all users can read or write %s: let "
                      "only those do so who run this", file);
    }

    for (*len = 0; *len < CRICKET_CREDENTIALS_FILE + 1; *len += n) {

        n = read(fd, buf + *len, CRICKET_CREDENTIALS_FILE + 1 - *len);

        if (n == -1) {
            goto failed;
        }

        if (n == 0) {
            break;
        }
    }

    close(fd);

    return CRICKET_OK;

failed:

    cricket_error("--password-file: %s: %s", file, strerror(errno));

    if (fd != -1) {
        close(fd);
    }

    return CRICKET_ERROR;
}
