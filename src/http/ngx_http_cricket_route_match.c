
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Which row of the table of routes a request is for. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_cricket_route_match.h"


static ngx_uint_t ngx_http_cricket_route_ends(const ngx_str_t *uri,
    const ngx_str_t *path);


ngx_http_cricket_route_t *
ngx_http_cricket_route_first(ngx_http_request_t *r)
{
    ngx_str_t                    *name;
    ngx_http_cricket_route_t     *route;
    ngx_http_cricket_loc_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_cricket_module);

    if (ccf->route == NULL) {
        return NULL;
    }

    name = &ccf->route->name;

    for (route = ccf->route; ngx_http_cricket_route_is(route, name); route++) {

        if (ngx_http_cricket_route_ends(&r->uri, &route->path)) {
            return route;
        }
    }

    return NULL;
}


ngx_http_cricket_route_t *
ngx_http_cricket_route_of(ngx_http_request_t *r)
{
    ngx_http_cricket_route_t  *first, *route;

    first = ngx_http_cricket_route_first(r);

    if (first == NULL) {
        return NULL;
    }

    for (route = first;
         ngx_http_cricket_route_same(route, first);
         route++)
    {
        if (r->method & route->methods) {
            return route;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_http_cricket_route_ends(const ngx_str_t *uri, const ngx_str_t *path)
{
    return uri->len >= path->len
           && ngx_memcmp(uri->data + uri->len - path->len, path->data,
                         path->len)
              == 0;
}


ngx_uint_t
ngx_http_cricket_route_is(const ngx_http_cricket_route_t *route,
    const ngx_str_t *name)
{
    return route->name.len == name->len
           && ngx_strncmp(route->name.data, name->data, name->len) == 0;
}


ngx_uint_t
ngx_http_cricket_route_same(const ngx_http_cricket_route_t *one,
    const ngx_http_cricket_route_t *two)
{
    return ngx_http_cricket_route_is(one, &two->name)
           && one->path.len == two->path.len
           && ngx_strncmp(one->path.data, two->path.data, one->path.len) == 0;
}
