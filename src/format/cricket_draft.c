
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Puts a series together, whose parts come in any order. */


#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_draft.h"
#include "cricket_utf8.h"


/* of one text no more than twice its bytes is ever written */
#define CRICKET_DRAFT_CHUNK  8192

/* a part of a name that a message shows */
#define CRICKET_DRAFT_SHOWN  48


struct cricket_draft_chunk_s {
    cricket_draft_chunk_t  *next;
    unsigned char            data[CRICKET_DRAFT_CHUNK];
};


static unsigned char *cricket_draft_alloc(cricket_draft_t *s, size_t n);
static int cricket_draft_check(cricket_reader_t *reader,
    const cricket_str_t *raw, size_t *escapes);
static int cricket_draft_place(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *key, size_t *place);


void
cricket_draft_init(cricket_draft_t *s)
{
    size_t  i;

    s->chunks = NULL;
    s->at.chunk = NULL;
    s->at.len = 0;

    for (i = 0; i < CRICKET_DRAFT_MARKS; i++) {
        s->marks[i] = s->at;
    }

    cricket_draft_back(s, CRICKET_DRAFT_EMPTY);
}


void
cricket_draft_free(cricket_draft_t *s)
{
    cricket_draft_chunk_t  *chunk;

    while (s->chunks != NULL) {
        chunk = s->chunks;
        s->chunks = chunk->next;
        free(chunk);
    }

    cricket_draft_init(s);
}


void
cricket_draft_keep(cricket_draft_t *s, cricket_draft_mark_e mark)
{
    s->marks[mark] = s->at;

    if (mark == CRICKET_DRAFT_SHARED) {
        s->nshared = s->ntags;

        memcpy(s->shared, s->tags, s->ntags * sizeof(cricket_tag_t));
    }
}


void
cricket_draft_back(cricket_draft_t *s, cricket_draft_mark_e mark)
{
    s->at = s->marks[mark];

    if (mark == CRICKET_DRAFT_EMPTY) {
        s->nshared = 0;
    }

    if (mark != CRICKET_DRAFT_NAMED) {
        s->name.len = 0;
        s->length = 0;
    }

    s->ntags = s->nshared;
    s->replaced = 0;

    memcpy(s->tags, s->shared, s->nshared * sizeof(cricket_tag_t));
}


/* at most CRICKET_DRAFT_CHUNK bytes */

static unsigned char *
cricket_draft_alloc(cricket_draft_t *s, size_t n)
{
    unsigned char           *p;
    cricket_draft_chunk_t  *chunk;

    if (s->at.chunk == NULL || n > CRICKET_DRAFT_CHUNK - s->at.len) {

        chunk = (s->at.chunk == NULL) ? s->chunks : s->at.chunk->next;

        if (chunk == NULL) {

            chunk = malloc(sizeof(cricket_draft_chunk_t));
            if (chunk == NULL) {
                return NULL;
            }

            chunk->next = NULL;

            if (s->at.chunk == NULL) {
                s->chunks = chunk;

            } else {
                s->at.chunk->next = chunk;
            }
        }

        s->at.chunk = chunk;
        s->at.len = 0;
    }

    p = s->at.chunk->data + s->at.len;
    s->at.len += n;

    return p;
}


unsigned char *
cricket_draft_copy(cricket_draft_t *s, const unsigned char *data, size_t len)
{
    unsigned char  *p;

    p = cricket_draft_alloc(s, len);

    if (p != NULL) {
        memcpy(p, data, len);
    }

    return p;
}


int
cricket_draft_text(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *raw, size_t max, cricket_str_t *text)
{
    int             rc;
    size_t          i, escapes;
    unsigned char  *p;

    if (raw->len == 0) {
        return cricket_draft_invalid(reader, "empty, expected 1 to %zu bytes",
                                      max);
    }

    if (raw->len > max) {
        return cricket_draft_invalid(reader, "longer than %zu bytes", max);
    }

    rc = cricket_draft_check(reader, raw, &escapes);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (escapes == 0) {
        *text = *raw;
        return CRICKET_OK;
    }

    p = cricket_draft_alloc(s, raw->len + escapes);
    if (p == NULL) {
        return cricket_draft_no_memory(reader);
    }

    text->data = p;
    text->len = raw->len + escapes;

    for (i = 0; i < raw->len; i++) {

        if (raw->data[i] == '"' || raw->data[i] == '\\') {
            *p++ = '\\';
        }

        *p++ = raw->data[i];
    }

    return CRICKET_OK;
}


/* are these 8 bytes all of U+0020 to U+007E, but for quotes and backslashes? */

static inline int
cricket_draft_is_plain(const unsigned char *p)
{
    uint64_t  n, quotes, slashes, last;

    memcpy(&n, p, sizeof(n));

    /* a byte that is zero borrows from its highest bit, and one below 0x20 */

    quotes = n ^ 0x2222222222222222ull;
    slashes = n ^ 0x5c5c5c5c5c5c5c5cull;
    last = n ^ 0x7f7f7f7f7f7f7f7full;

    return ((n | (n - 0x2020202020202020ull)
             | (quotes - 0x0101010101010101ull)
             | (slashes - 0x0101010101010101ull)
             | (last - 0x0101010101010101ull))
            & 0x8080808080808080ull)
           == 0;
}


/* is it UTF-8 without control characters, and what has JSON to escape? */

static int
cricket_draft_check(cricket_reader_t *reader, const cricket_str_t *raw,
    size_t *escapes)
{
    size_t                n;
    const unsigned char  *p, *last;

    *escapes = 0;

    p = raw->data;
    last = p + raw->len;

    while (p < last) {

        if (last - p >= 8 && cricket_draft_is_plain(p)) {
            p += 8;
            continue;
        }

        if (*p >= 0x20 && *p < 0x7f) {
            *escapes += (*p == '"' || *p == '\\');
            p++;
            continue;
        }

        n = cricket_utf8_length(p, last - p);

        if (n == 0) {
            return cricket_draft_invalid(reader, "not valid UTF-8");
        }

        if (cricket_datapoint_is_control(p, n)) {
            return cricket_draft_invalid(reader, "a control character");
        }

        p += n;
    }

    return CRICKET_OK;
}


int
cricket_draft_decode(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *text, size_t max, cricket_str_t *raw)
{
    ptrdiff_t       n;
    unsigned char  *p;

    if (memchr(text->data, '\\', text->len) == NULL) {
        *raw = *text;
        return CRICKET_OK;
    }

    /* an escape has at most six bytes, and two of them make up for four */

    if (text->len > 6 * max || text->len > CRICKET_DRAFT_CHUNK) {
        return cricket_draft_invalid(reader, "longer than %zu bytes", max);
    }

    p = cricket_draft_alloc(s, text->len);
    if (p == NULL) {
        return cricket_draft_no_memory(reader);
    }

    n = cricket_json_decode(text, p);

    if (n == -1) {
        return cricket_draft_invalid(reader, "half of a surrogate pair");
    }

    raw->data = p;
    raw->len = n;

    return CRICKET_OK;
}


int
cricket_draft_name(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *raw, size_t suffix)
{
    int  rc;

    cricket_draft_blame(reader, "name", NULL);

    rc = cricket_draft_text(s, reader, raw, CRICKET_NAME_LEN - suffix,
                             &s->name);

    if (rc == CRICKET_OK) {
        s->length = raw->len;
    }

    return rc;
}


int
cricket_draft_tag(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *key, const cricket_str_t *value)
{
    int            rc;
    size_t         place;
    cricket_str_t  text;

    place = 0;

    rc = cricket_draft_place(s, reader, key, &place);

    if (rc == CRICKET_OK) {
        rc = cricket_draft_text(s, reader, value, CRICKET_TAG_VALUE_LEN,
                                 &text);
    }

    if (rc != CRICKET_OK) {
        cricket_draft_blame(reader, "tags.", key);
        return rc;
    }

    s->tags[place].key = *key;
    s->tags[place].value = text;

    if (place == s->ntags) {
        s->ntags++;
    }

    return CRICKET_OK;
}


static int
cricket_draft_place(cricket_draft_t *s, cricket_reader_t *reader,
    const cricket_str_t *key, size_t *place)
{
    size_t                i;
    const cricket_str_t  *k;

    if (key->len == 0
        || key->len > CRICKET_TAG_KEY_LEN
        || !cricket_datapoint_is_key(key->data, key->len))
    {
        return cricket_draft_invalid(reader, "not a key of 1 to %d bytes of "
                                      "A-Z a-z 0-9 _ . / -",
                                      CRICKET_TAG_KEY_LEN);
    }

    for (i = 0; i < s->ntags; i++) {
        k = &s->tags[i].key;

        if (k->len == key->len && memcmp(k->data, key->data, k->len) == 0) {

            if (i >= s->nshared || (s->replaced & (uint64_t) 1 << i)) {
                return cricket_draft_invalid(reader, "repeated");
            }

            s->replaced |= (uint64_t) 1 << i;
            break;
        }
    }

    if (i == CRICKET_TAGS) {
        return cricket_draft_invalid(reader, "more than %d tags",
                                      CRICKET_TAGS);
    }

    *place = i;

    return CRICKET_OK;
}


int
cricket_draft_room(cricket_draft_t *s, cricket_reader_t *reader,
    const char *key)
{
    size_t  i;

    for (i = 0; i < s->ntags; i++) {

        if (cricket_string_is(&s->tags[i].key, key)) {
            cricket_draft_blame(reader, "tags.", &s->tags[i].key);
            return cricket_draft_invalid(reader, "is there already, and is "
                                          "that of a bound or quantile");
        }
    }

    if (s->ntags == CRICKET_TAGS) {
        cricket_draft_blame(reader, "tags", NULL);
        return cricket_draft_invalid(reader, "more than %d tags with %s",
                                      CRICKET_TAGS, key);
    }

    return CRICKET_OK;
}


void
cricket_draft_datapoint(cricket_draft_t *s, cricket_datapoint_t *dp,
    const char *suffix, const char *type, double value)
{
    size_t  n;

    dp->name = s->name;

    n = strlen(suffix);

    if (n != 0) {
        memcpy(s->suffixed, s->name.data, s->name.len);
        memcpy(s->suffixed + s->name.len, suffix, n);

        dp->name.data = s->suffixed;
        dp->name.len += n;
    }

    dp->type.data = (const unsigned char *) type;
    dp->type.len = strlen(type);

    dp->number.len = cricket_draft_double(s->number, value);
    dp->number.data = s->number;
    dp->value = value;

    dp->ntags = s->ntags;
    memcpy(dp->tags, s->tags, s->ntags * sizeof(cricket_tag_t));
}


void
cricket_draft_bound(cricket_draft_t *s, cricket_datapoint_t *dp,
    const char *key, double value)
{
    cricket_tag_t  *tag;

    tag = &dp->tags[dp->ntags++];

    tag->key.data = (const unsigned char *) key;
    tag->key.len = strlen(key);

    tag->value.data = s->bound;

    if (isinf(value)) {
        memcpy(s->bound, (value > 0) ? "+Inf" : "-Inf", 4);
        tag->value.len = 4;
        return;
    }

    tag->value.len = cricket_draft_double(s->bound, value);
}


size_t
cricket_draft_double(unsigned char *dst, double value)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, CRICKET_NUMBER_LEN);

    b.data = dst;
    b.size = CRICKET_NUMBER_LEN;

    cricket_buf_double(&b, value);

    return b.len;
}


void
cricket_draft_blame(cricket_reader_t *reader, const char *prefix,
    const cricket_str_t *name)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, sizeof(reader->field) - 1);

    b.data = (unsigned char *) reader->field;
    b.size = sizeof(reader->field) - 1;

    cricket_buf_cstr(&b, prefix);

    if (name != NULL) {
        cricket_buf_shown(&b, name->data, name->len, CRICKET_DRAFT_SHOWN);
    }

    reader->field[b.len] = '\0';
}


int
cricket_draft_invalid(cricket_reader_t *reader, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(reader->message, sizeof(reader->message), fmt, args);
    va_end(args);

    return CRICKET_INVALID;
}


int
cricket_draft_no_memory(cricket_reader_t *reader)
{
    (void) cricket_draft_invalid(reader, "no memory");

    reader->failed = 1;

    return CRICKET_ERROR;
}
