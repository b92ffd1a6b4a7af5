
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEXT_H_INCLUDED_
#define _CRICKET_TEXT_H_INCLUDED_


#include "cricket_string.h"


/*
 * Writes foreign text to dst, which has size bytes, for a message: valid UTF-8
 * without control characters, "?" in place of these, cut with "..." if it does
 * not fit, NUL-terminated.  Returns its length.
 */
size_t cricket_text_shown(char *dst, size_t size, const unsigned char *p,
    size_t len);

/*
 * What is wrong with text that is to be a name or a value of a datapoint: not
 * UTF-8, or a control character in it.  NULL if nothing is.
 */
const char *cricket_text_wrong(const unsigned char *p, size_t len);


#endif /* _CRICKET_TEXT_H_INCLUDED_ */
