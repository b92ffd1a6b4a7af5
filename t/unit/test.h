
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEST_H_INCLUDED_
#define _CRICKET_TEST_H_INCLUDED_


#include <stdarg.h>
#include <stdio.h>
#include <string.h>


/*
 * A test program prints TAP: one line for each CHECK(condition, format, ...),
 * the plan at the end.  Its main() ends with "return test_done();".
 */

#define CHECK(ok, ...)                                                       \
    test_check((ok) ? 1 : 0, #ok, __FILE__, __LINE__, __VA_ARGS__)

/* a string literal, which may hold zeros, as two arguments */
#define TEXT(s)  (const unsigned char *) (s), sizeof(s) - 1


static unsigned  test_count;
static unsigned  test_failed;


static inline int test_check(int ok, const char *what, const char *file,
    int line, const char *fmt, ...) __attribute__((format(printf, 5, 6)));


static inline int
test_check(int ok, const char *what, const char *file, int line,
    const char *fmt, ...)
{
    char     name[256], *p;
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(name, sizeof(name), fmt, args);
    va_end(args);

    for (p = name; *p; p++) {

        /* a number sign would begin a directive of TAP */

        if ((unsigned char) *p < 0x20 || *p == '#') {
            *p = '?';
        }
    }

    printf("%sok %u - %s\n", ok ? "" : "not ", ++test_count, name);

    if (!ok) {
        test_failed++;
        fprintf(stderr, "# %s:%d: %s: %s\n", file, line, name, what);
    }

    fflush(stdout);

    return ok;
}


static inline int
test_done(void)
{
    printf("1..%u\n", test_count);

    return test_failed ? 1 : 0;
}


#endif /* _CRICKET_TEST_H_INCLUDED_ */
