
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads protobuf's wire format, a field at a time. */


#include "cricket_protobuf.h"


/* the two encodings that are none of a value */
#define CRICKET_PROTOBUF_GROUP      3
#define CRICKET_PROTOBUF_GROUP_END  4


static int cricket_protobuf_varint(cricket_protobuf_t *pb, uint64_t *value);
static int cricket_protobuf_tag(cricket_protobuf_t *pb, uint32_t *key);
static int cricket_protobuf_value(cricket_protobuf_t *pb,
    cricket_protobuf_field_t *f);
static int cricket_protobuf_fixed(cricket_protobuf_t *pb, size_t n,
    uint64_t *value);
static int cricket_protobuf_group(cricket_protobuf_t *pb, uint32_t key);
static int cricket_protobuf_number(cricket_protobuf_t *pb,
    cricket_protobuf_wire_e wire, uint64_t *value);
static int cricket_protobuf_invalid(cricket_protobuf_t *pb, const char *error);


void
cricket_protobuf_init(cricket_protobuf_t *pb, const unsigned char *data,
    size_t len)
{
    static const unsigned char  none[1];

    /* no arithmetic with a NULL */

    if (len == 0) {
        data = none;
    }

    pb->pos = data;
    pb->last = data + len;
    pb->error = NULL;
    pb->ngroups = 0;
}


int
cricket_protobuf_next(cricket_protobuf_t *pb, cricket_protobuf_field_t *f)
{
    int                   rc;
    unsigned              wire;
    const unsigned char  *start;

    if (pb->pos == pb->last) {

        if (pb->ngroups != 0) {
            return cricket_protobuf_invalid(pb, "ends inside a group");
        }

        return CRICKET_DONE;
    }

    start = pb->pos;

    rc = cricket_protobuf_tag(pb, &f->key);

    if (rc == CRICKET_OK) {
        wire = f->key & 7;

        if (wire == CRICKET_PROTOBUF_GROUP
            || wire == CRICKET_PROTOBUF_GROUP_END)
        {
            rc = cricket_protobuf_group(pb, f->key);

        } else {
            rc = cricket_protobuf_value(pb, f);

            if (rc == CRICKET_OK && pb->ngroups != 0) {
                rc = CRICKET_AGAIN;
            }
        }
    }

    if (rc == CRICKET_INVALID) {
        pb->pos = start;
    }

    return rc;
}


static int
cricket_protobuf_tag(cricket_protobuf_t *pb, uint32_t *key)
{
    int       rc;
    uint64_t  value;

    /* most have one byte */

    if (*pb->pos >= 8 && *pb->pos < 0x80) {
        *key = *pb->pos++;
        return CRICKET_OK;
    }

    rc = cricket_protobuf_varint(pb, &value);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (value > UINT32_MAX || value < 8) {
        return cricket_protobuf_invalid(pb, "no field has that number");
    }

    *key = (uint32_t) value;

    return CRICKET_OK;
}


static int
cricket_protobuf_value(cricket_protobuf_t *pb, cricket_protobuf_field_t *f)
{
    int  rc;

    switch (f->key & 7) {

    case CRICKET_PROTOBUF_VARINT:
        return cricket_protobuf_varint(pb, &f->value);

    case CRICKET_PROTOBUF_FIXED64:
        return cricket_protobuf_fixed(pb, 8, &f->value);

    case CRICKET_PROTOBUF_FIXED32:
        return cricket_protobuf_fixed(pb, 4, &f->value);

    case CRICKET_PROTOBUF_BYTES:
        break;

    default:
        return cricket_protobuf_invalid(pb, "no field is encoded so");
    }

    rc = cricket_protobuf_varint(pb, &f->value);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f->value > (uint64_t) (pb->last - pb->pos)) {
        return cricket_protobuf_invalid(pb, "a field is longer than what it is "
                                        "in");
    }

    f->bytes.data = pb->pos;
    f->bytes.len = (size_t) f->value;

    pb->pos += f->bytes.len;

    return CRICKET_OK;
}


static int
cricket_protobuf_varint(cricket_protobuf_t *pb, uint64_t *value)
{
    unsigned              shift;
    uint64_t              n;
    const unsigned char  *p;

    p = pb->pos;

    if (p != pb->last && *p < 0x80) {
        *value = *p;
        pb->pos = p + 1;
        return CRICKET_OK;
    }

    n = 0;

    for (shift = 0; shift < 64; shift += 7) {

        if (p == pb->last) {
            return cricket_protobuf_invalid(pb, "ends inside a number");
        }

        /* the tenth byte has room for one bit */

        if (shift == 63 && *p > 1) {
            break;
        }

        n |= (uint64_t) (*p & 0x7f) << shift;

        if (*p++ < 0x80) {
            *value = n;
            pb->pos = p;
            return CRICKET_OK;
        }
    }

    return cricket_protobuf_invalid(pb, "a number of more than 64 bits");
}


/* little-endian, whatever this machine is */

static int
cricket_protobuf_fixed(cricket_protobuf_t *pb, size_t n, uint64_t *value)
{
    size_t  i;

    if ((size_t) (pb->last - pb->pos) < n) {
        return cricket_protobuf_invalid(pb, "ends inside a number");
    }

    *value = 0;

    for (i = 0; i < n; i++) {
        *value |= (uint64_t) pb->pos[i] << (8 * i);
    }

    pb->pos += n;

    return CRICKET_OK;
}


/* the begin of a group, or the end of the one that began last */

static int
cricket_protobuf_group(cricket_protobuf_t *pb, uint32_t key)
{
    if ((key & 7) == CRICKET_PROTOBUF_GROUP) {

        if (pb->ngroups == CRICKET_PROTOBUF_GROUPS) {
            return cricket_protobuf_invalid(pb, "groups are nested too deep");
        }

        pb->groups[pb->ngroups++] = key >> 3;

        return CRICKET_AGAIN;
    }

    if (pb->ngroups == 0 || pb->groups[pb->ngroups - 1] != key >> 3) {
        return cricket_protobuf_invalid(pb, "a group ends that did not begin");
    }

    pb->ngroups--;

    return CRICKET_AGAIN;
}


void
cricket_protobuf_parts_init(cricket_protobuf_parts_t *parts,
    const cricket_protobuf_t *pb)
{
    parts->levels[0] = *pb;
    parts->at = 0;
    parts->depth = 0;
}


void
cricket_protobuf_parts_enter(cricket_protobuf_parts_t *parts, uint32_t number)
{
    parts->keys[parts->depth++] = cricket_protobuf_key(number,
                                                       CRICKET_PROTOBUF_BYTES);
}


int
cricket_protobuf_parts_next(cricket_protobuf_parts_t *parts,
    cricket_protobuf_field_t *f)
{
    int  rc;

    rc = cricket_protobuf_next(&parts->levels[parts->at], f);

    if (rc == CRICKET_OK) {

        if (parts->at == parts->depth) {
            return CRICKET_OK;
        }

        if (f->key == parts->keys[parts->at]) {
            parts->at++;

            cricket_protobuf_init(&parts->levels[parts->at], f->bytes.data,
                                  f->bytes.len);
        }

        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_DONE && parts->at != 0) {
        parts->at--;
        return CRICKET_AGAIN;
    }

    return rc;
}


const cricket_protobuf_t *
cricket_protobuf_parts_broken(const cricket_protobuf_parts_t *parts)
{
    return &parts->levels[parts->at];
}


void
cricket_protobuf_list_init(cricket_protobuf_list_t *list,
    const cricket_protobuf_parts_t *parts, uint32_t number,
    cricket_protobuf_wire_e wire)
{
    list->parts = *parts;
    list->number = number;
    list->wire = wire;
    list->pos = NULL;
    list->last = NULL;
}


int
cricket_protobuf_list_next(cricket_protobuf_list_t *list, uint64_t *value)
{
    int                       rc;
    cricket_protobuf_t        packed, *level;
    cricket_protobuf_field_t  f;

    if (list->pos != list->last) {
        packed.pos = list->pos;
        packed.last = list->last;

        rc = cricket_protobuf_number(&packed, list->wire, value);

        list->pos = packed.pos;

        if (rc != CRICKET_OK) {

            level = &list->parts.levels[list->parts.at];
            level->pos = packed.pos;
            level->error = packed.error;
        }

        return rc;
    }

    rc = cricket_protobuf_parts_next(&list->parts, &f);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f.key == cricket_protobuf_key(list->number, list->wire)) {
        *value = f.value;
        return CRICKET_OK;
    }

    if (f.key == cricket_protobuf_key(list->number, CRICKET_PROTOBUF_BYTES)) {
        list->pos = f.bytes.data;
        list->last = f.bytes.data + f.bytes.len;
    }

    return CRICKET_AGAIN;
}


static int
cricket_protobuf_number(cricket_protobuf_t *pb, cricket_protobuf_wire_e wire,
    uint64_t *value)
{
    switch (wire) {

    case CRICKET_PROTOBUF_FIXED64:
        return cricket_protobuf_fixed(pb, 8, value);

    case CRICKET_PROTOBUF_FIXED32:
        return cricket_protobuf_fixed(pb, 4, value);

    default: /* CRICKET_PROTOBUF_VARINT */
        return cricket_protobuf_varint(pb, value);
    }
}


static int
cricket_protobuf_invalid(cricket_protobuf_t *pb, const char *error)
{
    pb->error = error;

    return CRICKET_INVALID;
}
