
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_NODE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_NODE_H_INCLUDED_


#include "cricket_trouble.h"
#include "ngx_http_cricket_count.h"


/* what a worker knows of the nodes that one "cricket_pass" leads to */

struct ngx_http_cricket_node_s {
    ngx_http_cricket_count_t      *count;       /* NULL: nothing is counted */

    cricket_trouble_e              trouble;     /* with those tried last */
    cricket_trouble_e              told;        /* to the log, of bulks, */
    ngx_msec_t                     told_at;     /* then */

    ngx_msec_t                     lost;        /* no node reached since */

    size_t                         held;        /* bytes, by reads */

    unsigned                       seen:1;      /* a node was reached once */
    unsigned                       answered:1;  /* and did so, in HTTP */
    unsigned                       away:1;      /* no node can be reached */
};


/* what was the matter with those tried last, if anything was */
void ngx_http_cricket_node_trouble(ngx_http_cricket_node_t *node,
    cricket_trouble_e trouble);

/* was the trouble told of bulks a moment ago?  If not, it is now */
ngx_uint_t ngx_http_cricket_node_told(ngx_http_cricket_node_t *node,
    cricket_trouble_e trouble);

/* one was sent something */
void ngx_http_cricket_node_reached(ngx_http_cricket_node_t *node);

/* those that were tried were sent nothing */
void ngx_http_cricket_node_failed(ngx_http_cricket_node_t *node);

/* what one said was Elasticsearch's, in HTTP */
void ngx_http_cricket_node_answered(ngx_http_cricket_node_t *node);

/*
 * What began then, in milliseconds as ngx_current_msec, was sent to none; tried
 * is whether there was one to try, alone whether nothing else is on its way.
 * Returns 0 if all have been away for so long that it is time to say so, else
 * waiting for them is worth while.
 */
ngx_uint_t ngx_http_cricket_node_unreached(ngx_http_cricket_node_t *node,
    ngx_msec_t start, ngx_uint_t tried, ngx_uint_t alone);


#endif /* _NGX_HTTP_CRICKET_NODE_H_INCLUDED_ */
