
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OPENTSDB_PRIVATE_H_INCLUDED_
#define _CRICKET_OPENTSDB_PRIVATE_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_opentsdb_ask.h"
#include "cricket_query_private.h"


/* a time, or the name of a zone; and of what a client chose, in a message */
#define CRICKET_OPENTSDB_TEXT   64
#define CRICKET_OPENTSDB_SHOWN  64

/* of an expression: index.max_regex_length */
#define CRICKET_OPENTSDB_REGEXP  1000


/* a request on its way to questions */

typedef struct {
    cricket_query_t           *params;
    cricket_buf_t             *err;
    cricket_query_t           *first;
    cricket_query_t           *last;
    size_t                     n;           /* questions */
    size_t                     by_m;        /* the first of them, of the URL */
    unsigned                   set;         /* of a question's filters */

    cricket_json_t             json;

    /* where a member is: in the request, a question or a filter of it */
    const char                *within;
    size_t                     filter;

    /* of all questions; a text that is empty was not given */
    const char                *zone_name;   /* of the parameter or member */
    size_t                     start_len;
    size_t                     end_len;
    size_t                     zone_len;
    unsigned char              start[CRICKET_OPENTSDB_TEXT];
    unsigned char              end[CRICKET_OPENTSDB_TEXT];
    unsigned char              zone[CRICKET_OPENTSDB_TEXT];
    unsigned                   milliseconds:1;
    unsigned                   ids:1;
    unsigned                   echoes:1;
    unsigned                   calendar:1;
} cricket_opentsdb_ask_t;


/* reads a member's value, of which the first token was read */
typedef int (*cricket_opentsdb_member_pt)(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);


typedef struct {
    const char                  *name;
    cricket_opentsdb_member_pt   handler;
} cricket_opentsdb_member_t;


/*
 * Appends "PLACE.member: message", and what the client sent, if shown is not
 * NULL.  Returns CRICKET_INVALID.
 */
int cricket_opentsdb_wrong(cricket_opentsdb_ask_t *ask, const char *member,
    const char *message, const cricket_str_t *shown);

/* begins another question, ask->last; returns CRICKET_OK or another */
int cricket_opentsdb_another(cricket_opentsdb_ask_t *ask);

/* reads a body, or the parameter "m": a question, or the series of a lookup */
int cricket_opentsdb_query_body(cricket_opentsdb_ask_t *ask);
int cricket_opentsdb_query_series(cricket_opentsdb_ask_t *ask);
int cricket_opentsdb_m(cricket_opentsdb_ask_t *ask, const cricket_str_t *m);
int cricket_opentsdb_m_series(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *m);

/*
 * Each reads a value whose first token was just read, and tells what is wrong
 * with it: an object, each of whose members has a handler and is not null; a
 * string, without escapes, that lives as long as ask->last; true or false; a
 * number; a short string or number; anything; what there is not, which must be
 * false or empty.
 */
int cricket_opentsdb_value_object(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_member_t *members, cricket_json_token_e token,
    const char *expected);
int cricket_opentsdb_value_text(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token, cricket_str_t *text);
int cricket_opentsdb_value_bool(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token, unsigned *value);
int cricket_opentsdb_value_number(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token, double *value);
int cricket_opentsdb_value_short(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token, unsigned char *dst,
    size_t *len);
int cricket_opentsdb_value_skip(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);
int cricket_opentsdb_value_refused(cricket_opentsdb_ask_t *ask,
    const char *name, cricket_json_token_e token);

/* tells what is no JSON, and where; returns CRICKET_INVALID */
int cricket_opentsdb_value_json(cricket_opentsdb_ask_t *ask);

/*
 * Adds a filter to ask->last: of a type ("literal_or", ...), or of the text
 * that is the value of a tag, whose groups are then apart.
 */
int cricket_opentsdb_filter(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *key, const cricket_str_t *type,
    const cricket_str_t *filter, unsigned group);
int cricket_opentsdb_filter_tag(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *key, const cricket_str_t *value, unsigned group);

/* the name of each type of filter, and what is said of it; the last is NULL */
const char *cricket_opentsdb_filter_type(size_t i, const char **description,
    const char **example);

/*
 * Each of these returns NULL, or a constant message.  "avg", ...; whose names
 * cricket_opentsdb_time_name() has.  A downsample is "1m-avg", "1dc-sum-null",
 * "0all-max".  A time is relative to now, or of a zone, which may be NULL.
 */
const char *cricket_opentsdb_time_fold(const cricket_str_t *name,
    cricket_query_fold_t *fold);
const char *cricket_opentsdb_time_name(size_t i);
const char *cricket_opentsdb_time_down(cricket_query_t *q,
    const cricket_str_t *text, unsigned calendar);
const char *cricket_opentsdb_time(const cricket_str_t *text,
    const cricket_time_t *now, const cricket_zone_t *zone, cricket_time_t *t);

/*
 * Makes of an expression of Java's, which is to be found anywhere in a value,
 * one of Lucene's for all of it.  Appends to b; returns NULL or a message.
 */
const char *cricket_opentsdb_regexp(const cricket_str_t *text,
    cricket_buf_t *b);

/* appends a character that stands for itself, and for its other case if fold */
void cricket_opentsdb_regexp_char(unsigned char c, unsigned fold,
    cricket_buf_t *b);


#endif /* _CRICKET_OPENTSDB_PRIVATE_H_INCLUDED_ */
