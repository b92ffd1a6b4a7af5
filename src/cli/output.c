
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Gives nginx a standard output that it can open. */


#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cricket_cli.h"


#define CRICKET_OUTPUT_SIZE  16384


static int cricket_output_pipe(void);
static void cricket_output_pass_on(int in);
static int cricket_output_write(const char *data, size_t len);


cricket_exit_e
cricket_output(void)
{
    int  fd;

    if (fcntl(STDOUT_FILENO, F_GETFD) == -1) {

        /* closed */

        fd = open("/dev/null", O_WRONLY);

        if (fd != -1 && fd != STDOUT_FILENO) {
            (void) dup2(fd, STDOUT_FILENO);
            (void) close(fd);
        }
    }

    fd = open("/dev/stdout", O_WRONLY|O_APPEND|O_NOCTTY|O_CLOEXEC);

    if (fd != -1) {
        (void) close(fd);
        return CRICKET_EXIT_OK;
    }

    if (cricket_output_pipe() != CRICKET_OK) {
        cricket_error("cannot pass on standard output: %s",
                      strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}


static int
cricket_output_pipe(void)
{
    int    status, ends[2];
    pid_t  pid;

    if (pipe(ends) != 0) {
        return CRICKET_ERROR;
    }

    status = 0;

    pid = fork();

    if (pid == 0) {

        /* not a child of nginx's, which would wonder at its end */

        pid = fork();

        if (pid == 0) {
            (void) close(ends[1]);
            cricket_output_pass_on(ends[0]);
        }

        _exit(pid == -1 ? errno : 0);
    }

    (void) close(ends[0]);

    if (pid != -1) {
        while (waitpid(pid, &status, 0) == -1 && errno == EINTR) { /* void */ }

        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
            pid = -1;
        }
    }

    if (pid != -1 && dup2(ends[1], STDOUT_FILENO) == -1) {
        pid = -1;
    }

    (void) close(ends[1]);

    return pid == -1 ? CRICKET_ERROR : CRICKET_OK;
}


/* until all who write have ended: signals to the whole group are for them */

static void
cricket_output_pass_on(int in)
{
    char     data[CRICKET_OUTPUT_SIZE];
    ssize_t  n;

    (void) signal(SIGINT, SIG_IGN);
    (void) signal(SIGTERM, SIG_IGN);
    (void) signal(SIGQUIT, SIG_IGN);
    (void) signal(SIGHUP, SIG_IGN);
    (void) signal(SIGPIPE, SIG_IGN);

    do {
        n = read(in, data, sizeof(data));
    } while ((n == -1 && errno == EINTR)
             || (n > 0 && cricket_output_write(data, n) == CRICKET_OK));

    _exit(0);
}


static int
cricket_output_write(const char *data, size_t len)
{
    ssize_t        n;
    struct pollfd  ready;

    while (len) {
        n = write(STDOUT_FILENO, data, len);

        if (n >= 0) {
            data += n;
            len -= n;
            continue;
        }

        if (errno == EAGAIN) {
            ready.fd = STDOUT_FILENO;
            ready.events = POLLOUT;

            (void) poll(&ready, 1, -1);

        } else if (errno != EINTR) {
            return CRICKET_ERROR;
        }
    }

    return CRICKET_OK;
}


int
cricket_output_flush(void)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cricket_error("cannot write: %s", strerror(errno));
        return CRICKET_ERROR;
    }

    return CRICKET_OK;
}
