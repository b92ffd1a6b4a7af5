
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PARAMS_TABLE_H_INCLUDED_
#define _CRICKET_PARAMS_TABLE_H_INCLUDED_


#include "cricket_params_value.h"


/* kinds of requests, as bits */
#define CRICKET_ON_POST      (1 << CRICKET_QUERY_POST)
#define CRICKET_ON_METRICS   (1 << CRICKET_QUERY_METRICS)
#define CRICKET_ON_STATS     (1 << CRICKET_QUERY_STATS)
#define CRICKET_ON_NAMES     (1 << CRICKET_QUERY_NAMES)
#define CRICKET_ON_EXPORT    (1 << CRICKET_QUERY_EXPORT)
#define CRICKET_ON_TAGS      (1 << CRICKET_QUERY_TAG_KEYS)
#define CRICKET_ON_LAST      (1 << CRICKET_QUERY_LAST)
#define CRICKET_ON_INFLUX    (1 << CRICKET_QUERY_INFLUX)
#define CRICKET_ON_INFLUX_V2 (1 << CRICKET_QUERY_INFLUX_V2)
#define CRICKET_ON_PING      (1 << CRICKET_QUERY_INFLUX_PING)
#define CRICKET_ON_ASK       (1 << CRICKET_QUERY_INFLUX_ASK)
#define CRICKET_ON_OPENTSDB  (1 << CRICKET_QUERY_OPENTSDB)
#define CRICKET_ON_PROMETHEUS  (1 << CRICKET_QUERY_PROMETHEUS)
#define CRICKET_ON_TSDB      (1 << CRICKET_QUERY_TSDB)
#define CRICKET_ON_SUGGEST   (1 << CRICKET_QUERY_TSDB_SUGGEST)
#define CRICKET_ON_LOOKUP    (1 << CRICKET_QUERY_TSDB_LOOKUP)
#define CRICKET_ON_ABOUT     (1 << CRICKET_QUERY_TSDB_ABOUT)
#define CRICKET_ON_WRITES    (CRICKET_ON_POST | CRICKET_ON_INFLUX            \
                              | CRICKET_ON_INFLUX_V2 | CRICKET_ON_OPENTSDB   \
                              | CRICKET_ON_PROMETHEUS)
#define CRICKET_ON_ACCOUNTS  (CRICKET_ON_INFLUX | CRICKET_ON_PING            \
                              | CRICKET_ON_ASK)
#define CRICKET_ON_DATA      (CRICKET_ON_METRICS | CRICKET_ON_EXPORT)
#define CRICKET_ON_NAMED     (CRICKET_ON_DATA | CRICKET_ON_STATS              \
                              | CRICKET_ON_TAGS | CRICKET_ON_LAST)
#define CRICKET_ON_FILTERS   (CRICKET_ON_NAMED | CRICKET_ON_NAMES)
#define CRICKET_ON_PAGES     (CRICKET_ON_METRICS | CRICKET_ON_NAMES           \
                              | CRICKET_ON_TAGS | CRICKET_ON_LAST)

/* clients of other formats send what they were not given, too, empty */
#define CRICKET_ON_OTHERS    (CRICKET_ON_ACCOUNTS | CRICKET_ON_INFLUX_V2     \
                              | CRICKET_ON_OPENTSDB | CRICKET_ON_TSDB        \
                              | CRICKET_ON_SUGGEST | CRICKET_ON_LOOKUP       \
                              | CRICKET_ON_ABOUT)


/* every parameter there is; the last has no name */
extern const cricket_query_param_t  cricket_params_table[];


#endif /* _CRICKET_PARAMS_TABLE_H_INCLUDED_ */
