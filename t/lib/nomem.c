
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/*
 * A library to preload, with which a test makes single allocations of nginx
 * fail: NOMEM names a file of three 32-bit numbers that both of them see.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>


typedef struct {
    uint32_t   fails;           /* so many allocations will */
    uint32_t   passes;          /* after so many that won't */
    uint32_t   failed;
} nomem_t;


static void nomem_init(void) __attribute__((constructor));
static int nomem(void);
static void *nomem_next(const char *name);


static volatile nomem_t  *nomem_shared;


static void
nomem_init(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("NOMEM");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR);
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(nomem_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        nomem_shared = p;
    }
}


static int
nomem(void)
{
    volatile nomem_t  *n;

    n = nomem_shared;

    if (n == NULL || n->fails == 0) {
        return 0;
    }

    if (n->passes) {
        n->passes--;
        return 0;
    }

    n->fails--;
    n->failed++;
    errno = ENOMEM;

    return 1;
}


static void *
nomem_next(const char *name)
{
    void  *p;

    p = dlsym(RTLD_NEXT, name);
    if (p == NULL) {
        abort();
    }

    return p;
}


void *
malloc(size_t size)
{
    static void *(*next)(size_t);

    if (next == NULL) {
        next = nomem_next("malloc");
    }

    return nomem() ? NULL : next(size);
}


void *
calloc(size_t n, size_t size)
{
    static void *(*next)(size_t, size_t);

    if (next == NULL) {
        next = nomem_next("calloc");
    }

    return nomem() ? NULL : next(n, size);
}


void *
realloc(void *p, size_t size)
{
    static void *(*next)(void *, size_t);

    if (next == NULL) {
        next = nomem_next("realloc");
    }

    return nomem() ? NULL : next(p, size);
}


int
posix_memalign(void **p, size_t alignment, size_t size)
{
    static int (*next)(void **, size_t, size_t);

    if (next == NULL) {
        next = nomem_next("posix_memalign");
    }

    return nomem() ? ENOMEM : next(p, alignment, size);
}
