
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_OTLP_H_INCLUDED_
#define _CRICKET_RECEIPT_OTLP_H_INCLUDED_


#include "cricket_receipt.h"


/*
 * As OTLP's clients are told, in the encoding of the request: what they call an
 * ExportMetricsServiceResponse, with a partialSuccess where some of the
 * datapoints are stored and some are not; else a google.rpc.Status (the
 * specification of OTLP/HTTP, "Failures").
 */
unsigned cricket_receipt_otlp(const cricket_receipt_t *receipt,
    cricket_buf_t *b);
unsigned cricket_receipt_otlp_json(const cricket_receipt_t *receipt,
    cricket_buf_t *b);


#endif /* _CRICKET_RECEIPT_OTLP_H_INCLUDED_ */
