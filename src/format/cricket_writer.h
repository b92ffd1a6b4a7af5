
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_WRITER_H_INCLUDED_
#define _CRICKET_WRITER_H_INCLUDED_


#include "cricket_result.h"


/* What formats have in common. */


/*
 * Appends a number as Elasticsearch gave it, "null" for an empty one.  "1.0" is
 * written as 1, but "-0.0" stays: some readers take "-0" for the integer 0.
 * "1.0E10" is written anew.  Returns CRICKET_INVALID if it is beyond a double.
 */
int cricket_writer_number(cricket_buf_t *b, const cricket_str_t *number);

/* appends an instant, RFC 3339 in UTC */
void cricket_writer_time(cricket_buf_t *b, const cricket_time_t *t);

/* appends the tags, at least one, as a JSON object */
void cricket_writer_tags(cricket_buf_t *b, const cricket_result_hit_t *hit);

/* appends a cell of CSV, with quotes where it needs some (RFC 4180) */
void cricket_writer_cell(cricket_buf_t *b, const cricket_str_t *s);


#endif /* _CRICKET_WRITER_H_INCLUDED_ */
