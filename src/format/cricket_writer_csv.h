
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_WRITER_CSV_H_INCLUDED_
#define _CRICKET_WRITER_CSV_H_INCLUDED_


#include "cricket_result.h"


/* a header line, then a datapoint a line */
extern const cricket_result_writer_t  cricket_writer_csv;


#endif /* _CRICKET_WRITER_CSV_H_INCLUDED_ */
