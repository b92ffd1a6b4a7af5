
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_VERSION_H_INCLUDED_
#define _CRICKET_VERSION_H_INCLUDED_


#define CRICKET_VERSION  "0.1.0"


#endif /* _CRICKET_VERSION_H_INCLUDED_ */
