
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TEST_WIRE_H_INCLUDED_
#define _CRICKET_TEST_WIRE_H_INCLUDED_


#include <stdlib.h>

#include "cricket_buf.h"
#include "test.h"


/*
 * Messages of protobuf as text: a field is its number and
 *
 *     v17 z-3 x17 d0.5 f17    a varint, a zigzag one, a fixed64, a double, a
 *                             fixed32
 *     'text'                  a string; ^XX is a byte in hexadecimal
 *     {...}                   a message, of a repeated field
 *     <...>                   a message, of a singular field
 *     [v1 v2]                 a packed list, of items without a number
 *     (...)                   a group
 *
 * Blanks separate.  What is encoded is the same in each of these orders.
 */

typedef enum {
    WIRE_AS_IS = 0,
    WIRE_UP,            /* by number */
    WIRE_DOWN,
    WIRE_SPLIT,         /* each field of a singular message in one of its own */
    WIRE_UNKNOWN,       /* unknown fields around each */
    WIRE_ORDERS
} wire_order_e;


static const char *wire_message(const char *p, char end, wire_order_e order,
    cricket_buf_t *b);


static void
wire_varint(cricket_buf_t *b, uint64_t n)
{
    unsigned char  byte;

    do {
        byte = (unsigned char) ((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        n >>= 7;
        cricket_buf_append(b, &byte, 1);
    } while (n != 0);
}


static void
wire_fixed(cricket_buf_t *b, uint64_t n, size_t len)
{
    unsigned char  byte;

    for (/* void */ ; len != 0; len--) {
        byte = (unsigned char) n;
        n >>= 8;
        cricket_buf_append(b, &byte, 1);
    }
}


static const char *
wire_number(const char *p, cricket_buf_t *b, int *wire)
{
    char      *end;
    double     d;
    int64_t    n;
    uint64_t   u;

    switch (*p++) {

    case 'v':
        *wire = 0;
        wire_varint(b, (*p == '-') ? (uint64_t) strtoll(p, &end, 10)
                                   : strtoull(p, &end, 10));
        return end;

    case 'z':
        *wire = 0;
        n = strtoll(p, &end, 10);
        wire_varint(b, ((uint64_t) n << 1) ^ (n < 0 ? ~(uint64_t) 0 : 0));
        return end;

    case 'x':
        *wire = 1;
        wire_fixed(b, (*p == '-') ? (uint64_t) strtoll(p, &end, 10)
                                  : strtoull(p, &end, 10), 8);
        return end;

    case 'd':
        *wire = 1;
        d = strtod(p, &end);
        memcpy(&u, &d, sizeof(double));
        wire_fixed(b, u, 8);
        return end;

    default: /* f */
        *wire = 5;
        wire_fixed(b, strtoull(p, &end, 10), 4);
        return end;
    }
}


/* a field behind its number; the tag goes to b, too */

static const char *
wire_field(const char *p, unsigned number, wire_order_e order,
    cricket_buf_t *b)
{
    int            wire, ignored;
    char           hex[3];
    unsigned char  byte;
    cricket_buf_t  value, one;
    const char    *q;

    cricket_buf_init(&value, (size_t) -1);

    wire = 2;

    switch (*p) {

    case '\'':
        for (p++; *p != '\''; p++) {

            if (*p == '^') {
                hex[0] = p[1];
                hex[1] = p[2];
                hex[2] = '\0';
                byte = (unsigned char) strtoul(hex, NULL, 16);
                p += 2;

            } else {
                byte = (unsigned char) *p;
            }

            cricket_buf_append(&value, &byte, 1);
        }

        p++;
        break;

    case '{':
        p = wire_message(p + 1, '}', order, &value);
        break;

    case '<':

        if (order != WIRE_SPLIT) {
            p = wire_message(p + 1, '>', order, &value);
            break;
        }

        /* each of its fields in a message of its own */

        for (q = p + 1; /* void */ ; /* void */) {

            while (*q == ' ') {
                q++;
            }

            if (*q == '>') {
                cricket_buf_free(&value);
                wire_varint(b, number << 3 | 2);
                wire_varint(b, 0);
                return q + 1;
            }

            ignored = (int) strtoul(q, (char **) &q, 10);

            cricket_buf_init(&one, (size_t) -1);
            q = wire_field(q, (unsigned) ignored, order, &one);
            wire_varint(b, number << 3 | 2);
            wire_varint(b, one.len);
            cricket_buf_append(b, one.data, one.len);
            cricket_buf_free(&one);
        }

    case '[':
        for (p++; *p != ']'; /* void */) {
            p = (*p == ' ') ? p + 1 : wire_number(p, &value, &ignored);
        }

        p++;
        break;

    case '(':
        wire_varint(b, number << 3 | 3);
        p = wire_message(p + 1, ')', order, b);
        wire_varint(b, number << 3 | 4);
        return p;

    default:
        p = wire_number(p, &value, &wire);
        break;
    }

    wire_varint(b, number << 3 | wire);

    if (wire == 2) {
        wire_varint(b, value.len);
    }

    cricket_buf_append(b, value.data, value.len);
    cricket_buf_free(&value);

    return p;
}


/* to the character that ends it */

static const char *
wire_message(const char *p, char end, wire_order_e order, cricket_buf_t *b)
{
    size_t         i, j, n;
    unsigned       number;

    struct {
        unsigned       number;
        cricket_buf_t  b;
    } fields[64], t;

    for (n = 0; *p != end; /* void */) {

        if (*p == ' ' || *p == '\n') {
            p++;
            continue;
        }

        number = (unsigned) strtoul(p, (char **) &p, 10);

        fields[n].number = number;
        cricket_buf_init(&fields[n].b, (size_t) -1);
        p = wire_field(p, number, order, &fields[n].b);
        n++;
    }

    /* a stable sort: what is repeated keeps its order */

    for (i = 1; i < n; i++) {
        for (j = i; j != 0; j--) {

            if (!(order == WIRE_UP && fields[j - 1].number > fields[j].number)
                && !(order == WIRE_DOWN
                     && fields[j - 1].number < fields[j].number))
            {
                break;
            }

            t = fields[j];
            fields[j] = fields[j - 1];
            fields[j - 1] = t;
        }
    }

    for (i = 0; i < n; i++) {

        if (order == WIRE_UNKNOWN) {
            (void) wire_message("1000'text' 1001(1v1 2(3'x')) 1002v300 "
                                "1003d1 1004f7.", '.', WIRE_AS_IS, b);
        }

        cricket_buf_append(b, fields[i].b.data, fields[i].b.len);
        cricket_buf_free(&fields[i].b);
    }

    return p + 1;
}


/* encodes all of a text */

static void
wire(cricket_buf_t *b, const char *text, wire_order_e order)
{
    cricket_buf_init(b, (size_t) -1);
    (void) wire_message(text, '\0', order, b);
}


#endif /* _CRICKET_TEST_WIRE_H_INCLUDED_ */
