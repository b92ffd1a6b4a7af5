
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_INFLUX_H_INCLUDED_
#define _CRICKET_RECEIPT_INFLUX_H_INCLUDED_


#include "cricket_receipt.h"


/* whose protocol is spoken: some clients show it, and take it for a version */
#define CRICKET_RECEIPT_INFLUX_VERSION  "1.8-cricket"


/*
 * As the clients of InfluxDB's two interfaces are told: 204 without a body, or
 *
 *     {"error":"partial write: unable to parse line 3: ... dropped=1"}
 *     {"code":"invalid","message":"unable to parse line 3: ...","line":3}
 *
 * where the first has its error in a header, too.
 */
unsigned cricket_receipt_influx_v1(const cricket_receipt_t *receipt,
    cricket_buf_t *b);
unsigned cricket_receipt_influx_v2(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

const char *cricket_receipt_influx_header(const cricket_receipt_t *receipt,
    size_t n, cricket_buf_t *b);
const char *cricket_receipt_influx_header_v2(const cricket_receipt_t *receipt,
    size_t n, cricket_buf_t *b);


#endif /* _CRICKET_RECEIPT_INFLUX_H_INCLUDED_ */
