
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What directives have in common about their values. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_conf_text.h"


ngx_uint_t
ngx_http_cricket_conf_text_same(ngx_str_t *one, ngx_str_t *two)
{
    return one->len == two->len
           && (one->len == 0
               || ngx_memcmp(one->data, two->data, one->len) == 0);
}


ngx_uint_t
ngx_http_cricket_conf_text_variable(ngx_str_t *value)
{
    u_char  c;
    size_t  i;

    for (i = 0; i + 1 < value->len; i++) {

        if (value->data[i] != '$') {
            continue;
        }

        c = value->data[i + 1];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9') || c == '_' || c == '{')
        {
            return 1;
        }
    }

    return 0;
}
