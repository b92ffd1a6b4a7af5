
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ZONE_H_INCLUDED_
#define _CRICKET_ZONE_H_INCLUDED_


#include "cricket_string.h"


/*
 * Time zones, as the system's tzdata has them (RFC 8536), and what is aligned
 * to their days.  Instants are seconds since the epoch.
 */

typedef struct cricket_zone_s  cricket_zone_t;


/* the length of the longest name of a zone */
#define CRICKET_ZONE_LEN  64


/* of buckets: so many seconds, or one calendar unit */

typedef struct {
    unsigned char          unit;    /* 's', or 'd', 'w', 'M', 'q', 'y' */
    int64_t                seconds; /* of 's'; else how long one may be */
} cricket_zone_step_t;


/*
 * Opens "Europe/Berlin", "UTC" or an offset, "+05:30".  Returns CRICKET_OK and
 * a zone that cricket_zone_free() frees; CRICKET_INVALID: there is no such
 * zone; CRICKET_ERROR: no memory.  It reads a file of some 2k, as nginx does
 * for what it serves.
 */
int cricket_zone_open(const cricket_str_t *name, cricket_zone_t **zone);

void cricket_zone_free(cricket_zone_t *zone);

/* seconds east of Greenwich at an instant; a zone that is NULL is UTC */
int64_t cricket_zone_offset(const cricket_zone_t *zone, int64_t sec);

/*
 * The instant of a local time, which is given as seconds as if it were UTC: the
 * first of two where a clock was turned back, and the moment when it was turned
 * on for a time that was left out.
 */
int64_t cricket_zone_instant(const cricket_zone_t *zone, int64_t local);

/*
 * The start of the bucket that an instant is in, and of the bucket behind the
 * one that starts at an instant, as Elasticsearch's date_histogram has them:
 * seconds are counted from the local 1970-01-01T00:00:00, days and longer units
 * are local ones, weeks begin on Monday.
 */
int64_t cricket_zone_floor(const cricket_zone_t *zone,
    const cricket_zone_step_t *step, int64_t sec);
int64_t cricket_zone_next(const cricket_zone_t *zone,
    const cricket_zone_step_t *step, int64_t start);


#endif /* _CRICKET_ZONE_H_INCLUDED_ */
