
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PROTOBUF_H_INCLUDED_
#define _CRICKET_PROTOBUF_H_INCLUDED_


#include "cricket_string.h"


/*
 * A reader of protobuf's wire format (protobuf.dev, "Encoding"), a field at a
 * time, that allocates nothing, copies nothing, and knows no message: what a
 * field means is its caller's.  One whose number or type the caller does not
 * know is passed over by not looking at it, however long it is.
 */

/* groups inside groups; one that is deeper is an error */
#define CRICKET_PROTOBUF_GROUPS  16

/* messages inside messages, of cricket_protobuf_parts_t */
#define CRICKET_PROTOBUF_LEVELS  4


/* how a field is encoded */

typedef enum {
    CRICKET_PROTOBUF_VARINT = 0,
    CRICKET_PROTOBUF_FIXED64 = 1,
    CRICKET_PROTOBUF_BYTES = 2,     /* a string, message or packed list */
    CRICKET_PROTOBUF_FIXED32 = 5
} cricket_protobuf_wire_e;


/* a field's number and encoding in one, as its tag has them */
#define cricket_protobuf_key(number, wire)                                   \
    (((uint32_t) (number) << 3) | (wire))


typedef struct {
    const unsigned char   *pos;
    const unsigned char   *last;
    const char            *error;       /* of CRICKET_INVALID, a constant */
    unsigned               ngroups;     /* those that are open */
    uint32_t               groups[CRICKET_PROTOBUF_GROUPS];
} cricket_protobuf_t;


typedef struct {
    uint32_t               key;         /* cricket_protobuf_key() */
    uint64_t               value;       /* VARINT, FIXED64, FIXED32 */
    cricket_str_t          bytes;       /* BYTES, inside the message */
} cricket_protobuf_field_t;


/*
 * A message that may come in several parts, each a field of its own: what
 * stands in them counts as one message, in this order.  The same holds for
 * the message that they are in, and so on.
 */

typedef struct {
    cricket_protobuf_t     levels[CRICKET_PROTOBUF_LEVELS];
    uint32_t               keys[CRICKET_PROTOBUF_LEVELS];   /* of what is in */
    unsigned               at;
    unsigned               depth;
} cricket_protobuf_parts_t;


/* a list of numbers: fields one by one, packed ones, or both */

typedef struct {
    cricket_protobuf_parts_t  parts;
    uint32_t                  number;
    cricket_protobuf_wire_e   wire;     /* of each */
    const unsigned char      *pos;      /* in a packed one */
    const unsigned char      *last;
} cricket_protobuf_list_t;


/* starts to read the len bytes at data, which must outlive the reader */
void cricket_protobuf_init(cricket_protobuf_t *pb, const unsigned char *data,
    size_t len);

/*
 * Reads the next field.  Returns
 * CRICKET_OK       it is in f;
 * CRICKET_AGAIN    a part of a group was passed over, there may be more: a call
 *                  takes no longer than for one field;
 * CRICKET_DONE     there is no more;
 * CRICKET_INVALID  pb->error says what is wrong, at pb->pos.
 * After the last two it is not to be called again.
 */
int cricket_protobuf_next(cricket_protobuf_t *pb, cricket_protobuf_field_t *f);

/* starts with a message that is in one piece */
void cricket_protobuf_parts_init(cricket_protobuf_parts_t *parts,
    const cricket_protobuf_t *pb);

/*
 * Goes from the message to that in its fields of this number; to be called
 * before the first field is read, at most CRICKET_PROTOBUF_LEVELS - 1 times.
 */
void cricket_protobuf_parts_enter(cricket_protobuf_parts_t *parts,
    uint32_t number);

/* as cricket_protobuf_next(), for all the parts */
int cricket_protobuf_parts_next(cricket_protobuf_parts_t *parts,
    cricket_protobuf_field_t *f);

/* what is wrong, and where, after CRICKET_INVALID */
const cricket_protobuf_t *cricket_protobuf_parts_broken(
    const cricket_protobuf_parts_t *parts);

/* starts with the numbers that the message's fields of this number are */
void cricket_protobuf_list_init(cricket_protobuf_list_t *list,
    const cricket_protobuf_parts_t *parts, uint32_t number,
    cricket_protobuf_wire_e wire);

/*
 * Reads the next number: CRICKET_OK with it in value, or as
 * cricket_protobuf_next(); what is wrong, parts_broken(&list->parts) tells.
 */
int cricket_protobuf_list_next(cricket_protobuf_list_t *list, uint64_t *value);


/* what a number means that is of one of these types */

static inline double
cricket_protobuf_double(uint64_t value)
{
    double  d;

    memcpy(&d, &value, sizeof(double));

    return d;
}


/* of sint32 and sint64 */

static inline int64_t
cricket_protobuf_zigzag(uint64_t value)
{
    return (int64_t) ((value >> 1) ^ (~(value & 1) + 1));
}


#endif /* _CRICKET_PROTOBUF_H_INCLUDED_ */
