
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_NUMBER_H_INCLUDED_
#define _CRICKET_NUMBER_H_INCLUDED_


#include "cricket_string.h"


/* so much longer than it was, at most, is a number written anew */
#define CRICKET_NUMBER_MORE  2


/* the parts of a decimal number */

typedef struct {
    cricket_str_t          whole;       /* digits */
    cricket_str_t          fraction;    /* likewise */
    cricket_str_t          exponent;    /* from the "e" on */
    unsigned               negative:1;
    unsigned               point:1;
} cricket_number_t;


/*
 * Reads all of raw as a number as most languages write it, which JSON may not
 * take: ["-"] digits ["." digits] [("e" | "E") ["+" | "-"] digits], where there
 * are digits on one side of the point, and zeros may be in front.  Returns
 * CRICKET_OK or CRICKET_INVALID.
 */
int cricket_number_parse(const cricket_str_t *raw, cricket_number_t *parts);

/* writes it as JSON has it, to buf, and sets the number to what is there */
void cricket_number_write(const cricket_number_t *parts, unsigned char *buf,
    cricket_str_t *number);

/* both; it is written only if JSON does not take it as it is */
int cricket_number_json(const cricket_str_t *raw, unsigned char *buf,
    cricket_str_t *number);

/*
 * Reads digits, at least one.  Returns CRICKET_OK, or CRICKET_INVALID if they
 * are more than 64 bits.
 */
int cricket_number_uint(const cricket_str_t *digits, uint64_t *n);


#endif /* _CRICKET_NUMBER_H_INCLUDED_ */
