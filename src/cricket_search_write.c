
/*
 * Copyright (C) Cricket authors
 */


#include <math.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_search_private.h"


/* what is around the name and the type of a line */
#define CRICKET_SEARCH_LINE                                                   \
    sizeof(",\n{\"name\":\"\",\"type\":\"\",\"value\":")

#define cricket_search_literal(p, s)  cricket_search_copy(p, s, sizeof(s) - 1)


static int cricket_search_is_list(const cricket_query_t *q);
static int cricket_search_is_nested(const cricket_query_t *q);

static int cricket_search_write_json(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit);
static int cricket_search_write_csv(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit);
static int cricket_search_write_text(cricket_search_answer_t *a,
    const cricket_search_text_t *text);
static void cricket_search_write_cell(cricket_buf_t *b,
    const cricket_str_t *s);
static void cricket_search_write_tags(cricket_buf_t *b,
    const cricket_search_hit_t *hit);

static int cricket_search_write_stats(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket);
static int cricket_search_write_percentiles(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket);
static int cricket_search_double(const cricket_str_t *text, double *number);

static int cricket_search_write_number(cricket_buf_t *b,
    const cricket_str_t *number);
static void cricket_search_write_time(cricket_buf_t *b,
    const cricket_time_t *t);
static void cricket_search_write_member(cricket_buf_t *b, const char *name,
    const cricket_str_t *value);


static inline unsigned char *
cricket_search_copy(unsigned char *p, const void *data, size_t n)
{
    memcpy(p, data, n);

    return p + n;
}


void
cricket_search_write_head(cricket_search_answer_t *a)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = a->out;
    q = a->q;

    if (cricket_query_is_datapoints(q)) {

        if (a->format == CRICKET_FORMAT_JSON) {
            cricket_buf_literal(b, "[");

        } else if (a->format == CRICKET_FORMAT_CSV
                   && (q->kind != CRICKET_QUERY_EXPORT || !q->after_set))
        {
            cricket_buf_literal(b, "name,type,value,timestamp,tags\r\n");
        }

        return;
    }

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_literal(b, "{\"names\":[");
        return;
    }

    cricket_buf_literal(b, "{");
    cricket_search_write_member(b, "group_by", &q->group_by);
    cricket_search_write_member(b, "interval", &q->interval);

    if (q->group_by.len != 0) {
        cricket_buf_literal(b, "\"groups\":[");

    } else if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"buckets\":[");
    }
}


void
cricket_search_write_tail(cricket_search_answer_t *a)
{
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = a->out;
    q = a->q;

    if (cricket_query_is_datapoints(q)) {

        if (a->format == CRICKET_FORMAT_JSON) {
            cricket_buf_literal(b, "]");
        }

        return;
    }

    if (cricket_search_is_nested(q) && a->n != 0) {
        cricket_buf_literal(b, "]}");
    }

    cricket_buf_cstr(b, cricket_search_is_list(q) ? "]}" : "}");
}


/* all but stats without buckets */

static int
cricket_search_is_list(const cricket_query_t *q)
{
    return q->kind == CRICKET_QUERY_NAMES
           || q->group_by.len != 0 || q->interval.len != 0;
}


/* groups that each have a series */

static int
cricket_search_is_nested(const cricket_query_t *q)
{
    return q->group_by.len != 0 && q->interval.len != 0;
}


int
cricket_search_write_hit(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit)
{
    a->n++;

    if (a->format == CRICKET_FORMAT_CSV) {
        return cricket_search_write_csv(a, hit);
    }

    return cricket_search_write_json(a, hit);
}


static int
cricket_search_write_json(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit)
{
    cricket_buf_t  *b;
    unsigned char  *p;

    b = a->out;

    /* one reservation for the most of a line: an export has millions */

    p = cricket_buf_reserve(b, hit->name.text.len + hit->type.text.len
                               + CRICKET_SEARCH_LINE);
    if (p == NULL) {
        return CRICKET_OK;
    }

    if (a->format == CRICKET_FORMAT_JSON && a->n > 1) {
        p = cricket_search_literal(p, ",\n");
    }

    p = cricket_search_literal(p, "{\"name\":\"");
    p = cricket_search_copy(p, hit->name.text.data, hit->name.text.len);
    p = cricket_search_literal(p, "\",\"type\":\"");
    p = cricket_search_copy(p, hit->type.text.data, hit->type.text.len);
    p = cricket_search_literal(p, "\",\"value\":");

    b->len = p - b->data;

    if (cricket_search_write_number(b, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",\"timestamp\":\"");
    cricket_search_write_time(b, &hit->time);

    if (hit->ntags != 0) {
        cricket_buf_literal(b, "\",\"tags\":");
        cricket_search_write_tags(b, hit);
        cricket_buf_literal(b, "}");

    } else {
        cricket_buf_literal(b, "\"}");
    }

    if (a->format == CRICKET_FORMAT_NDJSON) {
        cricket_buf_literal(b, "\n");
    }

    return CRICKET_OK;
}


/*
 * RFC 4180.  The tags are one cell, the JSON object that they are elsewhere:
 * their values may have any separator in them.
 */

static int
cricket_search_write_csv(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit)
{
    int             rc;
    cricket_str_t   tags;
    cricket_buf_t  *b;

    b = a->out;

    rc = cricket_search_write_text(a, &hit->name);
    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    rc = cricket_search_write_text(a, &hit->type);
    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    if (cricket_search_write_number(b, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",");
    cricket_search_write_time(b, &hit->time);
    cricket_buf_literal(b, ",");

    if (hit->ntags != 0) {
        a->cell.len = 0;
        cricket_search_write_tags(&a->cell, hit);

        if (a->cell.failed) {
            return CRICKET_ERROR;
        }

        tags.data = a->cell.data;
        tags.len = a->cell.len;

        cricket_search_write_cell(b, &tags);
    }

    cricket_buf_literal(b, "\r\n");

    return CRICKET_OK;
}


static int
cricket_search_write_text(cricket_search_answer_t *a,
    const cricket_search_text_t *text)
{
    int            rc;
    cricket_str_t  plain;

    rc = cricket_search_plain(text, &a->cell, &plain);

    if (rc == CRICKET_OK) {
        cricket_search_write_cell(a->out, &plain);
    }

    return rc;
}


static void
cricket_search_write_cell(cricket_buf_t *b, const cricket_str_t *s)
{
    size_t                i;
    unsigned char        *dst;
    const unsigned char  *p;

    p = s->data;

    for (i = 0; i < s->len; i++) {
        if (p[i] == '"' || p[i] == ',' || p[i] == '\r' || p[i] == '\n') {
            break;
        }
    }

    if (i == s->len) {
        cricket_buf_append(b, p, s->len);
        return;
    }

    dst = cricket_buf_reserve(b, 2 * s->len + 2);
    if (dst == NULL) {
        return;
    }

    *dst++ = '"';

    for (i = 0; i < s->len; i++) {

        if (p[i] == '"') {
            *dst++ = '"';
        }

        *dst++ = p[i];
    }

    *dst++ = '"';

    b->len = dst - b->data;
}


static void
cricket_search_write_tags(cricket_buf_t *b, const cricket_search_hit_t *hit)
{
    size_t                i, n;
    const unsigned char  *equal;
    const cricket_str_t  *tag;

    for (i = 0; i < hit->ntags; i++) {
        tag = &hit->tags[i];

        /* a key has no "=", a value may have some */

        equal = memchr(tag->data, '=', tag->len);
        n = equal - tag->data;

        cricket_buf_cstr(b, (i == 0) ? "{\"" : ",\"");
        cricket_buf_append(b, tag->data, n);
        cricket_buf_literal(b, "\":\"");
        cricket_buf_append(b, equal + 1, tag->len - n - 1);
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_literal(b, "}");
}


int
cricket_search_write_bucket(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket)
{
    int                     rc;
    cricket_buf_t          *b;
    const cricket_query_t  *q;

    b = a->out;
    q = a->q;

    if (!cricket_search_is_list(q)) {
        return cricket_search_write_stats(a, bucket);
    }

    if (bucket->opens && a->n != 0 && cricket_search_is_nested(q)) {
        cricket_buf_literal(b, "]}");
    }

    cricket_buf_cstr(b, a->n++ ? ",\n{" : "{");

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_search_write_member(b, "name", &bucket->key);
        cricket_buf_literal(b, "\"count\":");
        cricket_buf_int(b, bucket->count);
        cricket_buf_literal(b, "}");

        return CRICKET_OK;
    }

    if (bucket->opens) {
        cricket_search_write_member(b, "value", &bucket->key);

        if (cricket_search_is_nested(q)) {
            cricket_search_write_member(b, "interval", &q->interval);
            cricket_buf_literal(b, "\"buckets\":[{");
        }
    }

    if (q->interval.len != 0) {
        cricket_buf_literal(b, "\"start\":\"");
        cricket_search_write_time(b, &bucket->start);
        cricket_buf_literal(b, "\",");
    }

    rc = cricket_search_write_stats(a, bucket);

    cricket_buf_literal(b, "}");

    return rc;
}


static int
cricket_search_write_stats(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket)
{
    size_t          i;
    cricket_buf_t  *b;

    const struct {
        const char           *name;
        const cricket_str_t  *number;
    } members[] = {
        { ",\"sum\":", &bucket->sum },
        { ",\"min\":", &bucket->min },
        { ",\"max\":", &bucket->max },

        /* a sum that is not finite has no average */

        { ",\"average\":", bucket->sum.len ? &bucket->average
                                           : &bucket->sum }
    };

    b = a->out;

    cricket_buf_literal(b, "\"count\":");
    cricket_buf_int(b, bucket->count);

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        cricket_buf_cstr(b, members[i].name);

        if (cricket_search_write_number(b, members[i].number) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    if (a->q->npercentiles != 0) {
        return cricket_search_write_percentiles(a, bucket);
    }

    return CRICKET_OK;
}


static int
cricket_search_write_percentiles(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket)
{
    double                min, max, number;
    size_t                i;
    cricket_buf_t        *b;
    const cricket_str_t  *text, *value;

    b = a->out;

    if (cricket_search_double(&bucket->min, &min) != CRICKET_OK
        || cricket_search_double(&bucket->max, &max) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",\"percentiles\":{");

    for (i = 0; i < a->q->npercentiles; i++) {
        text = &a->q->percentiles[i].text;
        value = &bucket->percentiles[i];

        if (cricket_search_double(value, &number) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        /* they are estimates, and may be an ulp outside of what there is */

        if (number < min) {
            value = &bucket->min;

        } else if (number > max) {
            value = &bucket->max;
        }

        cricket_buf_cstr(b, (i == 0) ? "\"" : ",\"");
        cricket_buf_append(b, text->data, text->len);
        cricket_buf_literal(b, "\":");

        if (cricket_search_write_number(b, value) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    cricket_buf_literal(b, "}");

    return CRICKET_OK;
}


/* one that is not finite, and has no text, is neither below nor above others */

static int
cricket_search_double(const cricket_str_t *text, double *number)
{
    if (text->len == 0) {
        *number = NAN;
        return CRICKET_OK;
    }

    return cricket_json_double(text, number);
}


/*
 * The digits are Elasticsearch's.  "1.0" is 1, but "-0.0" stays: some readers
 * take "-0" for the integer 0.  "1.0E10" is written anew.
 */

static int
cricket_search_write_number(cricket_buf_t *b, const cricket_str_t *number)
{
    double                value;
    size_t                len;
    const unsigned char  *p;

    p = number->data;
    len = number->len;

    if (len == 0) {
        cricket_buf_literal(b, "null");
        return CRICKET_OK;
    }

    if (memchr(p, 'E', len) != NULL || memchr(p, 'e', len) != NULL) {

        if (cricket_json_double(number, &value) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        cricket_buf_double(b, value);

        return CRICKET_OK;
    }

    if (len > 2 && p[len - 2] == '.' && p[len - 1] == '0'
        && (len != 4 || memcmp(p, "-0.0", 4) != 0))
    {
        len -= 2;
    }

    cricket_buf_append(b, p, len);

    return CRICKET_OK;
}


static void
cricket_search_write_time(cricket_buf_t *b, const cricket_time_t *t)
{
    unsigned char  *p;

    p = cricket_buf_reserve(b, CRICKET_TIME_LEN);

    if (p != NULL) {
        b->len += cricket_time_format(p, t);
    }
}


/* a member that is a string, and a comma; nothing if it is empty */

static void
cricket_search_write_member(cricket_buf_t *b, const char *name,
    const cricket_str_t *value)
{
    if (value->len != 0) {
        cricket_buf_literal(b, "\"");
        cricket_buf_cstr(b, name);
        cricket_buf_literal(b, "\":");
        cricket_buf_json(b, value->data, value->len);
        cricket_buf_literal(b, ",");
    }
}
