
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the query string of a request: the table of all parameters. */


#include <stdlib.h>
#include <string.h>

#include "cricket_opentsdb_ask.h"
#include "cricket_params.h"
#include "cricket_params_table.h"
#include "cricket_utf8.h"


#define CRICKET_MESSAGE_NAME  64    /* of a name that the client chose */


static void cricket_params_tz(cricket_query_t *q, const unsigned char *args,
    size_t len);
static int cricket_params_arg(cricket_query_t *q, const unsigned char *p,
    size_t len, cricket_buf_t *err);
static const cricket_query_param_t *cricket_params_find(
    const cricket_query_t *q, const cricket_str_t *name);
static int cricket_params_repeated(const cricket_query_t *q,
    const cricket_str_t *name);
static void cricket_params_unknown(const cricket_query_t *q,
    const cricket_str_t *name, cricket_buf_t *err);
static int cricket_params_whole(cricket_query_t *q, cricket_buf_t *err);
static void cricket_params_day(cricket_query_t *q);
static void cricket_params_set(cricket_query_t *q, cricket_query_time_t *time,
    const cricket_str_t *name);
static int cricket_params_before(cricket_query_t *q, cricket_buf_t *err);
static const char *cricket_params_decode(cricket_query_t *q,
    const unsigned char *p, size_t len, cricket_str_t *s);
static void cricket_params_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message);


cricket_query_t *
cricket_params_parse(cricket_query_e kind, const unsigned char *args,
    size_t len, const cricket_time_t *now, cricket_buf_t *err)
{
    size_t                n, size;
    cricket_query_t      *q;
    const unsigned char  *p, *last, *end;

    if (len == 0) {
        args = (const unsigned char *) "";
    }

    /* the decoded text, tags, the name in a cursor, four times in full */

    if (len > (SIZE_MAX - sizeof(cricket_query_t)) / 4) {
        return NULL;
    }

    size = sizeof(cricket_query_t) + 3 * len + 4 * CRICKET_TIME_LEN;

    q = calloc(1, size);
    if (q == NULL) {
        return NULL;
    }

    q->kind = kind;
    q->now = *now;
    q->limit = CRICKET_QUERY_LIMIT;
    q->precision = 1;
    q->pos = (unsigned char *) (q + 1);

    if ((CRICKET_ON_SUGGEST | CRICKET_ON_LOOKUP) & (1u << kind)) {
        q->limit = CRICKET_OPENTSDB_LIST;
    }

    if (kind == CRICKET_QUERY_EXPORT) {
        q->format = CRICKET_FORMAT_NDJSON;
    }

    cricket_params_tz(q, args, len);

    p = args;
    last = args + len;

    while (p < last) {
        end = memchr(p, '&', last - p);
        n = (end != NULL) ? (size_t) (end - p) : (size_t) (last - p);

        if (n != 0 && cricket_params_arg(q, p, n, err) != CRICKET_OK) {
            cricket_query_free(q);
            return NULL;
        }

        p += (end != NULL) ? n + 1 : n;
    }

    if (cricket_params_whole(q, err) != CRICKET_OK) {
        cricket_query_free(q);
        return NULL;
    }

    q->page = (kind == CRICKET_QUERY_EXPORT) ? CRICKET_QUERY_PAGE : q->limit;

    return q;
}


/* the times before it need the zone; what is wrong with it is told in turn */

static void
cricket_params_tz(cricket_query_t *q, const unsigned char *args, size_t len)
{
    size_t                n;
    cricket_str_t         tz;
    unsigned char        *pos;
    const unsigned char  *p, *last, *end;

    last = args + len;

    for (p = args; p < last && q->zone == NULL; p += n + 1) {
        end = memchr(p, '&', last - p);
        n = (end != NULL) ? (size_t) (end - p) : (size_t) (last - p);

        if (n < 4 || memcmp(p, "tz=", 3) != 0) {
            continue;
        }

        pos = q->pos;

        if (cricket_params_decode(q, p + 3, n - 3, &tz) != NULL
            || cricket_zone_open(&tz, &q->zone) == CRICKET_INVALID)
        {
            q->odd_zone = 1;
        }

        q->pos = pos;
    }
}


/* reads one NAME=VALUE */

static int
cricket_params_arg(cricket_query_t *q, const unsigned char *p, size_t len,
    cricket_buf_t *err)
{
    size_t                        n;
    cricket_str_t                 name, value;
    const char                   *message;
    const unsigned char          *equal;
    cricket_query_arg_t          *arg;
    const cricket_query_param_t  *param;

    equal = memchr(p, '=', len);
    n = (equal != NULL) ? (size_t) (equal - p) : len;

    message = cricket_params_decode(q, p, n, &name);

    if (message != NULL) {
        cricket_params_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    param = cricket_params_find(q, &name);

    if (param == NULL) {
        cricket_params_unknown(q, &name, err);
        return CRICKET_INVALID;
    }

    if (!param->prefix && !param->several
        && cricket_params_repeated(q, &name))
    {
        cricket_params_fail(err, &name, "given more than once");
        return CRICKET_INVALID;
    }

    if (q->nargs == CRICKET_QUERY_ARGS) {
        cricket_params_fail(err, &name, "one parameter too many");
        return CRICKET_INVALID;
    }

    value.len = 0;

    if (n < len) {
        message = cricket_params_decode(q, p + n + 1, len - n - 1, &value);

        if (message != NULL) {
            cricket_params_fail(err, &name, message);
            return CRICKET_INVALID;
        }
    }

    if (value.len == 0 && !(CRICKET_ON_OTHERS & (1u << q->kind))) {
        cricket_params_fail(err, &name, "empty");
        return CRICKET_INVALID;
    }

    if (param->max != 0 && value.len > param->max) {
        cricket_params_fail(err, &name, "longer than ");
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
        cricket_params_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static const cricket_query_param_t *
cricket_params_find(const cricket_query_t *q, const cricket_str_t *name)
{
    const cricket_query_param_t  *param;

    for (param = cricket_params_table; param->name.len != 0; param++) {

        if ((param->kinds & (1u << q->kind))
            && (param->prefix ? name->len >= param->name.len
                              : name->len == param->name.len)
            && memcmp(name->data, param->name.data, param->name.len) == 0)
        {
            return param;
        }
    }

    return NULL;
}


static int
cricket_params_repeated(const cricket_query_t *q, const cricket_str_t *name)
{
    size_t  i;

    for (i = 0; i < q->nargs; i++) {

        if (q->args[i].name.len == name->len
            && memcmp(q->args[i].name.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* says what there is, and how a tag is written if it may be one's key */

static void
cricket_params_unknown(const cricket_query_t *q, const cricket_str_t *name,
    cricket_buf_t *err)
{
    size_t                        n, left;
    unsigned                      tag;
    const cricket_query_param_t  *param;

    left = 0;
    tag = (name->len != 0 && name->len <= CRICKET_MESSAGE_NAME
           && cricket_datapoint_is_key(name->data, name->len));

    for (param = cricket_params_table; param->name.len != 0; param++) {
        left += ((param->kinds & (1u << q->kind)) != 0);

        /* what another route has is not meant as a key */

        if (param->name.len == name->len
            && memcmp(param->name.data, name->data, name->len) == 0)
        {
            tag = 0;
        }
    }

    if (left == 0) {
        cricket_params_fail(err, name, "unknown parameter, there is none");
        return;
    }

    cricket_params_fail(err, name, "unknown parameter, there are ");

    n = 0;

    for (param = cricket_params_table; param->name.len != 0; param++) {

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

    if (tag && (CRICKET_ON_FILTERS & (1u << q->kind))) {
        n = sizeof("tags.") - 1;

        if (name->len <= n || memcmp(name->data, "tags.", n) != 0) {
            n = 0;
        }

        cricket_buf_literal(err, "; did you mean tag.");
        cricket_buf_append(err, name->data + n, name->len - n);
        cricket_buf_literal(err, "=");
    }
}


/* what can be told only when all parameters are there */

static int
cricket_params_whole(cricket_query_t *q, cricket_buf_t *err)
{
    size_t                        j;
    const char                   *message, *text;
    cricket_str_t                 name;
    const cricket_query_param_t  *param;

    static const cricket_str_t  name_like = cricket_string("name~");
    static const cricket_str_t  start = cricket_string("start");
    static const cricket_str_t  cursor = cricket_string("cursor");

    if (q->before.set && cricket_params_before(q, err) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    if (q->kind == CRICKET_QUERY_LAST) {
        cricket_params_day(q);
    }

    if (q->name.len != 0 && q->name_like.len != 0) {
        cricket_params_fail(err, &name_like, "given beside name, expected one");
        return CRICKET_INVALID;
    }

    for (param = cricket_params_table; param->name.len != 0; param++) {

        if (!(param->required & (1u << q->kind))
            || (q->before.set
                && param->offset == offsetof(cricket_query_t, end))
            || (q->name_like.len != 0
                && param->offset == offsetof(cricket_query_t, name)))
        {
            continue;
        }

        for (j = 0; j < q->nargs; j++) {
            if (q->args[j].param == param) {
                break;
            }
        }

        if (j == q->nargs) {
            cricket_params_fail(err, &param->name, "missing");
            return CRICKET_INVALID;
        }
    }

    if (q->start.set && q->end.set
        && cricket_time_cmp(&q->start.time, &q->end.time) > 0)
    {
        cricket_params_fail(err, &start,
                            q->before.set ? "not earlier than before"
                                          : "after end");
        return CRICKET_INVALID;
    }

    message = cricket_params_stats(q, &text);

    if (message != NULL) {
        name.data = (const unsigned char *) text;
        name.len = strlen(text);

        cricket_params_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    if (q->cursor.len != 0) {
        message = cricket_query_cursor(q);

        if (message != NULL) {
            cricket_params_fail(err, &cursor, message);
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


/* the newest of one day, up to now: which the next page has to be told */

static void
cricket_params_day(cricket_query_t *q)
{
    static const cricket_str_t  start = cricket_string("start");
    static const cricket_str_t  end = cricket_string("end");

    if (!q->end.set) {
        q->end.time = q->now;
        cricket_params_set(q, &q->end, &end);
    }

    if (!q->start.set) {
        q->start.time = q->end.time;

        if (cricket_time_set(&q->start.time,
                             cricket_time_msec(&q->end.time) - 86400000,
                             cricket_time_nanos(&q->end.time))
            != CRICKET_OK)
        {
            q->start.time = q->end.time;
        }

        cricket_params_set(q, &q->start, &start);
    }
}


static void
cricket_params_set(cricket_query_t *q, cricket_query_time_t *time,
    const cricket_str_t *name)
{
    cricket_query_arg_t  *arg;

    time->set = 1;

    if (q->nargs == CRICKET_QUERY_ARGS) {
        return;
    }

    arg = &q->args[q->nargs++];

    arg->param = NULL;
    arg->filter = 1;
    arg->name = *name;
    arg->value.data = q->pos;
    arg->value.len = cricket_time_format(q->pos, &time->time);
    q->pos += arg->value.len;
}


/* what is before an instant ends a nanosecond earlier */

static int
cricket_params_before(cricket_query_t *q, cricket_buf_t *err)
{
    cricket_time_t  *end;

    static const cricket_str_t  before = cricket_string("before");

    if (q->end.set) {
        cricket_params_fail(err, &before, "given beside end, expected one");
        return CRICKET_INVALID;
    }

    end = &q->end.time;
    *end = q->before.time;

    if (end->nsec == 0) {
        end->sec--;
        end->nsec = 1000000000;
    }

    end->nsec--;
    q->end.set = 1;

    if (cricket_time_set(end, cricket_time_msec(end), cricket_time_nanos(end))
        != CRICKET_OK)
    {
        cricket_params_fail(err, &before, "there is no time before that");
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


/*
 * Decodes into the free space behind the query.  What was decoded up to an
 * error is in s as well, so that a message can name the parameter.
 */

static const char *
cricket_params_decode(cricket_query_t *q, const unsigned char *p, size_t len,
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


static void
cricket_params_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message)
{
    cricket_buf_shown(err, name->data, name->len, CRICKET_MESSAGE_NAME);

    if (name->len == 0) {
        cricket_buf_literal(err, "\"\"");
    }

    cricket_buf_literal(err, ": ");
    cricket_buf_cstr(err, message);
}
