
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ACCEPT_H_INCLUDED_
#define _CRICKET_ACCEPT_H_INCLUDED_


#include "cricket_query.h"


/*
 * The format that the "format" parameter names; else the best that the value
 * of the Accept header allows (RFC 9110, section 12.5.1; len 0: no header);
 * JSON where it allows none.  An export is NDJSON or CSV, NDJSON where nothing
 * says otherwise; what is no datapoints is JSON or CSV.
 */
cricket_format_e cricket_accept(const cricket_query_t *q,
    const unsigned char *accept, size_t len);

/*
 * Whether the value of an Accept-Encoding header allows gzip (RFC 9110, section
 * 12.5.3); what is not well-formed in it allows nothing.
 */
int cricket_accept_gzip(const unsigned char *accept, size_t len);


#endif /* _CRICKET_ACCEPT_H_INCLUDED_ */
