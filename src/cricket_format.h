
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FORMAT_H_INCLUDED_
#define _CRICKET_FORMAT_H_INCLUDED_


#include "cricket_result.h"


typedef struct {
    const char                     *type;           /* of media, ... */
    const char                     *subtype;
    cricket_str_t                   content_type;   /* as a header has it */
    const cricket_result_writer_t  *writer;
} cricket_format_t;


/* the formats of answers, in the order of preference: by cricket_format_e */
extern const cricket_format_t  cricket_formats[CRICKET_FORMATS];


#endif /* _CRICKET_FORMAT_H_INCLUDED_ */
