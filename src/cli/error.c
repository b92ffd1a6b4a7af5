
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Says what is wrong, on standard error. */


#include <stdarg.h>
#include <stdio.h>

#include "cricket_cli.h"


void
cricket_error(const char *fmt, ...)
{
    va_list  args;

    fputs("cricket: ", stderr);

    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);

    fputs("\n", stderr);
}


char *
cricket_error_clean(char *dst, size_t size, const char *src)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; src[i] != '\0' && i < size - 1; i++) {
        c = (unsigned char) src[i];
        dst[i] = (c < 0x20 || c >= 0x7f) ? '?' : src[i];
    }

    dst[i] = '\0';

    return dst;
}
