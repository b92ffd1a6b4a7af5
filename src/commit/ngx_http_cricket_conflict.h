
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_CONFLICT_H_INCLUDED_
#define _NGX_HTTP_CRICKET_CONFLICT_H_INCLUDED_


#include "ngx_http_cricket_write.h"


/*
 * Of datapoints whose ids are their series and instant, Elasticsearch says of
 * one that it is there, but not whether its value is the same.  What is there
 * stays; before such a request is answered its values are asked for and
 * compared: one that differs is logged, once a request, and counted.  Of a
 * request at most CRICKET_CONFLICTS are, spread over it, and of a target's few
 * requests at once: the others, and all if the reply does not come, are taken
 * to be the same.  A request none of whose datapoints was there costs nothing.
 */


/*
 * Keeps those of a write's first n items, whose verdicts these are, that exist.
 * To be called while its lines are as they were sent.
 */
void ngx_http_cricket_conflict_note(ngx_http_cricket_write_t *w,
    const u_char *verdicts, ngx_uint_t n);

/*
 * Settles a write without an error: at once, or once what was kept is compared,
 * with w->conflicts.
 */
void ngx_http_cricket_conflict_settle(ngx_http_cricket_write_t *w);


#endif /* _NGX_HTTP_CRICKET_CONFLICT_H_INCLUDED_ */
