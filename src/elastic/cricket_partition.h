
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PARTITION_H_INCLUDED_
#define _CRICKET_PARTITION_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_time.h"


/*
 * An index is one, or one for each year, month, day or hour of UTC: "metrics",
 * or "metrics-%Y.%m".  A partition is written to and read from by aliases that
 * are its name and "~", which no index of another has: a write requires that it
 * is an alias, and a read asks for "NAME~*", which is no error if it is not
 * there, but one if it is closed.  Those who write with a routing, by which
 * each series has a shard of its own, write to "NAME~r", others to "NAME~",
 * which only a partition of one shard has.  With "metrics" as the base:
 *
 *     metrics-2026.11     the datapoints of November
 *     metrics-past        those before the first partition that may be,
 *     metrics-ahead       and those behind the last
 *     metrics~all         an alias of all of them
 *     metrics~kept        an alias for others that are to be read as well
 */

#define CRICKET_PARTITION_LEN    255    /* of the name of an index */

/* a partition begins so many seconds ahead of now at most */
#define CRICKET_PARTITION_AHEAD  86400


typedef enum {
    CRICKET_PARTITION_NONE = 0,         /* one index */
    CRICKET_PARTITION_YEAR,
    CRICKET_PARTITION_MONTH,
    CRICKET_PARTITION_DAY,
    CRICKET_PARTITION_HOUR
} cricket_partition_unit_e;


typedef struct cricket_partition_s {
    cricket_str_t              pattern;
    cricket_partition_unit_e   unit;
    size_t                     base_len;
    unsigned char              base[CRICKET_PARTITION_LEN];
} cricket_partition_t;


/* where a datapoint goes: found once for all in a row that go there */

typedef struct {
    int64_t                    start;       /* seconds since the epoch */
    int64_t                    next;        /* that of the one behind it */
    size_t                     len;         /* of the name; 0: none found yet */
    unsigned char              name[CRICKET_PARTITION_LEN]; /* and "~r" */
} cricket_partition_slot_t;


/*
 * Reads the name of an index in which %Y, %m, %d and %H stand for parts of a
 * time, each once and none without those that are longer.  The text must
 * outlive p.  Returns CRICKET_OK, or CRICKET_INVALID with *err, a constant text
 * that says what was expected.
 */
int cricket_partition_parse(cricket_partition_t *p, const cricket_str_t *text,
    const char **err);

/*
 * Finds the partition of an instant, if it is not in the slot already.  "now",
 * and "from", before which there is none, are in seconds since the epoch.
 */
void cricket_partition_find(const cricket_partition_t *p,
    cricket_partition_slot_t *slot, int64_t sec, int64_t now, int64_t from);

/* its alias for those who write with a routing or without one, in the slot */
cricket_str_t cricket_partition_slot_alias(
    const cricket_partition_slot_t *slot, int routed);

/*
 * The reverse: sets the slot by the name of a partition.  Returns CRICKET_OK,
 * or CRICKET_INVALID for a name that no partition of p has.
 */
int cricket_partition_range(const cricket_partition_t *p,
    const cricket_str_t *name, cricket_partition_slot_t *slot);

/*
 * Appends what a search names in a URL: the index, or all partitions that can
 * have instants between the two, each of which may be NULL.
 */
void cricket_partition_list(const cricket_partition_t *p,
    const cricket_time_t *start, const cricket_time_t *end, int64_t now,
    cricket_buf_t *b);

/*
 * Appends the members of the aliases of an index of that name and number of
 * shards; NULL is for a template, in which Elasticsearch puts the name in.
 */
void cricket_partition_aliases(const cricket_partition_t *p,
    const cricket_str_t *name, unsigned shards, cricket_buf_t *b);

/* appends, in quotes, the index patterns of a template */
void cricket_partition_patterns(const cricket_partition_t *p,
    cricket_buf_t *b);

/* appends the name of that template */
void cricket_partition_template(const cricket_partition_t *p,
    cricket_buf_t *b);

/*
 * Is this a name that Elasticsearch takes for an index (its page on
 * "create index"): 1 to 255 bytes, lower case, none of \ / * ? " < > | , # :
 * or space, not beginning with - _ + and not . or ..  Stricter here: only
 * a-z 0-9 . _ -.  Returns CRICKET_OK or CRICKET_INVALID.
 */
int cricket_partition_is_name(const unsigned char *p, size_t len);


#endif /* _CRICKET_PARTITION_H_INCLUDED_ */
