
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Receipts and errors as Prometheus is told. */


#include "cricket_receipt_prometheus.h"


unsigned
cricket_receipt_prometheus(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    if (receipt->status == 200) {
        return 204;
    }

    cricket_buf_append(b, receipt->message.data, receipt->message.len);

    if (receipt->status == 400 && receipt->invalid != 0) {
        cricket_buf_cstr(b, receipt->stored ? "; all others are stored"
                                            : "; nothing is stored");
    }

    cricket_buf_literal(b, "\n");

    return receipt->status;
}


const char *
cricket_receipt_prometheus_header(const cricket_receipt_t *receipt, size_t n,
    cricket_buf_t *b)
{
    static const char  *names[] = {
        "X-Prometheus-Remote-Write-Samples-Written",
        "X-Prometheus-Remote-Write-Histograms-Written",
        "X-Prometheus-Remote-Write-Exemplars-Written"
    };

    if (n == sizeof(names) / sizeof(names[0])) {
        return NULL;
    }

    /* else nobody knows, and all of it is sent again */

    if (receipt->status == 200 || receipt->status == 400) {
        cricket_buf_int(b, (n == 0) ? receipt->samples
                           : (n == 1) ? receipt->histograms : 0);
    }

    return names[n];
}
