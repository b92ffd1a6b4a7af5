
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_PROMETHEUS_H_INCLUDED_
#define _CRICKET_RECEIPT_PROMETHEUS_H_INCLUDED_


#include "cricket_receipt.h"


/* as Prometheus is told: 204 without a body, or a line that it logs */
unsigned cricket_receipt_prometheus(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

/* what remote write 2.0 wants to know beside it, a cricket_receipt_header_pt */
const char *cricket_receipt_prometheus_header(const cricket_receipt_t *receipt,
    size_t n, cricket_buf_t *b);


#endif /* _CRICKET_RECEIPT_PROMETHEUS_H_INCLUDED_ */
