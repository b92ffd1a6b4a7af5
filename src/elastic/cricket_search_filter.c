
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes the part of a search that says which datapoints are meant. */


#include <string.h>

#include "cricket_search.h"
#include "cricket_search_private.h"


static void cricket_search_filter_times(const cricket_query_t *q,
    cricket_buf_t *b);
static void cricket_search_filter_later(const cricket_time_t **from,
    const cricket_time_t *t);
static void cricket_search_filter_earlier(const cricket_time_t **to,
    const cricket_time_t *t);
static void cricket_search_filter_what(const cricket_query_t *q,
    const cricket_str_t *name, cricket_buf_t *b);
static void cricket_search_filter_any(const cricket_query_t *q, size_t i,
    cricket_buf_t *b);
static int cricket_search_filter_same(const cricket_query_tag_t *a,
    const cricket_query_tag_t *b);
static void cricket_search_filter_not(const cricket_query_t *q,
    cricket_buf_t *b);
static void cricket_search_filter_pattern(cricket_buf_t *b,
    const cricket_query_tag_t *tag);
static void cricket_search_filter_like(cricket_buf_t *b, const char *kind,
    const char *field, const cricket_str_t *pattern);
static void cricket_search_filter_term(cricket_buf_t *b, const char *field,
    const cricket_str_t *value);
static void cricket_search_filter_range(cricket_buf_t *b,
    const cricket_time_t *from, const cricket_time_t *to);
static void cricket_search_filter_before(cricket_buf_t *b,
    const cricket_time_t *t);
static void cricket_search_filter_behind(cricket_buf_t *b,
    const cricket_time_t *t);
static void cricket_search_filter_nanos_at(cricket_buf_t *b,
    const cricket_time_t *t);
static void cricket_search_filter_time(cricket_buf_t *b,
    const cricket_time_t *t);


void
cricket_search_filter(const cricket_query_t *q, cricket_buf_t *b)
{
    const cricket_time_t  *t;

    if (q->nargs == 0 && !q->after_set) {
        return;
    }

    cricket_buf_literal(b, ",\"query\":{\"bool\":{\"filter\":[");

    cricket_search_filter_what(q, &q->name, b);

    if (q->kind == CRICKET_QUERY_LAST) {
        cricket_search_filter_comma(b);
        cricket_buf_literal(b, "{\"exists\":{\"field\":\"series\"}}");
    }

    if (q->prefix.len != 0) {
        cricket_search_filter_comma(b);
        cricket_buf_literal(b, "{\"prefix\":{\"name\":{\"value\":");
        cricket_buf_json(b, q->prefix.data, q->prefix.len);
        cricket_buf_literal(b, "}}}");
    }

    cricket_search_filter_times(q, b);

    cricket_buf_literal(b, "],\"must_not\":[");

    cricket_search_filter_not(q, b);

    if (q->start.set) {
        cricket_search_filter_before(b, &q->start.time);
    }

    if (q->end.set) {
        cricket_search_filter_behind(b, &q->end.time);
    }

    if (q->timestamp.set) {
        t = &q->timestamp.time;

        cricket_search_filter_before(b, t);
        cricket_search_filter_behind(b, t);
    }

    cricket_buf_literal(b, "]}}");
}


void
cricket_search_filter_of(const cricket_query_t *q, const cricket_str_t *name,
    const cricket_time_t *start, const cricket_time_t *end,
    const cricket_buf_t *more, cricket_buf_t *b)
{
    cricket_buf_literal(b, ",\"query\":{\"bool\":{\"filter\":[");

    cricket_search_filter_what(q, name, b);

    if (more != NULL && more->len != 0) {
        cricket_search_filter_comma(b);
        cricket_buf_append(b, more->data, more->len);
    }

    if (start != NULL || end != NULL) {
        cricket_search_filter_range(b, start, end);
    }

    cricket_buf_literal(b, "],\"must_not\":[");

    cricket_search_filter_not(q, b);

    if (start != NULL) {
        cricket_search_filter_before(b, start);
    }

    if (end != NULL) {
        cricket_search_filter_behind(b, end);
    }

    cricket_buf_literal(b, "]}}");
}


void
cricket_search_filter_prefix(cricket_buf_t *b)
{
    cricket_buf_t  text;

    text = *b;

    cricket_buf_init(b, text.max);
    cricket_buf_literal(b, "{\"prefix\":{\"tags\":{\"value\":");
    cricket_buf_json(b, text.data, text.len);
    cricket_buf_literal(b, "}}}");

    b->failed |= text.failed;

    cricket_buf_free(&text);
}


void
cricket_search_filter_until(const cricket_time_t *t, cricket_buf_t *b)
{
    cricket_time_t  last;

    last = *t;

    if (last.nsec == 0) {
        last.sec--;
        last.nsec = 1000000000;
    }

    last.nsec--;

    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_search_filter_range(b, NULL, &last);
    cricket_buf_literal(b, "],\"must_not\":[");
    cricket_search_filter_behind(b, &last);
    cricket_buf_literal(b, "]}}");
}


/*
 * The milliseconds that are asked for.  "search_after" alone would go through
 * all that the pages before had, so what is past is filtered out as well.
 */

static void
cricket_search_filter_times(const cricket_query_t *q, cricket_buf_t *b)
{
    const cricket_time_t  *from, *to;

    cricket_search_span(q, &from, &to);

    if (from != NULL || to != NULL) {
        cricket_search_filter_range(b, from, to);
    }
}


void
cricket_search_span(const cricket_query_t *q, const cricket_time_t **from,
    const cricket_time_t **to)
{
    *from = q->start.set ? &q->start.time : NULL;
    *to = q->end.set ? &q->end.time : NULL;

    if (q->timestamp.set) {
        cricket_search_filter_later(from, &q->timestamp.time);
        cricket_search_filter_earlier(to, &q->timestamp.time);
    }

    if (q->after_set && cricket_query_is_datapoints(q)
        && q->kind != CRICKET_QUERY_LAST)
    {

        if (q->descending) {
            cricket_search_filter_earlier(to, &q->after.time);

        } else {
            cricket_search_filter_later(from, &q->after.time);
        }
    }

    if (q->until.set) {
        cricket_search_filter_earlier(to, &q->until.time);
    }
}


static void
cricket_search_filter_later(const cricket_time_t **from,
    const cricket_time_t *t)
{
    if (*from == NULL || cricket_time_cmp(t, *from) > 0) {
        *from = t;
    }
}


static void
cricket_search_filter_earlier(const cricket_time_t **to,
    const cricket_time_t *t)
{
    if (*to == NULL || cricket_time_cmp(t, *to) < 0) {
        *to = t;
    }
}


/* name, type and tags */

static void
cricket_search_filter_what(const cricket_query_t *q, const cricket_str_t *name,
    cricket_buf_t *b)
{
    size_t  i, j;

    cricket_search_filter_term(b, "name", name);

    if (name->len == 0) {
        cricket_search_filter_like(b, "wildcard", "name", &q->name_like);
    }

    cricket_search_filter_term(b, "type", &q->type);

    for (i = 0; i < q->ntags; i++) {

        if (q->tags[i].not) {
            continue;
        }

        for (j = 0; j < i; j++) {
            if (cricket_search_filter_same(&q->tags[i], &q->tags[j])) {
                break;
            }
        }

        if (j == i) {
            cricket_search_filter_any(q, i, b);
        }
    }
}


/* any of the values and patterns of the key of tag i, their first */

static void
cricket_search_filter_any(const cricket_query_t *q, size_t i, cricket_buf_t *b)
{
    size_t                      j, n, like;
    const cricket_query_tag_t  *tag;

    n = 0;
    like = 0;

    for (j = i; j < q->ntags; j++) {
        if (cricket_search_filter_same(&q->tags[i], &q->tags[j])) {
            n++;
            like += (q->tags[j].like || q->tags[j].regexp);
        }
    }

    if (n == 1 && like == 0) {
        cricket_search_filter_term(b, "tags", &q->tags[i].text);
        return;
    }

    if (like != 0) {
        cricket_search_filter_comma(b);
        cricket_buf_literal(b, "{\"bool\":{\"should\":[");
    }

    if (n != like) {
        cricket_search_filter_comma(b);
        cricket_buf_literal(b, "{\"terms\":{\"tags\":[");

        for (j = i; j < q->ntags; j++) {
            tag = &q->tags[j];

            if (!tag->like && !tag->regexp
                && cricket_search_filter_same(&q->tags[i], tag))
            {
                cricket_search_filter_comma(b);
                cricket_buf_json(b, tag->text.data, tag->text.len);
            }
        }

        cricket_buf_literal(b, "]}}");
    }

    if (like == 0) {
        return;
    }

    for (j = i; j < q->ntags; j++) {
        tag = &q->tags[j];

        if ((tag->like || tag->regexp)
            && cricket_search_filter_same(&q->tags[i], tag))
        {
            cricket_search_filter_pattern(b, tag);
        }
    }

    cricket_buf_literal(b, "],\"minimum_should_match\":1}}");
}


/* are these filters of one key, that both want something? */

static int
cricket_search_filter_same(const cricket_query_tag_t *a,
    const cricket_query_tag_t *b)
{
    return !a->not && !b->not && a->key == b->key && a->set == b->set
           && memcmp(a->text.data, b->text.data, a->key) == 0;
}


/* what no datapoint may have */

static void
cricket_search_filter_not(const cricket_query_t *q, cricket_buf_t *b)
{
    size_t                      i, n;
    const cricket_query_tag_t  *tag;

    n = 0;

    for (i = 0; i < q->ntags; i++) {
        tag = &q->tags[i];

        if (!tag->not || tag->like || tag->regexp) {
            continue;
        }

        cricket_buf_cstr(b, (n++ == 0) ? "{\"terms\":{\"tags\":[" : ",");
        cricket_buf_json(b, tag->text.data, tag->text.len);
    }

    if (n != 0) {
        cricket_buf_literal(b, "]}}");
    }

    for (i = 0; i < q->ntags; i++) {
        tag = &q->tags[i];

        if (tag->not && (tag->like || tag->regexp)) {
            cricket_search_filter_pattern(b, tag);
        }
    }
}


/*
 * A pattern is one of Elasticsearch's: a key has none of * ? \, and of what an
 * expression has only the dot.
 */

static void
cricket_search_filter_pattern(cricket_buf_t *b, const cricket_query_tag_t *tag)
{
    size_t         i;
    cricket_buf_t  text;
    cricket_str_t  pattern;

    if (!tag->regexp) {
        cricket_search_filter_like(b, "wildcard", "tags", &tag->text);
        return;
    }

    cricket_buf_init(&text, SIZE_MAX);

    for (i = 0; i < tag->key; i++) {
        cricket_buf_cstr(&text, (tag->text.data[i] == '.') ? "\\" : "");
        cricket_buf_append(&text, &tag->text.data[i], 1);
    }

    cricket_buf_append(&text, tag->text.data + i, tag->text.len - i);

    pattern.data = text.data;
    pattern.len = text.len;

    cricket_search_filter_like(b, "regexp", "tags", &pattern);

    b->failed |= text.failed;
    cricket_buf_free(&text);
}


static void
cricket_search_filter_like(cricket_buf_t *b, const char *kind,
    const char *field, const cricket_str_t *pattern)
{
    if (pattern->len == 0) {
        return;
    }

    cricket_search_filter_comma(b);
    cricket_buf_literal(b, "{\"");
    cricket_buf_cstr(b, kind);
    cricket_buf_literal(b, "\":{\"");
    cricket_buf_cstr(b, field);
    cricket_buf_literal(b, "\":{\"value\":");
    cricket_buf_json(b, pattern->data, pattern->len);

    /* of the operators that Lucene alone has there are none in it */

    cricket_buf_cstr(b, (kind[0] == 'r') ? ",\"flags\":\"NONE\"}}}" : "}}}");
}


static void
cricket_search_filter_term(cricket_buf_t *b, const char *field,
    const cricket_str_t *value)
{
    if (value->len == 0) {
        return;
    }

    cricket_search_filter_comma(b);
    cricket_buf_literal(b, "{\"term\":{\"");
    cricket_buf_cstr(b, field);
    cricket_buf_literal(b, "\":");
    cricket_buf_json(b, value->data, value->len);
    cricket_buf_literal(b, "}}");
}


/* the milliseconds of both, included; where one is NULL, there is no end */

static void
cricket_search_filter_range(cricket_buf_t *b, const cricket_time_t *from,
    const cricket_time_t *to)
{
    cricket_search_filter_comma(b);
    cricket_buf_literal(b, "{\"range\":{\"timestamp\":{");

    if (from) {
        cricket_buf_literal(b, "\"gte\":");
        cricket_search_filter_time(b, from);
        cricket_buf_literal(b, ",");
    }

    if (to) {
        cricket_buf_literal(b, "\"lte\":");
        cricket_search_filter_time(b, to);
        cricket_buf_literal(b, ",");
    }

    cricket_buf_literal(b, "\"format\":"
                           "\"epoch_millis||strict_date_optional_time\"}}}");
}


/*
 * What is in the millisecond of t, but before t or behind it.  A document has
 * "nanos" and "nanos_at" only where the former is not 0: so for a t of whole
 * milliseconds, as nearly all are, a search has one cheap clause more.
 */

static void
cricket_search_filter_before(cricket_buf_t *b, const cricket_time_t *t)
{
    if (cricket_time_nanos(t) == 0) {
        return;
    }

    cricket_search_filter_comma(b);
    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_search_filter_range(b, t, t);
    cricket_buf_literal(b, "],\"must_not\":[{\"range\":{\"nanos\":{\"gte\":");
    cricket_buf_int(b, cricket_time_nanos(t));
    cricket_buf_literal(b, "}}}]}}");
}


static void
cricket_search_filter_behind(cricket_buf_t *b, const cricket_time_t *t)
{
    cricket_search_filter_comma(b);

    if (cricket_time_nanos(t) == 0) {
        cricket_search_filter_nanos_at(b, t);
        return;
    }

    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_search_filter_nanos_at(b, t);
    cricket_buf_literal(b, ",{\"range\":{\"nanos\":{\"gt\":");
    cricket_buf_int(b, cricket_time_nanos(t));
    cricket_buf_literal(b, "}}}]}}");
}


static void
cricket_search_filter_nanos_at(cricket_buf_t *b, const cricket_time_t *t)
{
    cricket_buf_literal(b, "{\"term\":{\"nanos_at\":");
    cricket_buf_int(b, cricket_time_msec(t));
    cricket_buf_literal(b, "}}");
}


/*
 * A number is less work for Elasticsearch than a text, of which, where digits
 * are missing at the end of "lte", it thinks them to be 9s.
 */

static void
cricket_search_filter_time(cricket_buf_t *b, const cricket_time_t *t)
{
    size_t          n;
    uint32_t        msec;
    unsigned char   text[CRICKET_TIME_LEN];
    cricket_time_t  whole;

    if (t->sec >= CRICKET_TIME_NUMBERS) {
        cricket_buf_int(b, cricket_time_msec(t));
        return;
    }

    whole.sec = t->sec;
    whole.nsec = 0;

    msec = t->nsec / 1000000;

    n = cricket_time_format(text, &whole) - 1;

    text[n++] = '.';
    text[n++] = (unsigned char) ('0' + msec / 100);
    text[n++] = (unsigned char) ('0' + msec / 10 % 10);
    text[n++] = (unsigned char) ('0' + msec % 10);
    text[n++] = 'Z';

    cricket_buf_literal(b, "\"");
    cricket_buf_append(b, text, n);
    cricket_buf_literal(b, "\"");
}


/* between the elements of an array */

void
cricket_search_filter_comma(cricket_buf_t *b)
{
    if (b->len != 0 && b->data[b->len - 1] != '[') {
        cricket_buf_literal(b, ",");
    }
}
