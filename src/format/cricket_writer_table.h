
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_WRITER_TABLE_H_INCLUDED_
#define _CRICKET_WRITER_TABLE_H_INCLUDED_


#include "cricket_result.h"


/* the parts of writers that are for what is no datapoint */

void cricket_writer_json_table_head(cricket_result_t *result);
int cricket_writer_json_table_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);
void cricket_writer_json_table_tail(cricket_result_t *result);

void cricket_writer_csv_table_head(cricket_result_t *result);
int cricket_writer_csv_table_bucket(cricket_result_t *result,
    const cricket_result_bucket_t *bucket);


#endif /* _CRICKET_WRITER_TABLE_H_INCLUDED_ */
