
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Sends a request of cricket --init, and looks at what came back. */


#include <stdlib.h>
#include <string.h>

#include "cricket_init.h"


cricket_exit_e
cricket_init_send(cricket_init_t *init, const char *method,
    cricket_reply_t *reply)
{
    cricket_exit_e  code;

    if (init->body.failed) {
        return CRICKET_EXIT_LOCAL;
    }

    code = cricket_http_request(init->http, method, init->path,
                                init->body.len ? &init->body : NULL, reply);

    cricket_buf_free(&init->body);

    return code;
}


cricket_exit_e
cricket_init_acknowledged(const cricket_reply_t *reply, const char *what)
{
    const cJSON  *item;

    item = (reply->status == 200) ? cricket_init_member(reply->json,
                                                        "acknowledged")
                                  : NULL;

    if (!cJSON_IsBool(item)) {
        return cricket_reply_refused(reply, what);
    }

    if (cJSON_IsFalse(item)) {
        cricket_error("cannot %s: the cluster did not confirm it in time",
                      what);
        return CRICKET_EXIT_AWAY;
    }

    return CRICKET_EXIT_OK;
}


int
cricket_init_missing(const cricket_reply_t *reply, const char *type)
{
    return reply->status == 404
           && strcmp(cricket_reply_error_type(reply), type) == 0;
}


int
cricket_init_count(const cJSON *item, unsigned *count)
{
    char           *end;
    unsigned long   n;

    if (cJSON_IsNumber(item)) {

        if (!(item->valuedouble >= 0 && item->valuedouble <= 1e9)) {
            return CRICKET_INVALID;
        }

        *count = (unsigned) item->valuedouble;

        return CRICKET_OK;
    }

    if (!cJSON_IsString(item)
        || item->valuestring[0] < '0' || item->valuestring[0] > '9')
    {
        return CRICKET_INVALID;
    }

    n = strtoul(item->valuestring, &end, 10);

    if (*end != '\0' || n > 1000000000) {
        return CRICKET_INVALID;
    }

    *count = (unsigned) n;

    return CRICKET_OK;
}


const cJSON *
cricket_init_member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object)
           ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}
