
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PARAMS_H_INCLUDED_
#define _CRICKET_PARAMS_H_INCLUDED_


#include "cricket_query.h"


/*
 * What the values are made of, besides the rules for a datapoint's fields:
 *
 *     time         RFC 3339 | epoch | "now" steps
 *     steps        any number of ("-" | "+") number unit, and "/" unit: down to
 *                  its start, in UTC, of a week to Monday
 *     epoch        10 digits, seconds, or 13, milliseconds: both mean the years
 *                  2001 to 2286; or 0.  Any other number could be either.
 *     unit         "ms" | "s" | "m" | "h" | "d" | "w"
 *     interval     number and "s", "m", "h" or "d", from 1s to 36500d; "1w",
 *                  "1M", "1q" or "1y"
 *     tz           the name of a zone, or an offset as "+05:30": days and
 *                  longer are its own, times without an offset are of it
 *     group_by     keys of tags with commas between them, at most 8
 *     rank         "max", "min", "average", "sum", "count", "rate" or "p" and a
 *                  percentile
 *     number       1 to 9 digits, the first not 0
 *     percentiles  at most 20 numbers from 0 to 100, with commas between them,
 *                  of at most 16 characters each, no number twice
 *     limit        1 to 1000
 *     order        "asc" or "desc"
 *     pattern      any text: "*" stands for any characters, "?" for one, "\*",
 *                  "\?" and "\\" for themselves; at most 256 bytes, and not so
 *                  much behind a "*" that Elasticsearch refuses it
 *     format       "json", "ndjson" or "csv"; "ndjson" or "csv" for an export
 *     refresh      "wait_for" or "false"
 *     accept_partial  "true" or "false"
 *
 * A tag is asked for by parameters that may be repeated: "tag.KEY" with a value
 * that it may have, "tag.KEY!" with one that it has not, "tag.KEY~" and
 * "tag.KEY!~" with patterns.
 *
 * A "+" in a time is written as %2B.  A start after end is an error.  A cursor
 * goes with the filters of the page that gave it; limit and format may change.
 */

/*
 * Reads the query string of a request (percent-encoded, "+" is a space,
 * RFC 3986 and the form encoding of the WHATWG URL standard); now is what
 * relative times count from.  Returns a query, freed by cricket_query_free();
 * or NULL with a message appended to err that names the parameter; or NULL
 * with nothing appended if there was no memory.  The message is valid UTF-8
 * without control characters.  args is not needed afterwards.
 */
cricket_query_t *cricket_params_parse(cricket_query_e kind,
    const unsigned char *args, size_t len, const cricket_time_t *now,
    cricket_buf_t *err);


#endif /* _CRICKET_PARAMS_H_INCLUDED_ */
