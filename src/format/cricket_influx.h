
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INFLUX_H_INCLUDED_
#define _CRICKET_INFLUX_H_INCLUDED_


#include "cricket_number.h"
#include "cricket_reader.h"


#define CRICKET_INFLUX_TYPE    "gauge"

/* of a field that is no string, as it stands in the line */
#define CRICKET_INFLUX_NUMBER  1024


typedef struct {
    cricket_str_t          key;         /* in the body, no escape is in it */
    cricket_str_t          value;       /* likewise, or of no data: in text */
    size_t                 offset;      /* there */
} cricket_influx_tag_t;


typedef struct {
    cricket_reader_t       reader;

    const unsigned char   *start;
    const unsigned char   *last;
    const unsigned char   *pos;
    size_t                 left;        /* of the slice */
    cricket_datapoint_t   *dp;          /* of this call */

    unsigned               phase;
    unsigned               pass;        /* over the fields of the line */
    unsigned               bad;         /* the line is; the message is set */
    unsigned               string;      /* the field just read is one */

    size_t                 line;        /* its number, from 1 */
    size_t                 inside;      /* ends of lines in its strings, ... */
    size_t                 open;        /* and in the one that is being read */

    const unsigned char   *begin;       /* of the line */
    const unsigned char   *fields;
    const unsigned char   *end;
    const unsigned char   *token;
    cricket_str_t          key;         /* of the field */
    cricket_time_t         time;

    /*
     * What is written anew as JSON text, in which a quote or a backslash, and
     * nothing else that a name or a value may have, takes two bytes.
     */

    size_t                 plain;       /* bytes of the measurement */
    size_t                 name_len;    /* and of its JSON text */
    unsigned char          name[2 * CRICKET_NAME_LEN];
    unsigned char          number[CRICKET_INFLUX_NUMBER + CRICKET_NUMBER_MORE];

    size_t                 text_len;
    unsigned char          text[CRICKET_TAGS * 2 * CRICKET_TAG_VALUE_LEN];

    size_t                 ntags;
    cricket_influx_tag_t   tags[CRICKET_TAGS];
} cricket_influx_t;


/*
 * InfluxDB's line protocol, as its reference for versions 1 and 2 has it:
 *
 *     measurement,tag=value,... field=value,... time
 *
 * A datapoint for each field that is a number or a boolean, 1 or 0, with the
 * measurement and the field joined by "_" as its name, or the measurement alone
 * for a field called "value".  A string is passed over, and counted as ignored;
 * it may go over lines.  A time is in reader->precision nanoseconds; without
 * one it is reader->now.
 *
 * What is wrong with a line, and not with a field of it, is one error, and none
 * of it is read.  In reader->field is its number: "line 3".
 */
extern const cricket_reader_type_t  cricket_influx;


#endif /* _CRICKET_INFLUX_H_INCLUDED_ */
