
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FOLD_PRIVATE_H_INCLUDED_
#define _CRICKET_FOLD_PRIVATE_H_INCLUDED_


#include "cricket_fold.h"


/* the tags of the series of a line: those they share, and those they do not */

typedef struct {
    cricket_dict_t             names;       /* of keys */
    cricket_str_t             *first;       /* KEY=VALUE that came first */
    unsigned char             *differs;
    size_t                     size;        /* of both */
    size_t                     ntags;
    cricket_str_t             *tags;
    size_t                     nkeys;
    cricket_str_t             *keys;
} cricket_fold_tags_t;


void cricket_fold_tags_init(cricket_fold_tags_t *tags);

void cricket_fold_tags_free(cricket_fold_tags_t *tags);

/* adds those of a series, as cricket_fold_add() has them */
int cricket_fold_tags_add(cricket_fold_tags_t *tags,
    const cricket_str_t *text);

/* sets tags and keys, in their order; returns CRICKET_OK or CRICKET_ERROR */
int cricket_fold_tags_sort(cricket_fold_tags_t *tags);

/*
 * Appends what tells the group of a series from others: its values of the keys
 * of the question.  Returns CRICKET_OK, or CRICKET_DONE if it lacks a key, or
 * has one that the question does not know of, where that is asked for.
 */
int cricket_fold_tags_group(const cricket_query_t *q,
    const cricket_str_t *text, cricket_buf_t *group);

/* moves text behind the tag that it begins with; 0: there is none */
int cricket_fold_tags_next(cricket_str_t *text, cricket_str_t *tag,
    size_t *key);

/*
 * n values, none of which is NAN and which may be put in another order, as one:
 * NAN where there are none, but 0 of them are counted as 0.
 */
double cricket_fold_value(const cricket_query_fold_t *fold, double *values,
    size_t n);

/*
 * What a series has grown from each value to the next, a second, in place: one
 * point less, or fewer.  Returns how many.
 */
size_t cricket_fold_rate(const cricket_query_lines_t *lines,
    cricket_result_point_t *points, size_t n);


#endif /* _CRICKET_FOLD_PRIVATE_H_INCLUDED_ */
