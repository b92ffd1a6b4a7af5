
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What reads have in memory, all together: the one place that counts it. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_hold.h"
#include "ngx_http_cricket_node.h"


ngx_int_t
ngx_http_cricket_hold(ngx_http_cricket_loc_conf_t *conf, size_t *held,
    size_t size, ngx_log_t *log)
{
    size_t                    others;
    ngx_http_cricket_node_t  *node;

    node = conf->node;
    others = node->held - *held;

    /* as with "cricket_queue", what is larger than all of it may be alone */

    if (size > *held && others
        && (others >= conf->read_memory || size > conf->read_memory - others))
    {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "reads have %uz bytes in memory, and one needs %uz: the "
                      "limit by \"cricket_read_memory\" is %uz",
                      node->held, size - *held, conf->read_memory);
        return NGX_DECLINED;
    }

    node->held = others + size;
    *held = size;

    return NGX_OK;
}


void
ngx_http_cricket_hold_end(ngx_http_cricket_loc_conf_t *conf, size_t *held)
{
    if (*held) {
        conf->node->held -= *held;
        *held = 0;
    }
}
