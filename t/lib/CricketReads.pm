# SPDX-License-Identifier: BSD-2-Clause

package CricketReads;

# What the tests of the reading side share.
#
# reads(NAME => VALUE...) starts nginx with every route. Settings: es, the port
# of Elasticsearch, the real one if there is none; index; set, directives;
# export, directives for that route only; more, further locations.

use strict;
use warnings;

use CricketTest;
use Exporter qw(import);

our @EXPORT = qw(reads);


sub reads {
    my (%option) = @_;

    my $es = $option{es} // (es_url() =~ /:(\d+)/)[0];
    my $index = $option{index} // 'metrics';
    my $set = $option{set} // '';
    my $export = $option{export} // '';
    my $more = $option{more} // '';

    return nginx(qq{
        upstream es {
            server 127.0.0.1:$es max_fails=0;
            keepalive 8;
        }

        server {
            listen 127.0.0.1:%%PORT%%;

            client_max_body_size 32m;
            client_body_buffer_size 1m;

            cricket_pass http://es;
            cricket_index $index;
            $set

            location = /            { cricket index; }
            location = /health      { cricket health; }
            location = /ready       { cricket ready; }
            location = /v1/metrics  { cricket metrics; }
            location = /v1/stats    { cricket stats; }
            location = /v1/names    { cricket names; }
            location = /v1/tags     { cricket tags; }
            location = /v1/last     { cricket last; }
            location = /v1/export   { cricket export; $export }
            location = /metrics     { cricket status; }

            location = /write        { cricket influx; }
            location = /api/v2/write { cricket influx; }
            location = /ping         { cricket influx; }
            location = /query        { cricket influx; }
            location = /api/put      { cricket opentsdb; }
            location = /api/query    { cricket opentsdb; }
            location = /api/suggest  { cricket opentsdb; }
            location = /api/search/lookup  { cricket opentsdb; }
            location = /api/aggregators    { cricket opentsdb; }
            location = /api/config   { cricket opentsdb; }
            location = /api/config/filters { cricket opentsdb; }
            location = /api/version  { cricket opentsdb; }
            location = /api/v1/write { cricket prometheus; }
            $more
        }
    }, map { $_ => $option{$_} } grep { /^_/ } keys %option);
}


1;
