
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_QUERY_H_INCLUDED_
#define _CRICKET_QUERY_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_time.h"


/* which parameters a request may have, and what is asked of Elasticsearch */

typedef enum {
    CRICKET_QUERY_NONE = 0,     /* no parameter at all: index, health, ready */
    CRICKET_QUERY_POST,         /* POST /v1/metrics */
    CRICKET_QUERY_METRICS,      /* GET /v1/metrics */
    CRICKET_QUERY_STATS,        /* GET /v1/stats */
    CRICKET_QUERY_NAMES,        /* GET /v1/names */
    CRICKET_QUERY_EXPORT,       /* GET /v1/export */
    CRICKET_QUERY_TAG_KEYS,     /* GET /v1/tags */
    CRICKET_QUERY_LAST          /* GET /v1/last */
} cricket_query_e;


typedef enum {
    CRICKET_FORMAT_JSON = 0,
    CRICKET_FORMAT_NDJSON,
    CRICKET_FORMAT_CSV,
    CRICKET_FORMATS
} cricket_format_e;


typedef struct cricket_query_s  cricket_query_t;


void cricket_query_free(cricket_query_t *q);

/* what POST may ask for */
int cricket_query_accept_partial(const cricket_query_t *q);
int cricket_query_refresh(const cricket_query_t *q);


#endif /* _CRICKET_QUERY_H_INCLUDED_ */
