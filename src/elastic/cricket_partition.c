
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Which index a datapoint is in, and which a search asks. */


#include "cricket_partition.h"


/* beside the name of an index: "-ahead~r" */
#define CRICKET_PARTITION_ROOM  8

/* a search names no more of them, but their common alias */
#define CRICKET_PARTITION_LIST  40

/* 1900-01-01 and 2200-01-01: a template is for the years between them */
#define CRICKET_PARTITION_FIRST  -2208988800LL
#define CRICKET_PARTITION_LAST   7258118400LL

/* now, as another machine has it, may be so many seconds later */
#define CRICKET_PARTITION_CLOCK  86400


/* a part of a time: where it stands in RFC 3339 */

typedef struct {
    unsigned char              letter;
    unsigned char              pos;
    unsigned char              len;
} cricket_partition_part_t;


static const cricket_partition_part_t *cricket_partition_part(
    unsigned char letter);
static int cricket_partition_units(cricket_partition_t *p,
    const char **err);
static int cricket_partition_is_plain(const cricket_partition_t *p);
static void cricket_partition_base(cricket_partition_t *p);
static int cricket_partition_is_separator(unsigned char c);
static void cricket_partition_bounds(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, int64_t sec);
static void cricket_partition_name(const cricket_partition_t *p,
    cricket_partition_slot_t *slot);
static void cricket_partition_other(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, const char *suffix);
static int64_t cricket_partition_floor(const cricket_partition_t *p,
    int64_t sec);
static int cricket_partition_names(const cricket_partition_t *p,
    int64_t from, int64_t to, int64_t last, cricket_buf_t *b);
static void cricket_partition_alias(const cricket_str_t *name,
    const char *suffix, cricket_buf_t *b);
static void cricket_partition_pattern(const cricket_partition_t *p,
    const char *century, cricket_buf_t *b);
static void cricket_partition_append(const cricket_partition_t *p,
    const char *suffix, cricket_buf_t *b);


/* by unit */

static const cricket_partition_part_t  cricket_partition_parts[] = {
    { 0, 0, 0 },
    { 'Y', 0, 4 },
    { 'm', 5, 2 },
    { 'd', 8, 2 },
    { 'H', 11, 2 }
};


int
cricket_partition_parse(cricket_partition_t *p, const cricket_str_t *text,
    const char **err)
{
    p->pattern = *text;
    p->unit = CRICKET_PARTITION_NONE;
    p->base_len = 0;

    if (text->len == 0 || text->len > CRICKET_PARTITION_LEN
        || memchr(text->data, '%', text->len) == NULL)
    {
        if (cricket_partition_is_name(text->data, text->len) != CRICKET_OK) {
            *err = "expected 1 to 255 characters of a-z, 0-9, \".\", \"_\" and "
                   "\"-\", the first neither \"-\" nor \"_\"";
            return CRICKET_INVALID;
        }

        memcpy(p->base, text->data, text->len);
        p->base_len = text->len;

        return CRICKET_OK;
    }

    if (cricket_partition_units(p, err) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_partition_base(p);

    if (cricket_partition_is_name(p->base, p->base_len) != CRICKET_OK
        || text->data[0] == '%' || !cricket_partition_is_plain(p))
    {
        *err = "expected a name of a-z, 0-9, \".\", \"_\" and \"-\" before "
               "the first \"%\", as in metrics-%Y.%m";
        return CRICKET_INVALID;
    }

    if (text->len + CRICKET_PARTITION_ROOM > CRICKET_PARTITION_LEN) {
        *err = "expected at most 247 characters";
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_partition_units(cricket_partition_t *p, const char **err)
{
    size_t                           i;
    unsigned                         seen, unit;
    const unsigned char             *data;
    const cricket_partition_part_t  *part;

    data = p->pattern.data;
    seen = 0;

    for (i = 0; i < p->pattern.len; i++) {

        if (data[i] != '%') {
            continue;
        }

        part = (++i < p->pattern.len) ? cricket_partition_part(data[i]) : NULL;

        if (part == NULL) {
            *err = "expected %Y, %m, %d or %H";
            return CRICKET_INVALID;
        }

        unit = part - cricket_partition_parts;

        if (seen & 1u << unit) {
            *err = "expected %Y, %m, %d and %H but once";
            return CRICKET_INVALID;
        }

        seen |= 1u << unit;

        if (unit > p->unit) {
            p->unit = unit;
        }
    }

    if (seen != (2u << p->unit) - 2) {
        *err = "expected %Y, with %m only beside it, %d only beside both, and "
               "%H only beside all three";
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static const cricket_partition_part_t *
cricket_partition_part(unsigned char letter)
{
    size_t  i;

    for (i = CRICKET_PARTITION_YEAR; i <= CRICKET_PARTITION_HOUR; i++) {

        if (cricket_partition_parts[i].letter == letter) {
            return &cricket_partition_parts[i];
        }
    }

    return NULL;
}


/* what stands before the parts, without a separator, and behind them */

static void
cricket_partition_base(cricket_partition_t *p)
{
    size_t                i, len;
    const unsigned char  *data;

    data = p->pattern.data;

    for (len = 0; data[len] != '%'; len++) { /* void */ }

    for (i = p->pattern.len; data[i - 2] != '%'; i--) { /* void */ }

    while (len > 1 && cricket_partition_is_separator(data[len - 1])) {
        len--;
    }

    memcpy(p->base, data, len);
    memcpy(p->base + len, data + i, p->pattern.len - i);

    p->base_len = len + p->pattern.len - i;
}


/* and what stands between them: each is a name behind another letter */

static int
cricket_partition_is_plain(const cricket_partition_t *p)
{
    size_t         i;
    unsigned char  name[2];

    name[0] = 'a';

    for (i = 0; i < p->pattern.len; i++) {

        if (p->pattern.data[i] == '%') {
            i++;
            continue;
        }

        name[1] = p->pattern.data[i];

        if (cricket_partition_is_name(name, sizeof(name)) != CRICKET_OK) {
            return 0;
        }
    }

    return 1;
}


static int
cricket_partition_is_separator(unsigned char c)
{
    return c == '-' || c == '.' || c == '_';
}


void
cricket_partition_find(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, int64_t sec, int64_t now, int64_t from)
{
    if (slot->len != 0 && sec >= slot->start && sec < slot->next) {
        return;
    }

    /*
     * Whole partitions are in the past or ahead: were it instants, one sent
     * again a moment later could belong elsewhere, and be stored twice.
     */

    cricket_partition_bounds(p, slot, sec);

    if (slot->next <= from || slot->start < CRICKET_PARTITION_FIRST) {
        cricket_partition_other(p, slot, "-past");
        return;
    }

    if (slot->start > now + CRICKET_PARTITION_AHEAD
        || slot->next > CRICKET_PARTITION_LAST)
    {
        cricket_partition_other(p, slot, "-ahead");
        return;
    }

    cricket_partition_name(p, slot);
}


static void
cricket_partition_bounds(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, int64_t sec)
{
    static const int64_t  longest[] = {
        0, 366 * 86400, 31 * 86400, 86400, 3600
    };

    slot->start = cricket_partition_floor(p, sec);
    slot->next = cricket_partition_floor(p, slot->start + longest[p->unit]);

    if (slot->next <= slot->start) {

        /* behind the last year that there is */

        slot->next = INT64_MAX;
    }
}


/* the beginning of the unit that a second is in */

static int64_t
cricket_partition_floor(const cricket_partition_t *p, int64_t sec)
{
    size_t          i, len;
    cricket_time_t  time;
    unsigned char   text[CRICKET_TIME_LEN];
    char            err[CRICKET_TIME_ERROR];

    static const unsigned char  zero[] = "0000-01-01T00:00:00Z";

    time.sec = sec;
    time.nsec = 0;

    /* the last year has no other behind it */

    if (cricket_time_set(&time, sec * 1000, 0) != CRICKET_OK) {
        return INT64_MIN;
    }

    len = cricket_time_format(text, &time);

    i = cricket_partition_parts[p->unit].pos
        + cricket_partition_parts[p->unit].len;

    memcpy(text + i, zero + i, sizeof(zero) - 1 - i);

    (void) cricket_time_parse(text, len, &time, err);

    return time.sec;
}


static void
cricket_partition_name(const cricket_partition_t *p,
    cricket_partition_slot_t *slot)
{
    size_t                           i;
    cricket_time_t                   time;
    unsigned char                    text[CRICKET_TIME_LEN], *dst;
    const cricket_partition_part_t  *part;

    time.sec = slot->start;
    time.nsec = 0;

    (void) cricket_time_format(text, &time);

    dst = slot->name;

    for (i = 0; i < p->pattern.len; i++) {

        if (p->pattern.data[i] != '%') {
            *dst++ = p->pattern.data[i];
            continue;
        }

        part = cricket_partition_part(p->pattern.data[++i]);

        memcpy(dst, text + part->pos, part->len);
        dst += part->len;
    }

    slot->len = dst - slot->name;

    memcpy(dst, "~r", 2);
}


cricket_str_t
cricket_partition_slot_alias(const cricket_partition_slot_t *slot, int routed)
{
    cricket_str_t  alias;

    alias.data = slot->name;
    alias.len = slot->len + (routed ? 2 : 1);

    return alias;
}


static void
cricket_partition_other(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, const char *suffix)
{
    size_t  len;

    len = strlen(suffix);

    memcpy(slot->name, p->base, p->base_len);
    memcpy(slot->name + p->base_len, suffix, len);

    slot->len = p->base_len + len;
    memcpy(slot->name + slot->len, "~r", 2);
}


int
cricket_partition_range(const cricket_partition_t *p,
    const cricket_str_t *name, cricket_partition_slot_t *slot)
{
    size_t                           i, k, n;
    cricket_time_t                   time;
    const cricket_partition_part_t  *part;
    char                             err[CRICKET_TIME_ERROR];
    unsigned char                    text[] = "0000-01-01T00:00:00Z";

    if (p->unit == CRICKET_PARTITION_NONE) {
        return CRICKET_INVALID;
    }

    n = 0;

    for (i = 0; i < p->pattern.len; i++) {

        if (p->pattern.data[i] != '%') {

            if (n == name->len || name->data[n++] != p->pattern.data[i]) {
                return CRICKET_INVALID;
            }

            continue;
        }

        part = cricket_partition_part(p->pattern.data[++i]);

        for (k = 0; k < part->len; k++) {

            if (n == name->len || name->data[n] < '0' || name->data[n] > '9') {
                return CRICKET_INVALID;
            }

            text[part->pos + k] = name->data[n++];
        }
    }

    if (n != name->len
        || cricket_time_parse(text, sizeof(text) - 1, &time, err)
           != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    cricket_partition_bounds(p, slot, time.sec);
    cricket_partition_name(p, slot);

    return CRICKET_OK;
}


void
cricket_partition_list(const cricket_partition_t *p,
    const cricket_time_t *start, const cricket_time_t *end, int64_t now,
    cricket_buf_t *b)
{
    int64_t  from, to;

    if (p->unit == CRICKET_PARTITION_NONE) {
        cricket_buf_append(b, p->pattern.data, p->pattern.len);
        return;
    }

    to = (end != NULL) ? end->sec : INT64_MAX;

    from = CRICKET_PARTITION_FIRST;

    if (start != NULL && start->sec > from) {
        from = start->sec;
    }

    now += CRICKET_PARTITION_AHEAD + CRICKET_PARTITION_CLOCK;

    if (cricket_partition_names(p, from, to, now, b) == CRICKET_OK) {
        cricket_partition_append(p, "-past~*,", b);
        cricket_partition_append(p, "-ahead~*,", b);

    } else {
        cricket_partition_append(p, "~all*,", b);
    }

    cricket_partition_append(p, "~kept*", b);
}


/*
 * In which a second of the two or between them can be, if these are few: none
 * begins behind the last.
 */

static int
cricket_partition_names(const cricket_partition_t *p, int64_t from, int64_t to,
    int64_t last, cricket_buf_t *b)
{
    size_t                    n, len;
    cricket_partition_slot_t  slot;

    len = b->len;

    for (n = 0; from <= to; n++) {

        cricket_partition_bounds(p, &slot, from);

        if (slot.start > last) {
            break;
        }

        if (n == CRICKET_PARTITION_LIST) {
            b->len = len;
            return CRICKET_DONE;
        }

        cricket_partition_name(p, &slot);

        cricket_buf_append(b, slot.name, slot.len);
        cricket_buf_literal(b, "~*,");

        from = slot.next;
    }

    return CRICKET_OK;
}


void
cricket_partition_aliases(const cricket_partition_t *p,
    const cricket_str_t *name, unsigned shards, cricket_buf_t *b)
{
    static const cricket_str_t  index = cricket_string("{index}");

    if (p->unit == CRICKET_PARTITION_NONE) {
        cricket_partition_alias(&p->pattern, "-w", b);
        return;
    }

    if (name == NULL) {
        name = &index;
    }

    if (shards == 1) {
        cricket_partition_alias(name, "~", b);
        cricket_buf_literal(b, ",");
    }

    cricket_partition_alias(name, "~r", b);

    cricket_buf_literal(b, ",\"");
    cricket_partition_append(p, "~all", b);
    cricket_buf_literal(b, "\":{}");
}


static void
cricket_partition_alias(const cricket_str_t *name, const char *suffix,
    cricket_buf_t *b)
{
    cricket_buf_literal(b, "\"");
    cricket_buf_append(b, name->data, name->len);
    cricket_buf_cstr(b, suffix);
    cricket_buf_literal(b, "\":{\"is_write_index\":true}");
}


void
cricket_partition_patterns(const cricket_partition_t *p, cricket_buf_t *b)
{
    if (p->unit == CRICKET_PARTITION_NONE) {
        cricket_buf_json(b, p->pattern.data, p->pattern.len);
        return;
    }

    cricket_partition_pattern(p, "19*", b);
    cricket_partition_pattern(p, "20*", b);
    cricket_partition_pattern(p, "21*", b);

    cricket_buf_literal(b, "\"");
    cricket_partition_append(p, "-past", b);
    cricket_buf_literal(b, "\",\"");
    cricket_partition_append(p, "-ahead", b);
    cricket_buf_literal(b, "\"");
}


static void
cricket_partition_pattern(const cricket_partition_t *p, const char *century,
    cricket_buf_t *b)
{
    size_t  i;

    cricket_buf_literal(b, "\"");

    for (i = 0; i < p->pattern.len; i++) {

        if (p->pattern.data[i] != '%') {
            cricket_buf_append(b, &p->pattern.data[i], 1);
            continue;
        }

        cricket_buf_cstr(b, p->pattern.data[++i] == 'Y' ? century : "*");
    }

    cricket_buf_literal(b, "\",");
}


void
cricket_partition_template(const cricket_partition_t *p, cricket_buf_t *b)
{
    cricket_buf_literal(b, "cricket-");
    cricket_partition_append(p, p->unit == CRICKET_PARTITION_NONE ? "" : "~",
                             b);
}


static void
cricket_partition_append(const cricket_partition_t *p, const char *suffix,
    cricket_buf_t *b)
{
    cricket_buf_append(b, p->base, p->base_len);
    cricket_buf_cstr(b, suffix);
}


int
cricket_partition_is_name(const unsigned char *p, size_t len)
{
    size_t         i;
    unsigned char  c;

    if (len == 0 || len > CRICKET_PARTITION_LEN) {
        return CRICKET_INVALID;
    }

    if (p[0] == '-' || p[0] == '_') {
        return CRICKET_INVALID;
    }

    if (p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.'))) {
        return CRICKET_INVALID;
    }

    for (i = 0; i < len; i++) {
        c = p[i];

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '.' || c == '_' || c == '-')
        {
            continue;
        }

        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}
