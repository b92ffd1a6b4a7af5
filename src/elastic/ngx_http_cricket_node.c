
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Which nodes answer: the one place where that changes. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_node.h"


/* so long, in milliseconds, nodes may be away before it is said */
#define NGX_HTTP_CRICKET_NODE_AWAY  2000

/*
 * So long one line stands for all that bulks meet with, in milliseconds: more
 * than a write that no node was sent waits for one.
 */
#define NGX_HTTP_CRICKET_NODE_TOLD  3000


void
ngx_http_cricket_node_trouble(ngx_http_cricket_node_t *node,
    cricket_trouble_e trouble)
{
    node->trouble = trouble;
}


ngx_uint_t
ngx_http_cricket_node_told(ngx_http_cricket_node_t *node,
    cricket_trouble_e trouble)
{
    if (node->told == trouble
        && ngx_current_msec - node->told_at < NGX_HTTP_CRICKET_NODE_TOLD)
    {
        return 1;
    }

    node->told = trouble;
    node->told_at = ngx_current_msec;

    return 0;
}


void
ngx_http_cricket_node_reached(ngx_http_cricket_node_t *node)
{
    node->seen = 1;
    node->away = 0;
    node->lost = ngx_current_msec;

    ngx_http_cricket_count_up(node->count, 1);
}


void
ngx_http_cricket_node_failed(ngx_http_cricket_node_t *node)
{
    ngx_http_cricket_count_up(node->count, 0);
}


void
ngx_http_cricket_node_answered(ngx_http_cricket_node_t *node)
{
    node->answered = 1;

    ngx_http_cricket_count_up(node->count, 1);
}


ngx_uint_t
ngx_http_cricket_node_unreached(ngx_http_cricket_node_t *node,
    ngx_msec_t start, ngx_uint_t tried, ngx_uint_t alone)
{
    /*
     * That the balancer has no node left says nothing new: those that were
     * reached before may only have been slow, and those that other batches are
     * on their way to only have no connection to spare.
     */

    if ((tried || (!node->seen && alone)) && !node->away) {
        node->away = 1;

        /* another batch may have reached one after this one began */

        if (!node->seen || (ngx_msec_int_t) (start - node->lost) > 0) {
            node->lost = start;
        }
    }

    return !node->away
           || ngx_current_msec - node->lost < NGX_HTTP_CRICKET_NODE_AWAY;
}
