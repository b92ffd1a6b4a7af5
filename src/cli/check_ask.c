
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What is asked of Elasticsearch by cricket --check. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cricket_check.h"


static int cricket_check_status(cricket_check_t *check,
    cricket_reply_t *reply, const char *what, const char *privilege);


int
cricket_check_ask(cricket_check_t *check, cricket_reply_t *reply,
    const char *what, const char *privilege, const char *fmt, ...)
{
    int      n;
    va_list  args;

    va_start(args, fmt);
    n = vsnprintf(check->init.path, CRICKET_INIT_PATH_LEN, fmt, args);
    va_end(args);

    if (n < 0 || n >= CRICKET_INIT_PATH_LEN) {
        cricket_error("cannot %s: the name is too long", what);
        check->code = CRICKET_EXIT_USAGE;
        return CRICKET_ERROR;
    }

    check->code = cricket_init_send(&check->init, "GET", reply);

    if (check->code != CRICKET_EXIT_OK) {
        return CRICKET_ERROR;
    }

    return cricket_check_status(check, reply, what, privilege);
}


static int
cricket_check_status(cricket_check_t *check, cricket_reply_t *reply,
    const char *what, const char *privilege)
{
    int   rc;
    char  fix[CRICKET_CHECK_WORD_LEN];

    /* 408 is the answer of a cluster that is not waited for */

    if (reply->json
        && (reply->status == 200 || reply->status == 404
            || (reply->status == 408 && cricket_init_member(reply->json,
                                                            "status"))))
    {
        return reply->status == 404 ? CRICKET_DONE : CRICKET_OK;
    }

    rc = CRICKET_INVALID;

    if (reply->status == 403) {
        snprintf(fix, sizeof(fix), "give this user, or the API key, the %s",
                 privilege);

        cricket_check_found(check, CRICKET_CHECK_NOTE,
                            CRICKET_CHECK_PRIVILEGE, NULL, fix,
                            "cannot %s: it is forbidden", what);

    } else if (reply->status >= 400 && reply->status < 500
               && reply->status != 401 && reply->status != 429)
    {
        cricket_check_found(check, CRICKET_CHECK_NOTE,
                            CRICKET_CHECK_PRIVILEGE, NULL, NULL,
                            "cannot %s: it was answered with %ld", what,
                            reply->status);

    } else {
        check->code = cricket_reply_refused(reply, what);
        rc = CRICKET_ERROR;
    }

    cricket_reply_free(reply);

    return rc;
}
