
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_WRITER_OPENTSDB_H_INCLUDED_
#define _CRICKET_WRITER_OPENTSDB_H_INCLUDED_


#include "cricket_result.h"


/*
 * As OpenTSDB answers /api/query, one array for all questions of a request:
 *
 *     [{"metric":"sys.cpu","tags":{"host":"web-1"},"aggregateTags":["core"],
 *       "dps":{"1795626000":1.5}}]
 *
 * or "dps":[[1795626000,1.5]].  A value that is not there has no point, unless
 * it was filled in: then it is null, or "NaN" as OpenTSDB writes it.
 */
extern const cricket_result_writer_t  cricket_writer_opentsdb;

/* an array of names, or of keys or values of tags that begin with q->prefix */
extern const cricket_result_writer_t  cricket_writer_opentsdb_suggest;

/* {"type":"LOOKUP",...,"results":[{"tsuid","metric","tags"}]} */
extern const cricket_result_writer_t  cricket_writer_opentsdb_lookup;


#endif /* _CRICKET_WRITER_OPENTSDB_H_INCLUDED_ */
