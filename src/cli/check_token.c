
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The words of nginx's configuration. */


#include <string.h>

#include "cricket_check.h"


static int cricket_check_token_quoted(const unsigned char **p,
    const unsigned char *last, char *word, size_t size, size_t *len);
static void cricket_check_token_plain(const unsigned char **p,
    const unsigned char *last, char *word, size_t size, size_t *len);
static const unsigned char *cricket_check_token_escape(
    const unsigned char *p, const unsigned char *last, char *c);
static void cricket_check_token_put(char c, char *word, size_t size,
    size_t *len);
static int cricket_check_token_space(unsigned char c);


cricket_check_token_e
cricket_check_token(const unsigned char **p, const unsigned char *last,
    char *word, size_t size)
{
    size_t                len;
    const unsigned char  *end;

    for ( ;; ) {

        while (*p < last && cricket_check_token_space(**p)) {
            (*p)++;
        }

        if (*p == last) {
            return CRICKET_CHECK_TOKEN_NONE;
        }

        if (**p != '#') {
            break;
        }

        end = memchr(*p, '\n', last - *p);
        *p = end ? end + 1 : last;
    }

    len = 0;

    switch (**p) {

    case ';':
        (*p)++;
        return CRICKET_CHECK_TOKEN_END;

    case '{':
        (*p)++;
        return CRICKET_CHECK_TOKEN_OPEN;

    case '}':
        (*p)++;
        return CRICKET_CHECK_TOKEN_CLOSE;

    case '"':
    case '\'':

        if (cricket_check_token_quoted(p, last, word, size, &len)
            != CRICKET_OK)
        {
            return CRICKET_CHECK_TOKEN_BAD;
        }

        break;

    default:
        cricket_check_token_plain(p, last, word, size, &len);
    }

    word[len] = '\0';

    return CRICKET_CHECK_TOKEN_WORD;
}


static int
cricket_check_token_quoted(const unsigned char **p, const unsigned char *last,
    char *word, size_t size, size_t *len)
{
    char           c;
    unsigned char  quote;

    quote = *(*p)++;

    while (*p < last) {

        if (**p == quote) {
            (*p)++;
            return CRICKET_OK;
        }

        *p = cricket_check_token_escape(*p, last, &c);
        cricket_check_token_put(c, word, size, len);
    }

    return CRICKET_INVALID;
}


/* a quote within is a character, and so is the brace of ${name} */

static void
cricket_check_token_plain(const unsigned char **p, const unsigned char *last,
    char *word, size_t size, size_t *len)
{
    char  c, before;

    c = '\0';

    while (*p < last) {
        before = c;

        if (cricket_check_token_space(**p) || **p == ';'
            || (**p == '{' && before != '$'))
        {
            return;
        }

        *p = cricket_check_token_escape(*p, last, &c);
        cricket_check_token_put(c, word, size, len);
    }
}


/* as nginx reads it: a backslash before anything else stays */

static const unsigned char *
cricket_check_token_escape(const unsigned char *p, const unsigned char *last,
    char *c)
{
    *c = (char) *p;

    if (*p != '\\' || last - p < 2) {
        return p + 1;
    }

    switch (p[1]) {

    case '"':
    case '\'':
    case '\\':
        *c = (char) p[1];
        return p + 2;

    case 't':
        *c = '\t';
        return p + 2;

    case 'r':
        *c = '\r';
        return p + 2;

    case 'n':
        *c = '\n';
        return p + 2;
    }

    return p + 1;
}


static void
cricket_check_token_put(char c, char *word, size_t size, size_t *len)
{
    if (*len + 1 < size) {
        word[(*len)++] = c;
    }
}


static int
cricket_check_token_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


/*
 * Strings of Lua's manual, section 3.1: long brackets, whose text has no
 * braces that do not match but by a strange chance, are not looked for.
 */

int
cricket_check_token_lua(const unsigned char **p, const unsigned char *last)
{
    size_t                depth;
    unsigned char         quote;
    const unsigned char  *end;

    depth = 1;
    quote = '\0';

    for ( /* void */ ; *p < last; (*p)++) {

        if (quote) {

            if (**p == '\\' && last - *p > 1) {
                (*p)++;

            } else if (**p == quote || **p == '\n') {
                quote = '\0';
            }

            continue;
        }

        if (**p == '-' && last - *p > 1 && (*p)[1] == '-') {
            end = memchr(*p, '\n', last - *p);

            if (end == NULL) {
                break;
            }

            *p = end;
            continue;
        }

        if (**p == '"' || **p == '\'') {
            quote = **p;

        } else if (**p == '{') {
            depth++;

        } else if (**p == '}' && --depth == 0) {
            (*p)++;
            return CRICKET_OK;
        }
    }

    return CRICKET_INVALID;
}
