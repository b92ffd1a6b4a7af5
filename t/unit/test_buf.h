
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEST_BUF_H_INCLUDED_
#define _CRICKET_TEST_BUF_H_INCLUDED_


#include "cricket_buf.h"
#include "test.h"


/* has it this text, all of it, and nothing failed? */

static inline int
test_buf_is(const cricket_buf_t *b, const char *text)
{
    cricket_str_t  s;

    s.data = b->data;
    s.len = b->len;

    return !b->failed && cricket_string_is(&s, text);
}


#endif /* _CRICKET_TEST_BUF_H_INCLUDED_ */
