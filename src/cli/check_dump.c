
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What nginx -T of this machine prints. */


#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cricket_check.h"


static void cricket_check_dump_child(const cricket_cli_t *cli, int out,
    int err);
static int cricket_check_dump_read(int *ends, cricket_buf_t *out,
    cricket_buf_t *err, unsigned timeout);
static int cricket_check_dump_some(int *fd, cricket_buf_t *b);
static int64_t cricket_check_dump_now(void);


int
cricket_check_dump(const cricket_cli_t *cli, cricket_buf_t *out,
    cricket_buf_t *err)
{
    int    rc, status, ends[2], outs[2], errs[2];
    pid_t  pid;

    if (pipe(outs) != 0) {
        return CRICKET_ERROR;
    }

    if (pipe(errs) != 0) {
        (void) close(outs[0]);
        (void) close(outs[1]);
        return CRICKET_ERROR;
    }

    (void) fflush(stdout);

    pid = fork();

    if (pid == 0) {
        cricket_check_dump_child(cli, outs[1], errs[1]);
    }

    (void) close(outs[1]);
    (void) close(errs[1]);

    ends[0] = outs[0];
    ends[1] = errs[0];

    rc = (pid == -1) ? CRICKET_ERROR
                     : cricket_check_dump_read(ends, out, err, cli->timeout);

    if (ends[0] != -1) {
        (void) close(ends[0]);
    }

    if (ends[1] != -1) {
        (void) close(ends[1]);
    }

    if (pid == -1) {
        return CRICKET_ERROR;
    }

    if (rc != CRICKET_OK) {
        (void) kill(pid, SIGKILL);
    }

    status = 0;

    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) { /* void */ }

    return (rc == CRICKET_OK && WIFEXITED(status)
            && WEXITSTATUS(status) == 0) ? CRICKET_OK : CRICKET_ERROR;
}


static void
cricket_check_dump_child(const cricket_cli_t *cli, int out, int err)
{
    int  in;

    in = open("/dev/null", O_RDONLY);

    if (in == -1
        || dup2(in, STDIN_FILENO) == -1
        || dup2(out, STDOUT_FILENO) == -1
        || dup2(err, STDERR_FILENO) == -1)
    {
        _exit(CRICKET_EXIT_LOCAL);
    }

    (void) close(in);
    (void) close(out);
    (void) close(err);

    /* sockets to take over, and what is none of its business */

    (void) unsetenv("NGINX");
    (void) unsetenv("CRICKET_PASSWORD");
    (void) unsetenv("CRICKET_API_KEY");

    _exit(cricket_serve_dump(cli));
}


static int
cricket_check_dump_read(int *ends, cricket_buf_t *out, cricket_buf_t *err,
    unsigned timeout)
{
    int            n;
    int64_t        end, left;
    struct pollfd  ready[2];

    end = cricket_check_dump_now() + (int64_t) timeout * 1000;

    while (ends[0] != -1 || ends[1] != -1) {

        /* poll() passes over what is -1 */

        ready[0].fd = ends[0];
        ready[1].fd = ends[1];
        ready[0].events = ready[1].events = POLLIN;
        ready[0].revents = ready[1].revents = 0;

        left = end - cricket_check_dump_now();

        if (left <= 0) {
            cricket_buf_literal(err, "it does not end\n");
            return CRICKET_ERROR;
        }

        n = poll(ready, 2, (int) left);

        if (n == -1 && errno != EINTR) {
            return CRICKET_ERROR;
        }

        if (n <= 0) {
            continue;
        }

        if ((ready[0].revents
             && cricket_check_dump_some(&ends[0], out) != CRICKET_OK)
            || (ready[1].revents
                && cricket_check_dump_some(&ends[1], err) != CRICKET_OK))
        {
            return CRICKET_ERROR;
        }
    }

    return CRICKET_OK;
}


static int
cricket_check_dump_some(int *fd, cricket_buf_t *b)
{
    ssize_t         n;
    unsigned char  *p;

    p = cricket_buf_reserve(b, BUFSIZ);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = read(*fd, p, BUFSIZ);

    if (n == -1) {
        return errno == EINTR ? CRICKET_OK : CRICKET_ERROR;
    }

    if (n == 0) {
        (void) close(*fd);
        *fd = -1;
    }

    b->len += n;

    return CRICKET_OK;
}


static int64_t
cricket_check_dump_now(void)
{
    struct timespec  now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
