
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_DATAPOINT_H_INCLUDED_
#define _CRICKET_DATAPOINT_H_INCLUDED_


#include "cricket_string.h"
#include "cricket_time.h"


#define CRICKET_NAME_LEN       512
#define CRICKET_TYPE_LEN       64
#define CRICKET_TAGS           40
#define CRICKET_TAG_KEY_LEN    256
#define CRICKET_TAG_VALUE_LEN  1024
#define CRICKET_VALUE_LEN      65536    /* the text of a number */


/* both as name below; without escapes a key is its own text */

typedef struct {
    cricket_str_t          key;
    cricket_str_t          value;
} cricket_tag_t;


/*
 * A valid datapoint.  The strings are what stood between the quotes, escapes
 * and all, and may be written between quotes again as they are.  They point
 * into the body that was read.
 */

typedef struct {
    cricket_str_t          name;
    cricket_str_t          type;
    cricket_str_t          number;      /* the text of value */
    double                 value;
    cricket_time_t         timestamp;
    size_t                 ntags;
    cricket_tag_t          tags[CRICKET_TAGS];
} cricket_datapoint_t;


/* whether the len bytes at p are all of a key's: A-Z a-z 0-9 _ . / - */
int cricket_datapoint_is_key(const unsigned char *p, size_t len);

/*
 * Compares the keys of two tags, as what they are without escapes: less than,
 * 0, or more than 0.
 */
int cricket_datapoint_key_cmp(const cricket_str_t *one,
    const cricket_str_t *two);

/*
 * Whether a control character, U+0000 to U+001F or U+007F to U+009F, is among
 * the len bytes at p, which are valid UTF-8.
 */
int cricket_datapoint_is_control(const unsigned char *p, size_t len);


#endif /* _CRICKET_DATAPOINT_H_INCLUDED_ */
