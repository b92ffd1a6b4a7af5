
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INFLUX_VALUE_H_INCLUDED_
#define _CRICKET_INFLUX_VALUE_H_INCLUDED_


#include "cricket_influx.h"


/*
 * Reads the value of a field that is no string: a number ("1", "-.5e3"), an
 * integer of 64 bits ("1i", "1u"), or a boolean ("t", "True", ...), 1 or 0.
 * Sets number to it as JSON: where it stands, a constant, or written anew to
 * buf, which has the size of cricket_influx_t's number.  Returns NULL or what
 * is wrong with it.
 */
const char *cricket_influx_value_read(const cricket_str_t *raw,
    unsigned char *buf, cricket_str_t *number, double *value);

/*
 * Reads a time, an integer of 64 bits, in units of so many nanoseconds, which
 * divide or are a multiple of a millisecond.  Returns NULL or what is wrong.
 */
const char *cricket_influx_value_time(const cricket_str_t *raw,
    uint64_t precision, cricket_time_t *t);


#endif /* _CRICKET_INFLUX_VALUE_H_INCLUDED_ */
