
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_query_private.h"
#include "cricket_utf8.h"


/* kinds of requests, as bits */
#define CRICKET_ON_POST      (1 << CRICKET_QUERY_POST)
#define CRICKET_ON_METRICS   (1 << CRICKET_QUERY_METRICS)
#define CRICKET_ON_STATS     (1 << CRICKET_QUERY_STATS)
#define CRICKET_ON_NAMES     (1 << CRICKET_QUERY_NAMES)
#define CRICKET_ON_EXPORT    (1 << CRICKET_QUERY_EXPORT)
#define CRICKET_ON_DATA      (CRICKET_ON_METRICS | CRICKET_ON_EXPORT)
#define CRICKET_ON_RANGE     (CRICKET_ON_DATA | CRICKET_ON_STATS)
#define CRICKET_ON_PAGES     (CRICKET_ON_METRICS | CRICKET_ON_NAMES)

#define CRICKET_INTERVAL_MAX    (36500LL * 86400)
#define CRICKET_PERCENTILE_LEN  16
#define CRICKET_MESSAGE_NAME    64      /* of a name that the client chose */


/* stores arg->value; returns NULL or what is wrong with it */
typedef const char *(*cricket_query_handler_pt)(cricket_query_t *q,
    cricket_query_arg_t *arg);


struct cricket_query_param_s {
    cricket_str_t                 name;
    cricket_query_handler_pt      handler;
    size_t                        offset;       /* of the field to set */
    size_t                        max;          /* length of the value */
    unsigned                      kinds;        /* that have it */
    unsigned                      required;     /* kinds that must have it */

    unsigned                      prefix:1;     /* name is how it begins */
    unsigned                      view:1;       /* not a filter */
};


static const char *cricket_query_text(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_tag(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_key(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_time(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_limit(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_interval(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_percentiles(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_format_name(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_export_format(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_partial(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_wait(cricket_query_t *q,
    cricket_query_arg_t *arg);

static int cricket_query_arg(cricket_query_t *q, const unsigned char *p,
    size_t len, cricket_buf_t *err);
static void cricket_query_unknown(const cricket_query_t *q,
    const cricket_str_t *name, cricket_buf_t *err);
static int cricket_query_is_key(const cricket_str_t *s);
static int cricket_query_whole(cricket_query_t *q, cricket_buf_t *err);
static const char *cricket_query_decode(cricket_query_t *q,
    const unsigned char *p, size_t len, cricket_str_t *s);
static const char *cricket_query_relative(const cricket_query_t *q,
    const cricket_str_t *s, cricket_time_t *t);
static const char *cricket_query_epoch(const cricket_str_t *s,
    cricket_time_t *t);
static int cricket_query_number(const unsigned char *p, size_t len,
    int64_t *n);
static int cricket_query_seconds(unsigned char unit);
static int cricket_query_equal(const cricket_str_t *s, const char *text);
static void cricket_query_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message);


/*
 * Every parameter there is.  A new one is a row here and a field of
 * cricket_query_t, which cricket_search.c makes a part of the search.
 */

static const cricket_query_param_t  cricket_query_params[] = {

    { cricket_string("name"), cricket_query_text,
      offsetof(cricket_query_t, name), CRICKET_NAME_LEN,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("timestamp"), cricket_query_time,
      offsetof(cricket_query_t, timestamp), 0,
      CRICKET_ON_METRICS, 0, 0, 0 },

    { cricket_string("type"), cricket_query_text,
      offsetof(cricket_query_t, type), CRICKET_TYPE_LEN,
      CRICKET_ON_RANGE, 0, 0, 0 },

    { cricket_string("tag."), cricket_query_tag,
      0, CRICKET_TAG_VALUE_LEN,
      CRICKET_ON_RANGE, 0, 1, 0 },

    { cricket_string("start"), cricket_query_time,
      offsetof(cricket_query_t, start), 0,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("end"), cricket_query_time,
      offsetof(cricket_query_t, end), 0,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("prefix"), cricket_query_text,
      offsetof(cricket_query_t, prefix), CRICKET_NAME_LEN,
      CRICKET_ON_NAMES, 0, 0, 0 },

    { cricket_string("group_by"), cricket_query_key,
      offsetof(cricket_query_t, group_by), CRICKET_TAG_KEY_LEN,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("interval"), cricket_query_interval,
      offsetof(cricket_query_t, interval), 0,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("percentiles"), cricket_query_percentiles,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("limit"), cricket_query_limit,
      0, 0,
      CRICKET_ON_PAGES, 0, 0, 1 },

    { cricket_string("cursor"), cricket_query_text,
      offsetof(cricket_query_t, cursor), CRICKET_QUERY_CURSOR * 2,
      CRICKET_ON_PAGES, 0, 0, 1 },

    { cricket_string("format"), cricket_query_format_name,
      0, 0,
      CRICKET_ON_METRICS, 0, 0, 1 },

    { cricket_string("format"), cricket_query_export_format,
      0, 0,
      CRICKET_ON_EXPORT, 0, 0, 1 },

    { cricket_string("accept_partial"), cricket_query_partial,
      0, 0,
      CRICKET_ON_POST, 0, 0, 1 },

    { cricket_string("refresh"), cricket_query_wait,
      0, 0,
      CRICKET_ON_POST, 0, 0, 1 }
};


#define CRICKET_QUERY_PARAMS                                                  \
    (sizeof(cricket_query_params) / sizeof(cricket_query_params[0]))


cricket_query_t *
cricket_query_parse(cricket_query_e kind, const unsigned char *args,
    size_t len, const cricket_time_t *now, cricket_buf_t *err)
{
    size_t                n, size;
    cricket_query_t      *q;
    const unsigned char  *p, *last, *end;

    /* the decoded text, the name in a cursor, three times in full */

    if (len > (SIZE_MAX - sizeof(cricket_query_t)) / 4) {
        return NULL;
    }

    size = sizeof(cricket_query_t) + 2 * len + 3 * CRICKET_TIME_LEN;

    q = calloc(1, size);
    if (q == NULL) {
        return NULL;
    }

    q->kind = kind;
    q->now = *now;
    q->limit = CRICKET_QUERY_LIMIT;
    q->pos = (unsigned char *) (q + 1);

    if (kind == CRICKET_QUERY_EXPORT) {
        q->format = CRICKET_FORMAT_NDJSON;
    }

    p = args;
    last = args + len;

    while (p < last) {
        end = memchr(p, '&', last - p);
        n = (end != NULL) ? (size_t) (end - p) : (size_t) (last - p);

        if (n != 0 && cricket_query_arg(q, p, n, err) != CRICKET_OK) {
            cricket_query_free(q);
            return NULL;
        }

        p += (end != NULL) ? n + 1 : n;
    }

    if (cricket_query_whole(q, err) != CRICKET_OK) {
        cricket_query_free(q);
        return NULL;
    }

    q->page = (kind == CRICKET_QUERY_EXPORT) ? CRICKET_QUERY_PAGE : q->limit;

    return q;
}


void
cricket_query_free(cricket_query_t *q)
{
    free(q);
}


int
cricket_query_is_datapoints(const cricket_query_t *q)
{
    return q->kind == CRICKET_QUERY_METRICS || q->kind == CRICKET_QUERY_EXPORT;
}


int
cricket_query_accept_partial(const cricket_query_t *q)
{
    return q->accept_partial;
}


int
cricket_query_refresh(const cricket_query_t *q)
{
    return q->refresh;
}


/* reads one NAME=VALUE */

static int
cricket_query_arg(cricket_query_t *q, const unsigned char *p, size_t len,
    cricket_buf_t *err)
{
    size_t                        i, n;
    cricket_str_t                 name, value;
    const char                   *message;
    const unsigned char          *equal;
    cricket_query_arg_t          *arg;
    const cricket_query_param_t  *param;

    equal = memchr(p, '=', len);
    n = (equal != NULL) ? (size_t) (equal - p) : len;

    message = cricket_query_decode(q, p, n, &name);

    if (message != NULL) {
        cricket_query_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    param = NULL;

    for (i = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];

        if ((param->kinds & (1u << q->kind))
            && (param->prefix ? name.len >= param->name.len
                              : name.len == param->name.len)
            && memcmp(name.data, param->name.data, param->name.len) == 0)
        {
            break;
        }
    }

    if (i == CRICKET_QUERY_PARAMS) {
        cricket_query_unknown(q, &name, err);
        return CRICKET_INVALID;
    }

    for (i = 0; i < q->nargs; i++) {

        if (q->args[i].name.len == name.len
            && memcmp(q->args[i].name.data, name.data, name.len) == 0)
        {
            cricket_query_fail(err, &name, "given more than once");
            return CRICKET_INVALID;
        }
    }

    if (q->nargs == CRICKET_QUERY_ARGS) {
        cricket_query_fail(err, &name, "one parameter too many");
        return CRICKET_INVALID;
    }

    /* "=" joins name and value, so that a tag is one string, "KEY=VALUE" */

    *q->pos++ = '=';
    value.len = 0;

    if (n < len) {
        message = cricket_query_decode(q, p + n + 1, len - n - 1, &value);

        if (message != NULL) {
            cricket_query_fail(err, &name, message);
            return CRICKET_INVALID;
        }
    }

    if (value.len == 0) {
        cricket_query_fail(err, &name, "empty");
        return CRICKET_INVALID;
    }

    if (param->max != 0 && value.len > param->max) {
        cricket_query_fail(err, &name, "longer than ");
        cricket_buf_int(err, param->max);
        cricket_buf_literal(err, " bytes");
        return CRICKET_INVALID;
    }

    arg = &q->args[q->nargs++];

    arg->param = param;
    arg->filter = !param->view;
    arg->name = name;
    arg->value = value;

    message = param->handler(q, arg);

    if (message != NULL) {
        cricket_query_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


/* says what there is, and how a tag is written if it may be one's key */

static void
cricket_query_unknown(const cricket_query_t *q, const cricket_str_t *name,
    cricket_buf_t *err)
{
    size_t                        i, n, left;
    unsigned                      tag;
    const cricket_query_param_t  *param;

    left = 0;
    tag = (name->len != 0 && name->len <= CRICKET_MESSAGE_NAME
           && cricket_query_is_key(name));

    for (i = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];
        left += ((param->kinds & (1u << q->kind)) != 0);

        /* what another route has is not meant as a key */

        if (param->name.len == name->len
            && memcmp(param->name.data, name->data, name->len) == 0)
        {
            tag = 0;
        }
    }

    if (left == 0) {
        cricket_query_fail(err, name, "unknown parameter, there is none");
        return;
    }

    cricket_query_fail(err, name, "unknown parameter, there are ");

    for (i = 0, n = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];

        if (!(param->kinds & (1u << q->kind))) {
            continue;
        }

        if (n++ != 0) {
            cricket_buf_cstr(err, (n == left) ? " and " : ", ");
        }

        cricket_buf_append(err, param->name.data, param->name.len);

        if (param->prefix) {
            cricket_buf_literal(err, "KEY");
        }
    }

    if (tag && (CRICKET_ON_RANGE & (1u << q->kind))) {
        cricket_buf_literal(err, "; of a tag it is tag.");
        cricket_buf_append(err, name->data, name->len);
    }
}


/* what can be told only when all parameters are there */

static int
cricket_query_whole(cricket_query_t *q, cricket_buf_t *err)
{
    size_t                        i, j;
    const char                   *message;
    const cricket_query_param_t  *param;

    static const cricket_str_t  start = cricket_string("start");
    static const cricket_str_t  cursor = cricket_string("cursor");

    for (i = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];

        if (!(param->required & (1u << q->kind))) {
            continue;
        }

        for (j = 0; j < q->nargs; j++) {
            if (q->args[j].param == param) {
                break;
            }
        }

        if (j == q->nargs) {
            cricket_query_fail(err, &param->name, "missing");
            return CRICKET_INVALID;
        }
    }

    if (q->start.set && q->end.set
        && cricket_time_cmp(&q->start.time, &q->end.time) > 0)
    {
        cricket_query_fail(err, &start, "after end");
        return CRICKET_INVALID;
    }

    if (q->cursor.len != 0) {
        message = cricket_query_cursor(q);

        if (message != NULL) {
            cricket_query_fail(err, &cursor, message);
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


static const char *
cricket_query_text(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char  *base;

    base = (char *) q;

    *(cricket_str_t *) (base + arg->param->offset) = arg->value;

    return NULL;
}


static const char *
cricket_query_tag(cricket_query_t *q, cricket_query_arg_t *arg)
{
    cricket_str_t        tag;
    const char          *message;
    cricket_query_arg_t  key;

    key = *arg;
    key.value.data = arg->name.data + arg->param->name.len;
    key.value.len = arg->name.len - arg->param->name.len;

    if (key.value.len == 0 || key.value.len > CRICKET_TAG_KEY_LEN) {
        return "expected a key of 1 to 256 bytes after \"tag.\"";
    }

    message = cricket_query_key(NULL, &key);

    if (message != NULL) {
        return message;
    }

    if (q->ntags == CRICKET_TAGS) {
        return "more tags than a datapoint has";
    }

    tag.data = key.value.data;
    tag.len = key.value.len + 1 + arg->value.len;

    q->tags[q->ntags++] = tag;

    return NULL;
}


/* the key of a tag; without q it is only verified */

static const char *
cricket_query_key(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (!cricket_query_is_key(&arg->value)) {
        return "a key has only A-Z a-z 0-9 _ . / -";
    }

    return (q != NULL) ? cricket_query_text(q, arg) : NULL;
}


static int
cricket_query_is_key(const cricket_str_t *s)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (!((c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_' || c == '.' || c == '/' || c == '-'))
        {
            return 0;
        }
    }

    return 1;
}


static const char *
cricket_query_time(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char                  *base;
    cricket_str_t          text;
    const char            *message;
    cricket_query_time_t  *time;

    base = (char *) q;
    time = (cricket_query_time_t *) (base + arg->param->offset);
    text = arg->value;

    if (text.len >= 3 && memcmp(text.data, "now", 3) == 0) {
        message = cricket_query_relative(q, &text, &time->time);

    } else if (memchr(text.data, '-', text.len) == NULL) {
        message = cricket_query_epoch(&text, &time->time);

    } else if (text.len >= sizeof("2016-12-31T22:49:50 01:00") - 1
               && text.data[text.len - 6] == ' ')
    {
        message = "the offset's \"+\" was a blank, it is written as %2B, "
                  "expected a time like 2016-12-31T22:49:50%2B01:00";

    } else {
        message = (cricket_time_parse(text.data, text.len, &time->time,
                                      q->message)
                   == CRICKET_OK)
                  ? NULL : q->message;
    }

    if (message != NULL) {
        return message;
    }

    time->set = 1;

    arg->value.data = q->pos;
    arg->value.len = cricket_time_format(q->pos, &time->time);
    q->pos += arg->value.len;

    return NULL;
}


static const char *
cricket_query_relative(const cricket_query_t *q, const cricket_str_t *s,
    cricket_time_t *t)
{
    int             unit;
    int64_t         n;
    unsigned char   sign;
    cricket_time_t  sum;

    static const char  expected[] =
        "expected now, or now-N or now+N (%2B) with s, m, h, d or w";

    *t = q->now;

    if (s->len == 3) {
        return NULL;
    }

    sign = s->data[3];

    if (s->len < 6 || (sign != '-' && sign != '+')) {
        return expected;
    }

    unit = cricket_query_seconds(s->data[s->len - 1]);

    if (unit == 0
        || cricket_query_number(s->data + 4, s->len - 5, &n) != CRICKET_OK)
    {
        return expected;
    }

    n *= unit;

    sum = q->now;
    sum.sec += (sign == '-') ? -n : n;

    /* sec is far from the ends of its type: n has at most 9 digits */

    if (cricket_time_set(t, cricket_time_msec(&sum), cricket_time_nanos(&sum))
        != CRICKET_OK)
    {
        return "outside the years 0001 to 9999";
    }

    return NULL;
}


/*
 * Ten digits are seconds of the years 2001 to 2286, thirteen are milliseconds
 * of the same years, and 0 is 0 either way; any other number may be a typo.
 */

static const char *
cricket_query_epoch(const cricket_str_t *s, cricket_time_t *t)
{
    size_t   i;
    int64_t  n;

    static const char  expected[] =
        CRICKET_TIME_EXPECTED ", epoch seconds (10 digits) or milliseconds "
        "(13), or a relative time such as now-1h";

    n = 0;

    for (i = 0; i < s->len; i++) {

        if (i == 13 || s->data[i] < '0' || s->data[i] > '9') {
            return expected;
        }

        n = n * 10 + (s->data[i] - '0');
    }

    if (s->len == 10) {
        n *= 1000;

    } else if (s->len != 13 && !(s->len == 1 && n == 0)) {
        return expected;
    }

    if (s->len > 1 && s->data[0] == '0') {
        return expected;
    }

    return (cricket_time_set(t, n, 0) == CRICKET_OK) ? NULL : expected;
}


static const char *
cricket_query_limit(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int64_t  n;

    if (cricket_query_number(arg->value.data, arg->value.len, &n) != CRICKET_OK
        || n > CRICKET_QUERY_LIMIT)
    {
        return "expected a whole number from 1 to 1000";
    }

    q->limit = (unsigned) n;

    return NULL;
}


static const char *
cricket_query_interval(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int            unit;
    int64_t        n;
    cricket_str_t  s;

    s = arg->value;
    unit = cricket_query_seconds(s.data[s.len - 1]);

    if (unit == 0 || s.data[s.len - 1] == 'w'
        || cricket_query_number(s.data, s.len - 1, &n) != CRICKET_OK
        || n * unit > CRICKET_INTERVAL_MAX)
    {
        return "expected a whole number and s, m, h or d, from 1s to 36500d";
    }

    q->interval = s;
    q->seconds = n * unit;

    return NULL;
}


static const char *
cricket_query_percentiles(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t                       i, digits;
    cricket_query_percentile_t  *last;
    const unsigned char         *p, *end, *dot;

    static const char  expected[] =
        "expected numbers from 0 to 100, such as 50,95,99.9";

    p = arg->value.data;
    end = p + arg->value.len;

    for ( ;; ) {

        if (q->npercentiles == CRICKET_QUERY_PERCENTILES) {
            return "more than 20";
        }

        last = &q->percentiles[q->npercentiles];
        last->text.data = p;
        dot = NULL;
        digits = 0;

        while (p < end && *p != ',') {

            if (*p == '.' && dot == NULL && digits != 0) {
                dot = p;
                digits = 0;

            } else if (*p >= '0' && *p <= '9') {
                digits++;

            } else {
                return expected;
            }

            p++;
        }

        last->text.len = p - last->text.data;

        if (digits == 0
            || last->text.len > CRICKET_PERCENTILE_LEN
            || (last->text.data[0] == '0' && last->text.len > 1
                && last->text.data[1] != '.')
            || cricket_json_double(&last->text, &last->value) != CRICKET_OK
            || last->value > 100)
        {
            return expected;
        }

        for (i = 0; i < q->npercentiles; i++) {
            if (q->percentiles[i].value == last->value) {
                return "the same number twice";
            }
        }

        q->npercentiles++;

        if (p == end) {
            return NULL;
        }

        p++;
    }
}


static const char *
cricket_query_format_name(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "json")) {
        q->format = CRICKET_FORMAT_JSON;

    } else if (cricket_query_export_format(q, arg) != NULL) {
        return "expected json, ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


static const char *
cricket_query_export_format(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "ndjson")) {
        q->format = CRICKET_FORMAT_NDJSON;

    } else if (cricket_query_equal(&arg->value, "csv")) {
        q->format = CRICKET_FORMAT_CSV;

    } else {
        return "expected ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


static const char *
cricket_query_partial(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "true")) {
        q->accept_partial = 1;

    } else if (!cricket_query_equal(&arg->value, "false")) {
        return "expected true or false";
    }

    return NULL;
}


static const char *
cricket_query_wait(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "wait_for")) {
        q->refresh = 1;

    } else if (!cricket_query_equal(&arg->value, "false")) {
        return "expected wait_for or false";
    }

    return NULL;
}


/*
 * Decodes into the free space behind the query.  What was decoded up to an
 * error is in s as well, so that a message can name the parameter.
 */

static const char *
cricket_query_decode(cricket_query_t *q, const unsigned char *p, size_t len,
    cricket_str_t *s)
{
    size_t                i, n;
    unsigned char         c, digit;
    const char           *message;
    const unsigned char  *last;

    s->data = q->pos;
    last = p + len;
    message = NULL;

    while (p < last && message == NULL) {
        c = *p++;

        if (c == '+') {
            c = ' ';

        } else if (c == '%') {
            c = 0;

            for (i = 0; i < 2; i++) {
                digit = (p < last) ? *p++ : 0;

                if (digit >= '0' && digit <= '9') {
                    digit -= '0';

                } else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f') {
                    digit = (digit | 0x20) - 'a' + 10;

                } else {
                    message = "\"%\" without two hexadecimal digits";
                    break;
                }

                c = (unsigned char) (c << 4 | digit);
            }

            if (message != NULL) {
                break;
            }
        }

        if (c < 0x20 || c == 0x7f) {
            message = "a control character";
            break;
        }

        *q->pos++ = c;
    }

    s->len = q->pos - s->data;

    for (i = 0; i < s->len && message == NULL; i += n) {
        n = cricket_utf8_length(s->data + i, s->len - i);

        if (n == 0) {
            message = "not UTF-8";

        } else if (s->data[i] == 0xc2 && s->data[i + 1] <= 0x9f) {
            message = "a control character";
        }
    }

    return message;
}


/* reads all of 1 to 9 digits without a leading zero */

static int
cricket_query_number(const unsigned char *p, size_t len, int64_t *n)
{
    size_t  i;

    if (len == 0 || len > 9 || p[0] == '0') {
        return CRICKET_INVALID;
    }

    *n = 0;

    for (i = 0; i < len; i++) {

        if (p[i] < '0' || p[i] > '9') {
            return CRICKET_INVALID;
        }

        *n = *n * 10 + (p[i] - '0');
    }

    return CRICKET_OK;
}


static int
cricket_query_seconds(unsigned char unit)
{
    switch (unit) {

    case 's':
        return 1;

    case 'm':
        return 60;

    case 'h':
        return 3600;

    case 'd':
        return 86400;

    case 'w':
        return 604800;
    }

    return 0;
}


static int
cricket_query_equal(const cricket_str_t *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}


static void
cricket_query_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message)
{
    cricket_buf_shown(err, name->data, name->len, CRICKET_MESSAGE_NAME);

    if (name->len == 0) {
        cricket_buf_literal(err, "\"\"");
    }

    cricket_buf_literal(err, ": ");
    cricket_buf_cstr(err, message);
}
