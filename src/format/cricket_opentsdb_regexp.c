
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes expressions of Lucene's of those of Java's that it has. */


#include <string.h>

#include "cricket_opentsdb_private.h"


#define CRICKET_OPENTSDB_DEPTH   32
#define CRICKET_OPENTSDB_REPEAT  100


typedef struct {
    const unsigned char       *pos;
    const unsigned char       *last;
    cricket_buf_t             *b;
    unsigned                   depth;       /* of parentheses */
    unsigned                   atom:1;      /* something that may repeat */
    unsigned                   ended:1;     /* this alternative, by "$" */
    unsigned                   fold:1;      /* both cases */
} cricket_opentsdb_regexp_t;


static const char *cricket_opentsdb_regexp_next(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_open(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_close(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_bar(cricket_opentsdb_regexp_t *x);
static void cricket_opentsdb_regexp_begin(cricket_opentsdb_regexp_t *x);
static void cricket_opentsdb_regexp_end(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_repeat(
    cricket_opentsdb_regexp_t *x, unsigned char c);
static const char *cricket_opentsdb_regexp_times(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_escape(
    cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_class(cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_member(
    cricket_opentsdb_regexp_t *x);
static const char *cricket_opentsdb_regexp_of(unsigned char c);


const char *
cricket_opentsdb_regexp(const cricket_str_t *text, cricket_buf_t *b)
{
    const char                 *message;
    cricket_opentsdb_regexp_t   x;

    memset(&x, 0, sizeof(cricket_opentsdb_regexp_t));

    x.pos = text->data;
    x.last = text->data + text->len;
    x.b = b;

    if (text->len >= 4 && memcmp(x.pos, "(?i)", 4) == 0) {
        x.pos += 4;
        x.fold = 1;
    }

    cricket_buf_literal(b, "(");
    cricket_opentsdb_regexp_begin(&x);

    while (x.pos < x.last) {
        message = cricket_opentsdb_regexp_next(&x);

        if (message != NULL) {
            return message;
        }
    }

    if (x.depth != 0) {
        return "a \"(\" without \")\"";
    }

    cricket_opentsdb_regexp_end(&x);
    cricket_buf_literal(b, ")");

    return (b->len > CRICKET_OPENTSDB_REGEXP)
           ? "too long an expression for Elasticsearch" : NULL;
}


static const char *
cricket_opentsdb_regexp_next(cricket_opentsdb_regexp_t *x)
{
    unsigned char  c;

    c = *x->pos++;

    if (x->ended && c != '|') {
        return "a \"$\" that is not at the end";
    }

    switch (c) {

    case '(':
        return cricket_opentsdb_regexp_open(x);

    case ')':
        return cricket_opentsdb_regexp_close(x);

    case '|':
        return cricket_opentsdb_regexp_bar(x);

    case '*':
    case '+':
    case '?':
        return cricket_opentsdb_regexp_repeat(x, c);

    case '{':
        return cricket_opentsdb_regexp_times(x);

    case '[':
        return cricket_opentsdb_regexp_class(x);

    case '\\':
        return cricket_opentsdb_regexp_escape(x);

    case '^':
        return "a \"^\" that is not at the beginning";

    case '$':
        if (x->depth != 0) {
            return "a \"$\" that is not at the end";
        }

        x->ended = 1;
        return NULL;

    case '.':
        cricket_buf_literal(x->b, ".");
        break;

    default:
        cricket_opentsdb_regexp_char(c, x->fold, x->b);
    }

    x->atom = 1;

    return NULL;
}


/* what is searched for may stand anywhere, if it is not said where */

static void
cricket_opentsdb_regexp_begin(cricket_opentsdb_regexp_t *x)
{
    x->atom = 0;
    x->ended = 0;

    if (x->pos < x->last && *x->pos == '^') {
        x->pos++;

        /* nothing is something, and Lucene wants something */

        cricket_buf_literal(x->b, "()");
        return;
    }

    cricket_buf_literal(x->b, ".*");
}


static void
cricket_opentsdb_regexp_end(cricket_opentsdb_regexp_t *x)
{
    if (!x->ended) {
        cricket_buf_literal(x->b, ".*");
    }
}


static const char *
cricket_opentsdb_regexp_bar(cricket_opentsdb_regexp_t *x)
{
    if (x->depth == 0) {
        cricket_opentsdb_regexp_end(x);
        cricket_buf_literal(x->b, "|");
        cricket_opentsdb_regexp_begin(x);
        return NULL;
    }

    if (!x->atom) {
        cricket_buf_literal(x->b, "()");
    }

    cricket_buf_literal(x->b, "|");
    x->atom = 0;

    return NULL;
}


static const char *
cricket_opentsdb_regexp_open(cricket_opentsdb_regexp_t *x)
{
    if (x->depth++ == CRICKET_OPENTSDB_DEPTH) {
        return "too many \"(\" within each other";
    }

    if (x->pos < x->last && *x->pos == '?') {

        if (x->last - x->pos < 2 || x->pos[1] != ':') {
            return "of \"(?\" there is only (?:...), and (?i) at the "
                   "beginning";
        }

        x->pos += 2;
    }

    cricket_buf_literal(x->b, "(");
    x->atom = 0;

    return NULL;
}


static const char *
cricket_opentsdb_regexp_close(cricket_opentsdb_regexp_t *x)
{
    if (x->depth-- == 0) {
        return "a \")\" without \"(\"";
    }

    if (!x->atom) {
        cricket_buf_literal(x->b, "()");
    }

    cricket_buf_literal(x->b, ")");
    x->atom = 1;

    return NULL;
}


/* that as few as possible are taken makes no difference to a yes */

static const char *
cricket_opentsdb_regexp_repeat(cricket_opentsdb_regexp_t *x, unsigned char c)
{
    if (!x->atom) {
        return "something to repeat is missing";
    }

    cricket_buf_append(x->b, &c, 1);

    if (x->pos < x->last && *x->pos == '?') {
        x->pos++;
    }

    if (x->pos < x->last
        && (*x->pos == '+' || *x->pos == '*' || *x->pos == '?'
            || *x->pos == '{'))
    {
        return "repeated twice";
    }

    return NULL;
}


/* "3}", "3,}" or "3,5}" */

static const char *
cricket_opentsdb_regexp_times(cricket_opentsdb_regexp_t *x)
{
    unsigned              n, digits, commas;
    const unsigned char  *begin;

    n = 0;
    digits = 0;
    commas = 0;
    begin = x->pos;

    for ( /* void */ ; x->pos < x->last && *x->pos != '}'; x->pos++) {

        if (*x->pos == ',' && digits != 0 && commas == 0) {
            commas++;
            n = 0;
            continue;
        }

        if (*x->pos < '0' || *x->pos > '9') {
            digits = 0;
            break;
        }

        digits++;
        n = n * 10 + (*x->pos - '0');

        if (n > CRICKET_OPENTSDB_REPEAT) {
            return "repeated more than 100 times";
        }
    }

    if (x->pos == x->last || digits == 0) {
        return "a \"{\" that says not how often, as {3}, {3,} or {3,5}";
    }

    if (!x->atom) {
        return "something to repeat is missing";
    }

    cricket_buf_literal(x->b, "{");
    cricket_buf_append(x->b, begin, x->pos - begin);
    x->pos++;

    return cricket_opentsdb_regexp_repeat(x, '}');
}


static const char *
cricket_opentsdb_regexp_escape(cricket_opentsdb_regexp_t *x)
{
    unsigned char  c;
    const char    *members;

    if (x->pos == x->last) {
        return "a \"\\\" at the end";
    }

    c = *x->pos++;
    members = cricket_opentsdb_regexp_of(c | 0x20);

    x->atom = 1;

    if (members != NULL && c >= 'A') {
        cricket_buf_cstr(x->b, (c & 0x20) ? "[" : "[^");
        cricket_buf_cstr(x->b, members);
        cricket_buf_literal(x->b, "]");
        return NULL;
    }

    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z'))
    {
        return "behind a \"\\\" expected d, D, s, S, w, W or a sign";
    }

    cricket_opentsdb_regexp_char(c, 0, x->b);

    return NULL;
}


static const char *
cricket_opentsdb_regexp_of(unsigned char c)
{
    return (c == 'd') ? "0-9" : (c == 'w') ? "A-Za-z0-9_"
                                           : (c == 's') ? " " : NULL;
}


static const char *
cricket_opentsdb_regexp_class(cricket_opentsdb_regexp_t *x)
{
    const char           *message;
    const unsigned char  *begin;

    cricket_buf_literal(x->b, "[");

    if (x->pos < x->last && *x->pos == '^') {
        cricket_buf_literal(x->b, "^");
        x->pos++;
    }

    begin = x->pos;

    while (x->pos < x->last && *x->pos != ']') {
        message = cricket_opentsdb_regexp_member(x);

        if (message != NULL) {
            return message;
        }
    }

    if (x->pos == begin || x->pos == x->last) {
        return "a \"[\" without anything, or without \"]\"";
    }

    x->pos++;
    cricket_buf_literal(x->b, "]");
    x->atom = 1;

    return NULL;
}


/* a character, a range of them, or one of the classes that have a letter */

static const char *
cricket_opentsdb_regexp_member(cricket_opentsdb_regexp_t *x)
{
    unsigned char  c, to;
    const char    *members;

    c = *x->pos++;

    if (c == '[' || (c == '&' && x->pos < x->last && *x->pos == '&')) {
        return "a \"[\" or \"&&\" within \"[\"";
    }

    if (c == '\\') {

        if (x->pos == x->last) {
            return "a \"\\\" at the end";
        }

        c = *x->pos++;
        members = cricket_opentsdb_regexp_of(c);

        if (members != NULL) {
            cricket_buf_cstr(x->b, members);
            return NULL;
        }

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
            || (c >= 'a' && c <= 'z'))
        {
            return "behind a \"\\\" within \"[\" expected d, s, w or a sign";
        }
    }

    if (x->last - x->pos < 2 || x->pos[0] != '-' || x->pos[1] == ']') {

        if (x->fold && (c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
            to = c ^ 0x20;
            cricket_buf_append(x->b, &to, 1);
        }

        cricket_opentsdb_regexp_char(c, 0, x->b);
        return NULL;
    }

    to = x->pos[1];
    x->pos += 2;

    if (c >= 0x80 || to >= 0x80 || to < c || to == '\\' || to == '[') {
        return "a range within \"[\" that is none of ASCII";
    }

    cricket_opentsdb_regexp_char(c, 0, x->b);
    cricket_buf_literal(x->b, "-");
    cricket_opentsdb_regexp_char(to, 0, x->b);

    if (x->fold && (c | 0x20) >= 'a' && (to | 0x20) <= 'z'
        && (c & 0x20) == (to & 0x20) && c >= 'A')
    {
        c ^= 0x20;
        to ^= 0x20;
        cricket_buf_append(x->b, &c, 1);
        cricket_buf_literal(x->b, "-");
        cricket_buf_append(x->b, &to, 1);
    }

    return NULL;
}


void
cricket_opentsdb_regexp_char(unsigned char c, unsigned fold, cricket_buf_t *b)
{
    unsigned       letter;
    unsigned char  other;

    letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

    if (fold && letter) {
        other = c ^ 0x20;

        cricket_buf_literal(b, "[");
        cricket_buf_append(b, &c, 1);
        cricket_buf_append(b, &other, 1);
        cricket_buf_literal(b, "]");
        return;
    }

    if (!letter && c < 0x80 && (c < '0' || c > '9') && c != ' ' && c != '_') {
        cricket_buf_literal(b, "\\");
    }

    cricket_buf_append(b, &c, 1);
}
