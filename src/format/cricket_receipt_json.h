
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_JSON_H_INCLUDED_
#define _CRICKET_RECEIPT_JSON_H_INCLUDED_


#include "cricket_receipt.h"


/* as Cricket's own clients are told, a cricket_receipt_pt */
unsigned cricket_receipt_json(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

/*
 * Opens an error of that form, {"error":{"status":...,"message":"..."; the
 * caller appends further members and "}}".
 */
void cricket_receipt_json_open(cricket_buf_t *b, unsigned status,
    const unsigned char *message, size_t len);


#endif /* _CRICKET_RECEIPT_JSON_H_INCLUDED_ */
