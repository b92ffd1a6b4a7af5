
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SETTINGS_H_INCLUDED_
#define _CRICKET_SETTINGS_H_INCLUDED_


#include "cricket_buf.h"


/*
 * What settings of an index and of its cluster mean to Cricket, in plain text:
 * a note is a line, ended by "\n".  A reply that is not understood has none,
 * nor has one without memory to take it apart; what fails later shows in the
 * buffers.
 */

/* the two pipelines through which an index can have its documents pass */

typedef enum {
    CRICKET_SETTINGS_DEFAULT = 0,
    CRICKET_SETTINGS_FINAL,
    CRICKET_SETTINGS_PIPELINES
} cricket_settings_pipeline_e;


/*
 * The tail of GET /_cluster/settings for cricket_settings_cluster(): a few
 * lines in place of all settings (Elasticsearch's page "Cluster get settings";
 * a dot in filter_path would part a name whose settings are flat).
 */
#define CRICKET_SETTINGS_CLUSTER                                              \
    "_cluster/settings?flat_settings=true&include_defaults=true&filter_path="  \
    "*.search*max_buckets,*.search*expensive_queries,*.cluster*blocks*"


/*
 * Holds the reply to GET /INDEX?flat_settings=true against what is usual:
 * appends a note for each setting with which datapoints are stored, but are
 * not read, or not by every question; and to pipelines, of which there are
 * CRICKET_SETTINGS_PIPELINES, the names of those that the index has.  Names of
 * more than 255 bytes are none.
 */
void cricket_settings_index(const unsigned char *data, size_t len,
    cricket_buf_t *notes, cricket_buf_t *pipelines);

/* appends what it means that there is such a pipeline, or that there is not */
void cricket_settings_pipeline(cricket_settings_pipeline_e kind,
    const cricket_buf_t *name, int exists, cricket_buf_t *b);

/*
 * Holds the reply to a GET of CRICKET_SETTINGS_CLUSTER against what Cricket
 * needs: appends to why, if it is empty, what keeps all writes away, and to
 * notes what keeps some questions from being answered.
 */
void cricket_settings_cluster(const unsigned char *data, size_t len,
    cricket_buf_t *why, cricket_buf_t *notes);


#endif /* _CRICKET_SETTINGS_H_INCLUDED_ */
