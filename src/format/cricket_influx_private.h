
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INFLUX_PRIVATE_H_INCLUDED_
#define _CRICKET_INFLUX_PRIVATE_H_INCLUDED_


#include "cricket_influx.h"


/* influx->phase */

#define CRICKET_INFLUX_LINE       0     /* at the start of a line */
#define CRICKET_INFLUX_SKIP       1     /* to its end */
#define CRICKET_INFLUX_NAME       2
#define CRICKET_INFLUX_TAG_KEY    3
#define CRICKET_INFLUX_TAG_VALUE  4
#define CRICKET_INFLUX_FIELDS     5     /* in the blanks before them */
#define CRICKET_INFLUX_KEY        6
#define CRICKET_INFLUX_VALUE      7
#define CRICKET_INFLUX_STRING     8
#define CRICKET_INFLUX_FIELD      9     /* behind one */
#define CRICKET_INFLUX_TIME       10    /* in the blanks before it */
#define CRICKET_INFLUX_STAMP      11
#define CRICKET_INFLUX_TAIL       12    /* in the blanks behind it */
#define CRICKET_INFLUX_READY      13    /* the line is known to its end */
#define CRICKET_INFLUX_BROKEN     14

/* of a phase that leads to the next one; all else is returned */
#define CRICKET_INFLUX_ON         1


/* what a character may end, or escape */

#define CRICKET_INFLUX_COMMA      0x01
#define CRICKET_INFLUX_EQUAL      0x02
#define CRICKET_INFLUX_BLANK      0x04
#define CRICKET_INFLUX_NEWLINE    0x08
#define CRICKET_INFLUX_QUOTE      0x10
#define CRICKET_INFLUX_BACKSLASH  0x20

#define CRICKET_INFLUX_KEYS                                                  \
    (CRICKET_INFLUX_COMMA | CRICKET_INFLUX_EQUAL | CRICKET_INFLUX_BLANK)


/*
 * Goes on to one of the stops, or to the end of the line or of the body; of the
 * escapes, a backslash may be in front.  In front of all else it is a character
 * like any other.  Returns CRICKET_OK or CRICKET_AGAIN.
 */
int cricket_influx_scan(cricket_influx_t *influx, unsigned stops,
    unsigned escapes);

/* goes on behind blanks; likewise */
int cricket_influx_blanks(cricket_influx_t *influx);

/* is this the end of the line, or of the body? */
int cricket_influx_is_end(const cricket_influx_t *influx);

/* takes n off the slice */
void cricket_influx_cost(cricket_influx_t *influx, size_t n);

/*
 * A datapoint more, right or wrong.  Returns CRICKET_OK, or CRICKET_ERROR if it
 * is one too many.
 */
int cricket_influx_count(cricket_influx_t *influx, size_t cost);

/*
 * Writes what stands in the line to dst, as JSON text: at most max bytes, which
 * are counted without its escapes, in plain.  Returns the length, or -1 with a
 * message that blames the name.
 */
ptrdiff_t cricket_influx_text(cricket_influx_t *influx, const char *what,
    const cricket_str_t *name, const cricket_str_t *raw, unsigned escapes,
    size_t max, unsigned char *dst, size_t *plain);

/*
 * The line is an error, and the rest of it not looked at.  Returns
 * CRICKET_INVALID or CRICKET_ERROR.
 */
int cricket_influx_lost(cricket_influx_t *influx);

/*
 * Sets the message, if there is none about the line already: what, if it is not
 * NULL, with the name, and what is wrong with it.
 */
void cricket_influx_invalid(cricket_influx_t *influx, const char *what,
    const cricket_str_t *name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* phases: the measurement, and a tag's parts */
int cricket_influx_tag_name(cricket_influx_t *influx);
int cricket_influx_tag_key(cricket_influx_t *influx);
int cricket_influx_tag_value(cricket_influx_t *influx);


#endif /* _CRICKET_INFLUX_PRIVATE_H_INCLUDED_ */
