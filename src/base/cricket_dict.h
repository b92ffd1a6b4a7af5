
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_DICT_H_INCLUDED_
#define _CRICKET_DICT_H_INCLUDED_


#include "cricket_buf.h"


/* numbers texts in the order in which they came, each text once */

typedef struct {
    size_t                 offset;
    size_t                 len;
} cricket_dict_entry_t;


typedef struct {
    cricket_buf_t          text;        /* of all, behind each other */
    cricket_dict_entry_t  *entries;
    size_t                 n;
    uint32_t              *slots;       /* the number of an entry, from 1 */
    size_t                 nslots;      /* a power of two, or 0 */
} cricket_dict_t;


/* a dictionary with nothing in it: allocates nothing */
void cricket_dict_init(cricket_dict_t *d);

void cricket_dict_free(cricket_dict_t *d);

/*
 * Sets *i to the number of the text, from 0, which is d->n - 1 if it is new.
 * Returns CRICKET_OK, or CRICKET_ERROR: no memory.
 */
int cricket_dict_add(cricket_dict_t *d, const unsigned char *p, size_t len,
    size_t *i);

/* sets *i as above; CRICKET_DONE: the text is not there */
int cricket_dict_find(const cricket_dict_t *d, const unsigned char *p,
    size_t len, size_t *i);

/* the text of a number: it moves when one is added */
void cricket_dict_text(const cricket_dict_t *d, size_t i, cricket_str_t *text);


#endif /* _CRICKET_DICT_H_INCLUDED_ */
