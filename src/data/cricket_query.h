
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
    CRICKET_QUERY_LAST,         /* GET /v1/last */
    CRICKET_QUERY_INFLUX,       /* InfluxDB's POST /write, ... */
    CRICKET_QUERY_INFLUX_V2,    /* POST /api/v2/write, ... */
    CRICKET_QUERY_INFLUX_PING,  /* /ping, ... */
    CRICKET_QUERY_INFLUX_ASK,   /* and /query */
    CRICKET_QUERY_OPENTSDB,     /* OpenTSDB's POST /api/put */
    CRICKET_QUERY_PROMETHEUS,   /* Prometheus' POST /api/v1/write */
    CRICKET_QUERY_TSDB,         /* OpenTSDB's /api/query, */
    CRICKET_QUERY_TSDB_SUGGEST, /* /api/suggest, */
    CRICKET_QUERY_TSDB_LOOKUP,  /* /api/search/lookup, */
    CRICKET_QUERY_TSDB_ABOUT,   /* and what it says of itself */
    CRICKET_QUERY_LINES,        /* series, or several as one, over time */
    CRICKET_QUERY_SERIES        /* which series there are */
} cricket_query_e;


typedef enum {
    CRICKET_FORMAT_JSON = 0,
    CRICKET_FORMAT_NDJSON,
    CRICKET_FORMAT_CSV,
    CRICKET_FORMATS,            /* those that Accept can ask for */

    CRICKET_FORMAT_OPENTSDB = CRICKET_FORMATS,
    CRICKET_FORMAT_OPENTSDB_SUGGEST,
    CRICKET_FORMAT_OPENTSDB_LOOKUP,
    CRICKET_FORMATS_ALL
} cricket_format_e;


typedef struct cricket_query_s  cricket_query_t;


/* frees the questions of a request, this one and those behind it */
void cricket_query_free(cricket_query_t *q);

/* frees one that is answered, and returns the one behind it, or NULL */
cricket_query_t *cricket_query_next_of(cricket_query_t *q);

/* is there one behind it? */
int cricket_query_has_next(const cricket_query_t *q);

/* what POST may ask for */
int cricket_query_accept_partial(const cricket_query_t *q);
int cricket_query_refresh(const cricket_query_t *q);

/* of InfluxDB's requests: nanoseconds in a unit of time; a statement */
uint64_t cricket_query_precision(const cricket_query_t *q);
const cricket_str_t *cricket_query_statement(const cricket_query_t *q);

/* of OpenTSDB's: is the answer to have numbers, and errors? */
int cricket_query_summary(const cricket_query_t *q);
int cricket_query_details(const cricket_query_t *q);


#endif /* _CRICKET_QUERY_H_INCLUDED_ */
