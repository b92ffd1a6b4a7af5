
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_OPENTSDB_H_INCLUDED_
#define _CRICKET_RECEIPT_OPENTSDB_H_INCLUDED_


#include "cricket_receipt.h"


/*
 * As the clients of OpenTSDB's /api/put are told, a cricket_receipt_pt: 204
 * without a body; if receipt->summary or receipt->details asks for it
 *
 *     {"success":2,"failed":1,"errors":[{"datapoint":{...},"error":"..."}]}
 *
 * of which errors is only for details; and any other error as
 *
 *     {"error":{"code":413,"message":"..."}}
 *
 * but a 503 as text: to opentsdb-py whatever is JSON is the end of it, and what
 * is none it sends again.
 */
unsigned cricket_receipt_opentsdb(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

/* an error of what was asked: OpenTSDB's members, and those of all routes */
unsigned cricket_receipt_opentsdb_ask(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

const char *cricket_receipt_opentsdb_header(const cricket_receipt_t *receipt,
    size_t n, cricket_buf_t *b);


#endif /* _CRICKET_RECEIPT_OPENTSDB_H_INCLUDED_ */
