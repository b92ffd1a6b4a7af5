
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INDEX_PRIVATE_H_INCLUDED_
#define _CRICKET_INDEX_PRIVATE_H_INCLUDED_


#include <cjson/cJSON.h>

#include "cricket_index.h"


typedef struct {
    const char            *name;
    const char            *type;
    const char            *format;
    unsigned               length;      /* of a keyword, in characters */
    unsigned               added:1;     /* cricket --init adds it to an index */
    unsigned               plain:1;     /* no search asks for it: no index */
    unsigned               spare:1;     /* nor for this, if room matters */
} cricket_index_field_t;


/* those of a document; the last has no name */
extern const cricket_index_field_t  cricket_index_fields[];


/* the member of an object; NULL if it has none, or is none */
const cJSON *cricket_index_member(const cJSON *object, const char *name);

/* a setting by its flat name, wherever it is; or NULL */
const cJSON *cricket_index_setting(const cJSON *settings, const char *name);

/*
 * The template in the reply to GET /_index_template/NAME, and its number of
 * shards; NULL if it is none that cricket --init made.
 */
const cJSON *cricket_index_in_template(const cJSON *root, unsigned *shards);


#endif /* _CRICKET_INDEX_PRIVATE_H_INCLUDED_ */
