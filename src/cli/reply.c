
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Takes a reply of Elasticsearch's apart. */


#include <string.h>

#include "cricket_cli.h"


static const char *cricket_reply_string(const cricket_reply_t *reply,
    const char *name);


cricket_exit_e
cricket_reply_parse(cricket_reply_t *reply, const char *location)
{
    char                  text[CRICKET_CLI_TEXT_LEN];
    const char           *end;
    const unsigned char  *p, *last;

    if (reply->status >= 300 && reply->status < 400) {
        cricket_error("%s redirects to %s: give the right address "
                      "as --url", reply->url,
                      cricket_error_clean(text, sizeof(text),
                                          location ? location : "nowhere"));
        return CRICKET_EXIT_REPLY;
    }

    reply->json = cJSON_ParseWithLengthOpts((char *) reply->body.data,
                                            reply->body.len, &end, 0);

    if (reply->json) {
        p = (const unsigned char *) end;
        last = reply->body.data + reply->body.len;

        while (p < last
               && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        {
            p++;
        }

        if (p == last && cJSON_IsObject(reply->json)) {
            return CRICKET_EXIT_OK;
        }

        cJSON_Delete(reply->json);
        reply->json = NULL;
    }

    /* a proxy before Elasticsearch refuses in words of its own */

    switch (reply->status) {

    case 401:
    case 403:
    case 429:
    case 502:
    case 503:
    case 504:
        return CRICKET_EXIT_OK;
    }

    cricket_error("%s answers %ld with something that is not an "
                  "Elasticsearch reply", reply->url, reply->status);

    return CRICKET_EXIT_REPLY;
}


void
cricket_reply_free(cricket_reply_t *reply)
{
    cJSON_Delete(reply->json);
    cricket_buf_free(&reply->body);

    reply->json = NULL;
}


const char *
cricket_reply_error_type(const cricket_reply_t *reply)
{
    return cricket_reply_string(reply, "type");
}


static const char *
cricket_reply_string(const cricket_reply_t *reply, const char *name)
{
    const char   *s;
    const cJSON  *error;

    error = cJSON_GetObjectItemCaseSensitive(reply->json, "error");

    if (cJSON_IsString(error) && strcmp(name, "reason") == 0) {
        return error->valuestring;
    }

    s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, name));

    return s ? s : "";
}


cricket_exit_e
cricket_reply_refused(const cricket_reply_t *reply, const char *what)
{
    char         text[CRICKET_CLI_TEXT_LEN];
    const char  *words;

    switch (reply->status) {

    case 401:
        words = reply->user ? "does not take this name and password"
                : reply->api_key ? "does not take this API key"
                : reply->file ? "does not take what --password-file has"
                : "asks for a name and a password, or an API key: give them "
                  "in a --password-file";
        break;

    case 403:
        words = "forbids it";
        break;

    case 429:
        words = "has too much to do";
        break;

    default:

        if (reply->status < 400) {
            cricket_error("cannot %s: %s gives an answer that is not "
                          "Elasticsearch's", what, reply->url);
            return CRICKET_EXIT_REPLY;
        }

        words = (reply->status < 500) ? "refuses it" : "failed";
    }

    cricket_error_clean(text, sizeof(text),
                        cricket_reply_string(reply, "reason"));

    cricket_error("cannot %s: %s %s (status %ld%s%s)", what, reply->url,
                  words, reply->status, *text ? ": " : "", text);

    return CRICKET_EXIT_REFUSED;
}
