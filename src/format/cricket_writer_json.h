
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_WRITER_JSON_H_INCLUDED_
#define _CRICKET_WRITER_JSON_H_INCLUDED_


#include "cricket_result.h"


/* an array of datapoints, or an object with what was asked for; a line feed */
extern const cricket_result_writer_t  cricket_writer_json;

/* a datapoint a line; what is no datapoint as JSON */
extern const cricket_result_writer_t  cricket_writer_json_lines;


#endif /* _CRICKET_WRITER_JSON_H_INCLUDED_ */
