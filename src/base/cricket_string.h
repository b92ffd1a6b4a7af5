
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_STRING_H_INCLUDED_
#define _CRICKET_STRING_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <string.h>


/* what the functions of src/cricket_*.h return */

#define CRICKET_OK         0
#define CRICKET_ERROR     -1    /* no memory, or a limit was reached */
#define CRICKET_DONE      -2    /* there is no more */
#define CRICKET_INVALID   -3    /* the input is wrong; a message says how */
#define CRICKET_AGAIN     -4    /* the slice is over, the work is not */


typedef struct {
    size_t                 len;
    const unsigned char   *data;
} cricket_str_t;


#define cricket_string(s)  { sizeof(s) - 1, (const unsigned char *) s }


/* is it this text, which ends with a zero, byte for byte? */

static inline int
cricket_string_is(const cricket_str_t *s, const char *text)
{
    return s->len == strlen(text)
           && (s->len == 0 || memcmp(s->data, text, s->len) == 0);
}


#endif /* _CRICKET_STRING_H_INCLUDED_ */
