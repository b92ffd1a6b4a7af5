
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/*
 * A library to preload, which tells a test how long a worker was held up: the
 * processor's time between two waits for events, which other programs on the
 * machine do not add to.  TURNS names a file of two 64-bit numbers that both of
 * them see.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>


typedef struct {
    uint64_t   longest;         /* turn, in nanoseconds */
    uint64_t   n;               /* turns */
} turns_t;


static void turns_init(void) __attribute__((constructor));
static uint64_t turns_clock(void);


static volatile turns_t  *turns_shared;


static void
turns_init(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("TURNS");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR);
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(turns_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        turns_shared = p;
    }
}


static uint64_t
turns_clock(void)
{
    struct timespec  ts;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) != 0) {
        abort();
    }

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


int
epoll_wait(int ep, struct epoll_event *events, int n, int timeout)
{
    int        rc;
    uint64_t   spent;

    static uint64_t  start;
    static int     (*next)(int, struct epoll_event *, int, int);

    if (next == NULL) {
        next = (int (*)(int, struct epoll_event *, int, int))
                   dlsym(RTLD_NEXT, "epoll_wait");

        if (next == NULL) {
            abort();
        }
    }

    if (turns_shared != NULL && start != 0) {
        spent = turns_clock() - start;

        if (spent > turns_shared->longest) {
            turns_shared->longest = spent;
        }

        turns_shared->n++;
    }

    rc = next(ep, events, n, timeout);

    start = turns_clock();

    return rc;
}
