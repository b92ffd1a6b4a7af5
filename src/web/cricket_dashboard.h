
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_DASHBOARD_H_INCLUDED_
#define _CRICKET_DASHBOARD_H_INCLUDED_


#include <stddef.h>


typedef struct {
    const unsigned char  *data;         /* compressed by gzip */
    size_t                len;
    size_t                size;         /* of the page itself */
    const char           *etag;         /* weak: for either form */
    const char           *policy;       /* Content-Security-Policy */
} cricket_dashboard_t;


/* the page that dev/web made of this folder when the module was built */
extern const cricket_dashboard_t  cricket_dashboard;


#endif /* _CRICKET_DASHBOARD_H_INCLUDED_ */
