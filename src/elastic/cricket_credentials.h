
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_CREDENTIALS_H_INCLUDED_
#define _CRICKET_CREDENTIALS_H_INCLUDED_


#include "cricket_string.h"


/* the most bytes that a file with credentials may have */
#define CRICKET_CREDENTIALS_FILE  8192

/* room for the header that becomes of it: base64 makes four bytes of three */
#define CRICKET_CREDENTIALS_LEN  (sizeof("Basic ") - 1                       \
                                  + (CRICKET_CREDENTIALS_FILE + 2) / 3 * 4)


/*
 * What a file with credentials for Elasticsearch says: a line, behind which
 * may be an end of line, of
 *
 *     USER:PASSWORD
 *     Basic USER:PASSWORD, or the same in base64
 *     ApiKey ID:KEY, or the same in base64, as Elasticsearch's "encoded" is
 *     Bearer TOKEN
 *
 * where the first word is such a word, in any case, only with a space behind
 * it.  Base64 has no colon, so what has one is not in it yet.  Writes the value
 * of the header Authorization (RFC 9110, section 11.6.2) to dst, which has room
 * for CRICKET_CREDENTIALS_LEN bytes, and its length to *n.  Returns CRICKET_OK,
 * or CRICKET_INVALID with what is wrong in *err, a text that goes on after the
 * name of the file and has nothing of what is in it.
 */
int cricket_credentials_parse(const unsigned char *data, size_t len,
    unsigned char *dst, size_t *n, const char **err);

/* the part of such a value that is secret: what is behind its first word */
cricket_str_t cricket_credentials_secret(const unsigned char *data,
    size_t len);

/* writes zeros, which no compiler leaves out because nobody reads them */
void cricket_credentials_wipe(void *data, size_t len);


#endif /* _CRICKET_CREDENTIALS_H_INCLUDED_ */
