
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SERIES_H_INCLUDED_
#define _CRICKET_SERIES_H_INCLUDED_


#include "cricket_datapoint.h"


/* base64url of 72 bits: of 2^30 series two are alike with a chance of 1e-4 */
#define CRICKET_SERIES_LEN  12


/*
 * The name of a datapoint's series, what is the same for all that have its
 * name, type and tags, in whatever order and however escaped: a hash of these
 * (XXH3, 128 bits, of which the first 72), CRICKET_SERIES_LEN characters to dst
 * without a zero behind them.  What is stored has it, so it must never change.
 * It is no secret and resists nobody who wants two to be alike: who may write
 * may write to any series by its name.
 */
void cricket_series(const cricket_datapoint_t *dp, unsigned char *dst);


#endif /* _CRICKET_SERIES_H_INCLUDED_ */
