
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ZONE_PRIVATE_H_INCLUDED_
#define _CRICKET_ZONE_PRIVATE_H_INCLUDED_


#include "cricket_zone.h"


/* what cricket_zone_file.c reads and cricket_zone.c uses */

typedef struct {
    int64_t                sec;
    int64_t                offset;      /* from then on */
} cricket_zone_change_t;


/* when summer begins or ends, each year, as POSIX's TZ has it */

typedef struct {
    unsigned char          kind;        /* 'M', 'J' or 'n' */
    int                    month;
    int                    week;        /* 5: the last */
    int                    day;         /* of the week, or of the year */
    int64_t                time;        /* local, in seconds */
} cricket_zone_rule_t;


struct cricket_zone_s {
    int64_t                first;       /* offset before all changes */
    int64_t                last;        /* behind them, in winter */
    int64_t                last_summer;
    cricket_zone_rule_t    begins;
    cricket_zone_rule_t    ends;
    unsigned               summer:1;    /* there are rules */
    size_t                 n;
    cricket_zone_change_t  changes[];
};


/* the offset behind the last change, by the rules */
int64_t cricket_zone_rule_offset(const cricket_zone_t *zone, int64_t sec);

/* the first change behind an instant, or INT64_MAX */
int64_t cricket_zone_change(const cricket_zone_t *zone, int64_t sec);


#endif /* _CRICKET_ZONE_PRIVATE_H_INCLUDED_ */
