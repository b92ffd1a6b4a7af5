
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OPENTSDB_H_INCLUDED_
#define _CRICKET_OPENTSDB_H_INCLUDED_


#include "cricket_body.h"
#include "cricket_number.h"


/* of a value that is a string */
#define CRICKET_OPENTSDB_NUMBER  1024


typedef struct {
    cricket_body_t         body;

    /* a value that has to be written anew */
    unsigned               own;
    size_t                 len;
    unsigned char          number[CRICKET_OPENTSDB_NUMBER
                                  + CRICKET_NUMBER_MORE];
} cricket_opentsdb_t;


/*
 * What OpenTSDB's /api/put takes, version 2: one object or an array of
 *
 *     {"metric":"sys.cpu","timestamp":1795627134,"value":0.5,
 *      "tags":{"host":"vm"}}
 *
 * with seconds up to 4294967295 and milliseconds above, as it tells them apart;
 * timestamp and value may be strings, and tags may lack.  What is wrong with a
 * datapoint is its error, with reader.text.
 */
extern const cricket_reader_type_t  cricket_opentsdb;


#endif /* _CRICKET_OPENTSDB_H_INCLUDED_ */
