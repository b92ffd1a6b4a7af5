
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_DRAFT_H_INCLUDED_
#define _CRICKET_DRAFT_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_reader.h"


/*
 * A series while its parts are read, for readers whose datapoints have them in
 * different places: a name, tags, what several datapoints have in common.
 *
 * Strings point into the body; those that JSON has to escape are written anew.
 * What fails says so in the reader: field, message, and CRICKET_INVALID, or
 * CRICKET_ERROR without memory.
 */

/* a place to go back to: what was read since then is forgotten */

typedef enum {
    CRICKET_DRAFT_EMPTY = 0,
    CRICKET_DRAFT_SHARED,      /* tags that all that follows has */
    CRICKET_DRAFT_NAMED,       /* and a name */
    CRICKET_DRAFT_MARKS
} cricket_draft_mark_e;


typedef struct cricket_draft_chunk_s  cricket_draft_chunk_t;


typedef struct {
    cricket_draft_chunk_t  *chunk;
    size_t                   len;       /* used of it */
} cricket_draft_mark_t;


typedef struct {
    cricket_str_t            name;      /* JSON text; empty: not known yet */
    size_t                   length;    /* of what it means */
    size_t                   ntags;
    cricket_tag_t            tags[CRICKET_TAGS];

    /* private */

    size_t                   nshared;
    cricket_tag_t            shared[CRICKET_TAGS];
    uint64_t                 replaced;  /* a bit for each of the shared */

    cricket_draft_chunk_t  *chunks;
    cricket_draft_mark_t    at;
    cricket_draft_mark_t    marks[CRICKET_DRAFT_MARKS];

    /* of the datapoint made last */

    unsigned char            suffixed[CRICKET_NAME_LEN * 2];
    unsigned char            number[CRICKET_NUMBER_LEN];
    unsigned char            bound[CRICKET_NUMBER_LEN];
} cricket_draft_t;


void cricket_draft_init(cricket_draft_t *s);
void cricket_draft_free(cricket_draft_t *s);

/* sets a mark, and goes back to one; EMPTY is always set */
void cricket_draft_keep(cricket_draft_t *s, cricket_draft_mark_e mark);
void cricket_draft_back(cricket_draft_t *s, cricket_draft_mark_e mark);

/*
 * Gives bytes that should be 1 to max of UTF-8 without control characters as
 * JSON text; they are to stay where they are.
 */
int cricket_draft_text(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *raw, size_t max, cricket_str_t *text);

/* the reverse: JSON text as bytes, of which more than max are an error */
int cricket_draft_decode(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *text, size_t max, cricket_str_t *raw);

/* a copy that stays until one goes back; NULL without memory */
unsigned char *cricket_draft_copy(cricket_draft_t *s,
    const unsigned char *data, size_t len);

/* sets the name, given as bytes; may have a suffix of so many */
int cricket_draft_name(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *raw, size_t suffix);

/* adds a tag, both given as bytes; a tag that is shared is replaced */
int cricket_draft_tag(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *key, const cricket_str_t *value);

/* is there room for one more tag, of this key? */
int cricket_draft_room(cricket_draft_t *s, cricket_reader_t *reader,
    const char *key);

/*
 * Makes a datapoint of it; the timestamp is its caller's.  The suffix is short
 * and "" for none, the value finite.
 */
void cricket_draft_datapoint(cricket_draft_t *s, cricket_datapoint_t *dp,
    const char *suffix, const char *type, double value);

/* adds a tag to the datapoint just made, for which there is room: a number */
void cricket_draft_bound(cricket_draft_t *s, cricket_datapoint_t *dp,
    const char *key, double value);

/* sets the field that is to blame, a prefix and what somebody called it */
void cricket_draft_blame(cricket_reader_t *reader, const char *prefix,
    const cricket_str_t *name);

/* sets the message, and returns CRICKET_INVALID */
int cricket_draft_invalid(cricket_reader_t *reader, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* says that there is no memory, and returns CRICKET_ERROR */
int cricket_draft_no_memory(cricket_reader_t *reader);

/* writes a double as cricket_buf_double() to dst of CRICKET_NUMBER_LEN bytes */
size_t cricket_draft_double(unsigned char *dst, double value);


#endif /* _CRICKET_DRAFT_H_INCLUDED_ */
