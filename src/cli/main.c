
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The program cricket: starts nginx, or sets Elasticsearch up. */


#include <stdio.h>

#include <curl/curl.h>

#include "cricket_cli.h"


int
main(int argc, char **argv)
{
    cricket_cli_t   cli;
    cricket_exit_e  code;

    /* each step is told when it is done, also to a pipe */

    (void) setvbuf(stdout, NULL, _IOLBF, 0);

    if (cricket_options(argc, argv, &cli, &code) != CRICKET_OK) {
        return code;
    }

    if (cli.mode == CRICKET_CLI_SERVE) {
        return cricket_serve(&cli);
    }

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cricket_error("libcurl does not start");
        return CRICKET_EXIT_LOCAL;
    }

    code = (cli.mode == CRICKET_CLI_EXPIRE) ? cricket_expire(&cli)
                                            : cricket_init(&cli);

    curl_global_cleanup();

    if (cricket_output_flush() != CRICKET_OK && code == CRICKET_EXIT_OK) {
        code = CRICKET_EXIT_LOCAL;
    }

    return code;
}
