
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OPENTSDB_ASK_H_INCLUDED_
#define _CRICKET_OPENTSDB_ASK_H_INCLUDED_


#include "cricket_query.h"


/*
 * What is asked of OpenTSDB's HTTP interface, versions 2.3 and 2.4, as
 * questions of Cricket's: http://opentsdb.net/docs/build/html/api_http.
 */


/* a body may be so long, and ask so much */
#define CRICKET_OPENTSDB_BODY     262144
#define CRICKET_OPENTSDB_QUERIES  50

/* of names, keys and values, or of series, that are listed */
#define CRICKET_OPENTSDB_LIST     25
#define CRICKET_OPENTSDB_MOST     9999


/*
 * Makes the questions of a request to /api/query, /api/suggest or
 * /api/search/lookup: of its query string, as cricket_params_parse() has read
 * it, and of its body, if it has one.  params is freed, or given back.  Returns
 * the first question, with CRICKET_FORMAT_OPENTSDB or another as its format;
 * or NULL with a message appended to err that names the place, valid UTF-8
 * without control characters; or NULL with nothing appended if there was no
 * memory.  The body is not needed afterwards.
 */
cricket_query_t *cricket_opentsdb_ask(cricket_query_t *params,
    const unsigned char *body, size_t len, cricket_buf_t *err);

/*
 * Appends what it says of itself to a request whose path ends with this:
 * /aggregators, /filters, /config or /version, which is this version.
 */
void cricket_opentsdb_about(const cricket_str_t *path, const char *version,
    cricket_buf_t *b);


#endif /* _CRICKET_OPENTSDB_ASK_H_INCLUDED_ */
