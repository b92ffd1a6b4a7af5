
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TABLE_PRIVATE_H_INCLUDED_
#define _CRICKET_TABLE_PRIVATE_H_INCLUDED_


#include "cricket_table.h"


/* the n cells of a group, once they are folded */
const cricket_table_cell_t *cricket_table_find(const cricket_table_t *t,
    size_t group, size_t *n);


#endif /* _CRICKET_TABLE_PRIVATE_H_INCLUDED_ */
